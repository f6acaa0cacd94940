#!/usr/bin/env python3
"""Time how long the program takes to start, beside plain Python in the same run: whole processes, interleaved, medians.

    python benchmarks/start.py [ROUNDS]

Run it with the Python of an environment where terrordb is installed and compiled (pip compiles; `python -m compileall`
does too).  The bars are those of the issue that asked for them; nothing here is a test.
"""

import importlib.util
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

PROGRAM = str(Path(sysconfig.get_path("scripts")) / "terrordb")
PASS = [sys.executable, "-c", "pass"]
IMPORTS = [sys.executable, "-c", "import typer, sqlalchemy.orm, lark"]
PAIRS = (  # what is timed, beside what, and how many times that at most
    ("terrordb --version", [PROGRAM, "--version"], PASS, 3.0),
    ("terrordb --help", [PROGRAM, "--help"], PASS, 8.0),
    ("terrordb query persons bukharin", [PROGRAM, "query", "persons", "bukharin"], IMPORTS, 1.4),
)


def compiled():
    """Find modules that would be compiled at every start; a measurement with such is worth nothing."""
    bare = []
    for name in ("terrordb", "terrordb.models", "terrordb.querying", "typer", "sqlalchemy", "sqlalchemy.orm", "lark"):
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            bare.append(f"{name} (not installed)")
        elif not Path(importlib.util.cache_from_source(spec.origin)).exists():
            bare.append(name)
    return bare


def run(command, env):
    """Run a command with its output read and thrown away: wall and CPU seconds."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.read()
    process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - began, used.ru_utime + used.ru_stime


def main():
    """Time each pair and print the medians and their ratio."""
    if bare := compiled():
        where = f"{sysconfig.get_path('purelib')} src"
        sys.exit(f"not compiled: {', '.join(bare)}; run: {sys.executable} -m compileall -q {where}")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as home:
        env = os.environ | {"HOME": home, "XDG_DATA_HOME": home, "PYTHONDONTWRITEBYTECODE": "1"}
        env.pop("TERRORDB_URL", None)
        run([PROGRAM, "query", "bukharin"], env)  # the first question makes the database
        print(f"{'command':36}{'wall ms':>9}{'beside':>9}{'ratio':>8}{'at most':>9}{'CPU ratio':>11}")
        for called, command, beside, most in PAIRS:
            taken = [(run(command, env), run(beside, env)) for _ in range(rounds + 1)][1:]
            wall, other = (statistics.median(pair[n][0] for pair in taken) for n in (0, 1))
            cpu = statistics.median(a[1] for a, _ in taken) / statistics.median(b[1] for _, b in taken)
            print(f"{called:36}{wall * 1000:9.1f}{other * 1000:9.1f}{wall / other:8.2f}{most:9.1f}{cpu:11.2f}")


if __name__ == "__main__":
    main()
