"""The process as data: what a playbook says, and what makes one wrong. Reading files is not done here."""

from __future__ import annotations

from domain.playbook.approval import Approval
from domain.playbook.book import Playbook, UnitCalendar
from domain.playbook.choosing import Mode, Modes, Serves, choose, mode_of, row_of
from domain.playbook.customers import CustomerRules, Market, ValueClass
from domain.playbook.enablement import ENABLEMENT, PRODUCT_LINE, EnablementRules, folded
from domain.playbook.escalation import BySelf, EscalationRules, EscalationStep, EscalationSubject
from domain.playbook.funnel import APPROVAL, Criterion, FunnelRules, Stage, Stall
from domain.playbook.handoff import EarlyStart, HandoffRules
from domain.playbook.implementation import DeliverableItem, ImplementationRules, Milestone, PaymentTerms
from domain.playbook.parts import Code, Item, Percent, Phase, Place, PlaybookRef, Positive, Role, Rule
from domain.playbook.pricing import PriceApproval, PriceLimits, PriceRules
from domain.playbook.projects import ProjectRules
from domain.playbook.requests import Division, RequestRules
from domain.playbook.shelf import Playbooks
from domain.playbook.support import Rung, ServiceCalendar, SupportRules, Target
from domain.playbook.windows import Window

__all__ = [
    "APPROVAL",
    "ENABLEMENT",
    "PRODUCT_LINE",
    "Approval",
    "BySelf",
    "Code",
    "Criterion",
    "CustomerRules",
    "DeliverableItem",
    "Division",
    "EarlyStart",
    "EnablementRules",
    "EscalationRules",
    "EscalationStep",
    "EscalationSubject",
    "FunnelRules",
    "HandoffRules",
    "ImplementationRules",
    "Item",
    "Market",
    "Milestone",
    "Mode",
    "Modes",
    "PaymentTerms",
    "Percent",
    "Phase",
    "Place",
    "Playbook",
    "PlaybookRef",
    "Playbooks",
    "Positive",
    "PriceApproval",
    "PriceLimits",
    "PriceRules",
    "ProjectRules",
    "RequestRules",
    "Role",
    "Rule",
    "Rung",
    "Serves",
    "ServiceCalendar",
    "Stage",
    "Stall",
    "SupportRules",
    "Target",
    "UnitCalendar",
    "ValueClass",
    "Window",
    "choose",
    "folded",
    "mode_of",
    "row_of",
]
