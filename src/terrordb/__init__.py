"""A relational historical database of the Great Purge: every fact leads back to the passage it stands on.

`open()` opens a database; `values` holds the three values, `models` the mapped classes.  All three are imported when
they are first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from terrordb import models, values
    from terrordb.library import Answer, Database, open

__version__ = "0.1.0"
__all__ = ["Answer", "Database", "TerrorDBError", "__version__", "models", "open", "values"]


def __getattr__(name: str) -> Any:
    """Import what is asked for (PEP 562)."""
    from importlib import import_module

    if name in ("models", "values"):
        return import_module(f"terrordb.{name}")
    if name in ("Answer", "Database", "open"):
        return getattr(import_module("terrordb.library"), name)
    if name == "TerrorDBError":
        return import_module("terrordb.errors").TerrorDBError
    raise AttributeError(f"module 'terrordb' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
