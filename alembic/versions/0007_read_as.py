"""Make room for how each list was read: a load can be read anew, by a better profile, from what was kept of its rows.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from terrordb.database import Words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("loads", sa.Column("read_as", Words, nullable=True))


def downgrade():
    with op.batch_alter_table("loads") as batch:
        batch.drop_column("read_as")
