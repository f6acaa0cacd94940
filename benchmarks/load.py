#!/usr/bin/env python3
"""load.py MAKER [--rows N ...] [--rounds N] [--profile NAME] [--engine URL] [--folder FOLDER] - measure loads of lists.

MAKER is the script that makes lists of invented victims: MAKER N OUT.csv [--seed N] [--dirty SHARE].  Beside a plain
load of the same file (`plain_load.py`) stand loads of our own, each a whole process: by the mapping drawn up from the
header, by a profile, and of a list with planted defects; those of one round follow each other.  Printed are medians
as ratios, with the bars of the issue that asked for them; nothing here is a test.

Memory is that of the largest process, and of all of a load's processes together, shared pages counted once, as often
seen.  With --engine a PostgreSQL server takes the loads, in a database of our own: its file is pg_database_size, and
CPU holds the server's where it runs on this machine and does nothing else.  Lists and databases lie in FOLDER.
"""

import argparse
import contextlib
import csv
import hashlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

HERE = Path(__file__).parent
TERRORDB = [sys.executable, "-c", "from terrordb.cli import main; main()"]
LOOKS = 0.05  # seconds between two looks at memory
BARS = {"cpu": (2.0, 1.8), "wall": (1.35, 1.35), "file": (0.9, 0.8)}  # under a million rows, and from there on
MEMORY = {"largest": 160, "together": 260}  # MiB


# ---------------------------------------------------------------- a process, and a database


def run(command):
    """Run a command: CPU and wall seconds, memory of its largest process and of all together in MiB, what it said."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        began = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), stdout=said, stderr=wrong)
        seen, over = [0], threading.Event()
        looking = threading.Thread(target=look, args=(process.pid, seen, over))
        looking.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        over.set()
        looking.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        wrong.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(map(str, command))}: {wrong.read()}")
        said.seek(0)
        largest = used.ru_maxrss / 1024
        together = max(*seen, largest)
        return {
            "cpu": used.ru_utime + used.ru_stime,
            "wall": wall,
            "largest": largest,
            "together": together,
            "said": said.read(),
        }


def look(pid, seen, over):
    """Look again and again at the memory of a process and all that it started."""
    while not over.wait(LOOKS):
        pages, waiting = 0, [str(pid)]
        while waiting:
            process = Path("/proc", waiting.pop())
            with contextlib.suppress(OSError, TypeError):  # it has ended meanwhile
                for task in (process / "task").iterdir():
                    waiting += (task / "children").read_text().split()
                pages += int(re.search(r"^Pss:\s+(\d+)", (process / "smaps_rollup").read_text(), re.MULTILINE)[1])
        seen.append(pages / 1024)


def served():
    """Give the CPU seconds that PostgreSQL's processes on this machine have used, those that ended too."""
    ticks, servers = 0, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            pid, name, fields = re.fullmatch(r"(?s)(\d+) \((.*)\) (.*)", stat.read_text()).groups()
            if name == "postgres":
                servers[pid] = fields.split()
    for fields in servers.values():
        ticks += sum(map(int, fields[11 : 13 if fields[1] in servers else 15]))  # of the first of them, its children's
    return ticks / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def place(engine, folder):
    """Lend the address of a database of our own: a file, or one on a server, which is dropped in the end."""
    if not engine:
        yield str(folder / f"{uuid.uuid4().hex[:12]}.db")
        return
    from sqlalchemy import make_url

    address = make_url(engine).set(drivername="postgresql", database=f"terrordb_bench_{uuid.uuid4().hex[:12]}")
    try:
        yield address.render_as_string(hide_password=False)
    finally:
        ask(address, f'DROP DATABASE IF EXISTS "{address.database}" WITH (FORCE)')


def ask(address, statement):
    """Ask a server something, from its first database."""
    import psycopg
    from sqlalchemy import make_url

    server = make_url(address).set(drivername="postgresql", database="postgres")
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        found = connection.execute(statement)
        return found.fetchone()[0] if found.description else None


