"""Make room for the index of names: search keys, endings, spelling errors; `loading.words.fill` fills it afterwards.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from terrordb.database import BY_KEY, Key, Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("name_words", sa.Column("stem_key", Key, nullable=True))
    op.add_column("name_words", sa.Column("patronymic", sa.Boolean(), nullable=True))
    op.create_index("ix_name_words_stem_key", "name_words", ["stem_key"])
    op.create_table(
        "word_keys",
        sa.Column("key_text", Words, nullable=False),
        sa.Column("word_key", Key, nullable=False),
        sa.PrimaryKeyConstraint("key_text", "word_key", name=op.f("pk_word_keys")),
        **BY_KEY,
    )
    op.create_table(
        "word_tails",
        sa.Column("tail", Words, nullable=False),
        sa.Column("word_key", Key, nullable=False),
        sa.PrimaryKeyConstraint("tail", "word_key", name=op.f("pk_word_tails")),
        **BY_KEY,
    )
    op.create_table(
        "stems",
        sa.Column("key", Key, autoincrement=False, nullable=False),
        sa.Column("stem", Words, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_stems")),
        sa.UniqueConstraint("stem", name=op.f("uq_stems_stem")),
    )
    op.create_table(
        "word_deletes",
        sa.Column("form", Words, nullable=False),
        sa.Column("stem_key", Key, nullable=False),
        sa.PrimaryKeyConstraint("form", "stem_key", name=op.f("pk_word_deletes")),
        **BY_KEY,
    )
    lay_uses(**BY_KEY)


def downgrade():
    lay_uses()
    op.drop_table("word_deletes")
    op.drop_table("stems")
    op.drop_table("word_tails")
    op.drop_table("word_keys")
    op.drop_index("ix_name_words_stem_key", "name_words")
    with op.batch_alter_table("name_words") as batch:
        batch.drop_column("patronymic")
        batch.drop_column("stem_key")


def lay_uses(**options):
    """Write word_uses anew where only a new table can lie in another order; the other engine has one order."""
    if op.get_bind().dialect.supports_alter:
        return
    op.create_table(
        "word_uses_new",
        sa.Column("kind", Words, nullable=False),
        sa.Column("word_key", Key, nullable=False),
        sa.Column("key", Key, nullable=False),
        sa.Column("owner_key", Key, nullable=False),
        sa.ForeignKeyConstraint(["word_key"], ["name_words.key"], name=op.f("fk_word_uses_word_key_name_words")),
        sa.PrimaryKeyConstraint("kind", "word_key", "key", name=op.f("pk_word_uses")),
        **options,
    )
    op.execute(
        "INSERT INTO word_uses_new (kind, word_key, key, owner_key)"
        " SELECT kind, word_key, key, owner_key FROM word_uses ORDER BY kind, word_key, key"
    )
    op.drop_table("word_uses")
    op.rename_table("word_uses_new", "word_uses")
    op.create_index("ix_word_uses_kind_key", "word_uses", ["kind", "key"])
