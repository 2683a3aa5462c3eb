"""Guards over migrations: complete, linear, and free of our code."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

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
