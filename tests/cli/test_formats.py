"""Every format holds the same values, whatever signs they are made of."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.conftest import GOLDEN, SIGNS

from terrordb import library, models

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL
    from tests.cli.conftest import Say

FIELDS = ("id", "name", "occupation", "party")
ONE_LINE = re.sub(r"[\t\n]", " ", SIGNS)


def expected(signs: str) -> list[list[str]]:
    """Give the golden rows with their signs as a format keeps them."""
    return [[row[f] if row[f] != SIGNS else signs for f in FIELDS] for row in GOLDEN]


def asked(said: Say, golden: str, format_: str) -> str:
    """Ask for the golden rows in a format."""
    answer = said("query", "persons", "--fields", ",".join(FIELDS), "--raw", "--format", format_, "--db", golden)
    assert (answer.code, answer.err) == (0, "")
    return answer.out


def test_csv_keeps_every_sign(said: Say, golden: str) -> None:
    """A CSV gives every cell back, with its tabs, newlines, quotes and signs of formulas."""
    head, *rows = csv.reader(io.StringIO(asked(said, golden, "csv")), strict=True)
    assert head == list(FIELDS)
    assert rows == expected(SIGNS)


def test_json_keeps_every_sign(said: Say, golden: str) -> None:
    """JSON gives every cell back, letters unescaped, null where nothing is known."""
    out = asked(said, golden, "json")
    rows = [{f: row[f] or None for f in FIELDS} for row in GOLDEN]
    assert json.loads(out) == rows
    assert "Выдуманный" in out
    assert [json.loads(line) for line in asked(said, golden, "jsonl").splitlines()] == rows


def test_tsv_has_a_line_a_row(said: Say, golden: str) -> None:
    """TSV keeps every cell on its line and in its column; only tabs and newlines become spaces."""
    head, *rows = (line.split("\t") for line in asked(said, golden, "tsv").splitlines())
    assert head == list(FIELDS)
    assert rows == expected(ONE_LINE)


def test_md_has_a_line_a_row(said: Say, golden: str) -> None:
    """Markdown keeps every cell in its column, with its own signs escaped."""
    head, rule, *rows = asked(said, golden, "md").splitlines()
    assert head == "| id | name | occupation | party |"
    assert rule == "| --- | --- | --- | --- |"
    cells = [re.split(r"(?<!\\) \| ", row[2:-2]) for row in rows]
    assert [[re.sub(r"\\(.)", r"\1", cell) for cell in row] for row in cells] == expected(ONE_LINE)


def test_table_aligns_its_columns(said: Say, golden: str) -> None:
    """A plain table begins every column at one place, and says the count beneath."""
    head, *rows, count = asked(said, golden, "table").splitlines()
    starts = [head.index(f) for f in FIELDS]
    cut = [[row[a:b].rstrip() for a, b in zip(starts, [*starts[1:], None], strict=True)] for row in rows]
    assert cut == expected(ONE_LINE)
    assert count == "2 of 2 persons"


def test_no_cell_commands_a_terminal(said: Say, url: URL, tmp_path: Path) -> None:
    """What a loaded file holds of a terminal's own commands is shown, not obeyed."""
    (tmp_path / "ours.csv").write_text("name,occupation\nInvented Person,\x1b[2Jgone\x07\n", encoding="utf-8")
    address = url.render_as_string(hide_password=False)
    assert said("load", str(tmp_path / "ours.csv"), "--db", address).code == 0
    for format_ in ("table", "tsv", "md"):
        out = said("query", "Invented", "--format", format_, "--db", address).out
        assert "\N{REPLACEMENT CHARACTER}[2Jgone\N{REPLACEMENT CHARACTER}" in out
        assert "\x1b" not in out


@pytest.mark.parametrize(
    ("format_", "empty"), [("json", "[]\n"), ("jsonl", ""), ("tsv", "id\tname\n"), ("csv", "id,name\n")]
)
def test_an_empty_answer_is_one(said: Say, address: str, format_: str, empty: str) -> None:
    """An answer without a row is well formed, and no error."""
    answer = said("query", "persons", "id:nobody", "--fields", "id,name", "--format", format_, "--db", address)
    assert (answer.code, answer.out, answer.err) == (0, empty, "no person has id:nobody\n")


def test_output_is_utf8_whatever_the_locale(run: Any, seeded: library.Database) -> None:
    """What is piped is UTF-8, also where the locale knows no Cyrillic."""
    address = seeded.engine.url.render_as_string(hide_password=False)
    for locale in ({"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        answer = run("query", "persons", "--format", "json", "--db", address, env=locale)
        assert answer.returncode == 0, answer.stderr
        assert "¶" in answer.stdout


@pytest.mark.parametrize("kind", models.KINDS)
def test_csv_of_a_query_is_the_template(said: Say, address: str, kind: str) -> None:
    """A CSV of records has the columns of the template, in their order."""
    assert said("query", kind, "--limit", "0", "--format", "csv", "--db", address).out == said("template", kind).out


def hash_of(said: Say, address: str) -> str:
    """Read the content hash a database prints."""
    rows = [line.split("\t") for line in said("db", "status", "--db", address).out.splitlines()]
    return next(row[1] for row in rows if row[0] == "content hash")


def export(said: Say, address: str, folder: Path) -> None:
    """Write every kind that has a record as a CSV."""
    folder.mkdir()
    for kind in models.KINDS:
        out = said("query", kind, "--raw", "--format", "csv", "--db", address).out
        if out.count("\n") > 1:
            (folder / f"{kind}.csv").write_text(out, encoding="utf-8")


def test_everything_exported_loads_again_as_it_was(said: Say, address: str, url: URL, tmp_path: Path) -> None:
    """What a database prints as CSV makes another of the same content, and there prints the same again."""
    export(said, address, tmp_path / "out")
    other = url.render_as_string(hide_password=False)
    loaded = said("load", str(tmp_path / "out"), "--db", other)
    assert loaded.code == 0, loaded.err
    assert hash_of(said, other) == hash_of(said, address)
    export(said, other, tmp_path / "again")
    files = sorted(f.name for f in (tmp_path / "out").iterdir())
    assert files == sorted(f.name for f in (tmp_path / "again").iterdir())
    for name in files:
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_a_list_exported_loads_again_with_its_source(said: Say, golden: str, maker: Any, tmp_path: Path) -> None:
    """A list of one's own goes into another database together with the source that it is."""
    export(said, golden, tmp_path / "out")
    other = maker.make(seed=False).render_as_string(hide_password=False)
    alone = said("load", str(tmp_path / "out" / "persons.csv"), "--db", other)
    assert alone.code == 2
    assert "an-invented-list" in alone.err
    assert said("load", str(tmp_path / "out"), "--db", other).code == 0
    assert hash_of(said, other) == hash_of(said, golden)
