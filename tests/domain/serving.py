"""Rules for tests of support: the contract alone, without what else follows a go-live."""

from __future__ import annotations

from domain.playbook import Playbook, Playbooks
from domain.playbook.service import ServiceRules
from tests.domain.asked import RULES
from tests.domain.scenario import Given, Told, World


def rules_with(**service: object) -> Playbook:
    """The standard rules with these parts of the chapter on what follows a go-live, and no others."""
    chapter = ServiceRules.model_validate(service)
    return RULES.model_copy(update={"support": RULES.support.model_copy(update={"service": chapter})})


CONTRACT_ALONE = rules_with()


def under(rules: Playbook, *told: Told) -> Given:
    """A world in which these commands have been taken under these rules."""
    return Given(World(playbooks=Playbooks([rules])).tell(*told))


def contract_alone(*told: Told) -> Given:
    """A world that knows the contract, and nothing else that follows a go-live."""
    return under(CONTRACT_ALONE, *told)
