from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from intake.crm import Export, read_export
from intake.tables import ExportError
from tests.intake.exports import ACCOUNTS, HEADER, NO_ACCOUNT, PRODUCTS, SPOILT, TAKEN, write_export

TODAY = date(2026, 5, 4)


def reasons(export: Export) -> dict[str, list[str]]:
    return {row.id: [str(problem) for problem in row.problems] for row in export.not_taken}


def only_reason(tmp_path: Path, row: str) -> str:
    export = read_export(write_export(tmp_path, (row,)), TODAY)
    assert not export.opportunities
    [[reason]] = reasons(export).values()
    return reason


def test_every_row_is_either_taken_or_named_with_its_reason(tmp_path: Path) -> None:
    export = read_export(write_export(tmp_path, (*TAKEN, *SPOILT)), TODAY)
    assert [one.id for one in export.opportunities] == [row.partition(",")[0] for row in TAKEN]
    assert [row.id for row in export.not_taken] == [row.partition(",")[0] for row in SPOILT]
    assert export.stages.total() == len(TAKEN) + len(SPOILT)
    assert all(row.problems for row in export.not_taken)


def test_a_row_that_is_not_taken_is_named_by_its_line_as_an_editor_counts(tmp_path: Path) -> None:
    export = read_export(write_export(tmp_path, (*TAKEN, '"', '"', NO_ACCOUNT)), TODAY)
    assert (export.not_taken[-1].id, export.not_taken[-1].line) == ("ENGA0003", len(TAKEN) + 4)


