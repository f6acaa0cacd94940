"""--output, --force and --raw: a file that is whole or not there; formulas that stay words; pages of HTML."""

from __future__ import annotations

import csv
import io
import os
import signal
import stat
import subprocess
import sys
import time
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.conftest import PROGRAM, clean, powerless

from terrordb.cli.options import Format, chosen, formats
from terrordb.cli.showing import into, show, show_all
from terrordb.errors import BadQuestion, TerrorDBError
from terrordb.reports.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cli.conftest import Said, Say

ONE = "select 'Ёжиков' as name, 7 as n"


@pytest.fixture
def asked(said: Say, seeded: Any) -> Callable[..., Said]:
    """Ask in SQL, of a file alone: what becomes of an answer is the same whoever gives it."""
    address = seeded.engine.url.render_as_string(hide_password=False)
    if address.startswith("postgresql"):
        return lambda _statement, *words: said("show", "moscow-trial-1", "--db", address, *words)
    return lambda statement, *words: said("sql", statement, "--db", address, *words)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that is empty."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


# -- a file -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".txt", *(f".{one}" for one in formats() if one is not Format.table)])
def test_the_ending_chooses_the_format(asked: Callable[..., Said], here: Path, ending: str) -> None:
    """A file holds what its ending says, as it would have been printed; one line on the error stream names it."""
    printed = asked(ONE, "--format", "table" if ending == ".txt" else ending[1:]).out
    answer = asked(ONE, "--output", f"answer{ending.upper()}")
    assert (answer.code, answer.out) == (0, "")
    written = here / f"answer{ending.upper()}"
    assert written.read_text(encoding="utf-8") == printed
    assert answer.err == f"written: answer{ending.upper()} ({written.stat().st_size:,} bytes)\n"
    assert [file.name for file in here.iterdir()] == [written.name]


def test_a_format_that_is_named_comes_first(asked: Callable[..., Said], here: Path) -> None:
    """--format holds, whatever the ending; --quiet says nothing of the file."""
    answer = asked(ONE, "-o", "answer.data", "-f", "json", "-q")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert (here / "answer.data").read_text(encoding="utf-8").startswith(("[\n{", "{"))


def test_a_dash_is_the_output(asked: Callable[..., Said], here: Path) -> None:
    """`-` is standard output, in the format it has without."""
    assert asked(ONE, "--output", "-").out == asked(ONE).out
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("output", "told", "remedy"),
    [
        ("answer.xyz", "the ending of 'answer.xyz' names no format", ".tsv, .csv, .json, .jsonl, .md, .html"),
        ("answer", "the ending of 'answer' names no format", "--format"),
        ("", "the ending of '' names no format", "--format"),
        ("nosuch/answer.csv", "there is no folder for nosuch/answer.csv", "make the folder first"),
        ("folder.csv", "'folder.csv' is a folder", "name a file in it"),
        ("there.csv", "there.csv is there already", "--force"),
        ("/.csv/..", "the ending of", "--format"),
        ("a" * 300 + ".csv", "cannot be written: File name too long", "name a file"),
    ],
)
def test_where_no_file_can_be(asked: Callable[..., Said], here: Path, output: str, told: str, remedy: str) -> None:
    """A place where nothing can be written is an error with its remedy, and nothing is written."""
    (here / "folder.csv").mkdir()
    (here / "there.csv").write_text("mine", encoding="utf-8")
    answer = asked(ONE, "--output", output)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
    assert remedy in answer.err
    assert sorted(file.name for file in here.iterdir()) == ["folder.csv", "there.csv"]
    assert (here / "there.csv").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_may_not_be_written(home: Path, address: str, here: Path) -> None:
    """Where the user may not write, that is said."""
    here.chmod(0o555)
    command = [*PROGRAM, "show", "moscow-trial-1", "--db", address, "--output", "answer.csv"]
    ran = subprocess.run(
        command, cwd=here, env=clean(home), capture_output=True, text=True, check=False, preexec_fn=powerless
    )
    here.chmod(0o755)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "answer.csv cannot be written: Permission denied\n  name a file in a folder of yours" in ran.stderr


