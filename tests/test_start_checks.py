"""The checks before the first request."""

from __future__ import annotations

import sqlite3

import pytest
from django.core import checks as django_checks
from django.db import connection

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
