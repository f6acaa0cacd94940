"""Saved queries: kept as text, in a file that is the user's; no other entry and no comment is lost."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terrordb.errors import BadQuestion, TerrorDBError
from terrordb.querying import saved

ROOT = Path(__file__).parents[2]
WRITTEN = """\
# My questions; this comment is mine.

# about sentences
[shot]
question = 'persons fate:executed'  # asked # often
# between
saved = 2026-01-02
note = "for # the chapter"

['палачи']
question = \"\"\"
persons
[shot]
# no comment\"\"\"
"""


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the place of the file, in a folder that is not there yet."""
    monkeypatch.setenv("TERRORDB_CONFIG", str(tmp_path / "config"))
    return saved.file()


@pytest.fixture
def written(file: Path) -> Path:
    """Give a file that a user has written."""
    file.parent.mkdir()
    file.write_text(WRITTEN, encoding="utf-8")
    return file


def test_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """TERRORDB_CONFIG names the folder; without it, or where it is empty, it is the user's."""
    assert saved.file() == tmp_path / "config" / "queries.toml"
    monkeypatch.setenv("TERRORDB_CONFIG", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert tmp_path in saved.file().parents
    assert saved.file().name == "queries.toml"


def test_what_is_saved_is_there(file: Path) -> None:
    """A question comes back as it was written, with its day; the file reads as TOML."""
    assert saved.names() == []
    assert not file.parent.exists()  # asking makes nothing
    made = saved.save("Shot-1", 'persons charge:"anti-Soviet"', note="a note", options={"sort": "name", "by": ""})
    assert made == saved.get("sHOT-1")
    assert (made.name, made.question, made.note) == ("Shot-1", 'persons charge:"anti-Soviet"', "a note")
    assert made.options == {"sort": "name"}
    assert abs((date.today() - (made.saved or date.min)).days) <= 1  # noqa: DTZ011
    assert made.place == f"{file}:3"
    assert file.read_text().splitlines()[2:4] == ["[Shot-1]", """question = 'persons charge:"anti-Soviet"'"""]
    assert sorted(p.name for p in file.parent.iterdir()) == ["queries.toml", "queries.toml.lock"]


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip))
@settings(max_examples=200, deadline=None)
def test_any_question_comes_back(question: str) -> None:
    """Whatever signs a question has, it is read as it was saved, and the file stays well formed."""
    saved.save("any", question, replace=True, note=question)
    assert (saved.get("any").question, saved.get("any").note) == (question, question)


@pytest.mark.parametrize("name", ["палачи", "Ω", "नमूना", "1937-38", "a_b", "question", "étude", "x" * 100])
def test_names(name: str, file: Path) -> None:
    """A name may be of any script, in capitals or small letters, and be a word the file itself uses."""
    saved.save("other", "orders")
    saved.save(name, "persons")
    assert saved.get(name.upper()).question == saved.get(name.casefold()).question == "persons"
    assert saved.remove(name.upper()).name == name
    assert saved.names() == ["other"]


@pytest.mark.parametrize("name", ["", "a b", "@a", "a:b", "-a", "a.b", 'a"', "x" * 101, "a\n", "\u0301", "a\udcff"])
def test_what_is_no_name(name: str, file: Path) -> None:
    """What would need quotes in a question is no name."""
    with pytest.raises(BadQuestion, match="is no name of a saved query"):
        saved.save(name, "persons")
    assert not file.exists()


def test_an_accent_is_the_same_however_stored() -> None:
    """A letter with its accent, and the letter followed by the accent, are one name."""
    saved.save("\u00e9tude", "persons")
    assert saved.get("E\u0301TUDE").name == "\u00e9tude"


@pytest.mark.parametrize("question", ["", "  ", "persons \udcff"])
def test_what_is_no_question(question: str, file: Path) -> None:
    """Nothing, and bytes that are no text, are not saved."""
    with pytest.raises(BadQuestion):
        saved.save("a", question)
    assert not file.exists()


def test_a_name_that_is_there_is_kept(written: Path) -> None:
    """An existing name is refused, with its question and place, unless it is to be replaced."""
    with pytest.raises(BadQuestion) as refused:
        saved.save("SHOT", "orders")
    assert refused.value.place == f"{written}:4"
    assert "persons fate:executed" in refused.value.reason
    assert "--force" in refused.value.remedy
    assert written.read_text(encoding="utf-8") == WRITTEN


