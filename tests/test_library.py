"""The library: what a script sees of a database and of its answers."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError

import terrordb
from terrordb import library, models
from terrordb.errors import BadQuestion, NoDatabase
from terrordb.loading.keeping import as_list, load
from terrordb.loading.sheets import open_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Engine

ROOT = Path(__file__).parents[1]
MANY = 3000


def python(code: str, *words: str) -> str:
    """Run a script in a process of its own."""
    env = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *words], env=env, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture
def ours(engine: Engine, url: URL, tmp_path: Path) -> Iterator[library.Database]:
    """Give a database with a list of many invented people, open for questions."""
    lines = "".join(f"Invented <b>Person</b> {n},{1850 + n % 50}\n" for n in range(MANY))
    (tmp_path / "ours.csv").write_text(f"name,born\n{lines}", encoding="utf-8")
    sheet = open_sheet(tmp_path / "ours.csv", kind=None, encoding=None)
    as_list(sheet, None, engine)
    load(engine, [sheet], label="ours.csv", by="a test", prune=False, progress=lambda _kind, _rows, _total=0: None)
    with terrordb.open(url.render_as_string(hide_password=False)) as base:
        yield base


# -- a light import --------------------------------------------------------------------------------------------------


def test_the_import_alone_is_light() -> None:
    """`import terrordb` imports no library; its names do so when they are first used."""
    loaded = python("import sys, terrordb; print(' '.join(sys.modules))").split()
    assert not {"sqlalchemy", "typer", "alembic", "edtf", "terrordb.library", "terrordb.models"} & set(loaded)
    used = python("import sys, terrordb; terrordb.open; print('sqlalchemy' in sys.modules)")
    assert used == "True\n"


def test_the_face_is_complete() -> None:
    """Every name the package offers is there, and no other."""
    assert set(dir(terrordb)) == set(terrordb.__all__)
    assert all(getattr(terrordb, name) is not None for name in terrordb.__all__)
    assert terrordb.values.HistoricalDate.parse("March 1938").earliest == dt.date(1938, 3, 1)
    assert terrordb.models.Trial.__tablename__ == "trials"
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        terrordb.nothing  # noqa: B018


# -- opening ---------------------------------------------------------------------------------------------------------


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """`open` of a missing file is an error, by path or by address, and makes nothing."""
    for named in (tmp_path / "none.db", str(tmp_path / "none.db"), f"sqlite:///{tmp_path}/none.db"):
        with pytest.raises(NoDatabase, match="there is no file"):
            terrordb.open(named)
    with pytest.raises(terrordb.TerrorDBError):
        terrordb.open("")
    assert not list(tmp_path.iterdir())


def test_ones_own_is_made_of_the_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`open()` makes the user's own database where none is there, telling its progress to whom asks."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("TERRORDB_URL", raising=False)
    told: list[str] = []
    with terrordb.open(progress=lambda kind, _rows, _total=0: told.append(kind)) as base:
        assert base.default
        assert len(base.query("trials")) > 0
    assert "persons" in told
    assert repr(base) == f"<terrordb database {tmp_path / 'terrordb' / 'terrordb.db'}>"


# -- answers ---------------------------------------------------------------------------------------------------------


def test_rows_have_attributes(seeded: library.Database) -> None:
    """A row gives its fields as attributes: dates with their days, references as ids, lists as lists, citations."""
    (trial,) = seeded.query("trials id:moscow-trial-2")
    assert (trial.id, trial.defendants, trial.executed) == ("moscow-trial-2", 17, 13)
    assert (trial.opened.edtf, trial.opened.earliest) == ("1937-01", dt.date(1937, 1, 1))
    assert isinstance(trial.aliases, list)
    assert trial.closed is None
    assert trial.citations[0]["paragraph"] == 26
    assert trial["name"] == trial.name
    with pytest.raises(AttributeError, match="is no field of theirs"):
        trial.nothing  # noqa: B018


def test_words_as_on_the_command_line(seeded: library.Database) -> None:
    """A question is one string, where double quotes hold words together, or its words."""
    one, two = seeded.query('trials outcome:"all sentenced"'), seeded.query(["trials", 'outcome:"all', 'sentenced"'])
    assert [row.id for row in one] == [row.id for row in two] == ["moscow-trial-1"]


def test_what_is_wrong_is_said_at_once(seeded: library.Database) -> None:
    """A question that cannot be asked is an error before its first row is."""
    for question, more in (
        ("nothing:x", {}),
        ("trials", {"sort": "nothing"}),
        ("trials", {"fields": ["nothing"]}),
        ("trials", {"limit": -1}),
        ('trials "open', {}),
    ):
        with pytest.raises(BadQuestion):
            seeded.query(question, **more)


def test_an_answer_is_read_as_it_is_iterated(ours: library.Database) -> None:
    """The first rows come before the last are read, and no row is read before it is asked for."""
    statements: list[str] = []
    event.listen(ours.engine, "before_cursor_execute", lambda _c, _r, statement, *_: statements.append(statement))
    answer = ours.query("persons", sort="name")
    asked = len(statements)
    rows = iter(answer)
    assert len(statements) == asked
    first = [row.id for row in islice(rows, 3)]
    some = len(statements)
    rest = [row.id for row in rows]
    assert len(statements) > some
    assert len(set(first + rest)) == MANY
    assert [row.id for row in islice(answer, 3)] == first  # an answer can be read again


def test_counts_and_limits(ours: library.Database) -> None:
    """`count` and len are the rows there are, `found` what the question finds, `of` all of the kind."""
    answer = ours.query("persons born:1850", limit=7)
    assert (len(answer), answer.count, answer.found, answer.of) == (7, 7, MANY // 50, MANY)
    assert len(list(answer)) == 7
    assert repr(answer) == f"<{MANY // 50} of {MANY:,} persons>"
    assert not list(ours.query("persons", limit=0))
    assert len(list(ours.query("persons", limit=10**30))) == MANY
    assert not ours.query("persons Zzyzx")


def test_fields_restrict_a_row(ours: library.Database) -> None:
    """Where fields are named a row has these alone, and an error says which was not asked for."""
    row = next(iter(ours.query("persons", fields=["id", "born"])))
    assert list(row.as_dict()) == ["id", "born", "born_earliest", "born_latest"]
    with pytest.raises(AttributeError, match="was not asked for"):
        row.name  # noqa: B018


def test_dicts_are_what_json_prints(seeded: library.Database) -> None:
    """`dicts` gives the objects of --format json, one a row."""
    answer = seeded.query("figures", limit=3)
    assert list(answer.dicts()) == [row.as_dict() for row in answer]


@pytest.mark.parametrize("kind", models.KINDS)
def test_a_frame_of_every_kind(seeded: library.Database, kind: str) -> None:
    """Any answer becomes a data frame of pandas, a row a record and a column a key of its JSON."""
    answer = seeded.query(kind)
    frame = answer.frame()
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == answer.count
    if len(frame):
        assert list(frame["id"]) == [row.id for row in answer]


POLARS = """
import sys
sys.modules["pandas"] = None
import terrordb
from terrordb.models import KINDS
db = terrordb.open(sys.argv[1])
for kind in KINDS:
    frame = db.query(kind).frame()
    print(type(frame).__module__.partition(".")[0], frame.height == db.query(kind).count)
