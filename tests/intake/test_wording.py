from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from domain.messages import ID_PATTERN
from intake.wording import slug


def test_a_name_becomes_an_id_that_people_recognise() -> None:
    assert slug("Genco Pura Olive Oil Company") == "genco-pura-olive-oil-company"
    assert slug("Gekko & Co") == "gekko-co"
    assert slug("Café Zürich") == "cafe-zurich"


def test_names_in_chinese_keep_apart_and_keep_their_ids() -> None:
    assert slug("华星集团") == slug("华星集团") != slug("华新集团")
    assert slug("SAP 中国").startswith("sap-")
    assert slug("SAP 中国") != slug("SAP 德国")


@given(st.text(min_size=1).filter(str.strip))
def test_any_name_gives_a_usable_id(name: str) -> None:
    assert re.fullmatch(ID_PATTERN, slug(name))
