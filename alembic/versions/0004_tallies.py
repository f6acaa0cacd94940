"""Make room for kept counts; `loading.tallies.fill` counts what is there afterwards.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from terrordb.database import BY_KEY, Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "tallies",
        sa.Column("kind", Words, nullable=False),
        sa.Column("field", Words, nullable=False),
        sa.Column("list", sa.BigInteger(), nullable=False),
        sa.Column("standing", Words, nullable=False),
        sa.Column("label", Words, nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "field", "list", "standing", "label", name=op.f("pk_tallies")),
        **BY_KEY,
    )


def downgrade():
    op.drop_table("tallies")
