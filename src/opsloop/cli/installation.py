"""Opens one installation for a command: where its data is, its settings, the language of its words."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

# Shared by every command that works on an installation.
home_option: Callable[[Any], Any] = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of this installation's data (default: $OPSLOOP_HOME or ~/.opsloop).",
)

# Seconds that a PostgreSQL server has for its first answer.
CONNECTED_WITHIN = 5


def load(home: Path | None = None, *, needs_database: bool = True) -> None:
    """Make Django ready for the installation in `home`, or in $OPSLOOP_HOME, or in ~/.opsloop.

    Raises:
        click.ClickException: the folder cannot be used, a setting has no meaning, or a database that is needed does
            not answer; says which and why.
    """
    if home is not None:
        os.environ["OPSLOOP_HOME"] = str(home.expanduser().resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsloop.config.settings")
    # Django and environs are imported late: `opsloop --help` must not wait for them.
    import django
    from django.core.exceptions import ImproperlyConfigured
    from environs import EnvError

    try:
        from django.conf import settings

        make_home(Path(settings.OPSLOOP_HOME))
        django.setup()
    except (EnvError, ImproperlyConfigured, OSError) as error:
        raise click.ClickException(str(error)) from error
    speak()
    if needs_database:
        reach_database()


def reach_database() -> None:
    """Ask a PostgreSQL server for one connection: the pool would try for seconds and not say what is wrong.

    Raises:
        click.ClickException: it does not answer, or does not let us in.
    """
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    import psycopg

    try:
        psycopg.connect(**connection.get_connection_params(), connect_timeout=CONNECTED_WITHIN).close()
    except psycopg.Error as error:
        raise click.ClickException(unreachable(error)) from error


def unreachable(error: Exception) -> str:
    """Return what to tell a person whose database does not answer."""
    from django.utils.translation import gettext as _

    # The first line names server and cause; those after it repeat it for each address, or guess.
    reason = str(error).strip().splitlines() or [type(error).__name__]
    return _("The database does not answer: %(reason)s. Check DATABASE_URL.") % {
        "reason": reason[0].rstrip(".")
    }


def make_home(home: Path) -> None:
    """Create the data folder, for its owner only.

    Raises:
        OSError: it cannot be created or written.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(home, os.W_OK | os.X_OK):
        raise PermissionError(f"{home} cannot be written; choose another folder with --home or OPSLOOP_HOME.")


def speak() -> None:
    """Use the language of the terminal where we have it, else the one of the settings."""
    from django.utils import translation

    for name in ("OPSLOOP_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = os.environ.get(name, "").partition(".")[0].replace("_", "-").lower()
        if wanted and wanted not in {"c", "posix"}:
            try:
                translation.activate(translation.get_supported_language_variant(wanted))
            except LookupError:
                translation.activate("en")
            return
    from django.conf import settings

    translation.activate(settings.LANGUAGE_CODE)
