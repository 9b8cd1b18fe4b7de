"""Every named refusal is provoked by a test: a refusal that nobody can get is a rule that nobody has."""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import domain
from domain.refusals import RefusalError
from domain.standing import Unmet
from tests.domain.asked import RULES


def named_refusals() -> list[str]:
    modules = [import_module(f"domain.{found.name}") for found in pkgutil.iter_modules(domain.__path__)]
    found = {
        one for module in modules for _, one in inspect.getmembers(module, inspect.isclass) if issubclass(one, RefusalError)
    }
    return sorted(one.__name__ for one in found - {RefusalError})


def provoked() -> set[str]:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    return set(re.findall(r"(?:then_refused|raises)\(\s*(?:\w+\.)?(\w+Error)\b", tests))


@pytest.mark.parametrize("refusal", named_refusals())
def test_every_refusal_is_provoked(refusal: str) -> None:
    assert refusal in provoked()


def test_a_refusal_carries_its_words_and_what_is_unmet() -> None:
    item = RULES.funnel.stages[0].criteria[0]
    refused = RefusalError("Bring it first.", [item.unmet()])
    assert str(refused) == refused.detail == "Bring it first."
    assert refused.unmet == (Unmet(code=item.code, name=item.name, who=item.who),)
