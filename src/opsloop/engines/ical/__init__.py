"""iCalendar files (RFC 5545) in and out, as values."""

from opsloop.engines.ical.reading import Occurrence, Reading, UnreadableError, read
from opsloop.engines.ical.writing import Entry, write

__all__ = ["Entry", "Occurrence", "Reading", "UnreadableError", "read", "write"]
