#!/usr/bin/env python3
"""Time questions on long lists of invented victims, beside raw sqlite3 and DuckDB on the same rows in the same run.

    python benchmarks/search.py MAKER [--rows N ...] [--folder FOLDER] [--draws N] [--quick]

MAKER writes a list: it is called as `MAKER N FILE`, and the file has the columns of COLUMNS.  Each list is written as
CSVs of our own columns, loaded with `terrordb load`, and kept in FOLDER, as are the plain tables beside it; what is
there already is used again.  Three million rows take twelve gigabytes, and loading them ten minutes.

Run it with the Python of an environment where terrordb is installed and compiled (`python -m compileall` does that).
DuckDB is no dependency of terrordb: pip install duckdb, or counts are timed alone.  Nothing here is a test.
"""

import argparse
import csv
import importlib.util
import itertools
import os
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from start import compiled, run

from terrordb.errors import TerrorDBError

PROGRAM = str(Path(sysconfig.get_path("scripts")) / "terrordb")
IMPORTS = [sys.executable, "-c", "import typer, sqlalchemy.orm, lark, rapidfuzz"]
WHOLE = 1.4  # times what those imports take, the whole process may
ROWS, QUICK = (300_000, 3_000_000), (20_000,)
LIMIT = 50  # rows a question gives
PATIENCE = 30  # seconds one kind of question may take; then fewer draws are timed, and their number is told
EXPLAINED = 8  # draws of a question whose statements are explained
TOP, SLIPS = 10, 2  # words that are looked for, and letters by which they may differ
RECALL = 0.97

# ---------------------------------------------------------------- a list, in our own columns

COLUMNS = (
    "record_id,surname,given_name,patronymic,sex,birth,birth_place,ethnicity,occupation,residence,"
    "arrest_date,charge,sentencing_body,sentence_date,sentence,execution_date,burial_place,"
    "rehabilitation_date,rehabilitation_body,source_book,source_page"
)
SOURCE = "invented-list"
OURS = {
    "places": "id name kind parent",
    "bodies": "id name kind",
    "persons": "name sex born nationality occupation locator record_no",
    "cases": "person arrested charge sentencing_body sentenced sentence sentence_kind sentence_years outcome executed "
    "place burial_place locator record_no",
    "rehabilitations": "person case stage date body locator record_no",
}
SEX = {"м": "male", "ж": "female"}
SENTENCES = {"ВМН": "vmn", "ИТЛ": "itl", "ссылки": "vys", "спецпоселение": "settlement", "прекращено": "terminated"}
BOOK = re.compile(r"Книга памяти: ([^,]*)")


def convert(listed, folder):
    """Write a list as CSVs of our own columns.

    A row of the list is a person, a case and, where it has one, a rehabilitation.  Book and page are the locator.  The
    region whose book of memory names the person is the case's place: that is where the person was held.  Birth place
    and residence have no column and are left out.
    """
    from terrordb.loading.sheets import slug

    folder.mkdir(exist_ok=True)
    named = {}  # name of a place or a body → id

    def ref(name):
        if name and name not in named:
            named[name] = f"list-{slug(name)}"  # a place of the seed may have the bare one
        return named[name] if name else ""

    regions, graves, bodies = set(), {}, set()
    files = {kind: (folder / f"{kind}.csv").open("w", newline="", encoding="utf-8") for kind in OURS}
    write = {kind: csv.writer(file, lineterminator="\n").writerow for kind, file in files.items()}
    for kind, header in OURS.items():
        write[kind](header.split())
    with listed.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        if ",".join(next(rows)) != COLUMNS:
            sys.exit(f"{listed} has other columns than those of COLUMNS")
        for row in rows:
            number, surname, given, patronymic, sex, born, _, nation, occupation, _ = row[:10]
            arrested, charge, body, sentenced, sentence, executed, grave, cleared, by, book, page = row[10:]
            me, where = f"{SOURCE}:{number.lower()}", (f"{book}, с. {page}", number)
            region = BOOK.match(book)[1]
            regions.add(region)
            bodies.update({body, by} - {""})
            if grave:
                graves[grave] = region
            if born[4:5] == "/":  # 1899/00 is no date that we read
                born = f"{born[:4]}/{int(born[:4]) + 1}"
            name = " ".join(filter(None, (surname, given, patronymic)))
            write["persons"]((name, SEX[sex], born, nation, occupation, *where))
            code = next((code for part, code in SENTENCES.items() if part in sentence), "")
            years = re.match(r"\d*", sentence)[0]
            outcome = "executed" if executed else "terminated" if code == "terminated" else ""
            judged = (arrested, charge, ref(body), sentenced, sentence, code, years, outcome, executed)
            write["cases"]((me, *judged, ref(region), ref(grave), *where))
            if cleared:
                write["rehabilitations"]((me, me, "granted", cleared, ref(by), *where))
    for name in sorted(regions):
        write["places"]((ref(name), name, "region", ""))
    for name, region in sorted(graves.items()):
        write["places"]((ref(name), name, "burial_ground", ref(region)))
    for name in sorted(bodies):
        write["bodies"]((ref(name), name, "court"))
    for file in files.values():
        file.close()


