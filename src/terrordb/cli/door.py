"""One door for errors: what a user can cause is told on the error stream, and nothing shows a traceback."""

from __future__ import annotations

import errno
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from terrordb.cli import hang_up
from terrordb.errors import TerrorDBError

BAD = 2  # exit code of every error a user can cause
FAULT = 70  # of the program's own
ROOM = "make room where it writes, or let TMPDIR name another folder for passing files; terrordb loads says what stands"


def run() -> NoReturn:
    """Run the command that was given and exit: 0, or 2 where the user can mend it, or 130 where interrupted."""
    try:
        _streams()
        from terrordb.cli.app import app

        try:
            app(prog_name="terrordb")
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        hang_up()
        raise SystemExit(0) from None
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):  # Typer has met it first
            hang_up()
            raise SystemExit(0) from None
        raise
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:  # noqa: BLE001  (the one door)
        told = error if isinstance(error, TerrorDBError) else _outside(error)
        print(f"terrordb: {told or _fault(error)}", file=sys.stderr)
        if isinstance(error, OSError) and error.filename is None:
            hang_up()  # it was the output: what is left cannot be printed either, and Python would try
        raise SystemExit(BAD if told else FAULT) from None
    raise SystemExit(0)


def _streams() -> None:
    """Make both streams usable: a pipe gets UTF-8, a terminal a sign for what it lacks, a closed one nothing."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115  (it is open as long as the program)
        elif isinstance(stream, TextIOWrapper) and stream.isatty():
            stream.reconfigure(errors="replace")
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape" if name == "stdout" else "backslashreplace")


def _outside(error: Exception) -> TerrorDBError | None:
    """Say what the system or the database complains of; None where the program itself is at fault."""
    if isinstance(error, UnicodeEncodeError):
        return TerrorDBError(f"'{error.object}' holds bytes that are no text", "write it in UTF-8")
    if isinstance(error, OSError):
        remedy = ROOM if error.errno == errno.ENOSPC else ""
        return TerrorDBError(str(error.strerror or error), remedy, os.fsdecode(error.filename or ""))
    if "sqlalchemy" in sys.modules:  # without it, nothing was asked of a database
        from terrordb.database import complaint

        if said := complaint(error):
            return TerrorDBError(f"the database says: {said}", ROOM if "disk" in said and "full" in said else "")
    return None


def _fault(error: Exception) -> TerrorDBError:
    from traceback import extract_tb

    last = extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    return TerrorDBError(
        f"a fault of the program, at {place}: {type(error).__name__}: {error}",
        "nothing you did is wrong: please open an issue with this line and the command you gave",
    )
