"""terrordb query: what is asked, and how much of it is shown where."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.conftest import PROGRAM, clean

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL
    from tests.cli.conftest import Say

LIGHT = """
import contextlib, io, sys
from terrordb.cli import main
sys.argv = ["terrordb", *sys.argv[1:]]
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
print(" ".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.fixture
def many(said: Say, url: URL, tmp_path: Path) -> str:
    """Give the address of a database with 120 invented people."""
    rows = "".join(f"invented-{n:03},Invented Person {n},{1800 + n}\n" for n in range(120))
    (tmp_path / "persons.csv").write_text(f"id,name,born\n{rows}", encoding="utf-8")
    address = url.render_as_string(hide_password=False)
    assert said("load", str(tmp_path / "persons.csv"), "--db", address).code == 0
    return address


def imported(home: Path, *words: str) -> set[str]:
    """Name the packages that a command imports, asked in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", LIGHT, *words], env=clean(home), capture_output=True, text=True, check=True
    )
    return set(ran.stdout.split())


def test_fields_are_those_asked_for(said: Say, many: str) -> None:
    """--fields gives these columns alone, in this order, in every format."""
    tsv = said("query", "persons", "--fields", "born, id", "--limit", "1", "--db", many)
    assert tsv.out == "born\tid\n1800\tinvented-000\n"
    found = said("query", "persons", "--fields", "born,id", "--limit", "1", "--format", "json", "--db", many).out
    assert list(json.loads(found)[0]) == ["born", "born_earliest", "born_latest", "id"]


def test_sort_turns_round(said: Say, many: str) -> None:
    """--sort orders by a field, FIELD:desc the other way, and --limit takes the first of that order."""
    for sort, first in (("born", "invented-000"), ("born:desc", "invented-119")):
        out = said("query", "persons", "--sort", sort, "--fields", "id", "--limit", "2", "--db", many).out
        assert out.splitlines()[1] == first
        assert out.count("\n") == 3


def test_count_says_how_many_and_of_how_many(said: Say, many: str) -> None:
    """--count is a number alone in a pipe where nothing is in doubt, else four columns; in JSON always an object."""
    words = ("query", "persons", "born:1800..1809", "--count", "--db", many)
    counts = {"certain": 10, "possible": 10, "missing": 0, "of": 120}
    assert json.loads(said(*words, "--format", "json").out) == counts
    assert said(*words).out == said(*words, "--format", "tsv").out == "certain\tpossible\tmissing\tof\n10\t10\t0\t120\n"
    assert said("query", "persons", "born:any", "--count", "--db", many).out == "120\n"


def test_persons_where_no_kind_is_named(said: Say, many: str) -> None:
    """A question without a kind asks for persons."""
    assert said("query", "--count", "--db", many).out == said("query", "persons", "--count", "--db", many).out


def test_an_answer_is_whole_in_a_pipe(said: Say, many: str) -> None:
    """In a pipe all rows come, and --quiet leaves away what is no answer."""
    assert said("query", "persons", "--db", many).out.count("\n") == 121
    drawn = said("query", "persons", "--format", "table", "--db", many).out
    assert drawn.endswith("120 of 120 persons\n")
    assert said("query", "persons", "--format", "table", "--quiet", "--db", many).out == drawn.removesuffix(
        "120 of 120 persons\n"
    )


def test_a_terminal_shows_fifty_rows(at_terminal: Say, many: str) -> None:
    """On a terminal an answer stops at 50 rows and says how many more there are; --limit shows more."""
    seen = at_terminal("query", "persons", "--db", many)
    assert seen.code == 0
    assert seen.out.count("invented-") == 50
    assert "120 of 120 persons\n70 more: --limit N shows more" in seen.out
    assert at_terminal("query", "persons", "--limit", "60", "--db", many).out.count("invented-") == 60
    assert "more" not in at_terminal("query", "persons", "--quiet", "--db", many).out


def test_a_terminal_gets_the_format_it_asks_for(at_terminal: Say, many: str) -> None:
    """A format that is asked for is printed whole on a terminal too."""
    assert at_terminal("query", "persons", "--format", "tsv", "--db", many).out.count("\n") == 121


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_no_terminal_is_too_narrow(at_terminal: Say, many: str, width: int) -> None:
    """However narrow a terminal is, no line is longer, and an id is broken only where it is longer than a line."""
    out = at_terminal("query", "persons", "--limit", "3", "--db", many, width=width, NO_COLOR="1").out
    plain = out.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines()[:-2])) <= width
    assert all(f"invented-00{n}" in plain for n in range(3))


def test_a_dumb_terminal_gets_plain_text(at_terminal: Say, many: str) -> None:
    """A terminal that cannot draw gets 50 plain rows, without a sign it would not understand."""
    out = at_terminal("query", "persons", "--db", many, TERM="dumb").out
    assert "\x1b" not in out
    assert out.count("invented-") == 50
    assert "70 more" in out


def test_what_is_the_same_in_every_row_is_said_once(at_terminal: Say, many: str) -> None:
    """Where columns do not fit, what they all say stands beneath; nothing is hidden."""
    out = at_terminal("query", "persons", "--limit", "3", "--db", many, width=60).out
    assert "in every row: status stated; source persons" in out


def test_an_empty_answer_is_no_error(said: Say, at_terminal: Say, many: str) -> None:
    """A question that nothing answers ends with 0 and says so, and why, where somebody reads it."""
    assert said("query", "persons", "Zzyzx", "--db", many).code == 0
    seen = at_terminal("query", "persons", "Zzyzx", "--db", many)
    assert (seen.code, seen.out) == (0, "0 of 120 persons\nno person is named Zzyzx\n")


def test_head_ends_quietly(many: str, home: Path) -> None:
    """A reader that leaves early is no error, of a short answer and of a long one."""
    for words in (["query", "persons", "--db", many], ["kinds"], ["--version"], ["query", "--help"]):
        process = subprocess.Popen(
            [*PROGRAM, *words], env=clean(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        process.stderr.close()
        assert process.wait() == 0


def test_head_of_a_long_answer(said: Say, url: URL, tmp_path: Path, home: Path) -> None:
    """A reader that takes a line of an answer larger than a pipe holds gets it, and no noise."""
    long = "".join(f"Invented Person {n},{'x' * 500}\n" for n in range(2000))
    (tmp_path / "ours.csv").write_text(f"name,occupation\n{long}", encoding="utf-8")
    address = url.render_as_string(hide_password=False)
    assert said("load", str(tmp_path / "ours.csv"), "--db", address).code == 0
    for format_ in ("tsv", "csv", "json", "jsonl", "md"):
        words = ["query", "persons", "--format", format_, "--db", address]
        process = subprocess.Popen(
            [*PROGRAM, *words], env=clean(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        process.stderr.close()
        assert process.wait() == 0


def test_a_full_disk_is_said_in_a_sentence(many: str, home: Path) -> None:
    """An output that cannot be written is an error of one sentence."""
    with open("/dev/full", "w") as full:  # noqa: PTH123
        ran = subprocess.run(
            [*PROGRAM, "query", "--db", many],
            env=clean(home),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 2
    assert ran.stderr.startswith("terrordb: No space left on device\n  make room where it writes")


def test_the_path_of_a_question_is_light(home: Path, many: str) -> None:
    """A question imports no Alembic, edtf, pydantic, Rich or pandas; its help imports no SQLAlchemy either."""
    heavy = {"alembic", "edtf", "pydantic", "pandas", "polars", "anyascii", "charset_normalizer"}
    named = imported(home, "query", "persons", "bukharin", "--db", many)
    assert {"typer", "sqlalchemy"} <= named
    assert not named & (heavy | {"rich"})
    assert not imported(home, "query", "--help") & (heavy | {"sqlalchemy", "rich"})


def test_the_version_imports_nothing(home: Path) -> None:
    """--version is answered from a literal, before Typer or SQLAlchemy is imported."""
    assert not imported(home, "--version") & {"typer", "sqlalchemy", "rich"}


def test_json_has_the_keys_that_fields_lists(said: Say, many: str) -> None:
    """The objects of an answer have just the keys that `fields` names."""
    listed: list[dict[str, Any]] = json.loads(said("fields", "persons", "--format", "json").out)
    found = json.loads(said("query", "persons", "--limit", "1", "--format", "json", "--db", many).out)
    assert list(found[0]) == [*(entry["name"] for entry in listed), "answer"]