def test_the_root_is_a_folder(asked: Callable[..., Said]) -> None:
    """Even the folder of all folders is one."""
    assert "'/' is a folder" in asked(ONE, "--output", "/", "-f", "csv").err


def test_force_replaces_a_file_and_keeps_who_may_read_it(asked: Callable[..., Said], here: Path) -> None:
    """With --force the new file stands in the place of the old, with its permissions; through a link as well."""
    (here / "real.csv").write_text("mine", encoding="utf-8")
    (here / "real.csv").chmod(0o640)
    (here / "answer.csv").symlink_to("real.csv")
    assert asked(ONE, "--output", "answer.csv").code == 2
    assert asked(ONE, "--output", "answer.csv", "--force").code == 0
    assert (here / "answer.csv").is_symlink()
    assert (here / "real.csv").read_text(encoding="utf-8") == asked(ONE, "-f", "csv").out
    assert stat.S_IMODE((here / "real.csv").stat().st_mode) == 0o640


def test_a_new_file_is_readable_as_any_other(asked: Callable[..., Said], here: Path) -> None:
    """A new file has the permissions that the user's files have."""
    (here / "other").touch()
    assert asked(ONE, "--output", "answer.csv").code == 0
    assert (here / "answer.csv").stat().st_mode == (here / "other").stat().st_mode


def test_what_is_no_file_is_written_to(asked: Callable[..., Said], here: Path) -> None:
    """A device or a named pipe is written to, and is still there."""
    answer = asked(ONE, "--output", "/dev/null", "-f", "csv")
    assert (answer.code, answer.err) == (0, "written: /dev/null\n")
    os.mkfifo(here / "pipe.csv")
    with subprocess.Popen(["cat", "pipe.csv"], stdout=subprocess.PIPE, text=True) as cat:
        assert asked(ONE, "--output", "pipe.csv").code == 0
        assert cat.communicate()[0] == asked(ONE, "-f", "csv").out
    assert stat.S_ISFIFO((here / "pipe.csv").stat().st_mode)


def rows(until: int, error: BaseException) -> Iterator[list[str]]:
    """Give rows, and then go wrong."""
    for n in range(until):
        yield [str(n)]
    raise error


@pytest.mark.parametrize("error", [TerrorDBError("invented"), KeyboardInterrupt(), OSError(28, "No space left")])
def test_what_goes_wrong_leaves_nothing(here: Path, error: BaseException) -> None:
    """An error or Ctrl-C in the midst leaves an older file as it was, and nothing beside it."""
    (here / "answer.csv").write_text("mine", encoding="utf-8")
    for name in ("answer.csv", "new.csv"):
        with pytest.raises((TerrorDBError, KeyboardInterrupt)) as raised, into(name, force=True):
            show(Table("", ["n"], rows(10_000, error)), Format.csv)
        if isinstance(error, OSError):
            assert str(raised.value).startswith(f"{name} cannot be written: No space left\n")
    assert [file.name for file in here.iterdir()] == ["answer.csv"]
    assert (here / "answer.csv").read_text(encoding="utf-8") == "mine"


def test_a_full_disk_is_said(asked: Callable[..., Said]) -> None:
    """Where there is no room, that is an error with the name of the file."""
    answer = asked(ONE, "--output", "/dev/full", "-f", "csv")
    assert answer.code == 2
    assert "/dev/full cannot be written: No space left on device" in answer.err


def test_a_file_that_came_meanwhile_is_kept(here: Path) -> None:
    """A file that another has written in the meantime is not replaced unasked."""
    with pytest.raises(TerrorDBError, match="is there already"), into("answer.csv"):
        (here / "answer.csv").write_text("theirs", encoding="utf-8")
    assert [file.name for file in here.iterdir()] == ["answer.csv"]
    assert (here / "answer.csv").read_text(encoding="utf-8") == "theirs"


def test_an_interrupt_leaves_nothing(start: Callable[..., Any], home: Path, address: str) -> None:
    """Ctrl-C to a program that is writing a file leaves no file, whole or in part."""
    if address.startswith("postgresql"):
        return
    runaway = "with recursive c(x) as (select 1 union all select x + 1 from c) select x from c"
    process = start("sql", runaway, "--db", address, "--output", "answer.csv")
    for _ in range(200):
        if any(file.name.startswith(".terrordb-") for file in home.iterdir()):
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    assert [file.name for file in home.iterdir() if file.is_file()] == []


