"""loads: the journal, one entry an import."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from terrordb.database import Words
from terrordb.models.base import Base, Text, Whole


class Load(Base):
    """One import: what was read, when and by whom, and what it did; `undo` takes its id."""

    __tablename__ = "loads"

    file: Mapped[str] = Text("the file, or the folder", required=True, shown=True)
    hash: Mapped[str] = Text(
        "sha256 of the file; of a folder, of the names and hashes of its files", required=True, shown=True
    )
    loaded: Mapped[str] = Text("when, in UTC", required=True, shown=True)
    by: Mapped[str] = Text("who", required=True)
    rows: Mapped[int] = Whole("how many rows were read", required=True, shown=True)
    added: Mapped[int] = Whole("how many were new", required=True, shown=True)
    changed: Mapped[int] = Whole("how many replaced a former one", required=True, shown=True)
    removed: Mapped[int] = Whole("how many were removed", required=True, shown=True)
    undone: Mapped[str | None] = Text("when it was undone, in UTC", shown=True)

    files: Mapped[str] = mapped_column(Words)  # JSON: for each kind the labels of the files it was read from
    read_as: Mapped[str | None] = mapped_column(Words)  # JSON: of each mapped list how it was read (`loading.anew`)
