#!/usr/bin/env python3
"""kill_load.py [--db URL] [--times 100] [--rows 5000] - kill a load at random moments, and see what is left.

A list of invented people is loaded by the command line, in a process of its own, and killed by SIGKILL at a random
moment, every tenth time interrupted by SIGINT.  Each time the database must open, and its content hash must be the one
before or the one after; an interrupted load leaves no file of rows set aside (a killed one may: it is counted).
Prints how many kills left it before and how many after; exits with 1 where one left it between.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from sqlalchemy import create_engine, make_url

from terrordb import database
from terrordb.loading import hashing

TERRORDB = [sys.executable, "-c", "from terrordb.cli import main; main()"]


def ask(*words: str) -> str:
    """Run the command line; SystemExit with its error where it fails."""
    done = subprocess.run([*TERRORDB, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)}: {done.stderr}")
    return done.stdout


def made_list(path: Path, rows: int) -> None:
    """Write a list of people who never lived, one in a hundred without the surname that makes a record."""
    with path.open("w", encoding="utf-8") as file:
        file.write("№,Фамилия,Имя,Дата рождения,Дата ареста,Приговор,Дата расстрела,Место жительства\n")
        for n in range(rows):
            surname = "" if n % 100 == 99 else f"Вымыслов{n % 997}"
            file.write(f"{n},{surname},Выдуман,{1880 + n % 40},{1 + n % 28:02}.11.1937,ВМН,,дом {n}\n")


def content(url: str) -> str:
    """Give the content hash."""
    with database.reader(database.locate(url)[0]).connect() as connection:
        return hashing.content_hash(hashing.kept(connection))


def load(path: Path, url: str) -> subprocess.Popen[str]:
    """Begin a load in a session of its own."""
    words = [*TERRORDB, "load", str(path), "--as", "cases", "--db", url, "--quiet"]
    # A session of its own takes signals as a terminal's process does.
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)


def newest(url: str) -> str:
    """Name the newest load."""
    return ask("loads", "--db", url, "--format", "tsv").splitlines()[-1].split("\t")[0]


def run(folder: Path, url: str, times: int, rows: int, chance: random.Random) -> int:
    """Load and kill; give how many kills left something between."""
    path, aside = folder / "list.csv", folder / "list.csv.rejected.csv"
    made_list(path, rows)
    before, begun = content(url), time.monotonic()
    whole = load(path, url)
    _, said = whole.communicate()
    if whole.returncode:
        sys.exit(said)
    lasts, after = time.monotonic() - begun, content(url)
    ask("undo", newest(url), "--db", url)
    aside.unlink()
    counts = {"before": 0, "after": 0, "between": 0, "rows aside alone": 0}
    for n in range(times):
        going = load(path, url)
        interrupts = n % 10 == 9  # once the program is there to take it: not while Python still imports it
        time.sleep(chance.uniform(0.4 if interrupts else 0, 1.1) * lasts)
        ended = going.poll() is not None
        going.send_signal(signal.SIGINT if interrupts else signal.SIGKILL)
        _, said = going.communicate()
        found = content(url)
        stands = "after" if found == after else "before" if found == before else "between"
        faults = [f"the hash is {found}"] if stands == "between" else []
        if aside.exists() and stands != "after":
            counts["rows aside alone"] += 1
            faults += ["rows lie aside, and nothing was loaded"] if interrupts else []
        if stands == "after" and not aside.exists():
            faults.append("the load stands, and its rows set aside are gone")
        if "Traceback" in said or (stands == "before" and ended):
            faults.append(said)
        for fault in faults:
            print(f"kill {n + 1}: {fault}")
        counts["between" if faults else stands] += 1
        if stands == "after":
            ask("undo", newest(url), "--db", url)
        aside.unlink(missing_ok=True)
        print(f"\r{n + 1} of {times}", end="", file=sys.stderr)
    print(f"{times} kills within 1.1 x {lasts:.1f} s, {rows:,} rows: {counts}")
    print(ask("db", "check", "--db", url).strip() or "db check: nothing found")
    return counts["between"]


def main() -> None:
    """Make a database, kill loads into it, and drop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", default="", help="the address of a PostgreSQL server; else a file")
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        chance = random.Random(asked.seed)
        if not asked.db:
            url = str(folder / "list.db")
            ask("init", "--empty", "--db", url)
            sys.exit(1 if run(folder, url, asked.times, asked.rows, chance) else 0)
        server = make_url(asked.db).set(drivername="postgresql+psycopg", database="postgres")
        own = f"terrordb_kill_{uuid.uuid4().hex[:12]}"
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {own}")
        try:
            url = server.set(database=own).render_as_string(hide_password=False)
            ask("init", "--empty", "--db", url)
            between = run(folder, url, asked.times, asked.rows, chance)
        finally:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE {own} WITH (FORCE)")
        sys.exit(1 if between else 0)


if __name__ == "__main__":
    main()