def test_a_row_without_account_says_what_to_do_about_it(tmp_path: Path) -> None:
    assert "fill in `account` and import again" in only_reason(tmp_path, NO_ACCOUNT)


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        ("BAD1,Anna Snelling,GTX Basic,Nobody Ltd,Won,2016-10-20,2017-03-01,9", "account is not in accounts.csv (Nobody Ltd)"),
        ("BAD1,Anna Snelling,GTX 9,Gekko & Co,Won,2016-10-20,2017-03-01,9", "product is not in products.csv (GTX 9)"),
        (
            "BAD1,N. N.,GTX Pro,Gekko & Co,Won,2016-10-20,2017-03-01,9",
            "sales_agent is not in sales_teams.csv (N. N.)",
        ),
        ("BAD1,Carl Lin,GTX Pro,Gekko & Co,Won,2016-10-20,2016-10-19,9", "close_date lies before engage_date"),
        ("BAD1,Carl Lin,GTX Pro,Gekko & Co,Won,2016-10-20,2026-05-05,9", "close_date lies in the future (2026-05-05)"),
        ("BAD1,Carl Lin,GTX Pro,Gekko & Co,Won,20161020,2017-03-01,9", "engage_date is not a date like 2017-03-01 (20161020)"),
        (
            "BAD1,Carl Lin,GTX Pro,Gekko & Co,Engaging,2016-02-30,,",
            "engage_date is not a date like 2017-03-01 (2016-02-30)",
        ),
        ("BAD1,Carl Lin,GTX Pro,Gekko & Co,Engaging,0207-01-01,,", "engage_date lies before 1990 (0207-01-01)"),
        ("BAD1,Carl Lin,GTX Pro,Gekko & Co,Engaging,2016-10-20,2017-01-01,", "an open deal with a close_date"),
        ("BAD1,Carl Lin,GTX Pro,Gekko & Co,Won,2016-10-20,2017-03-01,", "a won deal without its close_value"),
        ("BAD1,Carl Lin,GTX Pro,Gekko & Co,Won,2016-10-20,2017-03-01,-5", "close_value is not an amount"),
        ("BAD1,Carl Lin,GTX Pro,Gekko & Co,Won,2016-10-20,2017-03-01,1e9", "close_value is not an amount"),
        ("BAD1,Carl Lin,GTX Pro,Gekko & Co,Won,2016-10-20,2017-03-01,NaN", "close_value is not an amount"),
        (
            "BAD1,Carl Lin,GTX Pro,Gekko & Co,won,2016-10-20,2017-03-01,9",
            "deal_stage is none of Prospecting, Engaging, Won",
        ),
        ("B/1,Carl Lin,GTX Pro,Gekko & Co,Won,2016-10-20,2017-03-01,9", "opportunity_id must be up to 60 letters"),
        (",Carl Lin,GTX Pro,Gekko & Co,Won,2016-10-20,2017-03-01,9", "opportunity_id must be up to 60 letters"),
        ("BAD1,Carl Lin,GTX Pro", "the line cannot be read (the line has 3 fields where the header has 8)"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(tmp_path: Path, spoilt: str, reason: str) -> None:
    assert only_reason(tmp_path, spoilt).startswith(reason)


def test_all_that_is_wrong_with_a_row_is_said_at_once(tmp_path: Path) -> None:
    export = read_export(write_export(tmp_path, ("BAD1,Nobody,Nothing,,Won,yesterday,,x",)), TODAY)
    [found] = reasons(export).values()
    assert len(found) == 6  # amount, account, product, agent, both dates


def test_the_second_row_with_the_same_id_is_not_taken(tmp_path: Path) -> None:
    export = read_export(write_export(tmp_path, (TAKEN[0], TAKEN[0])), TODAY)
    assert reasons(export) == {"WON00001": ["the opportunity stands in an earlier line already (line 2)"]}
    assert len(export.opportunities) == 1


def test_a_row_that_is_not_utf_8_is_named_and_the_others_are_taken(tmp_path: Path) -> None:
    write_export(tmp_path, TAKEN)
    with (tmp_path / "sales_pipeline.csv").open("ab") as file:
        file.write("\nBAD1,Carl Lin,GTX Pro,Café,Won,2016-10-20,2017-03-01,9\n".encode("latin-1"))
    export = read_export(tmp_path, TODAY)
    assert reasons(export) == {"BAD1": ["the line cannot be read (the line is not UTF-8)"]}
    assert len(export.opportunities) == len(TAKEN)


def test_a_byte_order_mark_and_windows_line_ends_make_no_difference(tmp_path: Path) -> None:
    plain = read_export(write_export(tmp_path / "plain"), TODAY)
    write_export(tmp_path / "windows")
    for file in (tmp_path / "windows").iterdir():
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert read_export(tmp_path / "windows", TODAY).opportunities == plain.opportunities


def test_a_product_is_known_without_its_spaces_and_the_mending_is_counted(tmp_path: Path) -> None:
    export = read_export(write_export(tmp_path), TODAY)
    assert [one.product for one in export.opportunities if one.id == "WON00002"] == ["GTX Pro"]
    assert dict(export.spelling.mended) == {("GTXPro", "GTX Pro"): 1, ("gtx pro", "GTX Pro"): 1}


def test_a_name_that_fits_two_products_is_not_guessed(tmp_path: Path) -> None:
    write_export(tmp_path, (TAKEN[1],), products=PRODUCTS + "GTXpro,GTX,1\n")
    assert list(reasons(read_export(tmp_path, TODAY))["WON00002"]) == ["product is not in products.csv (GTXPro)"]


def test_what_is_won_has_its_value_and_the_rest_the_list_price(tmp_path: Path) -> None:
    amounts = {one.id: one.amount for one in read_export(write_export(tmp_path), TODAY).opportunities}
    assert amounts["WON00002"] == Decimal("4514.50")
    assert amounts["WON00003"] == 0
    assert amounts["LOST0001"] == 4821
    assert amounts["PROS0001"] == 550


def test_the_deals_of_an_account_that_is_not_usable_are_named_too(tmp_path: Path) -> None:
    write_export(tmp_path, accounts=ACCOUNTS.replace("2.5", "about 2"))
    export = read_export(tmp_path, TODAY)
    found = reasons(export)
    assert found["Gekko & Co"] == ["revenue is not an amount like 1054 or 1054.50 (about 2)"]
    assert found["LOST0001"] == ["account names a line of accounts.csv that is not usable (Gekko & Co)"]
    assert len(export.accounts) == 2


def test_an_account_that_would_get_the_same_id_as_another_is_named(tmp_path: Path) -> None:
    write_export(tmp_path, accounts=ACCOUNTS + "Gekko-Co,retail,1990,2.5,42,Italy,\n")
    assert reasons(read_export(tmp_path, TODAY)) == {"Gekko-Co": ["its name gives the same id as Gekko & Co (gekko-co)"]}


def test_a_limit_counts_rows_and_leaves_out_accounts_without_any(tmp_path: Path) -> None:
    export = read_export(write_export(tmp_path), TODAY, limit=3)
    assert [one.id for one in export.opportunities] == ["WON00001", "WON00002", "WON00003"]
    assert [account.name for account in export.accounts] == ["Acme Corporation", "华星集团"]


def test_without_a_limit_an_account_without_deals_is_a_customer_too(tmp_path: Path) -> None:
    assert len(read_export(write_export(tmp_path, ()), TODAY).accounts) == 3


@pytest.mark.parametrize("file", ["accounts", "products", "sales_teams", "sales_pipeline"])
def test_a_missing_file_is_told_in_one_sentence(tmp_path: Path, file: str) -> None:
    write_export(tmp_path)
    (tmp_path / f"{file}.csv").unlink()
    with pytest.raises(ExportError, match=f"{file}.csv is missing: put the file there"):
        read_export(tmp_path, TODAY)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    write_export(tmp_path)
    (tmp_path / "sales_pipeline.csv").write_text(HEADER.replace("close_date", "closed").replace(",close_value", ""))
    with pytest.raises(ExportError, match="has no column close_date, close_value"):
        read_export(tmp_path, TODAY)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (HEADER.encode("utf-16"), "save it as CSV in UTF-8"),
        (HEADER.replace(",", ";").encode(), "separated by commas"),
        (b"", "has no column opportunity_id"),
        (HEADER.encode() + b'\nA,"B', "not a CSV table from line 2 on"),
    ],
)
def test_a_file_that_is_no_such_table_is_told_in_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    write_export(tmp_path)
    (tmp_path / "sales_pipeline.csv").write_bytes(content)
    with pytest.raises(ExportError, match=words):
        read_export(tmp_path, TODAY)
