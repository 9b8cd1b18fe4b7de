"""Tables in a terminal that is too narrow: long words are broken over lines, numbers, dates and ids never.

Where not even the numbers and short words stand beside each other, each row becomes a block of its own, one value a line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

UNBROKEN = re.compile(r"\b[A-Z]{1,3}(?:-[A-Z]?)?\d[\d.]*|[-+]?\d[\d,.:/-]*")
"""What is never broken within: an amount, a number, a date, a time of day, a short id."""

WORDS = (14, 10, 8)
"""Up to how many columns a word is kept in one piece: the first for which there is room."""

NARROW = 6
"""The fewest columns that are left to words."""

ENDLESS = 100_000


class FittingTable(Table):
    """A table that gives its columns their widths itself as soon as they do not all fit."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = Measurement.get(console, options.update_width(ENDLESS), self).maximum
        if wide <= options.max_width or not self.columns:
            yield from super().__rich_console__(console, options)
            return
        read = [_Read([str(cell) for cell in (column.header, *column.cells)], column.no_wrap) for column in self.columns]
        room = options.max_width - (wide - sum(one.whole for one in read))
        for word in WORDS:
            least = [max(one.numbers, min(one.word, word)) for one in read]
            if sum(least) <= room:
                for column, width in zip(self.columns, _shared([one.whole for one in read], least, room), strict=True):
                    column.width = width
                yield from super().__rich_console__(console, options)
                return
        yield self._as_blocks()

    def _as_blocks(self) -> Table:
        """Each row on its own: the head of each column beside its value."""
        blocks = Table.grid(padding=(0, 2))
        blocks.add_column(style="dim")
        blocks.add_column(overflow="fold")
        heads = [" ".join(str(column.header).split()) for column in self.columns]
        for number, row in enumerate(zip(*(column.cells for column in self.columns), strict=True)):
            if number:
                blocks.add_row("", "")
            for head, cell in zip(heads, row, strict=True):
                if str(cell).strip():
                    blocks.add_row(Text(head), cell)
        return blocks


class _Read:
    """How wide a column is: whole; so that no number is broken; and its longest word."""

    def __init__(self, cells: Sequence[str], no_wrap: bool) -> None:
        self.whole = max(max((cell_len(line) for line in cell.splitlines()), default=0) for cell in cells)
        numbers = max((len(found) for cell in cells for found in UNBROKEN.findall(cell)), default=0)
        self.numbers = self.whole if no_wrap else min(self.whole, max(numbers, NARROW))
        self.word = max((cell_len(word) for cell in cells for word in cell.split()), default=0)


def _shared(whole: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """The widths of the columns, the widest cut down first, to `room` in all, none below its least."""
    ceiling = max(whole)
    while sum(_cut(whole, least, ceiling)) > room:
        ceiling -= 1
    widths = _cut(whole, least, ceiling)
    left = room - sum(widths)
    for index, width in enumerate(widths):
        if left and width == ceiling and width < whole[index]:
            widths[index], left = width + 1, left - 1
    return widths


def _cut(whole: Sequence[int], least: Sequence[int], ceiling: int) -> list[int]:
    return [max(low, min(high, ceiling)) for low, high in zip(least, whole, strict=True)]
