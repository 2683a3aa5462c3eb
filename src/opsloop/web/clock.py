"""The clock of the installation: the real one, or one that starts at a given time (docs/adr/0004).

A sample installation runs on a clock of its own, so that its week near a holiday is always the present
one. Everything below gets time handed in; this and the middleware are where it comes from.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

# Forked workers share it, so all of them show the same time.
_PROCESS_BEGAN = datetime.now(UTC)
# Time of the file as last read, what it says, and the real moment from which that counts.
_read: tuple[float, datetime, datetime] | None = None


def now() -> datetime:
    """Return the aware present: real, or counted on from the start that the clock file names."""
    real = datetime.now(UTC)
    start = _start()
    return real if start is None else start[0] + (real - start[1])


def is_sample() -> bool:
    """Whether this installation runs on a clock of its own."""
    return _start() is not None


def _start() -> tuple[datetime, datetime] | None:
    """Return (time to begin with, real moment it began), None for the real clock.

    It begins when the process did, or when the file was written if that is later.
    """
    global _read
    path: Path | None = settings.OPSLOOP_CLOCK_FILE
    if path is None:
        return None
    try:
        written = path.stat().st_mtime
    except OSError:
        return None
    if _read is None or _read[0] != written:
        begins = datetime.fromisoformat(path.read_text("ascii").strip())
        _read = (written, begins, max(_PROCESS_BEGAN, datetime.fromtimestamp(written, UTC)))
    return _read[1:]
