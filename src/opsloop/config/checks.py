"""What must hold before the first request: checked at every start of the server and by `opsloop doctor`."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connections
from django.utils.translation import gettext as _

from opsloop.engines import sqlite_versions
from opsloop.web import assets

# The tag by which `opsloop serve` and `opsloop doctor` ask for these checks alone.
TAG = "opsloop"
# Words of keys that were copied from an example.
EXAMPLE_WORDS = ("insecure", "changeme", "change-me", "change_me", "example", "secret-key", "your-secret")
SHORTEST_SECRET = 32


@checks.register(TAG)
def check_sqlite(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """Refuse a SQLite library that can lose commits (reliability.md, R3)."""
    if connections["default"].vendor != "sqlite":
        return []
    # settings.py has put the library of the pysqlite3 wheel in the place of the system's.
    if sqlite_versions.is_safe(sqlite3.sqlite_version_info[:3]):
        return []
    text = _("SQLite %(version)s can lose committed data when several processes write.")
    hint = _("Install the package pysqlite3, or set DATABASE_URL to a PostgreSQL server.")
    return [checks.Error(text % {"version": sqlite3.sqlite_version}, hint=hint, id="opsloop.E001")]


@checks.register(TAG)
def check_secret(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """Refuse a secret key that others could know or guess; a developer's server may keep it."""
    if settings.DEBUG:
        return []
    key = str(settings.SECRET_KEY).lower()
    if len(key) >= SHORTEST_SECRET and len(set(key)) >= 8 and not any(word in key for word in EXAMPLE_WORDS):
        return []
    text = _("The secret key is too short or is one from an example.")
    hint = _("Remove OPSLOOP_SECRET_KEY to have one made, or set it to at least 32 random characters.")
    return [checks.Error(text, hint=hint, id="opsloop.E002")]


@checks.register(TAG)
def check_secret_file(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """Refuse a secret key file that other users of the machine can read."""
    path = Path(settings.OPSLOOP_HOME) / "secret.key"
    if os.name != "posix" or not path.is_file() or not path.stat().st_mode & 0o077:
        return []
    text = _("Other users of this machine can read %(path)s.") % {"path": path}
    return [checks.Error(text, hint=_("Run: chmod 600 %(path)s") % {"path": path}, id="opsloop.E003")]


@checks.register(TAG)
def check_assets(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """Warn when pages would have neither styles nor behaviour."""
    if assets.MANIFEST.is_file():
        return []
    text = _("The front end has not been built, so pages have no styles.")
    return [checks.Warning(text, hint=_("In a checkout run: python3 dev.py run"), id="opsloop.W001")]
