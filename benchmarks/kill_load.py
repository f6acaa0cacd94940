#!/usr/bin/env python3
"""kill_load.py [--engine URL] [--times 100] [--rows 5000] [--folder FOLDER] - kill loads at random moments.

A list of invented people is loaded by the command line, and by turns killed (SIGKILL) and interrupted (SIGINT) at a
random moment: into a file of SQLite, or with --engine into a database of our own on a PostgreSQL server.  Each time the
content hash must be the one before or the one after, `db check` must find nothing, the file of the rows that were set
aside must be there with the load and not without it, and the list must load again and be undone.  Prints what was
found; exits with 1 where anything was wrong.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from load import TERRORDB, ask, empty, place

from terrordb import database
from terrordb.loading import hashing
from terrordb.reports.database import check

PATIENCE = 120  # seconds that a load may take to end once it is killed
LOADING = 0.4  # of a load, before which Python still imports the program, and nobody is there to take an interrupt


def made_list(path, rows):
    """Write a list of people who never lived, one in a hundred without the surname that makes a record."""
    with path.open("w", encoding="utf-8") as file:
        file.write("№,Фамилия,Имя,Дата рождения,Дата ареста,Приговор,Дата расстрела,Место жительства\n")
        for n in range(rows):
            surname = "" if n % 100 == 99 else f"Вымыслов{n % 997}"
            file.write(f"{n},{surname},Выдуман,{1880 + n % 40},{1 + n % 28:02}.11.1937,ВМН,,дом {n}\n")


def say(*words):
    """Run the command line; SystemExit with its error where it fails."""
    done = subprocess.run([*TERRORDB, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)}: {done.stderr}")
    return done.stdout


def begin(path, address):
    """Begin a load in a session of its own: it takes signals as a terminal's process does."""
    words = [*TERRORDB, "load", str(path), "--as", "cases", "--db", address, "--quiet"]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)


def content(address, *, checked=True):
    """Give the content hash, and what `db check` finds, once nobody else is at the database."""
    if "://" in address:  # a killed program's last statement may still run
        others = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{address.rpartition('/')[2]}'"
        while ask(address, others):
            time.sleep(0.02)
    engine = database.reader(database.locate(address)[0])
    with engine.connect() as connection:
        found = hashing.content_hash(hashing.kept(connection)), check(connection).rows if checked else []
    engine.dispose()
    return found


def undo(address):
    """Undo the newest load."""
    say("undo", say("loads", "--db", address, "--format", "tsv").splitlines()[-1].split("\t")[0], "--db", address)


def clear(path):
    """Remove the files of rows that were set aside; say how many there were."""
    return len([aside.unlink() for aside in path.parent.glob(f"{path.name}.rejected*")])


class Killing:
    """A list, a database, and the content hash of it without the list and with it."""

    def __init__(self, path, address):
        self.path, self.address = path, address
        self.before, began = content(address)[0], time.monotonic()
        self.faults_of(begin(path, address))
        self.lasts, self.after = time.monotonic() - began, content(address)[0]
        self.back()

    def back(self):
        """Undo the list, so that all is as it was; give what is not."""
        undo(self.address)
        clear(self.path)
        return [] if content(self.address, checked=False)[0] == self.before else ["undo does not restore the hash"]

    def faults_of(self, going):
        """Wait for a load; give what is wrong with what it says."""
        try:
            said = going.communicate(timeout=PATIENCE)[1]
        except subprocess.TimeoutExpired:
            going.kill()
            return ["it does not end"]
        return [said] if "Traceback" in said or going.returncode in (1, 2) else []

    def kill(self, chance, interrupt):
        """Kill a load; say in what state that left the database, and what is wrong."""
        going = begin(self.path, self.address)
        time.sleep(chance.uniform(LOADING if interrupt else 0, 1.1) * self.lasts)
        if interrupt:
            os.killpg(going.pid, signal.SIGINT)  # as from the keyboard: to all of a load's processes
        else:
            going.kill()
        faults = self.faults_of(going)
        now, found = content(self.address)
        stands = {self.before: "before", self.after: "after"}.get(now, "between")
        faults += [f"the hash is {now}"] if stands == "between" else []
        faults += [f"db check: {row}" for row in found]
        aside = clear(self.path)
        if aside != (stands == "after"):
            faults.append(f"{stands} the load, and {aside} files of rows set aside")
        if stands == "before":
            faults += [f"again: {fault}" for fault in self.faults_of(begin(self.path, self.address))]
            faults += ["it does not load again"] if content(self.address)[0] != self.after else []
            faults += ["again, and no file of rows set aside"] if clear(self.path) != 1 else []
        return stands, faults + self.back()


def main():
    """Make a database, kill loads into it, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="", metavar="URL", help="a PostgreSQL server; else a file of SQLite")
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where list and database lie; else a temporary one")
    asked = parser.parse_args()
    chance, states, wrong = random.Random(asked.seed), Counter(), 0
    with tempfile.TemporaryDirectory(dir=asked.folder) as named, place(asked.engine, Path(named)) as address:
        path = Path(named, "list.csv")
        made_list(path, asked.rows)
        empty(address)
        killing = Killing(path, address)
        for n in range(asked.times):
            signalled = "SIGINT" if n % 2 else "SIGKILL"
            stands, faults = killing.kill(chance, n % 2)
            states[signalled, stands] += 1
            wrong += bool(faults)
            for fault in faults:
                print(f"{n + 1}, {signalled}: {fault}", flush=True)
    told = ", ".join(f"{count} by {signalled} {stands}" for (signalled, stands), count in sorted(states.items()))
    print(
        f"{asked.times} kills within 1.1 x {killing.lasts:.1f} s of {asked.rows:,} rows: {told}; {wrong} with a fault"
    )
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
