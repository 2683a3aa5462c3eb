"""`opsloop demo`: loads the sample department."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from opsloop.cli import installation
from opsloop.cli import migrate as migrations


def _show(done: int, total: int) -> None:
    """Draw how far it is, for somebody who watches."""
    if sys.stderr.isatty():
        click.echo(
            f"\r[{'#' * done}{'.' * (total - done)}]" + ("\n" if done == total else ""), err=True, nl=False
        )


@click.command()
@click.option("--reset", is_flag=True, help="Replace the sample department that is loaded already.")
@click.option("--remove", is_flag=True, help="Only remove the sample department.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@installation.home_option
def demo(*, reset: bool, remove: bool, as_json: bool, home: Path | None) -> None:
    """Load the sample department: 14 people, 120 tasks, six weeks of hours. The same every time."""
    installation.load(home)
    from opsloop.records.refusals import Refused
    from opsloop.sample import actions, build, content

    if migrations.pending():
        migrations.upgrade()
    try:
        if reset or remove:
            actions.remove()
        if not remove:
            actions.load(report=_show)
    except Refused as refusal:
        raise click.ClickException(refusal.reason) from refusal
    people = [
        {"username": row.key, "name": row.name, "title": row.title}
        for row in content.PEOPLE
        if row.key in {"su", "lin", "shen", "he"}
    ]
    facts = {} if remove else build.facts()
    if as_json:
        click.echo(
            json.dumps({"loaded": facts, "log_ins": people, "password": content.PASSWORD}, ensure_ascii=False)
        )
        return
    for row in people if not remove else []:
        click.echo(f"  {row['username']:<6} {row['name']} · {row['title']}")
    if not remove:
        click.echo(f"  {content.PASSWORD}")
