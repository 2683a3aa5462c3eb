"""Which SQLite libraries may hold our data.

SQLite 3.7.0 to 3.51.2 can corrupt a database in WAL mode, or lose commits, when several connections write
and checkpoint at the same time: the way we use it. Fixed in 3.51.3 and in the patch releases 3.44.6 and
3.50.7 (source: sqlite.org, "Write-Ahead Logging", section "The WAL-reset bug").
"""

from __future__ import annotations

Version = tuple[int, int, int]

FIRST_WITH_WAL: Version = (3, 7, 0)
FIXED: Version = (3, 51, 3)
# Older lines that got the repair as a patch: (major, minor) -> first repaired patch release.
REPAIRED_LINES: dict[tuple[int, int], int] = {(3, 44): 6, (3, 50): 7}


def is_safe(version: Version) -> bool:
    """Say whether this SQLite may serve several processes in WAL mode.

    Args:
        version: (major, minor, patch) as in `sqlite3.sqlite_version_info`.

    A library older than WAL itself cannot serve us either and is not safe.
    """
    if version >= FIXED:
        return True
    repaired_from = REPAIRED_LINES.get(version[:2])
    return repaired_from is not None and version[2] >= repaired_from
