"""What a narrow terminal does to a table."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from commandline.showing import table

HEADS = ("Plan 规划", "What 内容", "Period 期间", "Owner 负责人", "Target 目标", "Actual 实际")
ROW = (
    "CP-C903",
    "零售行业 2026 Retail",
    "2026-01-01 –\n2026-12-31",
    "s21\nretail-industry",
    "13,600,000.00 CNY",
    "1,205,000.00",
)


def shown(width: int) -> str:
    out = Console(file=StringIO(), width=width, highlight=False, markup=False)
    out.print(table(HEADS, [ROW, ROW]))
    file = out.file
    assert isinstance(file, StringIO)
    return file.getvalue()


@pytest.mark.parametrize("width", [30, 60, 70, 80, 100, 140, 200])
def test_no_amount_date_or_id_is_broken_and_nothing_is_cut_off_at_any_width(width: int) -> None:
    lines = shown(width)

    for whole in ("13,600,000.00", "1,205,000.00", "2026-01-01", "2026-12-31", "CP-C903"):
        assert lines.count(whole) == 2, f"{whole} at {width}:\n{lines}"
    assert max(len(line) for line in lines.splitlines()) <= width


def test_where_the_numbers_do_not_stand_beside_each_other_each_row_is_a_block_of_labelled_values() -> None:
    lines = [line.split() for line in shown(40).splitlines()]

    assert ["Actual", "实际", "1,205,000.00"] in lines
    assert [] in lines, "the rows stand apart"


def test_a_table_that_fits_is_left_as_it_is() -> None:
    assert "CP-C903    零售行业 2026 Retail  2026-01-01 –  s21" in shown(200)
