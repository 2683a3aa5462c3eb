"""`opsloop doctor`: is this installation sound, and if not, what to do."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Literal

import click

import opsloop
from opsloop.cli import installation
from opsloop.cli import migrate as migrations

State = Literal["ok", "warning", "broken"]
MEBIBYTE = 1024 * 1024
# A database that cannot grow loses work; a full week of a department needs far less than the larger bound.
LITTLE_DISK = 1024
NO_DISK = 200
OLDEST_POSTGRESQL = 15


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `state` is "broken" where Opsloop cannot be trusted to work."""

    name: str
    state: State
    detail: str
    remedy: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@installation.home_option
def doctor(*, as_json: bool, home: Path | None) -> None:
    """Examine this installation; exit 1 when something is broken."""
    installation.load(home, needs_database=False)
    findings = examine()
    broken = any(finding.state == "broken" for finding in findings)
    if as_json:
        report = {
            "ok": not broken,
            "checks": [asdict(finding) for finding in findings],
            "versions": versions(),
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        show(findings)
    raise SystemExit(1 if broken else 0)


def show(findings: list[Finding]) -> None:
    """Print the findings for a person, one a line, with the remedy below."""
    marks = {"ok": "✓", "warning": "!", "broken": "✗"}
    for finding in findings:
        click.echo(f"{marks[finding.state]} {finding.name}: {finding.detail}")
        if finding.remedy:
            click.echo(f"    {finding.remedy}")
    click.echo(" · ".join(f"{name} {version}" for name, version in versions().items()))


def examine() -> list[Finding]:
    """Return every finding, in the order in which a person would look."""
    findings = [home_folder(), disk(), *start_checks(), planner()]
    database = database_answers()
    findings.append(database)
    if database.state != "broken":
        findings += [tables(), calendar()]
    return findings


def home_folder() -> Finding:
    """Say where the data is."""
    from django.conf import settings
    from django.utils.translation import gettext as _

    return Finding("home", "ok", _("The data is in %(path)s.") % {"path": settings.OPSLOOP_HOME})


def disk() -> Finding:
    """Look at the room left where the data is."""
    from django.conf import settings
    from django.utils.translation import gettext as _

    free = shutil.disk_usage(settings.OPSLOOP_HOME).free // MEBIBYTE
    state: State = "broken" if free < NO_DISK else "warning" if free < LITTLE_DISK else "ok"
    remedy = "" if state == "ok" else _("Make room on this disk, or move the data with --home.")
    return Finding("disk", state, _("%(free)d MiB are free.") % {"free": free}, remedy)


def start_checks() -> Iterator[Finding]:
    """Yield what the checks at every start of the server say: SQLite, secret, front end."""
    from django.core import checks
    from django.utils.translation import gettext as _

    messages = checks.run_checks(tags=["opsloop"])
    for message in messages:
        state: State = "broken" if message.is_serious() else "warning"
        yield Finding(message.id or "check", state, str(message.msg), str(message.hint or ""))
    if not messages:
        yield Finding("start", "ok", _("The checks at the start of the server pass."))


def planner() -> Finding:
    """Say whether the inner loop of the planner is compiled."""
    from django.utils.translation import gettext as _

    from opsloop.engines.scheduling import kernel

    if kernel.COMPILED:
        return Finding("planner", "ok", _("The planner is compiled."))
    text = _("The planner runs uncompiled: its plans hold, but it searches a shorter time for good ones.")
    remedy = _("Install a C compiler and the headers of Python, then run: python hatch_build.py kernel")
    return Finding("planner", "warning", text, remedy)


def database_answers() -> Finding:
    """Ask the database for its version."""
    from django.db import DatabaseError, connection
    from django.utils.translation import gettext as _

    try:
        installation.reach_database()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        found = connection.get_database_version()
    except click.ClickException as error:
        return Finding("database", "broken", error.message)
    except DatabaseError as error:
        return Finding("database", "broken", installation.unreachable(error))
    name = f"{connection.display_name} {'.'.join(map(str, found))}"
    if connection.vendor == "postgresql" and found[0] < OLDEST_POSTGRESQL:
        return Finding("database", "broken", name, _("Use PostgreSQL 15 or newer."))
    return Finding("database", "ok", name)


def tables() -> Finding:
    """Compare the tables with this version."""
    from django.utils.translation import gettext as _

    waiting = migrations.pending()
    if waiting:
        text = _("%(count)d upgrades of the database wait.") % {"count": len(waiting)}
        return Finding("tables", "broken", text, _("Run: opsloop migrate"))
    return Finding("tables", "ok", _("The database is up to date."))


def calendar() -> Finding:
    """Say which of this and the next year still lack the official notice of make-up days."""
    from django.utils.translation import gettext as _

    from opsloop.engines import workcalendar

    year = datetime.now(UTC).year
    known = workcalendar.china([year, year + 1])
    open_years = [str(one) for one in (year, year + 1) if known.is_provisional(one)]
    if not open_years:
        return Finding("calendar", "ok", _("The make-up days of this and the next year are known."))
    text = _("The official notice of make-up days is not known for: %(years)s.")
    remedy = _("Update the package `holidays`, or import the notice on the calendar page.")
    return Finding("calendar", "warning", text % {"years": ", ".join(open_years)}, remedy)


def versions() -> dict[str, str]:
    """Return the versions that a report of a fault should name."""
    found = {"opsloop": opsloop.__version__, "python": platform.python_version()}
    named: Callable[[str], str] = metadata.version
    for package in ("Django", "granian", "pysqlite3", "holidays"):
        try:
            found[package] = named(package)
        except metadata.PackageNotFoundError:
            found[package] = "-"
    return found
