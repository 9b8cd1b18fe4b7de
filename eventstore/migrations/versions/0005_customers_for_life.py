"""The lists and figures of customers and plans.

Revision ID: 0005
"""

from __future__ import annotations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the read models; a store that has events already fills them by the next `rebuild`."""
