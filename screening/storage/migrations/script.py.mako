"""${message}

Expand first, contract in a later release: the version before this one must keep working on the new tables.
"""

import sqlalchemy as sa
from alembic import op

from screening.models import base as models

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
