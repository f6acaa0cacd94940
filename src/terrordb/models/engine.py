"""The engine's own tables: no kinds of record, outside the content hash."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, PrimaryKeyConstraint, Table

from terrordb.database import Key, Words
from terrordb.models.base import Base

# Each distinct word of names and titles, with its folded form and its Latin search key (`values.names`).
name_words = Table(
    "name_words",
    Base.metadata,
    Column("key", Key, primary_key=True, autoincrement=False),
    Column("word", Words, nullable=False, unique=True),  # folded
    Column("latin", Words, nullable=False, index=True),
)

# Which record has which word; a person's further names count as the person's.
word_uses = Table(
    "word_uses",
    Base.metadata,
    Column("kind", Words, nullable=False),
    Column("word_key", Key, ForeignKey("name_words.key"), nullable=False),
    Column("key", Key, nullable=False),
    Column("owner_key", Key, nullable=False),  # the person a further name belongs to, else the record itself
    PrimaryKeyConstraint("kind", "word_key", "key"),
    Index("ix_word_uses_kind_key", "kind", "key"),
)

# What an update replaced or a pruning removed: the former row, whole, as JSON.
changes = Table(
    "changes",
    Base.metadata,
    Column("load_key", Key, ForeignKey("loads.key"), nullable=False),
    Column("kind", Words, nullable=False),
    Column("key", Key, nullable=False),
    Column("former", Words, nullable=False),
    PrimaryKeyConstraint("load_key", "kind", "key"),
    Index("ix_changes_kind_key", "kind", "key"),
)

# The content hash, kept by every load: how many records of each kind, and the sum of their digests.
sums = Table(
    "sums",
    Base.metadata,
    Column("kind", Words, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("sum", Words, nullable=False),  # modulo 2^256, hexadecimal
)
