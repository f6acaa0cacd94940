"""Make room for how each row of a list was read: rows that a later state of the file has too are not read again.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("persons", sa.Column("as_read", sa.BigInteger(), nullable=True))


def downgrade():
    with op.batch_alter_table("persons") as batch:
        batch.drop_column("as_read")
