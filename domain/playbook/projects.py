"""The chapter of a playbook on the project 项目 as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from domain.playbook.parts import Place, Role, Rule


class ProjectRules(Rule):
    """What concerns the project and not one phase of it."""

    cancel_approver: Role | None = None
    """The role that approves the cancelling of a project; any role when left out, but never the one who asks."""

    def roles_used(self, *place: int | str) -> Iterator[tuple[str, Place]]:
        """Every role that this chapter names, with its place."""
        if self.cancel_approver is not None:
            yield self.cancel_approver, (*place, "cancel_approver")
