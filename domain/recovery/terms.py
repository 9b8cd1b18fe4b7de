"""The words of a recovery 丢单挽回: how it stands and how it ends."""

from __future__ import annotations

from typing import Literal

from domain.messages import Name
from domain.recovering import RecoveryOutcome

Channel = Literal["visit", "call", "meeting", "message", "event"]
"""How a contact was kept."""

OPEN = Name(en="being recovered", zh="挽回中")
OUTCOME_NAMES: dict[RecoveryOutcome, Name] = {
    "next_attempt": Name(en="next attempt begun", zh="已再次立项"),
    "reopened": Name(en="deal reopened", zh="商机已重新打开"),
    "given_up": Name(en="given up, the customer stays", zh="放弃本单，客户保留"),
    "invalid": Name(en="customer became invalid", zh="客户已无效"),
    "merged": Name(en="customer merged into another", zh="客户已合并"),
}
