"""The README says what the program does: each command in it is run, and prints what stands there.

`python tests/test_documents.py` writes the outputs anew, to be read before they are kept.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
PROGRAM = f'terrordb() {{ "{sys.executable}" -c "from terrordb.cli import main; main()" "$@"; }}\n'


def told(command: str, home: str) -> str:
    """Run one line as a shell would, with the program's errors among its output."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TERRORDB_", "XDG_", "COLUMNS"))}
    env = clean | {"HOME": home, "PYTHONPATH": str(ROOT / "src"), "LC_ALL": "C.UTF-8"}
    ran = subprocess.run(
        ["bash", "-c", PROGRAM + command + " 2>&1"],
        cwd=home,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return ran.stdout


def rewritten(text: str) -> str:
    """Run every command of a document and put its output beneath it."""
    with tempfile.TemporaryDirectory() as home:
        told("terrordb kinds && terrordb query nobody --quiet", home)  # the first question makes the database

        def block(found: re.Match[str]) -> str:
            commands = [line for line in found[1].splitlines() if line.startswith("$ ")]
            return "```console\n" + "".join(f"{line}\n{told(line[2:], home)}" for line in commands) + "```"

        return BLOCK.sub(block, text)


def test_the_readme_prints_what_the_program_prints() -> None:
    """Every output in the README is the one its command gives, on a database made of the seed."""
    text = README.read_text(encoding="utf-8")
    assert rewritten(text) == text


def test_the_example_in_python_runs(tmp_path: Path) -> None:
    """The README's example of the library runs as it stands, on a database of its own."""
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    env = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    env.pop("TERRORDB_URL", None)
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=env, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "1937-12/1938-02 1937-12-01 1938-02-28" in ran.stdout


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