def test_a_terminal_does_not_draw_into_a_file(at_terminal: Say, address: str, home: Path) -> None:
    """What goes to a file from a terminal is whole and plain."""
    assert at_terminal("show", "moscow-trial-1", "--db", address, "-o", "answer.txt").code == 0
    written = (home / "answer.txt").read_text(encoding="utf-8")
    assert written.startswith("trials/moscow-trial-1\n")
    assert "\x1b" not in written


@pytest.mark.parametrize("command", [["show", "moscow-trial-1"], ["report", "coverage", "."]])
def test_commands_that_print_tables_write_them(said: Say, address: str, here: Path, command: list[str]) -> None:
    """Each command that takes --output writes what it would print."""
    if command[0] == "report":
        (here / "text.txt").write_text("Alpha, 1937.\n", encoding="utf-8")
        command = ["report", "coverage", "text.txt", "--source", "great-purge-article"]
    for format_ in (Format.tsv, Format.html, Format.json):
        printed = said(*command, "--db", address, "--format", format_).out
        assert printed
        answer = said(*command, "--db", address, "--output", f"answer.{format_}")
        assert (answer.code, answer.out) == (0, ""), answer.err
        assert (here / f"answer.{format_}").read_text(encoding="utf-8") == printed


def test_a_format_by_its_ending() -> None:
    """The choice itself: a format that is named, else the ending, else none."""
    assert [chosen(*pair) for pair in ((None, None), (None, "-"), ("csv", "x.md"), (None, "a/b.HTML"))] == [
        None,
        None,
        Format.csv,
        Format.html,
    ]
    with pytest.raises(BadQuestion, match="there is no format 'cvs'"):
        chosen("cvs", "x.csv")


# -- formulas ---------------------------------------------------------------------------------------------------------

GUARDED = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@a",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠a",
    "-",
    "+",
    "--",
    "-5a",
    "=",
    "+7 495",
]
KEPT = ["-5", "+3.5", "-0.25", "5", "a=1", " =1", "", "'=1", "Ж", "1937-08-05", "−5"]


def printed_csv(capsys: pytest.CaptureFixture[str], cells: list[str], *, raw: bool) -> tuple[list[str], str]:
    """Print cells in a column of a CSV, and read them again."""
    capsys.readouterr()
    show(Table("", ["cell", "end"], [[cell, "."] for cell in cells]), Format.csv, raw=raw)
    out, err = capsys.readouterr()
    return [row[0] for row in list(csv.reader(io.StringIO(out, newline=""), strict=True))[1:]], err


def test_a_formula_stays_words(capsys: pytest.CaptureFixture[str]) -> None:
    """In CSV what a spreadsheet would run begins with an apostrophe; plain numbers and the rest are as they were."""
    found, err = printed_csv(capsys, GUARDED + KEPT, raw=False)
    assert found == [f"'{cell}" for cell in GUARDED] + KEPT
    assert err.startswith(f"{len(GUARDED)} cells that a spreadsheet would take for a formula begin with ': --raw")


def test_raw_cells_are_as_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    """With --raw no cell is touched, and nothing is said."""
    assert printed_csv(capsys, GUARDED + KEPT, raw=True) == (GUARDED + KEPT, "")


def test_names_of_columns_and_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """The name of a column is a cell too; a number of its own is none."""
    show(Table("", ["=a", "b"], [[-5, -0.5]]), Format.csv)
    out, err = capsys.readouterr()
    assert out == "'=a,b\n-5,-0.5\n"
    assert err.startswith("1 cell that a spreadsheet would take")
    show(Table("", ["=a"], []), Format.csv, quiet=True)
    assert capsys.readouterr() == ("'=a\n", "")


@pytest.mark.parametrize("format_", [f for f in formats() if f is not Format.csv])
def test_other_formats_are_untouched(capsys: pytest.CaptureFixture[str], format_: Format) -> None:
    """Only CSV is guarded."""
    show(Table("", ["cell"], [["=1+1"]]), format_)
    out, err = capsys.readouterr()
    assert "=1+1" in out
    assert "'=1+1" not in out
    assert err == ""


