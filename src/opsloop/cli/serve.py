"""`opsloop serve`: the web server and a worker for the background, in one command that starts and stops cleanly.

The parent process imports everything once and forks: the workers share its memory, so that two of them
cost little more than one, and they answer as soon as they exist.
"""

from __future__ import annotations

import gc
import ipaddress
import logging
import multiprocessing
import os
import socket
import sys
import warnings
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click

import opsloop
from opsloop.cli import installation, processes
from opsloop.cli import migrate as migrations
from opsloop.cli.edge import Edge

APPLICATION = "opsloop.config.asgi"
# Objects made and not yet dropped before the garbage collector looks for cycles: more than one page makes.
COLLECT_AFTER = 50_000


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
@click.option(
    "--workers",
    default=2,
    show_default=True,
    envvar="OPSLOOP_WORKERS",
    type=click.IntRange(1, 64),
    help="Web processes; also $OPSLOOP_WORKERS.",
)
@click.option(
    "--no-migrate", is_flag=True, help="Do not upgrade the database; refuse to start if it is needed."
)
@click.option("--no-worker", is_flag=True, help="Do not work in the background here; see `opsloop worker`.")
@installation.home_option
def serve(
    *, host: str, port: int, workers: int, no_migrate: bool, no_worker: bool, home: Path | None
) -> None:
    """Serve Opsloop until Ctrl+C or SIGTERM."""
    # Until `settle_memory`: what is imported stays, and looking through it again and again takes a third of a start.
    gc.disable()
    installation.load(home)
    refuse_unsafe(host)
    refuse_taken(host, port)
    prepare_database(migrate=not no_migrate)
    hint = first_run_hint()
    preload()
    background = None if no_worker else processes.Workers()
    run(host, port, workers, background=background, hint=hint)


def refuse_unsafe(host: str) -> None:
    """Stop before anything is served when a start-up check fails; print its warnings.

    Raises:
        click.ClickException: names every error and its remedy.
    """
    from django.conf import settings
    from django.core import checks
    from django.utils.translation import gettext as _

    errors = []
    for message in checks.run_checks(tags=["opsloop"]):
        text = f"{message.msg} {message.hint or ''}".strip()
        if message.is_serious():
            errors.append(text)
        else:
            click.echo(text, err=True)
    if settings.DEBUG and not is_loopback(host):
        errors.append(_("OPSLOOP_DEBUG shows internals to everyone; it may only be served on 127.0.0.1."))
    if errors:
        raise click.ClickException("\n".join(errors))


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address or host name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_taken(host: str, port: int) -> None:
    """Stop with a clear word when the address is taken or is not ours.

    Raises:
        click.ClickException: says which address and why.
    """
    from django.utils.translation import gettext as _

    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        text = _("Cannot listen on %(host)s port %(port)d: %(reason)s. Choose another with --port.")
        reason = error.strerror or error
        raise click.ClickException(text % {"host": host, "port": port, "reason": reason}) from error


def prepare_database(*, migrate: bool) -> None:
    """Bring an embedded database up to date; for a server of your own say what is to do, and stop.

    Several machines may share a PostgreSQL server, so there the upgrade is the administrator's to start.

    Raises:
        click.ClickException: the database does not answer or waits for `opsloop migrate`.
    """
    from django.db import connection
    from django.utils.translation import gettext as _

    waiting = migrations.pending()
    if waiting and migrate and (connection.vendor == "sqlite" or not connection.introspection.table_names()):
        gc.enable()
        copy = migrations.upgrade()
        gc.disable()
        gc.collect()
        if copy is not None:
            click.echo(_("A copy from before the upgrade is in %(path)s.") % {"path": copy})
    elif waiting:
        text = _("The database is older than this version: %(count)d upgrades wait. Run: opsloop migrate")
        raise click.ClickException(text % {"count": len(waiting)})


def first_run_hint() -> str:
    """Return a word for the administrator of an installation that has no people yet, else ""."""
    from django.contrib.auth import get_user_model
    from django.utils.translation import gettext as _

    if get_user_model()._default_manager.exists():
        return ""
    return _(
        "Nobody has an account yet: open the address to set up your organisation, or run `opsloop demo`."
    )


