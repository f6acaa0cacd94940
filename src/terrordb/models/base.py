"""The base of every kind of record: how a model is written, and what all records have.

A model lists its fields, in the order of its CSV; `Base` turns each into columns, adds the check of order to every pair
of first and last day, and names constraints by one convention.  The words are: `born = date("…")` is the field `born`,
stored in `born_text`, `born_edtf`, `born_earliest` and `born_latest`; `trial = reference("trials", "…")` is the field
`trial`, stored in `trial_key`, written in a CSV as `trial`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Constraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, composite, mapped_column, relationship

from terrordb.database import Key
from terrordb.models import fields as f

LIST = 2**32  # keys of list n are n * LIST + the row's number in it; list 0 is the curated records
STATUS = {
    "stated": "as the source has it; nobody has examined it",
    "accepted": "examined, by whom in `note`",
    "contested": "a rival claim stands beside it",
    "citation_needed": "the source itself says that a citation is needed",
    "dubious": "a careful historian would not repeat it without a warning; why, in `note`",
    "withdrawn": "taken back",
}
STANCE = {  # of whoever makes a claim, towards it or towards what it responds to
    "asserts": "asserts it",
    "accepts": "accepts another's",
    "rejects": "rejects another's",
    "thinks_probable": "thinks it probable",
    "held_formerly": "was held formerly",
    "alleged": "is alleged to have said it",
}
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def Text(meaning: str, **options: Any) -> Any:
    """Declare words as written."""
    return f.TextField(meaning=meaning, **options)


def Name(meaning: str, **options: Any) -> Any:
    """Declare a name or title, found by its words in either script."""
    return f.NameField(meaning=meaning, required=True, shown=True, **options)


def Names(meaning: str, **options: Any) -> Any:
    """Declare further names in one cell, separated by semicolons."""
    return f.NamesField(meaning=meaning, **options)


def Code(meaning: str, vocabulary: Mapping[str, str], **options: Any) -> Any:
    """Declare one word of a vocabulary; with `open=True` other well formed words are taken too."""
    return f.CodeField(meaning=meaning, vocabulary=vocabulary, **options)


def Whole(meaning: str, **options: Any) -> Any:
    """Declare a whole number, zero or more; NULL is not 0."""
    return f.WholeField(meaning=meaning, **options)


def Number(meaning: str, **options: Any) -> Any:
    """Declare a number, between `least` and `most`, both included."""
    return f.NumberField(meaning=meaning, **options)


def Flag(meaning: str, **options: Any) -> Any:
    """Declare true or false."""
    return f.FlagField(meaning=meaning, **options)


def Listing(meaning: str, **options: Any) -> Any:
    """Declare several words or phrases in one cell, separated by semicolons."""
    return f.ListField(meaning=meaning, **options)


def Date(meaning: str, **options: Any) -> Any:
    """Declare a historical date."""
    return f.DateField(meaning=meaning, **options)


def Amount(meaning: str, **options: Any) -> Any:
    """Declare a number as written with what its words allow."""
    return f.FigureField(meaning=meaning, required=True, shown=True, **options)


def Reference(kind: str, meaning: str, **options: Any) -> Any:
    """Declare the id of a record of one kind."""
    return f.ReferenceField(meaning=meaning, kinds=(kind,), **options)


def References(kind: str, meaning: str, **options: Any) -> Any:
    """Declare ids of several records of one kind."""
    return f.ReferencesField(meaning=meaning, kinds=(kind,), **options)


def OneOf(kinds: str, meaning: str, **options: Any) -> Any:
    """Declare the kind and id of a record of a few kinds, named in one string."""
    return f.OneOfField(meaning=meaning, kinds=tuple(kinds.split()), **options)


def AnyOf(kinds: str, meaning: str, **options: Any) -> Any:
    """Declare the kind and id of a record of many kinds, stored as kind and key."""
    return f.AnyField(meaning=meaning, kinds=tuple(kinds.split()), **options)


def Computed(shape: str, meaning: str, **options: Any) -> Any:
    """Declare what the database works out (see `derived.py`)."""
    return f.ComputedField(shape=shape, meaning=meaning, **options)


def check(rule: str, called: str, why: str = "") -> CheckConstraint:
    """Declare a rule of the table under a name of its own; `why` is what a user is told who breaks it."""
    return CheckConstraint(rule, name=called, info={"why": why})


class Base(DeclarativeBase):
    """What every table has: fields in order, and a key that is never shown."""

    metadata = MetaData(naming_convention=NAMING)
    fields: ClassVar[dict[str, f.Field]]
    checks: ClassVar[tuple[Constraint | Index, ...]] = ()
    uncited: ClassVar[bool] = False  # a record may stand without a citation
    hangs: ClassVar[bool] = False  # on a person's row: where that is a list's, it is named and cited as that row is
    __table__: ClassVar[Table]

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    id: Any = f.TextField(meaning="what people type, cite and write in a CSV; small letters and hyphens", shown=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Turn the fields of a model into columns, then let SQLAlchemy map it."""
        if "__tablename__" not in cls.__dict__:
            return super().__init_subclass__(**kwargs)
        own = {n: v for n, v in cls.__dict__.items() if isinstance(v, f.Field)}
        common = {n: v for base in cls.__mro__[1:] for n, v in base.__dict__.items() if isinstance(v, f.Field)}
        first = {"id": common.pop("id")}
        cls.fields = {n: _named(field, n) for n, field in (first | own | common).items()}
        pairs: list[Constraint | Index] = []
        for declared in own:
            delattr(cls, declared)
            cls.__annotations__.pop(declared, None)  # it speaks to the type checker; the columns are made below
        for called, field in cls.fields.items():
            made = field.make()
            for column, mapped in made.items():
                setattr(cls, column, mapped)
            if isinstance(field, f.DateField):
                setattr(cls, called, composite(f.stored_date, *made.values()))
                early, late = field.columns[2:]
                pairs.append(check(f"{early} <= {late}", f"{called}_order", f"{called} ends before it begins"))
            if type(field) is f.ReferenceField:
                target = relationship(field.model, foreign_keys=[made[field.columns[0]]], viewonly=True)
                setattr(cls, called, target)
            if isinstance(field, f.FigureField):
                pairs.append(check("low <= high", "low_high_order", "low is above high"))
            if type(field) is f.OneOfField:
                pairs.append(_one_of(field))
            if field.index:
                pairs.append(Index(None, *field.columns[::-1]))
        hanging = f" OR person_key >= {LIST}" if cls.hangs else ""
        pairs.append(check(f"id IS NOT NULL{hanging}", "has_id", "the row has no id"))
        if "source" in cls.fields and not cls.uncited:
            pairs.append(check(f"source_key IS NOT NULL{hanging}", "cited", "the row has no source"))
        cls.__table_args__ = (*pairs, UniqueConstraint("id"), *cls.checks)
        return super().__init_subclass__(**kwargs)


