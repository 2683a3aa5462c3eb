"""An installation of its own for the browser: `opsloop serve`, on SQLite or, with DATABASE_URL, on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

from tests.shared import OPSLOOP, Prepared, administer, create_database, drop_database

STARTED_WITHIN = 120
STOPPED_WITHIN = 40


@contextmanager
def installation(home: Path, name: str, ready: Prepared) -> Iterator[str]:
    """Serve a copy of an installation while the block runs; give its address."""
    shutil.copytree(ready.home, home)
    with database(name, ready.database) as url:
        env = {**os.environ, "OPSLOOP_HOME": str(home), "DATABASE_URL": url}
        env.setdefault("OPSLOOP_DEVELOPER", "1")
        env.pop("OPSLOOP_DEBUG", None)
        with serving(env, home / "serve.log") as address:
            yield address


@contextmanager
def database(name: str, template: str = "") -> Iterator[str]:
    """Make a database beside the one that DATABASE_URL names and drop it at the end; "" stands for SQLite.

    It belongs to this process alone: another one that asks for the same name gets another database.
    `template` is the database to copy, else it is empty.
    """
    server = os.environ.get("DATABASE_URL", "")
    if not server:
        yield ""
        return
    beside = urlsplit(server)
    own = f"{beside.path.lstrip('/')}_{name}_{os.getpid()}"
    administer(server, drop_database(own), create_database(own, template))
    try:
        yield urlunsplit(beside._replace(path=f"/{own}"))
    finally:
        administer(server, drop_database(own))


@contextmanager
def serving(env: dict[str, str], log: Path) -> Iterator[str]:
    """Run `opsloop serve` while the block runs; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with log.open("wb") as written:
        running = subprocess.Popen(
            [OPSLOOP, "serve", "--port", str(port)], env=env, stdout=written, stderr=written
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address, running, log)
            yield address
        finally:
            stop(running)


def wait_for(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the server answers; fail with what it said when it does not."""
    end = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < end and running.poll() is None:
        try:
            with urlopen(f"{address}/healthz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"opsloop serve did not answer:\n{log.read_text(errors='replace')[-2000:]}")


def stop(running: subprocess.Popen[bytes]) -> None:
    """Ask the server to stop and see that it does."""
    running.terminate()
    try:
        running.wait(STOPPED_WITHIN)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
        raise