def make(maker, size, folder):
    """Make a list, its database, its plain tables and its DuckDB file, unless they are there; say what loading took."""
    called = short(size)
    paths = Paths(*(folder / f"{called}.{end}" for end in ("csv", "db", "plain.db", "duckdb")))
    if not paths.listed.exists():
        subprocess.run([sys.executable, maker, str(size), str(paths.listed)], check=True)
    if not paths.ours.exists():
        half = paths.ours.with_suffix(".half")
        half.unlink(missing_ok=True)
        convert(paths.listed, folder / called)
        env = os.environ | {"TERRORDB_URL": str(half)}
        run([PROGRAM, "init", "--quiet"], env)
        wall, cpu = run([PROGRAM, "load", "--quiet", str(folder / called), "--source", SOURCE], env)
        half.rename(paths.ours)
        print(f"{called}: loaded in {cpu:,.0f} s of CPU, {wall:,.0f} s wall, {paths.ours.stat().st_size / 1e6:,.0f} MB")
    if not paths.plain.exists():
        plain(paths.listed, paths.plain)
    if importlib.util.find_spec("duckdb") and not paths.duck.exists():
        duck(paths.listed, paths.duck)
    return paths


class Paths(NamedTuple):
    """Where a list and what is made of it lie."""

    listed: Path
    ours: Path
    plain: Path
    duck: Path


def short(size):
    """Write a number of rows as files are named: 300k, 3m."""
    return f"{size // 10**6}m" if size % 10**6 == 0 else f"{size // 1000}k" if size % 1000 == 0 else str(size)


# ---------------------------------------------------------------- what is beside

# The tables that loading is measured beside too; of their indexes those that looking up a surname needs.
PLAIN = """
CREATE TABLE person(id INTEGER PRIMARY KEY, record_id, sex, birth, birth_place, ethnicity, occupation, residence);
CREATE TABLE name(id INTEGER PRIMARY KEY, person_id INT, surname, given, patronymic);
CREATE TABLE case_(id INTEGER PRIMARY KEY, person_id INT, arrested, charge, body, sentenced, sentence, executed, burial,
    rehabilitated, rehabilitation_body);
CREATE TABLE citation(id INTEGER PRIMARY KEY, person_id INT, book, page);
"""
INDEXES = """
CREATE INDEX name_surname ON name(surname, given);
CREATE INDEX case_person ON case_(person_id);
CREATE INDEX citation_person ON citation(person_id);
"""
RAW = f"""
SELECT surname, given, patronymic, arrested, sentence, book, page
FROM name JOIN case_ USING (person_id) JOIN citation USING (person_id) WHERE surname = ? LIMIT {LIMIT}
"""


def iso(date):
    """Turn a date as a list writes it to ISO by slicing; a year stays one."""
    return f"{date[6:]}-{date[3:5]}-{date[:2]}" if len(date) == 10 else date


def plain(listed, target):
    """Load a list into plain tables, as one would without terrordb."""
    half = target.with_suffix(".half")
    half.unlink(missing_ok=True)
    base = sqlite3.connect(half, isolation_level=None)
    base.executescript(PLAIN)
    with listed.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        base.execute("BEGIN")
        numbered = enumerate(rows, 1)
        while batch := list(itertools.islice(numbered, 20_000)):
            for table, marks, cells in (
                ("person", 8, ((n, r[0], *r[4:10]) for n, r in batch)),
                ("name", 5, ((n, n, *r[1:4]) for n, r in batch)),
                (
                    "case_",
                    11,
                    ((n, n, iso(r[10]), *r[11:13], iso(r[13]), r[14], iso(r[15]), *r[16:19]) for n, r in batch),
                ),
                ("citation", 4, ((n, n, *r[19:]) for n, r in batch)),
            ):
                base.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * marks)})", cells)
        base.execute("COMMIT")
    base.executescript(INDEXES)
    base.close()
    half.rename(target)