"""
NEITHER = """
import sys
sys.modules["pandas"] = sys.modules["polars"] = None
import terrordb
try:
    terrordb.open(sys.argv[1]).query("trials").frame()
except terrordb.TerrorDBError as error:
    print(error)
"""


def test_a_frame_of_polars(seeded: library.Database) -> None:
    """Where pandas is not installed polars makes the frame; where neither is, an error says so."""
    address = seeded.engine.url.render_as_string(hide_password=False)
    if find_spec("polars"):
        assert set(python(POLARS, address).splitlines()) == {"polars True"}
    assert "needs pandas or polars" in python(NEITHER, address)


def test_a_notebook_shows_the_first_rows(ours: library.Database) -> None:
    """In a notebook an answer is a table of its first rows, with the count; what a source wrote is text, not HTML."""
    html = ours.query("persons")._repr_html_()
    assert html.count("<tr>") == library.SHOWN + 1
    assert f"{MANY:,} of {MANY:,} persons; {MANY - library.SHOWN:,} more than shown" in html
    assert "&lt;b&gt;Person&lt;/b&gt;" in html
    assert "<b>" not in html
    assert "<b>" not in next(iter(ours.query("persons")))._repr_html_()


# -- sessions --------------------------------------------------------------------------------------------------------


def test_a_session_reads(seeded: library.Database) -> None:
    """`session` is SQLAlchemy's own, over the mapped classes and their relations."""
    with seeded.session() as session:
        case = session.scalars(select(models.Case).where(models.Case.id == "bukharin-case")).one()
        assert case.person.id == "bukharin-nikolai"
        assert session.scalar(select(func.count()).select_from(models.Trial)) == seeded.query("trials").count


def test_a_session_cannot_write(seeded: library.Database) -> None:
    """Neither through the ORM nor in SQL does a session change anything."""
    before = seeded.query("trials").count
    with seeded.session() as session:
        session.delete(session.scalars(select(models.Footnote).limit(1)).one())
        with pytest.raises(DBAPIError):
            session.flush()
    with seeded.session() as session, pytest.raises(DBAPIError):
        session.execute(models.Load.__table__.update().values(file="another"))
    assert library.Database(seeded.engine).query("trials").count == before


def test_an_error_of_the_database_is_ours(seeded: library.Database) -> None:
    """What the engine says of a statement through `connect` comes as an error of ours, with the database's name."""
    with pytest.raises(NoDatabase, match="cannot be used"), seeded.connect() as connection:
        connection.exec_driver_sql("DELETE FROM loads")


def test_a_question_in_one_word_is_a_whole_question(seeded: library.Database) -> None:
    """A command line's single argument that begins with a kind is split as a script's string is."""
    assert seeded.query(["trials id:moscow-trial-1"]).count == seeded.query("trials id:moscow-trial-1").count == 1


def test_a_field_within_scope_is_asked_as_fields_names_it(seeded: library.Database) -> None:
    """`scope.operation:x` asks what `operation:x` asks."""
    named = {row.id for row in seeded.query("figures scope.operation:kulak-operation")}
    assert named == {row.id for row in seeded.query("figures operation:kulak-operation")} != set()
