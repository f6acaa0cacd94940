"""Find a rehabilitation by its case: a server asks of each case that goes whether one points to it.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

GIVEN = sa.text("case_key IS NOT NULL")


def upgrade():
    op.create_index(
        "ix_rehabilitations_case_key", "rehabilitations", ["case_key"], sqlite_where=GIVEN, postgresql_where=GIVEN
    )


def downgrade():
    op.drop_index("ix_rehabilitations_case_key", "rehabilitations")