def duck(listed, target):
    """Load a list into one table of a DuckDB file, with the year, the region and the sentence in columns."""
    import duckdb

    half = target.with_suffix(".half")
    half.unlink(missing_ok=True)
    with duckdb.connect(str(half)) as base:
        base.execute(
            "CREATE TABLE list AS SELECT *, nullif(right(arrest_date, 4), '') AS year, "
            "regexp_extract(source_book, 'Книга памяти: ([^,]*)', 1) AS region "
            f"FROM read_csv('{listed}', all_varchar = true)"
        )
    half.rename(target)


# ---------------------------------------------------------------- our own questions

FIELDS = ("name", "cases.arrested", "cases.sentence", "source", "locator")


def found(db, question):
    """Ask a question and read of its rows what the raw lookup gives."""
    return [tuple(row[field] for field in FIELDS) for row in db.query(question, limit=LIMIT, fields=FIELDS)]


def counted(db, field):
    """Count the cases by a field: pairs of a label and how many."""
    return list(db.query("cases").by(field))


def near(db, word):
    """Find the words of persons' names that a spoiled one may stand for, best first."""
    from terrordb.querying.names import find

    with db.connect() as connection:
        return [hit.word for hit in find(connection, word.casefold(), PERSONS, fuzzy="always", most=TOP)]


PERSONS = ("persons", "person_names")
BY = {"arrested.year": "year", "place": "region", "sentence": "sentence"}  # our field → DuckDB's column


class Kind(NamedTuple):
    """A kind of question: how it is asked and drawn, how many times a raw lookup it may take, and how long at most."""

    called: str
    ask: Callable
    draw: Callable
    times: float | None = None
    most: float | None = None


def kinds(draws):
    """List the kinds of question that are found by words; those without a bar are there to explain the others."""
    return (
        Kind("exact surname", found, draws.common, 3),
        Kind("exact surname of fewer than 50 rows", found, draws.rare),
        Kind("prefix", found, draws.prefix, 3),
        Kind("substring", found, draws.part, 15),
        Kind("surname, given name, patronymic", found, draws.whole, 15),
        Kind("fuzzy surname, one slip", found, lambda: draws.spoiled(1), 8, 2),
        Kind("fuzzy surname, two slips", found, lambda: draws.spoiled(2), 8, 2),
        Kind("its words alone, two slips", near, lambda: draws.spoiled(2)),
    )


class Draws:
    """Names drawn from a list, the same in every run; common and rare ones by turns."""

    def __init__(self, plain_base, seed):
        """Read which surnames there are."""
        self.base, self.random = plain_base, random.Random(seed)
        counts = plain_base.execute("SELECT surname, count(*) FROM name GROUP BY surname ORDER BY surname").fetchall()
        self.surnames = {surname for surname, _ in counts}
        self.many = [surname for surname, rows in counts if rows >= LIMIT]
        self.few = [surname for surname, rows in counts if rows < LIMIT]
        self.borne = set(self.many)
        self.meant = ""  # the surname that was spoiled last
        self.last = plain_base.execute("SELECT max(id) FROM name").fetchone()[0]
        self.turns = itertools.cycle((self._of_row, lambda: self.random.choice(self.many)))

    def _row(self):
        number = self.random.randint(1, self.last)
        return self.base.execute("SELECT surname, given, patronymic FROM name WHERE id = ?", (number,)).fetchone()

    def _of_row(self):
        """Draw a surname as often as it is borne."""
        while (surname := self._row()[0]) not in self.borne:
            pass
        return surname

    def common(self):
        """Draw a surname that at least fifty rows have: by turns that of a row, and any."""
        return next(self.turns)()

    def rare(self):
        """Draw a surname that fewer have."""
        return self.random.choice(self.few)

    def prefix(self):
        """Draw the first three to five letters of a surname."""
        return self.common()[: self.random.randint(3, 5)] + "*"

    def part(self):
        """Draw three or four letters from within a surname."""
        while len(surname := self.common()) < 6:
            pass
        size = self.random.randint(3, 4)
        start = self.random.randint(1, len(surname) - size)
        return f"*{surname[start : start + size]}*"

    def whole(self):
        """Draw surname, given name and patronymic of a row."""
        while not all(row := self._row()):
            pass
        return " ".join(row)

    def spoiled(self, slips):
        """Draw a surname with planted slips of the pen, which together make no other surname of the list."""
        while True:
            word = self.common()
            if len(word) > 5 and word[0] > "z":
                self.meant = word
                for _ in range(slips):
                    word = self._slip(word)
                if word not in self.surnames:
                    return word

    def _slip(self, word):
        """Leave out, put in, replace or exchange a letter."""
        at, letter = self.random.randint(1, len(word) - 2), self.random.choice("абвгдежзийклмнопрстуфхцчшыьэюя")
        before, here, after, rest = word[:at], word[at], word[at + 1], word[at + 2 :]
        ways = (before + after + rest, before + letter + here + after + rest, before + letter + after + rest)
        return self.random.choice((*ways, before + after + here + rest))


