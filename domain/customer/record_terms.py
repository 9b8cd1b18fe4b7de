"""The words and small shapes of a customer's record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from domain.messages import Frozen, Money, Name, Text

MapRole = Literal["decides", "influences", "uses", "buys", "guards", "opposes"]
"""What a person on the power map does in a decision."""
MAP_ROLE_NAMES: Mapping[MapRole, Name] = {
    "decides": Name(en="decides", zh="决策"),
    "influences": Name(en="influences", zh="影响"),
    "uses": Name(en="uses", zh="使用"),
    "buys": Name(en="buys", zh="采购"),
    "guards": Name(en="guards", zh="把关"),
    "opposes": Name(en="opposes", zh="反对"),
}
Attitude = Literal["champion", "supporter", "neutral", "sceptic", "opponent"]
"""How a person stands to us."""
ATTITUDE_NAMES: Mapping[Attitude, Name] = {
    "champion": Name(en="champion", zh="内线教练"),
    "supporter": Name(en="supporter", zh="支持"),
    "neutral": Name(en="neutral", zh="中立"),
    "sceptic": Name(en="sceptic", zh="怀疑"),
    "opponent": Name(en="opponent", zh="反对"),
}
ITMode = Literal["existing", "consulting", "product_strategy"]
IT_MODE_NAMES: Mapping[ITMode, Name] = {
    "existing": Name(en="the customer's existing plan", zh="客户已有规划"),
    "consulting": Name(en="full consulting", zh="全面咨询"),
    "product_strategy": Name(en="from our whole product strategy", zh="整体产品策略"),
}


class BuyingStep(Frozen):
    """A step of how a customer buys."""

    step: Text
    decides: Text
    """Who decides: a body, a title, or the id of a person on the power map."""
    threshold: Money | None = None
    """From which amount on the step is taken; any when left out."""


class ITItem(Frozen):
    """One line of an IT plan."""

    year: Annotated[int, Field(ge=1980, le=2200)]
    topic: Text
    budget: Money | None = None


class TakenCase(Frozen):
    """An open improvement case that the survivor takes over from a merged customer."""

    case: str
    """As the merged customer called it."""
    taken_as: str
    """As the survivor calls it."""
    product: str
    category: str
    tickets: tuple[str, ...]
    who: str


CONTRACT = "contract:"


def contract_key(contract: str) -> str:
    """A contract of a service line among all that keeps a customer awake: told apart from projects, whose ids have no colon."""
    return f"{CONTRACT}{contract}"


def contract_of(customer: str, key: str) -> str:
    """The key of a duplicate's contract at its survivor, told apart from the survivor's own of the same id."""
    return key.replace(CONTRACT, f"{CONTRACT}{customer}/", 1) if key.startswith(CONTRACT) and "/" not in key else key


class LineContract(Frozen):
    """A contract of a service line."""

    contract: str
    service_line: str
    amount: Money | None = None
    starts_on: date
    ends_on: date
    """The last day on which it is valid."""
    reference: str
    project: str = ""
    ended_on: date | None = None
    """Its last day, where it was ended before `ends_on`."""
    end_reason: str = ""
    signed_at: AwareDatetime | None = None
    """When the customer's record says that it was signed: the moment of its event."""

    @property
    def last_day(self) -> date:
        """The last day on which it is valid."""
        return min(self.ends_on, self.ended_on) if self.ended_on else self.ends_on

    def valid_on(self, day: date) -> bool:
        """Whether it is valid on a day."""
        return self.starts_on <= day <= self.last_day
