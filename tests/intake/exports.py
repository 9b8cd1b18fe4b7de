"""A small export in the shape of a CRM's, and ways to spoil it."""

from __future__ import annotations

from pathlib import Path

ACCOUNTS = """account,sector,year_established,revenue,employees,office_location,subsidiary_of
Acme Corporation,technolgy,1996,1100.04,2822,United States,
Gekko & Co,retail,1990,2.5,42,Philipines,Acme Corporation
华星集团,machinery,1993,352.11,7000,China,
"""
PRODUCTS = """product,series,sales_price
GTX Basic,GTX,550
GTX Pro,GTX,4821
MG Special,MG,55
"""
TEAMS = """sales_agent,manager,regional_office
Anna Snelling,Dustin Brinkmann,Central
Carl Lin,Summer Sewald,West
"""
HEADER = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
TAKEN = (
    "WON00001,Anna Snelling,GTX Basic,Acme Corporation,Won,2016-10-20,2017-03-01,1054",
    "WON00002,Carl Lin,GTXPro,Acme Corporation,Won,2016-10-25,2017-03-11,4514.50",
    "WON00003,Carl Lin,MG Special,华星集团,Won,2017-01-02,2017-01-02,0",
    "LOST0001,Anna Snelling,gtx pro,Gekko & Co,Lost,2017-01-05,2017-04-01,0",
    "LOST0002,Anna Snelling,MG Special,Acme Corporation,Lost,2017-02-05,2017-05-01,0",
    "ENGA0001,Anna Snelling,GTX Pro,Gekko & Co,Engaging,2017-06-05,,",
    "ENGA0002,Carl Lin,GTX Basic,华星集团,Engaging,2017-07-05,,",
    "PROS0001,Anna Snelling,GTX Basic,Acme Corporation,Prospecting,,,",
)
NO_ACCOUNT = "ENGA0003,Carl Lin,GTX Basic,,Engaging,2017-07-05,,"
SPOILT = (
    NO_ACCOUNT,
    "BAD00001,Anna Snelling,GTX Basic,Nobody Ltd,Won,2016-10-20,2017-03-01,1054",
    "BAD00002,Anna Snelling,GTX 9000,Acme Corporation,Won,2016-10-20,2017-03-01,1054",
    "BAD00003,A. Stranger,GTX Basic,Acme Corporation,Won,2016-10-20,2017-03-01,1054",
    'BAD00004,Anna Snelling,GTX Basic,Acme Corporation,Won,2016-10-20,2016-03-01,"1,054"',
    "WON00001,Anna Snelling,GTX Basic,Acme Corporation,Won,2016-10-20,2017-03-01,1054",
    "BAD00005,Anna Snelling,GTX Basic,Acme Corporation,Dreaming,2016-10-20,,",
    "BAD00006,Anna Snelling,GTX Basic,Acme Corporation,Engaging,20/10/2016,,",
    "BAD00007,Anna Snelling,GTX Basic,Acme Corporation,Engaging,2999-01-01,,",
    "BAD00008,Anna Snelling,GTX Basic,Acme Corporation",
)


def write_export(
    folder: Path, rows: tuple[str, ...] = TAKEN, accounts: str = ACCOUNTS, products: str = PRODUCTS, teams: str = TEAMS
) -> Path:
    """Write an export into a folder and give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"accounts": accounts, "products": products, "sales_teams": teams, "sales_pipeline": "\n".join((HEADER, *rows))}
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
