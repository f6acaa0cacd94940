"""terrordb load of lists of any shape, terrordb profile draft; nobody here has ever lived."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import Popen

    from sqlalchemy import URL
    from tests.cli.conftest import Said, Say

LIST = (
    "№;Фамилия;Имя;Дата ареста;Приговор;Примечание\n"
    "1;Вымыслов;Иван;5.11.1937;ВМН;дом 7\n"
    "2;Вымыслова;Анна;31.02.1938;;\n"
    "3;;Пётр;1938;;\n"
    "4;Придумкин;Лука;1938;10 лет ИТЛ\n"
)
SUM = "list.csv: 4 rows read = 2 stored + 0 unchanged + 2 set aside"


@pytest.fixture
def db(url: URL) -> str:
    """Give the address of an empty database."""
    return url.render_as_string(hide_password=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a list: of four rows one has no surname, one is short, one has an impossible date."""
    made = tmp_path / "list.csv"
    made.write_text(LIST, encoding="utf-8")
    return made


@pytest.fixture
def load(said: Say, db: str) -> Say:
    """Load a list as cases."""

    def go(*words: str) -> Said:
        return said("load", *words, *([] if "--profile" in words else ["--as", "cases"]), "--db", db)

    return go


def content(said: Say, db: str) -> str:
    """Read the content hash."""
    return next(line for line in said("db", "status", "--db", db).out.splitlines() if line.startswith("content hash"))


def test_an_interrupt_is_told(start: Callable[..., Popen[str]], home: Path, db: str) -> None:
    """Ctrl-C ends a load with one line, which says that nothing was changed."""
    os.mkfifo(home / "list.csv")
    process = start("load", "list.csv", "--as", "cases", "--db", db)
    with (home / "list.csv").open("w"):  # it waits until the program reads
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert err == "terrordb: list.csv: interrupted; nothing was changed\n"


