"""`opsloop refresh-calendars`: fetch the outside calendars that are due, for a timer of the operating system."""

from __future__ import annotations

from pathlib import Path

import click

from opsloop.cli import installation


@click.command("refresh-calendars")
@installation.home_option
def refresh_calendars(*, home: Path | None) -> None:
    """Fetch every outside calendar that has not been fetched for half an hour."""
    installation.load(home)
    from opsloop.calendars.actions import outside
    from opsloop.web import clock

    fetched = failed = 0
    for row in outside.due(at=clock.now()).select_related("person").order_by("due_at", "pk"):
        went_well = outside.refresh(calendar=row, at=clock.now())
        fetched, failed = fetched + went_well, failed + (not went_well)
    click.echo(f"{fetched} fetched, {failed} failed.", err=True)