def preload() -> None:
    """Import the whole application and forget every connection, so that workers can be forked from here."""
    import_module(APPLICATION)
    from django.urls import get_resolver

    _patterns = get_resolver().url_patterns
    warm()
    processes.forget_connections()
    settle_memory()


def settle_memory() -> None:
    """Tell the garbage collector to begin, that what is loaded stays, and that a page is no reason to look for cycles.

    A page makes tens of thousands of objects that die by themselves. At Python's own threshold of 700 the collector
    walks them dozens of times while they are in use: a seventh of the time of a list, a quarter of a large board.
    """
    # What exists now is shared with the workers; the collector must not touch, and so copy, its pages.
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
    gc.enable()


class Stopping:
    """Tells a worker that the server stops: its parent says so, or is no longer there."""

    def __init__(self) -> None:
        """Belong to the process that makes this object."""
        self.parent = os.getpid()
        self.said = multiprocessing.Event()

    def is_set(self) -> bool:
        """Say whether open streams must end."""
        return self.said.is_set() or os.getppid() != self.parent


def warm() -> None:
    """Do once what every worker would do at its first page: compile templates, read catalogues and holidays.

    A fifth of a second here saves each worker ten megabytes and its first visitors the wait.
    """
    from django.conf import settings
    from django.template.loader import get_template
    from django.urls import reverse
    from django.utils import translation

    from opsloop.engines import workcalendar

    package = Path(opsloop.__file__).parent
    for template in sorted(package.glob("*/templates/**/*.html")):
        get_template(str(template).partition(f"{os.sep}templates{os.sep}")[2])
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("")
    with translation.override(settings.LANGUAGE_CODE):
        # The first address that is looked up reads all of them.
        reverse("healthz")
    year = datetime.now(UTC).year
    workcalendar.china([year, year + 1])


def work(*arguments: Any) -> None:
    """Be a web worker until told to stop; called in each worker's process.

    The server has waited for every request whose browser is still there. A thread that works for one that
    left would hold up the stop, and can be dropped: its transaction is undone.
    """
    from granian.server import Server

    code = 1
    try:
        Server._spawn_asgi_worker(*arguments)
        code = 0
    except Exception:
        logging.getLogger("opsloop").exception("A web worker could not go on.")
    finally:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def load_application(stopping: Stopping) -> Edge:
    """Return the ASGI application; called in each worker."""
    processes.belong_to_parent()
    processes.keep_connections()
    # whitenoise hands out files by ordinary iterators; ours are small, so reading one whole is no harm.
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
    return Edge(import_module(APPLICATION).application, stopping)


def run(host: str, port: int, workers: int, *, background: processes.Workers | None, hint: str) -> None:
    """Serve until a signal comes; leave no process behind."""
    from django.utils.translation import gettext as _
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    if sys.platform == "linux":
        # Later Pythons no longer fork by default; sharing memory is the point of `preload`.
        multiprocessing.set_start_method("fork", force=True)
    stopping = Stopping()

    class StoppingServer(Server):  # type: ignore[misc, valid-type]
        def shutdown(self, exit_code: int = 0) -> None:
            stopping.said.set()
            super().shutdown(exit_code)

    server = StoppingServer(
        f"{APPLICATION}:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=workers,
        log_level=LogLevels.warning,
        workers_kill_timeout=processes.GRACE,
        respawn_failed_workers=True,
        websockets=False,
    )

    def announce() -> None:
        if background is not None:
            background.start()
        shown = f"[{host}]" if ":" in host else host
        click.echo(_("Opsloop serves on %(address)s") % {"address": f"http://{shown}:{port}/"})
        if hint:
            click.echo(hint)
        click.echo(_("Press Ctrl+C to stop."))

    server.on_startup(announce)
    try:
        server.serve(spawn_target=work, target_loader=partial(load_application, stopping), wrap_loader=False)
    finally:
        if background is not None:
            background.stop()
    sys.stdout.flush()
