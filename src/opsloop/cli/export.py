"""`opsloop export`: one of the methodology's tables as a workbook or text."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from opsloop.cli import installation

KINDS = ("daily", "weekly", "ranking", "tracking", "assignment", "goals")


@click.command()
@click.argument("table", type=click.Choice(KINDS))
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .xlsx or .csv file."
)
@click.option("--as", "user", required=True, metavar="LOGIN", help="Whose view of the tasks is written.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day, or a day of the week, of the table.")
@click.option("--mine", is_flag=True, help="Only this person's own tasks.")
@installation.home_option
def export(*, table: str, out: Path, user: str, day: datetime | None, mine: bool, home: Path | None) -> None:
    """Write a table: daily 每日工作计划表, weekly 周工作计划表, ranking 任务优先级排序表,
    tracking 日常运营任务跟踪表, or assignment 任务分配表."""
    installation.load(home)
    from opsloop.exchange import queries, workbooks
    from opsloop.web import clock

    person = find_person(user)
    now = clock.now()
    kind = queries.kinds()[table]
    tasks = queries.tasks_of(person, "mine" if mine else "all")
    built = kind.build(person, tasks, (day or now).date(), now)
    try:
        if out.suffix.lower() == ".csv":
            workbooks.write_csv(built, out)
        else:
            workbooks.write([built], out)
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(f"{kind.title}: {len(built.rows)} → {out}", err=True)


def find_person(login: str) -> Any:
    """Return the active person of a user name or address.

    Raises:
        click.ClickException: there is none.
    """
    from django.db.models import Q

    from opsloop.organisation.models import Person

    person = Person.objects.active().filter(Q(username=login) | Q(email=login)).exclude(username="").first()
    if person is None:
        raise click.ClickException(f"Nobody here is called {login}.")
    return person
