"""Count anew: sentences and nationalities are counted too; `loading.tallies.fill` does it afterwards.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DELETE FROM tallies")


def downgrade():
    op.execute("DELETE FROM tallies")
