"""The words of an escalation 升级: what it is about, and what the product division answers."""

from __future__ import annotations

from typing import Literal

from domain.messages import Name

Answer = Literal["patch", "workaround", "planned", "not_a_defect"]
"""What the product division may answer."""

SUBJECT_NAMES: dict[str, Name] = {
    "ticket": Name(en="ticket", zh="工单"),
    "funnel": Name(en="product gap of a deal", zh="商机的产品差距"),
    "implementation": Name(en="gap of the blueprint", zh="蓝图差距"),
}
OUTCOME_NAMES: dict[str, Name] = {
    "solved": Name(en="solved on the way up", zh="升级途中已解决"),
    "patch": Name(en="patch", zh="补丁"),
    "workaround": Name(en="workaround", zh="规避方案"),
    "planned": Name(en="planned requirement", zh="列入需求规划"),
    "not_a_defect": Name(en="not a defect", zh="非缺陷"),
}
ANSWERED = Name(en="answered, to be delivered", zh="已答复，待交付")
ENDED = Name(en="ended with its subject", zh="随所属工作终止")
"""What people call where it stands once no step is asked any more."""
