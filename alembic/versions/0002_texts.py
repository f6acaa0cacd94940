"""Make room for texts: their passages, and where in them the rows that cite them stand.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from terrordb.database import Key, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "texts",
        sa.Column("source_key", Key, autoincrement=False, nullable=False),
        sa.Column("file", Words, nullable=False),
        sa.Column("sha256", Words, nullable=False),
        sa.Column("encoding", Words, nullable=False),
        sa.Column("added", Words, nullable=False),
        sa.Column("since", Key, nullable=False),
        sa.ForeignKeyConstraint(["source_key"], ["sources.key"], name=op.f("fk_texts_source_key_sources")),
        sa.PrimaryKeyConstraint("source_key", name=op.f("pk_texts")),
    )
    op.create_table(
        "passages",
        sa.Column("source_key", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("text", Words, nullable=False),
        sa.ForeignKeyConstraint(["source_key"], ["texts.source_key"], name=op.f("fk_passages_source_key_texts")),
        sa.PrimaryKeyConstraint("source_key", "number", name=op.f("pk_passages")),
    )
    op.create_table(
        "spans",
        sa.Column("kind", Words, nullable=False),
        sa.Column("key", Key, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("source_key", Key, nullable=False),
        sa.Column("cited", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_key", "number"],
            ["passages.source_key", "passages.number"],
            name=op.f("fk_spans_source_key_number_passages"),
        ),
        sa.PrimaryKeyConstraint("kind", "key", "n", name=op.f("pk_spans")),
    )
    op.create_index("ix_spans_source_key_number", "spans", ["source_key", "number"])


def downgrade():
    op.drop_table("spans")
    op.drop_table("passages")
    op.drop_table("texts")
