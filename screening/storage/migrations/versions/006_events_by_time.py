"""Events are found by their time, so that a page of a few days does not read the whole history."""

from __future__ import annotations

from alembic import op

revision = "006"
down_revision = "005"


def upgrade() -> None:
    op.create_index("ix_event_at", "event", ["at"])


def downgrade() -> None:
    op.drop_index("ix_event_at", "event")
