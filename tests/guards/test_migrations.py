"""Guards over migrations: complete, linear, and free of our code."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.utils import ConnectionHandler

from tests.shared import administer, create_database, drop_database

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "opsloop"


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration() -> None:
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, verbosity=1, stdout=out)
    assert "No changes detected" in out.getvalue()


@pytest.mark.django_db
def test_each_package_has_one_newest_migration() -> None:
    assert MigrationLoader(connection).detect_conflicts() == {}


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.glob("*/migrations/0*.py")), ids=lambda path: f"{path.parts[-3]}/{path.stem}"
)
def test_a_migration_imports_no_code_that_may_change_under_it(path: Path) -> None:
    imports = [
        line
        for line in path.read_text("utf-8").splitlines()
        if line.startswith(("import opsloop", "from opsloop"))
    ]
    # Field definitions of records are allowed: makemigrations writes them.
    assert all("models" not in line or "records" in line for line in imports), imports


# --- the two ways to the tables ------------------------------------------------------------------------


def described(connection: Any) -> list[tuple[str, ...]]:
    """Return everything the database holds but rows: tables with columns and constraints in no order, indexes."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            return sorted((kind, name, *parts(text)) for kind, name, text in cursor.fetchall())
        cursor.execute(
            "SELECT table_name, column_name, data_type, is_nullable, coalesce(column_default, ''),"
            " coalesce(character_maximum_length, 0)::text FROM information_schema.columns WHERE table_schema = 'public'"
            " UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', '' FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace"
            " UNION ALL SELECT tablename, indexname, indexdef, '', '', '' FROM pg_indexes WHERE schemaname = 'public'"
        )
        return sorted(cursor.fetchall())


def parts(text: str) -> list[str]:
    """Return a CREATE statement as what stands in its outer brackets, in alphabetical order, after its head."""
    head, bracket, body = text.partition("(")
    found, depth = [""], 0
    for letter in body[: body.rfind(")")] if bracket else "":
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    is_table = head.startswith("CREATE TABLE")
    return [head, *(sorted(one.strip() for one in found) if is_table else [body])]


def stepwise(name: str) -> Any:
    """Return a connection to a database of its own, to which the migrations led one after the other."""
    copy = ConnectionHandler({"default": {**connection.settings_dict, "NAME": name}})["default"]
    executor = MigrationExecutor(copy)
    executor.migrate(executor.loader.graph.leaf_nodes())
    return copy


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the next test is about PostgreSQL")
def test_a_new_database_is_what_the_migrations_make(tmp_path: Path) -> None:
    other = stepwise(str(tmp_path / "stepwise.sqlite3"))
    try:
        assert without_cache(described(other)) == without_cache(described(connection))
    finally:
        other.close()


@pytest.mark.load
@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the test before is about SQLite")
def test_a_new_database_of_postgresql_is_what_the_migrations_make() -> None:
    own, server = f"opsloop_stepwise_{os.getpid()}", os.environ["DATABASE_URL"]
    administer(server, drop_database(own), create_database(own))
    other = stepwise(own)
    try:
        assert without_cache(described(other)) == without_cache(described(connection))
    finally:
        other.close()
        administer(server, drop_database(own))


def without_cache(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Leave out the table of the cache, which no migration makes, and one of Django whose key has another width.

    The latter joins groups and their permissions, which nothing here uses.
    """
    assert len(rows) > 100
    apart = ("cache", "auth_group_permissions")
    return [row for row in rows if not any(name in str(part) for part in row[:2] for name in apart)]