def test_replacing_keeps_all_else(written: Path) -> None:
    """Only the question's own values change: comments, the note, other entries and the order stay."""
    day = saved.save("SHOT", "it's new", replace=True, options={"sort": "born"}).saved
    assert written.read_text(encoding="utf-8") == WRITTEN.replace("'persons fate:executed'", '"it\'s new"').replace(
        "2026-01-02", str(day)
    ).replace('chapter"\n', "chapter\"\nsort = 'born'\n").replace('"for # the chapter"', "'for # the chapter'")
    saved.save("shot", "newer", replace=True)
    assert saved.get("shot").options == {}
    assert saved.get("shot").note == "for # the chapter"
    saved.save("палачи", "orders", replace=True)
    assert saved.get("палачи").question == "orders"
    assert "# between" in written.read_text(encoding="utf-8")


def test_removing_keeps_all_else(written: Path) -> None:
    """A query that is removed takes its own lines along and nothing else."""
    assert saved.remove("Палачи").question == "persons\n[shot]\n# no comment"
    assert written.read_text(encoding="utf-8") == WRITTEN[: WRITTEN.index("['палачи']")]
    saved.remove("shot")
    assert written.read_text(encoding="utf-8") == "# My questions; this comment is mine.\n\n# about sentences\n\n"
    with pytest.raises(BadQuestion, match="there is no saved query 'shot'"):
        saved.remove("shot")


@pytest.mark.parametrize(
    "text",
    [
        "a = {question = 'orders'}\nb.question = 'bodies'\n[c]\nquestion = 'trials'\n",
        "b.question = 'bodies'\na.question = 'orders'\nb.note = 'x'\na.note = 'y'\n",
        "[a]\r\nquestion = 'orders'\r\n# end\r\n[b]\r\nquestion = 'bodies'\r\n",
        "\ufeff[b]\nquestion = 'bodies'\n[a]\nquestion = 'orders'",
        "[ 'a' ] # why\nquestion = '''\n[b]\n'''\n[b] # c\nquestion = 'bodies'",
    ],
)
def test_other_ways_of_writing(file: Path, text: str) -> None:
    """Whatever way of writing TOML a user has, entries are replaced and removed, and the others stay."""
    file.parent.mkdir()
    for removing in (False, True):
        file.write_bytes(text.encode())
        before = {each.name: each.question for each in saved.every()}
        if removing:
            saved.remove("a")
        else:
            saved.save("a", "places", replace=True)
        after = {each.name: each.question for each in saved.every()}
        assert {**after, "a": ""} == {**before, "a": ""}
        assert after.get("a") == (None if removing else "places")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[a]\nquestion = 'x'\n[b\n", 3, "no TOML"),
        ("[a]\nquestion = 'x", 2, "no TOML"),
        ("[a]\nquestion = 'x'\n[a]\nquestion = 'y'\n", 3, "no TOML"),
        ("[a]\nquestion = 'x'\n\n[A]\nquestion = 'y'\n", 4, "are one name"),
        ("[b]\nquestion = 'x'\n[a]\nnote = 'x'\n", 3, "has no question"),
        ("[a]\nquestion = 1\n", 1, "is no text"),
        ("[a]\nquestion = ' '\n", 1, "has no question"),
        ("[a]\nquestion = 'x'\nqestion = 'y'\n", 1, "has no 'qestion'"),
        ("[a]\nquestion = 'x'\nsaved = '1999'\n", 1, "is no date"),
        ("\na = 'x'\n", 2, "is no table"),
        ("[[a]]\nquestion = 'x'\n", 1, "is no table"),
        ("[a.b]\nquestion = 'x'\n", 1, "has no 'b'"),
        ("['a b']\nquestion = 'x'\n", 1, "is no name"),
    ],
)
def test_a_broken_file_is_told_and_kept(file: Path, text: str, line: int, said: str) -> None:
    """What is wrong with the file is told with its line; nothing is written over it."""
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    for act in (saved.names, lambda: saved.get("a"), lambda: saved.save("c", "x"), lambda: saved.remove("a")):
        with pytest.raises(BadQuestion, match=said) as refused:
            act()
        # a complaint of tomllib may name the line after the one that is not closed
        assert refused.value.place in (f"{file}:{line}", f"{file}:{line + 1}" if said == "no TOML" else "")
        assert refused.value.remedy
    assert file.read_text(encoding="utf-8") == text


