"""Questions that mean harm or nothing: an error with a remedy, or an answer; never a traceback, never a write."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.conftest import PROGRAM, Said, address_of, clean

from terrordb import database, library
from terrordb.loading.hashing import content_hash, kept
from terrordb.querying import saved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL
    from tests.cli.conftest import Say
    from tests.conftest import Maker

HANGS = 60  # seconds after which a process is taken to have no end
# Nobody here has ever lived.
PEOPLE = f"""id,name,born,occupation
invented-word,Вымыслов Пётр,1890,a poet
invented-quote,"O'Brien, Invented",,100% made up_of signs\\and 'quotes'
invented-long,{"а" * 150}б Invented,,{"a" * 5000}!
invented-emoji,Smile 🙂 Invented,,"a ""quoted"" word"
"""
LETTERS = "а б в г д е ж з и к л м н о п р с т у ф"
HOSTILE = "'; DROP TABLE persons; --"


@pytest.fixture(scope="module")
def invented(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """Give a database with invented people; after all tests it is as it was before them."""
    url, folder = maker.make(seed=False), tmp_path_factory.mktemp("bad")
    (folder / "persons.csv").write_text(PEOPLE, encoding="utf-8")
    words = ["load", "--quiet", str(folder / "persons.csv"), "--db", address_of(url)]
    subprocess.run([*PROGRAM, *words], env=clean(folder), check=True)
    before = state(url)
    yield url
    assert state(url) == before


def state(url: URL) -> tuple[str, list[tuple[object, ...]], str]:
    """Read what a database holds: its content hash, its people, and the file where it is one."""
    with library.open(address_of(url)) as base, base.connect() as connection:
        people = [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM persons ORDER BY id")]
        held = content_hash(kept(connection))
    file = Path(url.database or "") if database.is_file(url) else None
    return held, people, hashlib.sha256(file.read_bytes()).hexdigest() if file else ""


@pytest.fixture
def ask(said: Say, invented: URL) -> Say:
    """Run the program on the invented people, and hold what it says to the rules: an answer, or an error told whole."""

    def go(command: str, *words: str) -> Said:
        told = said(command, *words, "--db", address_of(invented))
        hold(told)
        return told

    return go


def hold(told: Said) -> None:
    """Hold an answer to the rules."""
    assert told.code in (0, 2), told.err
    for sign in ("Traceback", "fault of the program", "the database says"):
        assert sign not in told.err
    if told.code:
        assert told.out == ""
        assert told.err.startswith(("terrordb: ", "Usage: ", "read as: ")), told.err
        assert len(told.err.strip().splitlines()) > 1, told.err  # a remedy stands beneath the reason
    assert len(told.err) < 5000


def ids(told: Said) -> list[str]:
    """Read the ids of an answer."""
    assert told.code == 0, told.err
    return [line.split("\t")[0] for line in told.out.splitlines()[1:]]


# -- what is too much ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("(" * 500 + "a" + ")" * 500, "more than 60 parentheses"),
        ("not " * 500 + "a", "more than 60 parentheses"),
        ("a " * 10_000, "more than 1,000 words"),
        ("a or " * 10_000 + "a", "more than 1,000 words"),
        ("born:" + "1890," * 10_000 + "1890", "more than 1,000 words"),
        ("name:" + "a," * 10_000 + "a", "more than 1,000 words"),
        ("(" * 500, "more than 60 parentheses"),
        (")" * 500, "closes nothing"),
        ('"' * 501, ""),
        ("name:~" + "(" * 500 + "a" + ")" * 500, "eight parentheses"),
        ('name:~"' + "(" * 500 + "a" + ")" * 500 + '"', ""),
        ("name:~(a+)+$", ""),
        ('name:~"(а+)+$"', ""),
        ('occupation:~"(a+)+$"', ""),
        ('occupation:~"(a|aa)+$"', ""),
        ('occupation:~"(a*)*b"', ""),
        ('occupation:~"(?:a{1,99}){1,99}b"', ""),
        ('occupation:~"a{1,999999999}"', ""),
        ('occupation:~"a{99999999999999999999}"', ""),
        ("name:~[", "no regular expression"),
        ('name:~"(?P<a"', "no regular expression"),
        ("name:~*", "no regular expression"),
        ("name:~\\", "backslash"),
        ('name:~"(?e)(?:abc){e<=9}"', ""),
        ('name:~"(?R)"', ""),
        ("name:" + "а" * 100_000, ""),
        ("а" * 100_000, ""),
        ("*" + "а" * 100_000 + "*", ""),
        ('"' + "а " * 50_000 + '"', "more than 1,000 words"),
        ('name:"' + "а " * 50_000 + '"', "more than 1,000 words"),
        ("id:" + ",".join(f"a{n}" for n in range(999)), ""),
        (".".join(["cases.person"] * 12) + ".id:any", "at most 6 dots"),
        ("а" * 1_000_001, "longer than"),
    ],
    ids=lambda text: text[:20],
)
def test_too_much(ask: Say, question: str, reason: str) -> None:
    """What nests, repeats or explodes is refused, or answered."""
    told = ask("query", f"persons {question}", "--limit", "3")
    if reason:
        assert told.code == 2
        assert reason in told.err


def test_as_many_initials_as_may_be(ask: Say) -> None:
    """Four hundred initials, and words of one letter with a star, are a question."""
    initials = " ".join([LETTERS] * 20)
    for asked in (initials, f'"{initials}"', initials.replace(" ", "* "), initials.replace(" ", " or "), "*а* " * 50):
        ask("query", asked, "--count")
        ask("query", asked, "--limit", "2")
    ask("search", initials)


# -- signs -----------------------------------------------------------------------------------------------------------

TEXTS = [
    "O'Brien",
    HOSTILE,
    '" OR 1=1',
    '" OR 1=1 --',
    "1' OR '1'='1",
    "%",
    "_",
    "%%%",
    "\\",
    "\\\\",
    "\\'",
    '\\"',
    "a\0b",
    "\0",
    "\udcff",
    "a\ud800b",
    "🙂",
    "👩\u200d🚀",
    "\u202e",
    "\u200b",
    "\u00ad",
    "\ufeff",
    "e\u0301\u0301\u0301" + "\u0300" * 500,
    "İ",
    "ß",
    "ﬁ",
    "١٩٣٧",
    "½",
    "\x1b[31m",
    "\r\n",
    "\t",
    ":name",
    ":1",
    "?",
    "$1",
    "%s",
    "%(a)s",
    "{0}",
    "{}",
    "*",
    "**",
    "а*",
    "*а*",
    "* *",
    "***а***",
    "а*б",
    "@",
    ":",
    "::",
    "name:",
    ":x",
    "@@",
    "@nobody",
    "saved:",
    ",",
    "..",
    "...",
    "-",
    "=",
    "~",
    "/",
    "//",
    "not",
    "or",
    "and",
    "any",
    "none",
    "unknown",
    "NULL",
    "",
    " ",
]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_signs_anywhere(ask: Say, text: str) -> None:
    """Whatever stands in a word, a phrase or a value of any type of field is text, and nothing else."""
    inside = text.replace("\\", "\\\\").replace('"', '\\"')
    terms = [text, f'"{inside}"', f"name:{text}", f'name:"{inside}"', f'name:="{inside}"', f'name:~"{inside}"']
    terms += [f'{field}:"{inside}"' for field in ("occupation", "born", "fate", "cases.trial")]
    terms += [f'born:"{inside}".."{inside}"', f"{inside}:x"]
    for term in terms:
        ask("query", "persons", term, "--limit", "1")
    ask("query", "cases", text)
    ask("search", text)
    ask("show", text)


def test_values_with_signs_find_what_has_them(ask: Say) -> None:
    """A quote, a sign of LIKE, a backslash and a picture are found where they stand, and nowhere else."""
    for term, found in [
        ('name:"O\'Brien"', ["invented-quote"]),
        ("O'Brien", ["invented-quote"]),
        ('occupation:"100%"', ["invented-quote"]),
        ('occupation:"_of"', ["invented-quote"]),
        ('occupation:"signs\\\\and"', ["invented-quote"]),
        ("occupation:\"'quotes'\"", ["invented-quote"]),
        ('occupation:"\\"quoted\\""', ["invented-emoji"]),
        ('occupation:="a \\"quoted\\" word"', ["invented-emoji"]),
        ('name:="Smile 🙂 Invented"', ["invented-emoji"]),
        ('occupation:"p_et"', []),
        (f'occupation:"{HOSTILE}"', []),
        ('occupation:"a%t"', []),
    ]:
        told = ask("query", "persons", term, "--fields", "id")
        assert ids(told) == found, (term, told.err)


@pytest.mark.parametrize(
    "sign", ["\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u200b", "\ufeff"], ids=ascii
)
def test_signs_that_are_not_seen_change_nothing(ask: Say, sign: str) -> None:
    """A word with marks of direction or of no width in it is found as the bare word is."""
    for word in ("Вымыслов", 'name:"Вымыслов Пётр"', "born:1890", "occupation:poet", "вым*", "id:invented-word"):
        bare = ask("query", "persons", word, "--fields", "id")
        assert ids(bare) == ["invented-word"]
        for at in (0, 3, len(word)):
            assert ask("query", "persons", word[:at] + sign + word[at:], "--fields", "id") == bare


# -- values and options that are none ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["persons", "born:1905..1890"],
        ["persons", "born:9999999999..1"],
        ["persons", "born:99999999999999999999"],
        ["persons", "born:-99999999999999999999.."],
        ["persons", "born.year:" + "9" * 5000],
        ["persons", "born.month:13"],
        ["persons", "born.day:0"],
        ["persons", "born.century:19"],
        ["trials", "defendants:" + "9" * 30],
        ["trials", "defendants:" + "9" * 5000],
        ["trials", "defendants:1..99999999999999999999"],
        ["trials", "defendants:99999999999999999999.."],
        ["trials", "defendants:-99999999999999999999..5"],
        ["trials", "defendants:1e400"],
        ["trials", "defendants:nan"],
        ["trials", "defendants:inf"],
        ["trials", "defendants:5..1"],
        ["places", "latitude:" + "9" * 400],
        ["places", "latitude:1e308..1e309"],
        ["places", "latitude:nan"],
        ["places", "latitude:-inf..inf"],
        ["figures", "best:" + "9" * 400],
        ["figures", "text:" + "9" * 400],
        ["figures", "magnitude:99999999999999999999"],
        ["figures", "of:99999999999999999999"],
        ["footnotes", "number:99999999999999999999"],
        ["persons", "footnotes:99999999999999999999"],
        ["persons", "footnotes:" + "9" * 5000],
        ["persons", "paragraph:99999999999999999999"],
        ["persons", "paragraph:1..99999"],
        ["persons", "paragraph:80..75"],
        ["persons", "name:a..b"],
        ["persons", "fate:a..b"],
        ["persons", "fate:~("],
        ["persons", "born:~19"],
        ["persons", "a.b.c.d.e:x"],
        ["persons", ".".join(["cases.person"] * 12) + ".born:1890"],
        ["persons", ".".join(["a"] * 500) + ":x"],
        ["cases", ".".join(["person.cases"] * 500) + ".id:any"],
        ["persons", "--limit", "-1"],
        ["persons", "--limit", "99999999999999999999"],
        ["persons", "--limit", "0"],
        ["Вымыслов", "--limit", "99999999999999999999"],
        ["persons", "--by", "nonsense"],
        ["persons", "--by", ""],
        ["persons", "--by", ",,"],
        ["persons", "--by", HOSTILE],
        ["persons", "--by", "born.century"],
        ["persons", "--by", ",".join(["born"] * 300)],
        ["persons", "--by", "born", "--top", "99999999999999999999"],
        ["persons", "--by", "born", "--top", "-1"],
        ["persons", "--sort", "nonsense"],
        ["persons", "--sort", HOSTILE],
        ["persons", "--sort", "born:sideways"],
        ["persons", "--sort", "name:desc:desc"],
        ["persons", "--sort", "names"],
        ["persons", "--sort", ",".join(["born"] * 3000)],
        ["persons", "--fields", "nonsense"],
        ["persons", "--fields", HOSTILE],
        ["persons", "--fields", "\udcff"],
        ["persons", "--fields", ",".join(["cases.person"] * 200)],
        ["persons", "--fields", "cases.cases.cases"],
        ["persons", "--distinct"],
        ["persons", "--cite", "nonsense"],
        ["persons", "--with", "nonsense"],
        ["persons", "--save", ""],
        ["persons", "--save", "../../harm"],
        ["persons", "--save", "a\nb"],
        ["persons", "nonsense:x", "--save", "nonsense"],
        ["persons", "--format", HOSTILE],
        ["persons", HOSTILE, "--sql"],
        ["persons", HOSTILE, "--explain"],
        ["persons", "'" * 7, "--sql"],
        ["persons", f'occupation:"{HOSTILE}"', "--sql"],
        ["persons", f'occupation:"{HOSTILE}"', "--explain"],
        ["persons", f'id:"{HOSTILE}"', "--sql"],
        ["persons", f'name:"{HOSTILE}"', "--explain"],
        ["persons", "nonsense:x", "--sql"],
        ["persons", "nonsense:x", "--explain"],
        ["persons", "fate:", "--sql"],
        ["persons", "(", "--explain"],
        ["persons", "", "--sql"],
        ["persons", "*", "--explain"],
        ["persons", "*а*", "--sql"],
        ["persons", "а*", "--sql", "--count"],
        ["persons", "--sql", "--explain"],
        ["persons", "--sql", "--by", "nonsense"],
        ["persons", "--explain", "--sort", "nonsense"],
    ],
    ids=lambda words: " ".join(words)[:50].encode("ascii", "backslashreplace").decode(),
)
def test_nonsense(ask: Say, words: list[str]) -> None:
    """Values, fields, orders and options that are none are refused with a remedy, or answered."""
    ask("query", *words)
    if not any(word.startswith("--") for word in words):
        for option in ("--count", "--sql"):
            ask("query", *words, option)


@pytest.mark.parametrize("words", [[""], [" "], ["\u200b"], ["*"], ["**"], ["?!"], ["name:x"], ["(a"], ["@nobody"]])
def test_a_search_of_nothing(ask: Say, words: list[str]) -> None:
    """A search without a word, or of what is no word, is refused."""
    assert ask("search", *words).code == 2


# -- saved queries ---------------------------------------------------------------------------------------------------


def test_saved_queries_that_name_themselves(ask: Say) -> None:
    """A saved query that stands for itself, alone or in a ring, is told, wherever it is asked; none is saved so."""
    path = saved.file()
    path.parent.mkdir(parents=True)
    path.write_text(
        "".join(f"[{name}]\nquestion = '@{of}'\n" for name, of in (("me", "me"), ("here", "there"), ("there", "here"))),
        encoding="utf-8",
    )
    held = path.read_bytes()
    for name, ring in (("me", "@me → @me"), ("here", "@here → @there → @here"), ("there", "@there → @here → @there")):
        for words in (["query", f"@{name}"], ["query", f"saved:{name}"], ["query", "not", f"(a or @{name})"]):
            told = ask(*words)
            assert told.code == 2
            assert f"stands for itself: {ring}" in told.err
        assert ask("search", f"@{name}").code == 2
        for option in ("--count", "--sql"):
            assert ask("query", f"@{name}", option).code == 2
    assert ask("query", "@new", "--save", "new").code == 2
    assert path.read_bytes() == held


# -- the program as it is run ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["query", 'occupation:~"(a|aa)+$"'],
        ["query", 'name:~"(а+)+$"'],
        ["query", "(" * 500],
        ["query", "а " * 10_000],
        ["query", "*а*"],
        ["query", HOSTILE],
        ["query", "\udcff"],
        ["search", "\u202e🙂"],
    ],
    ids=lambda words: words[1][:20],
)
def test_a_process_ends(invented: URL, home: Path, words: list[str]) -> None:
    """In a process of its own too a question ends, and the error stream has no traceback."""
    command = [*PROGRAM, *words, "--db", address_of(invented)]
    ran = subprocess.run(command, env=clean(home), capture_output=True, text=True, check=False, timeout=HANGS)
    hold(Said(ran.returncode, ran.stdout, ran.stderr))
