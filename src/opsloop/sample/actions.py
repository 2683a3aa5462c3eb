"""Loading and removing the sample department."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from opsloop.organisation.models import Organisation
from opsloop.records.refusals import Refused
from opsloop.sample import build

# Packages of libraries whose rows go with the sample, beside all of ours.
THEIRS = ("account", "mfa", "usersessions", "sessions")


def load(*, report: build.Report = build.silent) -> None:
    """Load the sample into an empty installation, and set its clock.

    Raises:
        Refused: there is an organisation already.
    """
    if Organisation.objects.exists():
        raise Refused(_("There is an organisation already. Load the sample with --reset to replace it."))
    build.load(report=report)
    clock_file().write_text(build.NOW.isoformat(), "ascii")


def remove() -> None:
    """Remove the sample department with everything that was added to it, and its clock.

    Raises:
        Refused: the organisation here is a real one; it is never emptied this way.
    """
    organisation = Organisation.objects.first()
    if organisation is not None and not organisation.is_demo:
        raise Refused(_("This is a real organisation, not the sample. Nothing was removed."))
    with transaction.atomic():
        _empty()
    clock_file().unlink(missing_ok=True)


def clock_file() -> Path:
    """Return the file that says at which time the clock of a sample installation starts."""
    return Path(settings.OPSLOOP_HOME) / "clock"


def _empty() -> None:
    """Delete all rows of the domain, whatever points at what."""
    ours = [config.label for config in apps.get_app_configs() if config.name.startswith("opsloop.")]
    models = [
        model
        for label in (*ours, *THEIRS)
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    ]
    with connection.constraint_checks_disabled() if connection.vendor == "sqlite" else _truncated(models):
        for model in models:
            model._base_manager.all()._raw_delete(connection.alias)
    if connection.vendor == "sqlite":
        # Ids start at 1 again, so that the sample is the same every time.
        with connection.cursor() as cursor:
            for model in models:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])


class _truncated:  # noqa: N801  (used as a context manager only)
    """On PostgreSQL one TRUNCATE removes rows that point at each other."""

    def __init__(self, models: list[type]) -> None:
        self._tables = [connection.ops.quote_name(model._meta.db_table) for model in models]  # type: ignore[attr-defined]

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(self._tables)} RESTART IDENTITY CASCADE")

    def __exit__(self, *_details: object) -> None:
        return None
