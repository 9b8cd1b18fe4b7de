"""Nobody answers for themselves, under whatever spelling and in whose name soever."""

from __future__ import annotations

import pytest

from domain.funnel import SelfApprovalError
from domain.handoff import EarlyStartNotApprovedError, SelfAnswerError
from domain.messages import Command
from domain.people import among
from domain.project import CancelProject, NotTheApproverError
from domain.promises import ConsentNotTheirsError
from domain.refusals import RefusalError
from tests.domain.asked import SALES, accept, lose, offer, override, promise, quote, started, won
from tests.domain.funnelling import approve, person, reopen
from tests.domain.ledgers import allow_early_start, change
from tests.domain.scenario import given

FOR_ANOTHER = person("a9", "sales", on_behalf_of=" \N{FULLWIDTH LATIN CAPITAL LETTER M}1 ")
CANCEL = CancelProject(project="P1", reason="x", reference="letter", approver="U1", approver_role="manager", actor=SALES)

OWN_ANSWERS: dict[str, tuple[list[Command], Command, type[RefusalError]]] = {
    "an override, by the owner in capitals": ([], override("won", approver="U1"), SelfApprovalError),
    "an override, by whom it is asked for": ([], override("won", approver="m1", actor=FOR_ANOTHER), SelfApprovalError),
    "a reopening, by the owner in capitals": ([lose()], reopen(approver="U1"), SelfApprovalError),
    "a price, by whom it was quoted for": (
        [quote(price="400000", list_price="1300000", actor=FOR_ANOTHER)],
        approve(person("m1", "manager")),
        SelfApprovalError,
    ),
    "a cancellation, by the asker in capitals": ([], CANCEL, NotTheApproverError),
    "an early start, by the asker in capitals": (
        won(),
        allow_early_start(requested_by="M1"),
        EarlyStartNotApprovedError,
    ),
    "an offer, by the giver in capitals": (
        [*won(), offer(actor=person("D1", "sales"))],
        accept(actor=person("d1", "delivery")),
        SelfAnswerError,
    ),
    "an offer, by whom it was made for": (
        [*won(), offer(actor=person("a9", "sales", on_behalf_of="d1"))],
        accept(actor=person("d1", "delivery")),
        SelfAnswerError,
    ),
    "a changed promise, by the asker in capitals": ([promise()], change(consented_by="D1"), ConsentNotTheirsError),
}


@pytest.mark.parametrize(("before", "answer", "refusal"), OWN_ANSWERS.values(), ids=OWN_ANSWERS)
def test_nobody_answers_for_themselves(before: list[Command], answer: Command, refusal: type[RefusalError]) -> None:
    given(started(), before).when(answer).then_refused(refusal)


def test_people_are_told_apart_by_more_than_their_spelling() -> None:
    assert among("\N{FULLWIDTH LATIN CAPITAL LETTER M}1 ", ["m1"])
    assert not among("m1", ["m11", ""])
    assert not among("", [""])
