"""The checks before the first request."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import checks as django_checks
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from opsloop.cli.migrate import nothing_waits, pending
from opsloop.config import checks


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about the embedded database")
def test_it_refuses_a_sqlite_that_can_lose_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.check_sqlite() == []
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    assert [message.id for message in checks.check_sqlite()] == ["opsloop.E001"]


@pytest.mark.database
@pytest.mark.skipif(connection.vendor == "sqlite", reason="about PostgreSQL")
def test_the_sqlite_library_does_not_matter_on_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    assert checks.check_sqlite() == []


def test_the_server_asks_for_these_checks_by_their_tag() -> None:
    assert django_checks.registry.registry.tag_exists(checks.TAG)


# What only some pages or commands need; importing it at its use keeps a start under two seconds and a server small.
LAZY = (
    "docx", "holidays.countries", "icalendar", "jieba", "numpy", "opencc", "openpyxl", "opsloop.sample.build", "pypinyin",
    "pytest", "python_calamine", "pytz", "typst", "xlrd", "xlsxwriter",
)  # fmt: skip


def test_a_start_imports_nothing_that_few_pages_need(tmp_path: Path) -> None:
    code = (
        "import json, sys; from opsloop.cli import installation, serve; installation.load(needs_database=False);"
        "serve.preload(); print(json.dumps(sorted(sys.modules)))"
    )
    env = {**os.environ, "OPSLOOP_HOME": str(tmp_path), "DATABASE_URL": ""}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)
    assert "opsloop.config.urls" in loaded
    assert [name for name in loaded if name in LAZY] == []
    assert [name for name in loaded if name.startswith("opsloop.") and ".migrations." in name] == []


def test_a_server_whose_migrations_are_all_applied_reads_none_of_them(db: None) -> None:
    assert nothing_waits(connection)
    recorder = MigrationRecorder(connection)
    newest = max(name for app, name in recorder.applied_migrations() if app == "notices")
    recorder.record_unapplied("notices", newest)
    assert not nothing_waits(connection)
    assert pending() == [f"notices.{newest}"]
