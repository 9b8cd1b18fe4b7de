"""CSV files as other people's programs write them: each line with its number, and what is wrong with a line told by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

UNDECODED = range(0xDC80, 0xDD00)
"""What `surrogateescape` makes of bytes that are not UTF-8."""


class ExportError(Exception):
    """A file of the export cannot be used at all; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: where it begins in the file, its fields by column, and why it cannot be read, if so."""

    number: int
    """As an editor counts: the header is line 1."""
    fields: dict[str, str]
    unreadable: str = ""

    def __getitem__(self, column: str) -> str:
        return self.fields[column]


def read_table(path: Path, columns: Sequence[str]) -> list[Line]:
    """The rows of a UTF-8 CSV file (with or without a byte order mark) that has at least these columns, in any order.

    White space around a field does not count; blank lines are passed over. A row that cannot be read is kept, with its reason.
    Raises `ExportError` when the file is missing, is not a table, or lacks a column."""
    records = _records(path, _text(path))
    _, header = next(records, (1, []))
    missing = [column for column in columns if column not in header]
    if missing:
        raise ExportError(
            f"{path} has no column {', '.join(missing)}: its first line must name {', '.join(columns)}, separated by commas."
        )
    return [_line(number, header, record) for number, record in records]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of whatever columns, however it was written."""

    header: list[str]
    lines: list[Line]
    encoding: str
    delimiter: str


DELIMITERS = ",;\t|"
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def read_any_table(path: Path) -> Table:
    """A table whose header nobody knows yet: separated by whichever delimiter its header has most of; UTF-8, UTF-16 with a byte
    order mark, or else Windows-1252, in which any byte but a few can be read.

    Raises `ExportError` when the file is missing, empty or not a table."""
    text, encoding = _decoded(path, _raw(path))
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise ExportError(f"{path} is empty: export the log again, with its header.")
    delimiter = max(DELIMITERS, key=first.count)
    records = _records(path, text, delimiter)
    _, header = next(records)
    lines = [_line(number, header, record) for number, record in records]
    return Table(header, lines, encoding, delimiter)


def _decoded(path: Path, raw: bytes) -> tuple[str, str]:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            errors = "surrogateescape" if encoding == "utf-8" else "replace"
            return raw.removeprefix(mark).decode(encoding, errors), encoding
    if b"\0" in raw:
        raise ExportError(f"{path} is not a text (it may be UTF-16 without its mark, or a workbook): save it as CSV in UTF-8.")
    try:
        return raw.decode(), "utf-8"
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), "windows-1252"


def _raw(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ExportError(f"{path} is missing: put the file there, or name the folder that holds the whole export.") from None
    except OSError as error:
        raise ExportError(f"{path} cannot be read ({error.strerror}): put the export's file there.") from None


def _text(path: Path) -> str:
    raw = _raw(path)
    if b"\0" in raw:
        raise ExportError(f"{path} is not a UTF-8 text (it may be UTF-16): save it as CSV in UTF-8 and import again.")
    return raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="surrogateescape")


def _records(path: Path, text: str, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    before = 0
    while True:
        try:
            record = [field.strip() for field in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise ExportError(f"{path} is not a CSV table from line {before + 1} on ({error}): mend that line.") from None
        if any(record):
            yield before + 1, record
        before = reader.line_num


def _line(number: int, header: list[str], record: list[str]) -> Line:
    fields = {**dict.fromkeys(header, ""), **dict(zip(header, record, strict=False))}
    unreadable = ""
    if len(record) != len(header):
        unreadable = f"the line has {len(record)} fields where the header has {len(header)}"
    elif any(ord(character) in UNDECODED for field in record for character in field):
        unreadable = "the line is not UTF-8"
    return Line(number, {name: _shown(value) for name, value in fields.items()}, unreadable)


def _shown(value: str) -> str:
    return value.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")
