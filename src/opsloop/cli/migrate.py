"""`opsloop migrate`: bring the database to the tables of this version."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import click

from opsloop.cli import installation

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

# Copies of an embedded database that are kept from before an upgrade.
KEPT_COPIES = 3
UNFINISHED = "upgrade-not-finished.sqlite3"


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when something is to do.")
@installation.home_option
def migrate(*, check: bool, home: Path | None) -> None:
    """Create or upgrade the tables of the database."""
    installation.load(home)
    from django.utils.translation import gettext as _

    waiting = pending()
    for name in waiting:
        click.echo(name)
    if check:
        raise SystemExit(1 if waiting else 0)
    copy = upgrade()
    if copy is not None:
        click.echo(_("A copy from before the upgrade is in %(path)s.") % {"path": copy})
    click.echo(_("The database is up to date."))


def pending() -> list[str]:
    """Return the migrations not yet applied, as "app.name" in the order in which they would run.

    Raises:
        click.ClickException: the database cannot be reached.
    """
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        if nothing_waits(connection):
            return []
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise click.ClickException(installation.unreachable(error)) from error
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def nothing_waits(connection: BaseDatabaseWrapper) -> bool:
    """Say whether each migration that has a file was applied: by names alone, without reading a hundred files."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    applied = MigrationRecorder(connection).applied_migrations().keys()
    for app in apps.get_app_configs():
        package, _explicit = MigrationLoader.migrations_module(app.label)
        spec = find_spec(package) if package else None
        if spec is not None and not {
            (app.label, module.name)
            for module in iter_modules(spec.submodule_search_locations)
            if not module.ispkg and module.name[0] not in "_~"
        }.issubset(applied):
            return False
    return True


def upgrade() -> Path | None:
    """Make the tables of a new database, or apply every pending migration to an older one.

    Returns the copy of an embedded database made before, if any.

    Raises:
        click.ClickException: the upgrade could not be finished; says why and where the copy is.
    """
    from django.core.management import CommandError, call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.exceptions import InconsistentMigrationHistory
    from django.utils.translation import gettext as _

    from opsloop.cli import tables

    copy = copy_before_upgrade(connection) if connection.vendor == "sqlite" else None
    try:
        if not connection.introspection.table_names():
            tables.lay(connection)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    except (DatabaseError, CommandError, InconsistentMigrationHistory) as error:
        text = _("The upgrade of the database stopped: %(reason)s The data from before it is in %(path)s.")
        raise click.ClickException(text % {"reason": f"{error}.", "path": copy or "-"}) from error
    return keep(copy) if copy is not None else None


def copy_before_upgrade(connection: BaseDatabaseWrapper) -> Path | None:
    """Copy an embedded database that holds tables and has migrations to come; return the copy or None.

    The copy of an upgrade that did not finish is left alone: it is the last sound one.
    """
    source = Path(str(connection.settings_dict["NAME"]))
    if not source.is_file() or not connection.introspection.table_names() or not pending():
        return None
    folder = source.parent / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / UNFINISHED
    if not target.exists():
        with connection.cursor() as cursor:
            # A consistent copy of what is committed, also while another process reads or writes.
            cursor.execute("VACUUM INTO %s", [str(target)])
    return target


def keep(copy: Path) -> Path:
    """Name the copy of a finished upgrade by its time and remove the oldest beyond `KEPT_COPIES`."""
    kept = copy.with_name(f"before-upgrade-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.sqlite3")
    copy.replace(kept)
    for old in sorted(copy.parent.glob("before-upgrade-*.sqlite3"))[:-KEPT_COPIES]:
        old.unlink()
    return kept
