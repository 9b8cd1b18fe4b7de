"""Who approves, by when, and who does it when they do not answer."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import model_validator

from domain.playbook.parts import Place, Positive, Role, Rule, wrong


class Approval(Rule):
    """An approval 审批: a role with a deadline, then its deputy, then the role that it is escalated to."""

    role: Role
    within: Positive
    """Working hours that the role has."""
    deputy: Role | None = None
    """Who may answer as well once that time is over."""
    deputy_within: Positive | None = None
    """Working hours that the deputy has; then it is escalated."""
    escalate_to: Role | None = None

    @model_validator(mode="after")
    def _chain(self) -> Approval:
        if (self.deputy is None) != (self.deputy_within is None):
            raise wrong("deputy and deputy_within belong together", "deputy_within")
        named = [role for role in (self.role, self.deputy, self.escalate_to) if role is not None]
        if len(set(named)) < len(named):
            raise wrong("role, deputy and escalate_to are different roles", "role")
        return self

    def roles_used(self, *place: int | str) -> Iterator[tuple[str, Place]]:
        """Every role that is named here, with its place."""
        for field, role in (("role", self.role), ("deputy", self.deputy), ("escalate_to", self.escalate_to)):
            if role is not None:
                yield role, (*place, field)