# -- pages ------------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Read a page: its tags in order, and what stands in each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), ""))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.found:
            tag, attrs, said = self.found[-1]
            self.found[-1] = (tag, attrs, said + data)

    def all(self, tag: str) -> list[str]:
        """Give what stands in each of these tags."""
        return [said.strip("\n") for of, _, said in self.found if of == tag]


def page_of(capsys: pytest.CaptureFixture[str], *tables: Table, page: str = "") -> tuple[str, Page]:
    """Print tables as a page."""
    show_all(tables, Format.html, page=page)
    text = capsys.readouterr().out
    return text, Page(text)


HOSTILE = "</td></table><script>alert(1)</script> & \"quotes\" 'and' \x00\x1b[2J"


def test_a_page_is_complete(capsys: pytest.CaptureFixture[str]) -> None:
    """A page is well formed, says its language and letters, has a title, heads, cells and notes."""
    table = Table("", ["имя", "n"], [["Выдуманный", 7], ["two\nlines", -0.5], [None, True]], ["[1] a ‹note› here"])
    text, page = page_of(capsys, table, page="persons <fate>:executed")
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">\n')
    assert page.open == []
    assert '<meta charset="utf-8">' in text
    assert "width=device-width" in text
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert page.all("title") == page.all("h1") == ["persons <fate>:executed"]
    assert page.all("th") == ["имя", "n"]
    assert page.all("td") == ["Выдуманный", "7", "two\nlines", "-0.5", "", "yes"]
    assert [attrs.get("class") for tag, attrs, _ in page.found if tag == "td"] == [
        None,
        "number",
        None,
        "number",
        None,
        None,
    ]
    assert '<p class="note">[1] a <b>note</b> here</p>' in text


def test_a_page_is_nothing_but_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever cells, titles and notes hold, a page runs nothing and fetches nothing."""
    text, page = page_of(capsys, Table(HOSTILE, [HOSTILE], [[HOSTILE]], [HOSTILE]), page=HOSTILE)
    shown = HOSTILE.replace("\x00", "\N{REPLACEMENT CHARACTER}").replace("\x1b", "\N{REPLACEMENT CHARACTER}")
    assert page.all("td") == page.all("th") == page.all("title") == [shown]
    assert {tag for tag, _, _ in page.found}.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert not [attrs for _, attrs, _ in page.found if {"src", "href", "onload", "style"} & attrs.keys()]
    assert "url(" not in text
    assert "@import" not in text


def test_several_tables_make_one_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Tables follow one another under their titles, on one page named for the first."""
    text, page = page_of(capsys, Table("first", ["a"], [[1]]), Table("second", ["b"], [[2]], ["note"]))
    assert text.count("<html") == 1
    assert (page.all("title"), page.all("h1"), page.all("h2")) == (["first"], ["first"], ["second"])
    assert page.all("td") == ["1", "2"]
    assert page.all("p") == ["note"]


def test_an_empty_answer_is_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Without rows there is a page with the heads."""
    _, page = page_of(capsys, Table("", ["a"], []))
    assert (page.all("title"), page.all("th"), page.all("td")) == (["terrordb"], ["a"], [])


def test_a_page_streams(here: Path) -> None:
    """Rows are written as they are read."""
    read: list[int] = []
    seen: list[int] = []

    def counted() -> Iterator[list[int]]:
        for n in range(20_000):
            read.append(n)
            if n == 19_999:
                (aside,) = here.iterdir()
                seen.append(aside.stat().st_size)
            yield [n]

    with into("answer.html", quiet=True):
        show(Table("", ["n"], counted()), Format.html)
    assert len(read) == 20_000
    assert seen[0] > 200_000


def test_an_interrupt_while_the_program_is_imported_ends_cleanly(home: Path) -> None:
    """No traceback: the exit code is that of any interrupt."""
    stopping = (
        "import sys\n"
        "class Stop:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'terrordb.cli.door': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Stop())\n"
        "sys.argv = ['terrordb', 'kinds']\n"
        "from terrordb.cli import main\n"
        "main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", stopping], capture_output=True, text=True, check=False, timeout=60, env=clean(home)
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")