def empty(address):
    """Make a database anew, without a record."""
    if "://" in address:
        name = address.rpartition("/")[2]
        ask(address, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        ask(address, f'CREATE DATABASE "{name}"')
    else:
        for old in Path(address).parent.glob(f"{Path(address).name}*"):
            old.unlink()
    run([*TERRORDB, "init", "--empty", "--db", address, "--quiet"])


def size(address):
    """Give the bytes of a database."""
    if "://" in address:
        return ask(address, f"SELECT pg_database_size('{address.rpartition('/')[2]}')")
    return sum(file.stat().st_size for file in Path(address).parent.glob(f"{Path(address).name}*"))


# ---------------------------------------------------------------- what is measured


def ours(address, *words):
    """Run a command of ours on a database, with what the server did for it."""
    before = served() if "://" in address else 0
    measured = run([*TERRORDB, *words, "--db", address])
    return measured | {"cpu": measured["cpu"] + (served() - before if before else 0)}


def load(source, address, *how):
    """Load a list as one of the same name, whatever the file is called."""
    aside = source.with_name("aside.csv")
    aside.unlink(missing_ok=True)
    words = ("--source", "Made list", "--rejected", aside, "--quiet")
    return ours(address, "load", source, *(how or ("--as", "cases")), *words) | {"file": size(address)}


def changed(source, target, share=0.01):
    """Copy a list with some rows changed."""
    with source.open(newline="", encoding="utf-8") as old, target.open("w", newline="", encoding="utf-8") as new:
        rows, written = csv.reader(old), csv.writer(new, lineterminator="\n")
        written.writerow(next(rows))
        for n, row in enumerate(rows):
            if n % round(1 / share) == 0:
                row[8] = f"{row[8]}, changed"
            written.writerow(row)
    return target


def hashing(source):
    """Give the CPU seconds that the hash of a file takes."""
    began = time.process_time()
    with source.open("rb") as file:
        hashlib.file_digest(file, "sha256")
    return time.process_time() - began


def rounds_of(source, dirty, address, asked):
    """Load by turns; give the median of each measure."""
    plain, found = source.with_name("plain.db"), {}
    ways = {"drafted": (source,), asked.profile: (source, "--profile", asked.profile), "2 % dirty": (dirty,)}
    for _ in range(asked.rounds):
        plain.unlink(missing_ok=True)
        beside = run([sys.executable, HERE / "plain_load.py", source, plain]) | {"file": plain.stat().st_size}
        found.setdefault("plain", []).append(beside)
        for way, words in ways.items():
            empty(address)
            found.setdefault(way, []).append(load(words[0], address, *words[1:]))
    kept = ("cpu", "wall", "largest", "together", "file")
    return {of: {what: statistics.median(one[what] for one in many) for what in kept} for of, many in found.items()}


def measure(folder, rows, address, asked):
    """Measure one size, and print it; give the memory of the first load."""
    source, dirty = folder / "list.csv", folder / "dirty.csv"
    for path, more in ((source, ()), (dirty, ("--dirty", "0.02"))):
        subprocess.run([sys.executable, asked.maker, str(rows), path, *more], check=True, stdout=subprocess.DEVNULL)
    found = rounds_of(source, dirty, address, asked)
    plain, first = found.pop("plain"), found["drafted"]
    print(
        f"{rows:,} rows, {asked.rounds} rounds; the plain load: {plain['cpu']:.1f} s CPU, {plain['wall']:.1f} s wall, "
        f"{plain['largest']:.0f} MiB, a file of {plain['file'] / 1e6:.0f} MB"
    )
    line = "  {:16} {:>8} {:>8} {:>8} {:>10} {:>10}".format
    print(line("", "CPU", "wall", "file", "largest", "together"))
    for way, one in found.items():
        times = (f"{one[what] / plain[what]:.2f} x" for what in BARS)
        print(line(way, *times, *(f"{one[what]:.0f} MiB" for what in MEMORY)))
    print(line("bar", *(bars[rows >= 1_000_000] for bars in BARS.values()), *MEMORY.values()))

    def say(what, value, bar, more=""):
        print(f"  {what:34} {value:6.2f} x  (bar {bar}){more}", flush=True)

    say("dirty list, CPU of the clean one's", found["2 % dirty"]["cpu"] / first["cpu"], 1.1)
    empty(address)
    subprocess.run([sys.executable, HERE / "truth.py", dirty, address], check=False)
    empty(address)
    load(source, address)
    start, sha = ours(address, "loads")["cpu"], hashing(source)
    again = load(source, address)["cpu"]
    more = f": {again:.2f} s, of which {start:.2f} s to start; sha256 {sha:.2f} s"
    say("the same file again, less start-up", (again - start) / sha, 2, more)
    some = load(changed(source, folder / "changed.csv"), address)
    say("1 % changed, CPU", some["cpu"] / first["cpu"], 0.35)
    ours(address, "undo", "load-2")
    undone = ours(address, "undo", "load-1")
    say("undo, CPU", undone["cpu"] / first["cpu"], 1)
    say("undo, wall", undone["wall"] / first["wall"], 1)
    return first["largest"]


def main():
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("maker", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000, 3_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--profile", default="book-of-memory", help="a shipped one, or a file; beside the drafted mapping"
    )
    parser.add_argument("--engine", default="", metavar="URL", help="a PostgreSQL server; else files of SQLite")
    parser.add_argument("--folder", type=Path, help="where lists and databases lie; else a temporary one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as named, place(asked.engine, Path(named)) as address:
        peaks = [measure(Path(named), rows, address, asked) for rows in asked.rows]
    print(f"memory from the least to the greatest: {peaks[-1] / peaks[0]:.2f} x (bar 2)")


if __name__ == "__main__":
    main()