# ---------------------------------------------------------------- timing


class Line(NamedTuple):
    """One line of the table: times in milliseconds, ours and those beside."""

    called: str
    rows: str
    times: list[float]
    beside: list[float]
    bar: str
    holds: Callable | None
    reads: str
    gave: float | None = None

    def cells(self):
        """Write the line."""
        if not self.times:
            return [self.called, self.rows, "", "", "", "", "", "", "", self.bar, "not answered", self.reads]
        ours, raw = middle(self.times), middle(self.beside) if self.beside else None
        ratios = [f"{one / other:.1f}" for one, other in zip(ours, raw, strict=True)] if raw else ["", ""]
        verdict = "" if self.holds is None else "holds" if self.holds(ours, raw) else "over"
        if self.gave == 0 and self.holds is not None:
            verdict = "finds nothing"  # most of the time
        gave = "" if self.gave is None else f"{self.gave:.0f}"
        numbers = [f"{ours[0]:.3f}", f"{ours[1]:.3f}", f"{raw[0]:.3f}" if raw else "", *ratios]
        return [self.called, self.rows, str(len(self.times)), gave, *numbers, self.bar, verdict, self.reads]


HEAD = (
    "question",
    "rows",
    "draws",
    "gave",
    "p50 ms",
    "p95 ms",
    "beside p50",
    "x p50",
    "x p95",
    "bar",
    "verdict",
    "reads",
)