def test_standard_input_is_told_by_its_name(
    said: Say, db: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Read strictly or mapped; rows of it that are set aside stand in the folder one stands in."""
    monkeypatch.chdir(tmp_path)

    def load(text: str, *words: str) -> Said:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return said("load", "-", *words, "--db", db)

    wrong = load("name,born\nInvented Person,long ago\n")
    assert (wrong.code, "terrordb: standard input:2: born: 'long ago'" in wrong.err) == (2, True)
    strict = load("name,born\nInvented Person,1900\n")
    assert "standard input: it names no sources, so it is its own: standard-input" in strict.err
    assert said("loads", "--db", db).out.splitlines()[1].split("\t")[:2] == ["load-1", "standard input"]
    mapped = load(LIST, "--as", "cases", "--source", "Invented")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Фамилия,Дата растрела\n".encode("cp1251"))))
    drawn = said("profile", "draft", "-")
    assert 'name = "Фамилия"' in drawn.out
    assert "#   Дата растрела (like 'дата расстрела', cases.executed)" in drawn.out
    assert "in standard-input.rejected.csv, which loads again once mended" in mapped.out
    assert (tmp_path / "standard-input.rejected.csv").read_text(encoding="utf-8").count("\n") == 3


def test_a_packed_list_is_the_list_that_it_packs(load: Say, path: Path) -> None:
    """Its name is that of the file without the packing's."""
    load(str(path))
    packed = path.with_name("list.csv.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    again = load(str(packed))
    assert "list.csv.gz: 4 rows read = 0 stored + 2 unchanged + 2 set aside" in again.out


def test_a_list_without_rows_and_one_without_records(load: Say, path: Path) -> None:
    """Each is refused for what is wrong with it."""
    header = LIST.splitlines()[0]
    path.write_text(f"{header}\n", encoding="utf-8")
    assert "terrordb: list.csv: no row stands beneath its header\n" in load(str(path)).err
    path.write_text(f"{header}\n1;;Иван;;;\n2;;Анна;;;\n3;Вымыслов\n", encoding="utf-8")
    assert "none of its 3 rows can be a record, most for this: no Фамилия\n  mend the rows" in load(str(path)).err


def test_two_files_of_one_list_with_one_number(said: Say, load: Say, db: str, path: Path) -> None:
    """Which of them is meant nobody can say: they are refused, with what can be done."""
    path.with_name("other.csv").write_text("№;Фамилия;Имя\n1;Небылицын;Карл\n", encoding="utf-8")
    refused = load(str(path), str(path.with_name("other.csv")), "--source", "Invented")
    assert (refused.code, "each with a --source of its own" in refused.err) == (2, True)
    assert said("query", "persons", "--count", "--db", db).out.splitlines()[-1].split("\t")[-1] == "0"


def test_a_strict_load_has_no_report(said: Say, db: str, path: Path) -> None:
    """It is told, rather than that no report is written."""
    ours = path.with_name("persons.csv")
    ours.write_text("name\nInvented Person\n", encoding="utf-8")
    refused = said("load", str(ours), "--report", str(path.with_name("r.md")), "--db", db)
    assert (refused.code, "read strictly" in refused.err) == (2, True)
    assert not path.with_name("r.md").exists()


def test_each_of_several_lists_is_accounted_for(load: Say, path: Path, tmp_path: Path) -> None:
    """One report tells of all of them, and of each the rows that are its own."""
    other = tmp_path / "other.csv"
    other.write_text("№;Фамилия;Имя\n1;Небылицын;Карл\n2;Небылицын;Лука\n3;Небылицын;Фома\n", encoding="utf-8")
    loaded = load(str(path), str(other), "--report", str(tmp_path / "report.json"))
    assert loaded.code == 0, loaded.err
    assert loaded.out.splitlines()[:2] == [SUM, "other.csv: 3 rows read = 3 stored + 0 unchanged + 0 set aside"]
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert list(told["asked"]["files"]) == ["list.csv", "other.csv"]
    records = {
        one["title"]: one["blocks"][-1]["rows"] for one in told["sections"] if one["title"] in told["asked"]["files"]
    }
    assert [(row["kind"], row["new"]) for row in records["list.csv"]] == [("persons", 2), ("cases", 2)]
    assert [(row["kind"], row["new"]) for row in records["other.csv"]] == [("persons", 3)]


@pytest.mark.parametrize("name", ["there.html", "report.doc", "nowhere/report.html"])
def test_a_report_that_cannot_be_written_stops_the_load(load: Say, path: Path, name: str) -> None:
    """It is refused before anything is loaded, and a file that is there stays as it is."""
    there = path.with_name("there.html")
    there.write_text("mine", encoding="utf-8")
    assert load(str(path), "--report", str(path.parent / name)).code == 2
    assert load(str(path)).out.splitlines()[-1] == "terrordb undo load-1 takes it back"
    assert there.read_text(encoding="utf-8") == "mine"


def test_a_list_its_report_and_its_undo(said: Say, load: Say, db: str, path: Path, tmp_path: Path) -> None:
    """The report adds up, on the page and in its file; the same file again changes nothing; undo restores the hash."""
    before = content(said, db)
    first = load(str(path), "--report", str(tmp_path / "report.json"))
    assert first.code == 0, first.err
    assert SUM in first.out
    assert "Дата ареста → cases.arrested" in first.err
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    tables = {section["title"]: [b for b in section["blocks"] if "rows" in b] for section in told["sections"]}
    assert [list(row.values())[:2] for row in tables["Set aside"][0]["rows"]] == [
        ["no Фамилия", 1],
        ["the row has … cells, the header …", 1],
    ]
    (flag,) = tables["Not understood, and kept as written"][0]["rows"]
    assert (flag["field"], flag["rows"]) == ("cases.arrested", 1)
    assert "line 3: 31.02.1938" in json.dumps(flag, ensure_ascii=False)
    after = content(said, db)
    again = load(str(path))
    assert (again.code, again.out) == (
        0,
        "list.csv: it is the file of load-1, read in the same way, and nothing changed since\n",
    )
    whole = load(str(path), "--report", str(tmp_path / "again.md"))
    assert "list.csv: 4 rows read = 0 stored + 2 unchanged + 2 set aside" in whole.out
    assert "nothing changed" in whole.out
    assert content(said, db) == after != before
    assert said("undo", "load-1", "--db", db).code == 0
    assert content(said, db) == before


def test_the_same_file_is_read_again_where_anything_else_changed(said: Say, load: Say, db: str, path: Path) -> None:
    """Another reading of it, rows that a later load changed, its undo: each lets the file be read."""
    load(str(path))
    first = content(said, db)
    assert "it is the file of load-1" in load(str(path)).out
    assert SUM.replace("2 stored + 0", "0 stored + 2") in load(str(path), "--prune").out
    changed = LIST.replace("Вымыслов;Иван", "Вымыслов;Ной")
    path.write_text(changed, encoding="utf-8")
    assert "1 stored + 1 unchanged" in load(str(path)).out
    assert "it is the file of load-2" in load(str(path)).out
    path.write_text(LIST, encoding="utf-8")
    assert "1 stored + 1 unchanged" in load(str(path)).out  # load-1 had these rows, but load-2 changed one
    assert content(said, db) == first
    for named in ("load-3", "load-2"):
        assert said("undo", named, "--db", db).code == 0
    assert "it is the file of load-1" in load(str(path)).out
    profile = path.with_name("list.toml")
    profile.write_text('[list]\nkind = "cases"\nusual = true\n[persons]\nparty = "Примечание"\n', encoding="utf-8")
    assert "1 stored + 1 unchanged" in load(str(path), "--profile", str(profile)).out


def test_a_dry_run_and_a_strict_one(said: Say, load: Say, db: str, path: Path) -> None:
    """Neither writes anything, in the database or beside the list; the strict one fails, and says of how many rows."""
    before = content(said, db)
    dry = load(str(path), "--dry-run")
    assert (dry.code, SUM in dry.out) == (0, True)
    assert "nothing was written" in dry.out
    strict = load(str(path), "--strict")
    assert strict.code not in (0, None)
    assert "rows that are not wholly understood: 1; set aside: 2" in strict.err
    assert content(said, db) == before
    assert [one.name for one in path.parent.glob("list*")] == ["list.csv"]
    path.write_text("".join(LIST.splitlines(keepends=True)[:2]), encoding="utf-8")
    assert load(str(path), "--strict").code == 0


def test_rows_set_aside(said: Say, load: Say, db: str, path: Path, tmp_path: Path) -> None:
    """They go beside the list, or where it is said, over no file that is there; mended they load, and not before."""
    aside = tmp_path / "list.csv.rejected.csv"
    load(str(path), "--source", "Invented list")
    kept = aside.read_text(encoding="utf-8")
    assert kept.splitlines()[1:] == [
        "3,,Пётр,1938,,,4,no Фамилия",
        '4,Придумкин,Лука,1938,10 лет ИТЛ,,5,"the row has 5 cells, the header 6"',
    ]
    assert load(str(aside), "--source", "Invented list").code != 0
    path.write_text(LIST.replace("дом 7", "дом 8"), encoding="utf-8")
    load(str(path), "--source", "Invented list", "--rejected", str(aside))
    assert aside.read_text(encoding="utf-8") == kept
    assert (tmp_path / "list.csv.rejected-2.csv").read_text(encoding="utf-8") == kept
    mended = kept.replace("3,,Пётр", "3,Вымыслов,Пётр").replace('"the row has 5 cells, the header 6"', "")
    aside.write_text(mended, encoding="utf-8")
    loaded = load(str(aside), "--source", "Invented list")
    assert (loaded.code, "2 rows read = 2 stored" in loaded.out) == (0, True)
    found = json.loads(said("query", "persons", "source:invented-list", "--format", "json", "--db", db).out)
    assert sorted(one["id"] for one in found) == [f"invented-list:{n}" for n in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--as", "case"], "there is no kind 'case' to load"),
        (["--profile", "north-osetia"], "did you mean north-ossetia?"),
        (["--profile", "chile"], "the list has no column 'violence'"),
        (["--profile", "chile", "--as", "cases"], "leave --as away"),
        (["--as", "places"], "no column is the place's name"),
    ],
)
def test_what_is_wrongly_asked(said: Say, db: str, path: Path, words: list[str], message: str) -> None:
    """An unknown kind or profile, one of another list, or a kind the list is not of: an error, and nothing written."""
    before = content(said, db)
    answer = said("load", str(path), *words, "--db", db)
    assert answer.code not in (0, None)
    assert message in " ".join(answer.err.split())
    assert "Traceback" not in answer.err
    assert content(said, db) == before


def test_a_profile_is_drafted_and_taken(said: Say, load: Say, path: Path, tmp_path: Path) -> None:
    """A draft is TOML, says what it does not know, never overwrites, and loads the list as --as does."""
    drafted = said("profile", "draft", str(path))
    assert drafted.code == 0
    told = tomllib.loads(drafted.out)
    assert told == {
        "list": {"kind": "cases", "record_no": "№"},
        "persons": {"name": ["Фамилия", "Имя"]},
        "cases": {"arrested": "Дата ареста", "sentence": "Приговор"},
    }
    assert "no field takes: Примечание" in drafted.err
    file = tmp_path / "ours.toml"
    assert said("profile", "draft", str(path), "--output", str(file)).code == 0
    assert file.read_text(encoding="utf-8") == drafted.out
    assert said("profile", "draft", str(path), "--output", str(file)).code != 0
    assert SUM in load(str(path), "--profile", str(file)).out
    places = said("profile", "draft", str(path), "--as", "places")
    assert "no column is the name, without which nothing loads" in places.err
    assert "did you mean cases" in said("profile", "draft", str(path), "--as", "case").err


def test_a_list_is_read_anew(said: Say, load: Say, db: str, path: Path, tmp_path: Path) -> None:
    """`reload` applies a profile that is better now; the report adds up, errors have their remedy, undo restores."""
    load(str(path))
    before = content(said, db)
    same = said("reload", "load-1", "--db", db)
    assert (same.code, "2 rows read = 0 stored + 2 unchanged + 0 set aside" in same.out) == (0, True)
    assert "nothing changed: 4 records; 4 unchanged" in same.out
    profile = tmp_path / "better.toml"
    profile.write_text(
        '[list]\nkind = "cases"\nusual = true\n[[dates]]\npattern = "^31\\\\.02"\nmeans = "28.02"\n', encoding="utf-8"
    )
    dry = said("reload", "load-1", "--profile", str(profile), "--dry-run", "--db", db)
    assert "nothing was written" in dry.out
    assert content(said, db) == before
    report = tmp_path / "anew.md"
    strict = said("reload", "load-1", "--strict", "--report", str(report), "--db", db)
    assert (strict.code != 0, "rows that are not wholly understood: 1; set aside: 0" in strict.err) == (True, True)
    assert (report.exists(), content(said, db)) == (False, before)
    changed = said("reload", "load-1", "--profile", str(profile), "--strict", "--report", str(report), "--db", db)
    assert (changed.code, "load-2: 4 records; 1 changed, 3 unchanged" in changed.out) == (0, True)
    assert "list.csv as kept: 2 rows read = " in report.read_text(encoding="utf-8")
    found = said("query", "cases arrested:28.02.1938", "--format", "json", "--db", db)
    assert [case["person"] for case in json.loads(found.out)] == ["list:2"]
    profile.unlink()
    lost = said("reload", "load-2", "--db", db)
    assert lost.code != 0
    assert "the profile that load-2 was read by is gone" in lost.err
    assert "terrordb reload load-2 --profile FILE.toml" in lost.err
    for asked, reason in ((str(profile), "there is no such profile"), ("north-osetia", "did you mean north-ossetia?")):
        lost = said("reload", "load-2", "--profile", asked, "--db", db)
        assert (lost.code != 0, reason in lost.err, "profile draft" in lost.err) == (True, True, False)
    unknown = said("reload", "load-7", "--db", db)
    assert "there is no load 'load-7'" in unknown.err
    assert said("undo", "load-2", "--db", db).code == 0
    assert content(said, db) == before
    assert "was undone already" in said("reload", "load-2", "--db", db).err
    assert said("reload", "load-1", "--strict", "--db", db).code != 0
