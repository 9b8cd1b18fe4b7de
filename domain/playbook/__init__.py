"""The process as data: what a playbook says, and what makes one wrong. Reading files is not done here."""

from __future__ import annotations

from domain.playbook.book import Playbook
from domain.playbook.customers import CustomerRules, Market, ValueClass
from domain.playbook.funnel import FunnelRules, Stage, Stall
from domain.playbook.handoff import HandoffRules
from domain.playbook.implementation import ImplementationRules, Milestone
from domain.playbook.parts import Code, Item, Percent, Phase, Place, PlaybookRef, Positive, Role, Rule
from domain.playbook.shelf import Playbooks
from domain.playbook.support import ServiceCalendar, SupportRules, Target

__all__ = [
    "Code",
    "CustomerRules",
    "FunnelRules",
    "HandoffRules",
    "ImplementationRules",
    "Item",
    "Market",
    "Milestone",
    "Percent",
    "Phase",
    "Place",
    "Playbook",
    "PlaybookRef",
    "Playbooks",
    "Positive",
    "Role",
    "Rule",
    "ServiceCalendar",
    "Stage",
    "Stall",
    "SupportRules",
    "Target",
    "ValueClass",
]