def _named(field: f.Field, called: str) -> f.Field:
    """Copy a field under the name it has on one model (common fields stand on many)."""
    import copy

    own = copy.copy(field)
    own.name = called
    return own


def _one_of(field: f.OneOfField) -> CheckConstraint:
    """Require exactly one of a field's foreign keys, at most one where the field may be empty."""
    filled = " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in field.columns)
    return check(
        f"{filled} {'=' if field.required else '<='} 1",
        f"{field.name}_one_of",
        f"{field.name} names not one record but several or none",
    )


class Record(Base):
    """What every record has besides: status, doubt, note, and the passage it stands on."""

    __abstract__ = True

    id: Any = f.TextField(
        meaning="what people type, cite and write in a CSV; small letters and hyphens; unique within its kind",
        shown=True,
    )
    status: Any = f.CodeField(
        meaning="how far it may be trusted", vocabulary=STATUS, required=True, default="stated", shown=True
    )
    hedge: Any = f.TextField(meaning="the source's own words of doubt")
    note: Any = f.TextField(meaning="what the editors add: reasons, decisions")
    source: Any = f.ReferenceField(meaning="the source that says so", kinds=("sources",))
    locator: Any = f.TextField(meaning="where in the source: ¶75, p. 86-7, or fond/opis/delo/sheet")
    anchor: Any = f.TextField(
        meaning="one to six words or phrases of the passage that carry the fact, in order, separated by ' … '"
    )
    footnotes: Any = f.NumbersField(meaning="the numbers of the source's own notes behind the claim")
    passage: Any = f.ComputedField(
        shape="text", meaning="what stands there, shortened, its anchor marked: where the text is in the database"
    )
    record_no: Any = f.TextField(meaning="the list's own number of the record")
    rest: Any = f.CellsField(meaning="the cells of a list's row that no field takes, by their columns, as JSON")

    load_key: Mapped[int] = mapped_column(BigInteger, ForeignKey("loads.key"), nullable=False)
    row_no: Mapped[int | None] = mapped_column(Integer)  # the line of the file, the header being line 1
    digest: Mapped[bytes] = mapped_column(
        LargeBinary, nullable=False
    )  # of the cells: see `database` on the content hash
