"""Connections to SQLite that are kept between requests: used again while they are as good as new, else closed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from opsloop.records.sqlite.base import DatabaseWrapper
from opsloop.records.sqlite.kept import MOST, keeper

# Of files of their own, so on SQLite whatever database the suite runs on; once is enough.
pytestmark = pytest.mark.once


@pytest.fixture
def kept() -> Iterator[None]:
    keeper.start()
    yield
    keeper.stop()


@pytest.fixture
def file(tmp_path: Path, django_db_blocker: Any) -> Iterator[Path]:
    path = tmp_path / "rows.sqlite3"
    # The database of the suite is not touched.
    with django_db_blocker.unblock():
        connection = opened(path)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE row (name text)")
            cursor.executemany("INSERT INTO row VALUES (%s)", [(str(number),) for number in range(500)])
        connection.close()
        yield path


def opened(path: Path) -> DatabaseWrapper:
    """Return what a thread of a request has: a wrapper of its own, connected."""
    options = {"transaction_mode": "IMMEDIATE", "timeout": 0.1, "init_command": "PRAGMA journal_mode=WAL"}
    named = {"TIME_ZONE": None, "AUTOCOMMIT": True, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    settings: dict[str, Any] = {"NAME": str(path), "OPTIONS": options, "TEST": {}, **named}
    connection = DatabaseWrapper(settings)
    connection.ensure_connection()
    return connection


def names(connection: DatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM row")
        return int(cursor.fetchone()[0])


def add(connection: DatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO row VALUES ('new')")


@pytest.mark.usefixtures("kept")
def test_another_thread_goes_on_with_what_one_has_closed(file: Path) -> None:
    first = opened(file)
    raw = first.connection
    first.close()

    def other() -> tuple[bool, int]:
        connection = opened(file)
        found = connection.connection is raw, names(connection)
        connection.close()
        return found

    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(other).result() == (True, 500)


@pytest.mark.usefixtures("kept")
def test_two_at_once_have_one_each(file: Path) -> None:
    opened(file).close()
    first, second = opened(file), opened(file)
    assert first.connection is not second.connection
    first.close()
    second.close()


def test_a_command_closes_for_good(file: Path) -> None:
    first = opened(file)
    raw = first.connection
    first.close()
    second = opened(file)
    assert second.connection is not raw
    second.close()


@pytest.mark.usefixtures("kept")
def test_no_more_are_kept_than_said(file: Path) -> None:
    many = [opened(file) for _ in range(MOST + 2)]
    raw = {id(one.connection): one.connection for one in many}
    for one in many:
        one.close()
    again = [opened(file) for _ in range(MOST + 2)]
    assert sum(id(one.connection) in raw for one in again) == MOST
    for one in again:
        one.close()


@pytest.mark.usefixtures("kept")
def test_a_statement_nobody_read_to_its_end_does_not_hold_an_old_state(file: Path) -> None:
    first = opened(file)
    forgotten = first.cursor()
    forgotten.execute("SELECT name FROM row")
    assert forgotten.fetchone() == ("0",)
    writer = opened(file)
    add(writer)
    assert names(first) == 500, "the open statement holds the state in which it began"
    first.close()
    second = opened(file)
    assert names(second) == 501
    second.close()
    writer.close()


@pytest.mark.usefixtures("kept")
def test_after_an_error_it_is_opened_anew(file: Path) -> None:
    first = opened(file)
    raw = first.connection
    with pytest.raises(OperationalError), first.cursor() as cursor:
        cursor.execute("SELECT nothing FROM row")
    # What Django does at the end of every request.
    first.close_if_unusable_or_obsolete()
    assert first.connection is None
    second = opened(file)
    assert second.connection is not raw
    second.close()


@pytest.mark.usefixtures("kept")
def test_closing_within_a_transaction_takes_the_write_back(file: Path) -> None:
    first = opened(file)
    raw = first.connection
    first.set_autocommit(False)
    add(first)
    first.close()
    second = opened(file)
    assert second.connection is not raw
    assert names(second) == 500
    second.close()


@pytest.mark.usefixtures("kept")
def test_a_file_that_was_put_in_its_place_is_seen_at_once(file: Path, tmp_path: Path) -> None:
    first = opened(file)
    first.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(file, tmp_path / "copy.sqlite3")
    add(first)
    first.close()
    (tmp_path / "copy.sqlite3").replace(file)
    for rest in ("-wal", "-shm"):
        file.with_name(file.name + rest).unlink(missing_ok=True)
    second = opened(file)
    assert names(second) == 500
    second.close()


def test_a_child_process_uses_nothing_of_its_parent(file: Path) -> None:
    keeper.start()
    first = opened(file)
    raw = first.connection
    first.close()
    child = os.fork()
    if not child:
        # The child of a process that keeps: what it asks for must be opened by itself.
        os._exit(int(opened(file).connection is raw))
    _pid, status = os.waitpid(child, 0)
    keeper.stop()
    assert os.waitstatus_to_exitcode(status) == 0
