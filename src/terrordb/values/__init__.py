"""Values: the words of a source, and the plain columns they imply."""

from terrordb.values.dates import HistoricalDate
from terrordb.values.figures import Figure
from terrordb.values.names import Name

__all__ = ["Figure", "HistoricalDate", "Name"]
