"""The package stands alone: its wheel carries migrations and seed, and runs with no checkout beside it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import terrordb
from terrordb import database

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_carries_migrations_and_seed(wheel: Path) -> None:
    """Everything in alembic/ and data/seed/ is inside, and the tests are not."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    seed = {f"terrordb/_data/seed/{file.name}" for file in (ROOT / "data" / "seed").glob("*.csv")}
    steps = {f"terrordb/_alembic/versions/{file.name}" for file in (ROOT / "alembic" / "versions").glob("*.py")}
    assert seed
    assert steps
    others = {
        f"terrordb/_data/{folder}/{file.name}"
        for folder in ("coverage", "maps", "styles")
        for file in (ROOT / "data" / folder).iterdir()
    }
    assert seed | steps | others | {"terrordb/_alembic/env.py", "terrordb/py.typed"} <= names
    assert "terrordb/reports/report.typ" in names
    assert not [name for name in names if name.startswith("tests")]


def test_the_wheel_answers_with_no_checkout_beside_it(wheel: Path, tmp_path: Path) -> None:
    """Unpacked elsewhere, the program makes its database of the seed it carries, and answers."""
    installed, home = tmp_path / "site", tmp_path / "home"
    home.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("TERRORDB_", "XDG_"))}
    env |= {"HOME": str(home), "PYTHONPATH": str(installed)}
    code = "import terrordb, sys; print(terrordb.__file__, file=sys.stderr); from terrordb.cli import main; main()"
    asked = [sys.executable, "-c", code, "query", "orders", "id:order-00447", "--fields", "date"]
    ran = subprocess.run(asked, cwd=home, env=env, capture_output=True, text=True, check=False)
    assert str(installed) in ran.stderr
    assert (ran.returncode, ran.stdout) == (0, "date\nJuly 30, 1937\n"), ran.stderr


def test_shipped_folders_are_found_in_a_checkout() -> None:
    """In an editable install the folders lie beside the package, not in it."""
    for folder in ("alembic", "data/seed"):
        assert database.shipped(folder).is_dir()


def test_the_version_is_one() -> None:
    """What the package says is what the program prints and the changelog knows."""
    ran = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[1:] = ['--version']; from terrordb.cli import main; main()"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout == f"terrordb {terrordb.__version__}\n"
    assert re.search(r"^## (Unreleased|\d)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
