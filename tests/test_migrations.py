"""Four questions about migrations, on both engines: one head, base to head, models and tables agree, up and down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Column, Text, inspect, select

from terrordb import database, models
from terrordb.loading import hashing
from terrordb.loading.seed import load_seed

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection
    from tests.conftest import Maker


def history() -> ScriptDirectory:
    """Read the migrations."""
    config = Config()
    config.set_main_option("script_location", str(database.shipped("alembic")))
    return ScriptDirectory.from_config(config)


def test_there_is_one_head_and_the_program_needs_it() -> None:
    """The history does not fork, and the revision the program compares is its newest."""
    assert history().get_heads() == [database.REVISION]


def test_revisions_can_be_told_older_from_newer() -> None:
    """Revisions are four digits that count up, as opening a database compares them."""
    found = [script.revision for script in history().walk_revisions("base", "heads")][::-1]
    assert found == [f"{n:04}" for n in range(1, len(found) + 1)]


def test_base_to_head(maker: Maker) -> None:
    """An empty database is brought to the newest schema."""
    engine = database.writer(maker.create(None), new=True)
    database.migrate(engine)
    assert database.revision(engine) == database.REVISION
    assert set(models.tables().tables) | {"alembic_version"} == set(inspect(engine).get_table_names())


def test_models_and_tables_agree(url: URL) -> None:
    """What the migrations made is what the models declare: tables, columns, types, keys, indexes and checks."""
    engine = database.writer(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, models.tables()) == []
        inspector = inspect(connection)
        for table in models.tables().sorted_tables:
            declared = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
            assert {c["name"] for c in inspector.get_check_constraints(table.name)} == declared, table.name


def test_up_down_and_up_again_with_records_in_place(url: URL) -> None:
    """Each migration is taken back and made again while there are records, one by one."""
    engine = database.writer(url)
    load_seed(engine, lambda _kind, _rows, _total=0: None)
    steps = [script.revision for script in history().walk_revisions("base", "heads")]
    for before in [*steps[1:], "base"]:
        database.migrate(engine, before)
        assert database.revision(engine) == (None if before == "base" else before)
    database.migrate(engine)
    load_seed(engine, lambda _kind, _rows, _total=0: None)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM persons").scalar()


def test_rebuilding_a_table_keeps_the_rows_that_point_to_it(seeded_url: URL) -> None:
    """A migration that rebuilds persons, as SQLite must to change it, loses neither them nor what points to them."""
    engine = database.writer(seeded_url)
    with engine.begin() as connection:
        before = {kind: keys(connection, kind) for kind in models.KINDS}
        operations = Operations(MigrationContext.configure(connection, opts={"render_as_batch": True}))
        rebuilds: Literal["always", "auto"] = "always" if connection.dialect.name == "sqlite" else "auto"
        with operations.batch_alter_table("persons", recreate=rebuilds) as batch:
            batch.add_column(Column("invented", Text))
        database.check_keys(connection)
        assert {kind: keys(connection, kind) for kind in models.KINDS} == before
        assert hashing.content_hash(hashing.kept(connection)) == recomputed(connection)


def keys(connection: Connection, kind: str) -> list[int]:
    """Read the keys of a kind."""
    table = models.kind(kind).__table__
    return list(connection.scalars(select(table.c.key).order_by(table.c.key)))


def recomputed(connection: Connection) -> str:
    """Work out the content hash from the digests that are there."""
    sums = {}
    for kind in models.KINDS:
        digests = connection.scalars(select(models.kind(kind).__table__.c.digest))
        sums[kind] = hashing.total(bytes(digest) for digest in digests)
    return hashing.content_hash(sums)


def test_a_key_that_points_nowhere_stops_a_migration(url: URL) -> None:
    """After moving, keys are checked; on PostgreSQL the row is refused at once."""
    engine = database.writer(url)
    with engine.connect() as connection, pytest.raises(Exception, match=r"points to a record|foreign key"):
        orphan(connection)


def orphan(connection: Connection) -> None:
    """Write a row that points nowhere, and check the keys."""
    connection.exec_driver_sql("INSERT INTO changes (load_key, kind, key, former) VALUES (99, 'persons', 1, '{}')")
    database.check_keys(connection)


def test_what_points_to_the_rows_of_lists_is_found_by_an_index(url: URL) -> None:
    """Where a server deletes a list's persons or cases, it must not read all rehabilitations for each of them."""
    of_lists = {models.kind(kind).__table__ for kind in ("persons", "person_names", "cases", "rehabilitations")}
    with database.writer(url).connect() as connection:
        found = inspect(connection)
        for table in of_lists:
            first = {index["column_names"][0] for index in found.get_indexes(table.name)}
            assert {key.parent.name for key in table.foreign_keys if key.column.table in of_lists} <= first
