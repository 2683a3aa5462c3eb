"""`opsloop worker`: do background work without serving pages, on this machine or beside the servers of others."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click

from opsloop.cli import installation, processes
from opsloop.cli import migrate as migrations


@click.command()
@click.option(
    "--processes",
    "count",
    default=1,
    show_default=True,
    type=click.IntRange(1, 32),
    help="Worker processes; each does several things at a time.",
)
@installation.home_option
def worker(*, count: int, home: Path | None) -> None:
    """Work in the background until Ctrl+C or SIGTERM. Any number may run, on PostgreSQL also on other machines."""
    installation.load(home)
    from django.utils.translation import gettext as _

    waiting = migrations.pending()
    if waiting:
        text = _("The database is older than this version: %(count)d upgrades wait. Run: opsloop migrate")
        raise click.ClickException(text % {"count": len(waiting)})
    click.echo(_("Working in the background. Press Ctrl+C to stop."))
    if count == 1:
        processes.work()
    supervise(count)


def supervise(count: int) -> None:
    """Keep `count` worker processes until a signal comes."""
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork", force=True)
    processes.forget_connections()
    stopped = threading.Event()

    def stop(_number: int, _frame: Any) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    workers = processes.Workers(count)
    workers.start()
    while not stopped.wait(1):
        pass
    workers.stop()