def test_bytes_that_are_no_text(file: Path) -> None:
    """A file in another encoding is told with the line."""
    file.parent.mkdir()
    file.write_bytes("[a]\nquestion = 'дело'\n".encode("cp1251"))
    with pytest.raises(BadQuestion) as refused:
        saved.names()
    assert refused.value.place == f"{file}:2"


def test_no_such_name(written: Path) -> None:
    """A name that is not there is an error with the nearest one and the place of the file."""
    with pytest.raises(BadQuestion) as refused:
        saved.get("shto")
    assert (refused.value.remedy, refused.value.place) == ("did you mean shot?", str(written))
    written.unlink()
    with pytest.raises(BadQuestion) as refused:
        saved.get("shto")
    assert "--save NAME" in refused.value.remedy


def test_rings_are_named() -> None:
    """A query that stands for itself, at once or by way of others, is refused, and the ring named."""
    for name, question in (("a", "@b"), ("B", "@c"), ("c", "@b"), ("d", "@D")):
        saved.save(name, question)
    seen: tuple[str, ...] = ()
    for name in ("a", "b", "c"):
        _, seen = saved.expand(name, seen)
    with pytest.raises(BadQuestion, match="stands for itself: @B → @c → @b"):
        saved.expand("b", seen)
    with pytest.raises(BadQuestion, match="@d → @D"):
        saved.expand("D", ("d",))
    assert saved.expand("c", ("a", "b"))[1] == ("a", "b", "c")  # `c` twice, side by side, is no ring


def test_where_an_error_stands() -> None:
    """What is wrong in a saved question is told with its name, file and line; the innermost is named."""
    found = saved.save("a", "persons nofield:1")
    outer = saved.save("b", "@a")
    with pytest.raises(BadQuestion) as refused, saved.within(outer), saved.within(found):
        raise BadQuestion("there is no field 'nofield'")
    assert refused.value.place == f"@a ({found.place})"


def test_nothing_is_lost_where_writing_fails(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is written whole or not at all, and nothing is left beside it."""

    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(TerrorDBError, match="No space left") as refused:
        saved.save("new", "persons")
    assert (refused.value.place, "TERRORDB_CONFIG" in refused.value.remedy) == (str(written), True)
    assert written.read_text(encoding="utf-8") == WRITTEN
    assert sorted(p.name for p in written.parent.iterdir()) == ["queries.toml", "queries.toml.lock"]


def test_a_folder_that_cannot_be_made(file: Path) -> None:
    """A folder that is a file is an error with a remedy."""
    file.parent.write_text("")
    with pytest.raises(TerrorDBError, match="cannot be written"):
        saved.save("new", "persons")


def test_a_link_stays_a_link(written: Path, tmp_path: Path) -> None:
    """A file that is a link to the user's own is written where it points, with its permissions."""
    real = written.rename(tmp_path / "mine.toml")
    real.chmod(0o640)
    written.symlink_to(real)
    saved.save("new", "persons")
    assert written.is_symlink()
    assert "new" in tomllib.loads(real.read_text(encoding="utf-8"))
    assert real.stat().st_mode & 0o777 == 0o640


def test_processes_that_save_at_once_lose_nothing(written: Path) -> None:
    """Four processes save ten queries each at the same time, and all forty are there."""
    code = (
        "import sys; from terrordb.querying.saved import save\nfor n in range(10): save(f'{sys.argv[1]}-{n}', 'orders')"
    )
    env = {"PYTHONPATH": str(ROOT / "src"), "TERRORDB_CONFIG": str(written.parent)}
    going = [subprocess.Popen([sys.executable, "-c", code, f"p{n}"], env=env) for n in range(4)]
    assert [each.wait(60) for each in going] == [0, 0, 0, 0]
    assert len(saved.names()) == 42
    assert written.read_text(encoding="utf-8").startswith(WRITTEN)
