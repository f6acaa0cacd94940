"""A desk to load files at: invented rows, on an empty database of each engine in turn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, select

from terrordb import database, models
from terrordb.errors import TerrorDBError
from terrordb.loading import hashing, journal, keeping
from terrordb.loading.reading import digest
from terrordb.loading.sheets import open_sheet
from terrordb.models.base import Base
from terrordb.querying.records import records
from terrordb.reports.database import check

if TYPE_CHECKING:
    from tests.conftest import Maker

SOURCES = "id,title,kind\nmade-up,A Made-up Book (invented),book\nother,Another Made-up Book (invented),book\n"


class Desk:
    """Write files, load them as the program does, and look at what the database holds."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        models.everything()

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def load(self, files: dict[str, str] | None = None, *, prune: bool = False, **options: Any) -> keeping.Outcome:
        """Write files, given by their names, and load them, those without `source_id` as lists."""
        paths = [self.write(name, text) for name, text in (files or {}).items()]
        return self.load_paths(*paths, prune=prune, **options)

    def load_paths(
        self,
        *paths: Path,
        prune: bool = False,
        kind: str | None = None,
        source: str | None = None,
        encoding: str | None = None,
    ) -> keeping.Outcome:
        """Load files that are there."""
        sheets = [open_sheet(path, kind=kind, encoding=encoding) for path in paths]
        for sheet in sheets:
            keeping.as_list(sheet, source, self.engine)
        return keeping.load(self.engine, sheets, label="a test", by="the tests", prune=prune)

    def refused(self, files: dict[str, str], **options: Any) -> str:
        """Load files that are refused: nothing may have changed in any table; what was said comes back."""
        before = self.everything()
        with pytest.raises(TerrorDBError) as refusal:
            self.load(files, **options)
        assert self.everything() == before
        return str(refusal.value).replace(f"{self.folder}/", "")

    def undo(self, named: str, *, cascade: bool = False) -> list[str]:
        """Undo a load; the ids of all that were undone come back."""
        return [row.id for row in journal.undo(self.engine, named, cascade=cascade).loads]

    def not_undone(self, named: str) -> str:
        """Try to undo a load that others stand on: nothing may change; what was said comes back."""
        before = self.everything()
        with pytest.raises(TerrorDBError) as refusal:
            self.undo(named)
        assert self.everything() == before
        return str(refusal.value)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Read every row of every table."""
        with self.engine.connect() as connection:
            tables = Base.metadata.tables.values()
            return {t.name: sorted(map(tuple, connection.execute(select(t))), key=repr) for t in tables}

    def cells(self, kind: str) -> dict[str, dict[str, str]]:
        """Read the records of a kind as the cells that are not empty, by id; `status` is left out."""
        table = models.kind(kind).__table__
        with self.engine.connect() as connection:
            rows = [row.cells() for row in records(connection, kind, select(table.c.key))]
        return {row["id"]: {k: v for k, v in row.items() if v and k not in ("id", "status")} for row in rows}

    def column(self, kind: str, *columns: str) -> dict[str, Any]:
        """Read a column, or several, by id."""
        table = models.kind(kind).__table__
        with self.engine.connect() as connection:
            rows = connection.execute(select(table.c.id, *(table.c[c] for c in columns)))
            return {row[0]: row[1] if len(columns) == 1 else tuple(row[1:]) for row in rows}

    def hash(self) -> str:
        """Give the content hash that the loads have kept."""
        with self.engine.connect() as connection:
            return hashing.content_hash(hashing.kept(connection))

    def hash_of_cells(self) -> str:
        """Work the content hash out anew, from the cells of every record."""
        sums = {}
        with self.engine.connect() as connection:
            for kind in models.KINDS:
                keys = select(models.kind(kind).__table__.c.key)
                written = ({h: c for h, c in row.cells().items() if c} for row in records(connection, kind, keys))
                sums[kind] = hashing.total(digest(cells.pop("id"), cells) for cells in written)
        return hashing.content_hash(sums)

    def sound(self) -> bool:
        """Say whether `db check` finds nothing: digests, sums, fates and references."""
        with self.engine.connect() as connection:
            return not check(connection).rows


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    """Give a desk with an empty database."""
    return Desk(engine, tmp_path)


@pytest.fixture
def cited(desk: Desk) -> Desk:
    """Give a desk whose database has two invented sources to cite: made-up and other."""
    desk.load({"sources.csv": SOURCES})
    return desk


@pytest.fixture
def new_desk(maker: Maker, tmp_path: Path) -> Callable[[], Desk]:
    """Give any number of desks, each with an empty database of its own."""
    return lambda: Desk(database.writer(maker.make(seed=False)), tmp_path)
