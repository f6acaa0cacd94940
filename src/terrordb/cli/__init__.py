"""The command line: what was asked is read, called and shown."""

import os
import sys


def main() -> None:
    """Run the program; its version is answered before anything is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        _version()
    else:
        try:
            from terrordb.cli.door import run

            run()
        except KeyboardInterrupt:  # while it was imported
            raise SystemExit(130) from None


def _version() -> None:
    from terrordb import __version__

    try:
        print(f"terrordb {__version__}", flush=True)
    except BrokenPipeError:
        hang_up()


def hang_up() -> None:
    """Print no more: the reader has what it wanted, and Python would complain while it closes the stream."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
