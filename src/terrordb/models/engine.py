"""The engine's own tables: no kinds of record, outside the content hash."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
)

from terrordb.database import BY_KEY, Key, Words
from terrordb.models.base import Base

# Each distinct word of names and titles, with its folded form and its Latin search key (`values.names`).
name_words = Table(
    "name_words",
    Base.metadata,
    Column("key", Key, primary_key=True, autoincrement=False),
    Column("word", Words, nullable=False, unique=True),  # folded
    Column("latin", Words, nullable=False, index=True),
    Column("stem_key", Key, index=True),  # NULL where the Latin key is empty
    Column("patronymic", Boolean),  # NULL: the tables of search below do not know the word yet (a migration added them)
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
    **BY_KEY,
)

# What follows is made of `name_words` alone: keys are not declared, since to check millions of them would cost every
# load more than to make them.

# Search keys: two words that may be one name share one (`values.spelling`).
word_keys = Table(
    "word_keys",
    Base.metadata,
    Column("key_text", Words, nullable=False),
    Column("word_key", Key, nullable=False),
    PrimaryKeyConstraint("key_text", "word_key"),
    **BY_KEY,
)

# The endings of words, so that what stands inside a word is found as what begins so.
word_tails = Table(
    "word_tails",
    Base.metadata,
    Column("tail", Words, nullable=False),  # of two letters or more, cut after `TAIL`
    Column("word_key", Key, nullable=False),
    PrimaryKeyConstraint("tail", "word_key"),
    **BY_KEY,
)
TAIL = 16  # letters of an ending: with whole ones a word of 200 letters would take 20,000

# The distinct heads of Latin keys, and each with up to two letters left out: two stems that differ by a slip share one.
stems = Table(
    "stems",
    Base.metadata,
    Column("key", Key, primary_key=True, autoincrement=False),
    Column("stem", Words, nullable=False, unique=True),
)
word_deletes = Table(
    "word_deletes",
    Base.metadata,
    Column("form", Words, nullable=False),
    Column("stem_key", Key, nullable=False),
    PrimaryKeyConstraint("form", "stem_key"),
    **BY_KEY,
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

# How many rows each list has under each label of a field (`models.labels`), kept by every load.
tallies = Table(
    "tallies",
    Base.metadata,
    Column("kind", Words, nullable=False),
    Column("field", Words, nullable=False),  # a path: arrested.year
    Column("list", BigInteger, nullable=False),  # 0: curated
    Column("standing", Words, nullable=False),  # stands, dubious or withdrawn; or that the labels are too many
    Column("label", Words, nullable=False),  # empty: missing
    Column("rows", BigInteger, nullable=False),
    PrimaryKeyConstraint("kind", "field", "list", "standing", "label"),
    **BY_KEY,
)

# The text that a source is, as its user has it: it comes with no seed and goes with its source.
texts = Table(
    "texts",
    Base.metadata,
    Column("source_key", Key, ForeignKey("sources.key"), primary_key=True, autoincrement=False),
    Column("file", Words, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("encoding", Words, nullable=False),
    Column("added", Words, nullable=False),  # when, in UTC
    Column("since", Key, nullable=False),  # a later edition: the last load before it came; the first: 0
)

# Its paragraphs, as they are written; blank lines are counted and not kept.
passages = Table(
    "passages",
    Base.metadata,
    Column("source_key", Key, ForeignKey("texts.source_key"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Words, nullable=False),
    Column("text", Words, nullable=False),
    PrimaryKeyConstraint("source_key", "number"),
)

# Where the tokens of a record's anchor stand: the n-th from `first` to `last`, its end excluded, in passage `number`.
spans = Table(
    "spans",
    Base.metadata,
    Column("kind", Words, nullable=False),
    Column("key", Key, nullable=False),
    Column("n", Integer, nullable=False),
    Column("source_key", Key, nullable=False),
    Column("cited", Integer, nullable=False),  # the paragraph the record names: that of an earlier edition, it may be
    Column("number", Integer, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("kind", "key", "n"),
    ForeignKeyConstraint(["source_key", "number"], ["passages.source_key", "passages.number"]),
    Index("ix_spans_source_key_number", "source_key", "number"),
)