def middle(times):
    """Give p50 and p95."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def timed(ask, *asked):
    """Time a call in milliseconds, one before it having warmed it; what it gave comes with it."""
    ask(*asked)
    began = time.perf_counter()
    given = ask(*asked)
    return (time.perf_counter() - began) * 1000, given


class Bench(NamedTuple):
    """One list: its database, the plain one and the DuckDB one of the same rows, and how often each kind is asked."""

    rows: str
    db: object
    base: sqlite3.Connection
    duck: object
    draws: Draws
    count: int

    def raw(self, surname):
        """Look a surname up as one would without terrordb."""
        return self.base.execute(RAW, (surname,)).fetchall()


def by_words(bench, kind):
    """Time one kind of question, a raw lookup of a surname after each."""
    ours, beside, gave, asked = [], [], [], []
    began = time.perf_counter()
    while len(ours) < bench.count and time.perf_counter() - began < PATIENCE:
        question = kind.draw()
        try:
            took, given = timed(kind.ask, bench.db, question)
        except TerrorDBError as error:
            return Line(kind.called, bench.rows, [], [], _bar(kind), None, f"{question}: {error.reason}")
        ours.append(took)
        gave.append(len(given))
        asked.append(question)
        surname = question if question in bench.draws.surnames else bench.draws.common()
        beside.append(timed(bench.raw, surname)[0])
    reads = read(bench.db, [(kind.ask, question) for question in asked[:EXPLAINED]])
    return Line(kind.called, bench.rows, ours, beside, _bar(kind), _holds(kind), reads, statistics.median(gave))


def _bar(kind):
    return "" if kind.times is None else f"{kind.times} x" + (f" and {kind.most} ms" if kind.most else "")


def _holds(kind):
    if kind.times is None:
        return None
    return lambda ours, raw: ours[0] <= kind.times * raw[0] and ours[1] <= (kind.most or ours[1])


def by_counting(bench, field, column):
    """Time counts by a field, and the same of DuckDB after each."""
    called, bar, ours, beside = f"cases by {field}", "2 x or 5 ms", [], []
    theirs = f"SELECT {column}, count(*) FROM list GROUP BY 1 ORDER BY 2 DESC"
    began = time.perf_counter()
    while len(ours) < max(5, bench.count // 10) and time.perf_counter() - began < PATIENCE:
        try:
            took, given = timed(counted, bench.db, field)
        except (AttributeError, TypeError, TerrorDBError) as error:
            return Line(called, bench.rows, [], [], bar, None, str(error).partition("\n")[0])
        ours.append(took)
        if bench.duck is not None:
            took, rows = timed(lambda: bench.duck.execute(theirs).fetchall())
            beside.append(took)
    wrong = ""
    if bench.duck is not None:  # a handful of our cases are of the seed, and what is missing has a label of its own
        pairs = zip(sorted((n for _, n in given), reverse=True), (n for _, n in rows), strict=False)
        wrong = "" if all(abs(one - other) < SEED for one, other in pairs) else "COUNTS DIFFER "
    reads = wrong + read(bench.db, [(counted, field)])
    return Line(called, bench.rows, ours, beside, bar, _holds_counting, reads, len(given))


def _holds_counting(ours, theirs):
    return ours[0] <= max(2 * theirs[0] if theirs else 0, 5)


SEED = 100  # more than the cases that the shipped seed has


# ---------------------------------------------------------------- what is read


def read(db, askings):
    """Say which big tables the statements of questions scan, and how many steps SQLite takes for the worst question."""
    scanned, most, asked = Counter(), 0, []
    for ask, question in askings:
        with db.connect() as connection:  # it is kept, and the question takes the same one
            own = connection.connection.driver_connection
        asked.clear()
        own.set_trace_callback(asked.append)  # what the driver is asked itself is heard too, with its values
        try:
            ask(db, question)
        finally:
            own.set_trace_callback(None)
        steps = 0
        with db.connect() as connection:
            for statement in asked:
                if statement.startswith(("SELECT", "WITH")):
                    scanned.update(_scans(connection, statement))
                    steps += _steps(connection, statement)
        most = max(most, steps)
    told = f"scans {', '.join(scanned)}" if scanned else "no scan"
    return f"{told}; {len(asked)} statements, {most / 1000:,.0f}k steps"


def _scans(connection, statement):
    """Name the big tables of which a statement reads all rows, or all of one kind or of a list, by an index or not."""
    aliases = {alias: table for table, alias in re.findall(r"(\w+) AS (\w+)", statement)}
    for *_, said in connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall():
        if match := WHOLE_TABLE.match(said):
            named = match[1] or match[2]
            table = aliases.get(named, named)
            if table in BIG:
                yield table


BIG = {"persons", "cases", "rehabilitations", "person_names", "word_uses", "word_keys", "word_tails", "word_deletes"}
WHOLE_TABLE = re.compile(r"SCAN (\w+)|SEARCH (\w+) USING .*\((kind=\?|rowid[<>]\?( AND rowid[<>]\?)?)\)$")


def _steps(connection, statement):
    """Count the steps of SQLite's machine for a statement."""
    taken = 0

    def count():
        nonlocal taken
        taken += 100

    own = connection.connection.driver_connection
    own.set_progress_handler(count, 100)
    try:
        own.execute(statement).fetchall()
    finally:
        own.set_progress_handler(None, 0)
    return taken


# ---------------------------------------------------------------- fuzzy words beside all words


def recall(db, draws, count):
    """Say how many of the ten nearest words, by edit distance to every word of persons' names, are found.

    Distance is that of optimal string alignment; what is as near as the tenth is as good as it.  Told of what differs
    by at most SLIPS letters, and of the ten however far they are.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    from terrordb.values.names import latin

    with db.connect() as connection:
        used = "SELECT 1 FROM word_uses WHERE kind = 'persons' AND word_key = name_words.key"
        words = [w for (w,) in connection.exec_driver_sql(f"SELECT word FROM name_words WHERE EXISTS ({used})")]
    keys = list(map(latin, words))
    ways = {  # how a word is read, all there are, and whether a reading that comes twice counts once
        "words by their Latin keys": (latin, keys, False),
        "different Latin keys": (latin, sorted(set(keys)), True),
        "words as written": (str, words, False),
    }
    print(f"\nOf the ten nearest of {len(words):,} words, those that are found, of {count} spoiled surnames each:")
    for slips in (1, 2):
        asked = {word.casefold(): draws.meant.casefold() for word in (draws.spoiled(slips) for _ in range(count))}
        answers = {word: near(db, word) for word in asked}
        for called, (key, every, once) in ways.items():
            shares = {SLIPS: [], 99: []}
            meant = Counter()
            for word, answer in answers.items():
                own, given = key(word), list(map(key, answer))
                given = (list(dict.fromkeys(given)) if once else given)[:TOP]
                best = process.extract(own, every, scorer=OSA.distance, limit=TOP)
                far = sorted(OSA.distance(own, one) for one in given)
                for most, share in shares.items():
                    if wanted := [distance for _, distance, _ in best if distance <= most]:
                        share.append(min(sum(d <= wanted[-1] for d in far), len(wanted)) / len(wanted))
                meant["found"] += key(asked[word]) in given
                meant["there"] += key(asked[word]) in {one for one, _, _ in best}
            near_ones, all_ones = (statistics.mean(share) for share in shares.values())
            print(
                f"  {slips} slip{'s' if slips > 1 else ' '}  {called:26} {near_ones:.3f} (bar {RECALL}), "
                f"however far {all_ones:.3f}; the name meant: {meant['found'] / len(asked):.3f}, "
                f"among the ten nearest {meant['there'] / len(asked):.3f}"
            )


# ---------------------------------------------------------------- the whole


def whole_process(path, draws, rounds):
    """Time `terrordb query` with a fuzzy surname as a whole process, piped, beside plain imports; interleaved."""
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    word = draws.spoiled(1)
    command = [PROGRAM, "query", word, "--limit", str(LIMIT), "--db", str(path)]
    taken = [(run(command, env), run(IMPORTS, env)) for _ in range(rounds + 1)][1:]
    ours, beside = ([pair[n][0] * 1000 for pair in taken] for n in (0, 1))
    cpu = statistics.median(a[1] for a, _ in taken) / statistics.median(b[1] for _, b in taken)
    return Line(
        "terrordb query, fuzzy, whole process",
        short_of(path),
        ours,
        beside,
        f"{WHOLE} x",
        lambda own, imports: own[0] <= WHOLE * imports[0],
        f"CPU x {cpu:.2f}",
    )


def short_of(path):
    """Name the list a database was made of."""
    return path.name.partition(".")[0]


def ask_all(paths, count):
    """Time every kind of question of one list."""
    import terrordb

    base = sqlite3.connect(paths.plain)
    duck_base = None
    if importlib.util.find_spec("duckdb"):
        import duckdb

        duck_base = duckdb.connect(str(paths.duck), read_only=True)
    db, draws = terrordb.open(paths.ours), Draws(base, seed=1)
    bench = Bench(short_of(paths.ours), db, base, duck_base, draws, count)
    lines = [by_words(bench, kind) for kind in kinds(draws)]
    lines += [by_counting(bench, field, column) for field, column in BY.items()]
    recall(db, draws, count)
    return lines, draws


def main():
    """Make what is not there yet, ask everything of every list, and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("maker", help="the program that writes a list: MAKER N FILE")
    options.add_argument("--rows", type=int, nargs="+", help=f"rows of the lists (default {' '.join(map(str, ROWS))})")
    options.add_argument("--folder", type=Path, help="where lists and databases are kept (default: a temporary one)")
    options.add_argument("--draws", type=int, help="times each kind of question is asked (default 200)")
    options.add_argument("--quick", action="store_true", help=f"one list of {QUICK[0]:,} rows, and 30 draws")
    given = options.parse_args()
    if bare := compiled():
        sys.exit(f"not compiled: {', '.join(bare)}; run: {sys.executable} -m compileall")
    if not importlib.util.find_spec("duckdb"):
        print("DuckDB is not installed, so that counts are timed alone: pip install duckdb")
    count = given.draws or (30 if given.quick else 200)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        lines = []
        for size in given.rows or (QUICK if given.quick else ROWS):
            paths = make(given.maker, size, folder)
            more, draws = ask_all(paths, count)
            lines += more
        lines.append(whole_process(paths.ours, draws, 5 if given.quick else 15))
    order = list(dict.fromkeys(line.called for line in lines))
    table([HEAD, *(line.cells() for line in sorted(lines, key=lambda line: order.index(line.called)))])


def table(lines):
    """Print lines as columns; the first and the last three are words."""
    wide = [max(map(len, column)) for column in zip(*lines, strict=True)]
    words = {0, len(wide) - 3, len(wide) - 2, len(wide) - 1}
    print()
    for line in lines:
        cells = (c.ljust(w) if n in words else c.rjust(w) for n, (c, w) in enumerate(zip(line, wide, strict=True)))
        print("  ".join(cells).rstrip())


if __name__ == "__main__":
    main()
