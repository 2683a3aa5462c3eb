"""What is made once for a whole run of the tests, whichever of its processes needs it first."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

OPSLOOP = Path(sys.executable).parent / "opsloop"
ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".stamps"


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the temporary folder that all processes of this run share."""
    own = factory.getbasetemp()
    # A process of a parallel run has a folder of its own inside the one of the run.
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[], Any]) -> Any:
    """Return what `make` returned, as JSON holds it, to the process that asked first; others wait for it.

    A process that fails leaves it to the next one to try.
    """
    kept = run_folder(factory) / f"{name}.json"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_text(json.dumps(make()), "utf-8")
        return json.loads(kept.read_text("utf-8"))


@dataclass(frozen=True)
class Prepared:
    """An installation to copy: its folder, and on PostgreSQL the database that new ones are made from."""

    home: Path
    database: str


def prepared(factory: pytest.TempPathFactory, command: str, server: str) -> Prepared:
    """Return the installation that `opsloop COMMAND` makes out of nothing ("migrate" or "demo").

    `server` is the address of a PostgreSQL database to make it beside, or "" for SQLite. Migrations alone
    take seconds of CPU, and a run of the tests needs a dozen installations; on SQLite they are kept for the
    next run too, until a migration changes.
    """

    def make() -> dict[str, str]:
        home = run_folder(factory) / f"{command}-{beside.scheme or 'sqlite'}"
        kept = KEPT / f"migrated-{schema_hash()}" if command == "migrate" and not server else None
        if kept and kept.is_dir():
            shutil.copytree(kept, home)
            return {"home": str(home), "server": server, "database": ""}
        home.mkdir(exist_ok=True)
        url = ""
        if server:
            own = f"{beside.path.lstrip('/')}_{command}_{os.getpid()}"
            url = urlunsplit(beside._replace(path=f"/{own}"))
            administer(server, drop_database(own), create_database(own))
        env = {**os.environ, "OPSLOOP_HOME": str(home), "DATABASE_URL": url}
        done = subprocess.run([OPSLOOP, command], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        if kept:
            keep(home, kept)
        return {"home": str(home), "server": server, "database": urlsplit(url).path.lstrip("/")}

    beside = urlsplit(server)
    found = once(factory, f"prepared-{command}-{beside.scheme or 'sqlite'}", make)
    return Prepared(Path(found["home"]), found["database"])


def schema_hash() -> str:
    """Return a hash of all that the tables of a migrated database come from."""
    digest = hashlib.sha256()
    sources = [*(ROOT / "src").glob("opsloop/*/migrations/*.py"), *(ROOT / "requirements").glob("*.txt")]
    for path in sorted(sources):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def keep(home: Path, kept: Path) -> None:
    """Keep a migrated installation for later runs in place of those of other schemas; a whole one or none."""
    KEPT.mkdir(exist_ok=True)
    for old in KEPT.glob("migrated-*"):
        shutil.rmtree(old, ignore_errors=True)
    own = KEPT / f"making-{os.getpid()}"
    shutil.copytree(home, own)
    try:
        own.rename(kept)
    except OSError:  # another run was faster
        shutil.rmtree(own)


def drop_prepared(folder: Path) -> None:
    """Drop the databases that the processes of the run with this folder have prepared."""
    for kept in folder.glob("prepared-*.json"):
        found = json.loads(kept.read_text("utf-8"))
        if found["server"]:
            administer(found["server"], drop_database(found["database"]))


def administer(server: str, *statements: sql.Composed) -> None:
    """Execute statements about whole databases on the server of a database's address."""
    address = urlunsplit(urlsplit(server)._replace(path="/postgres"))
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def create_database(name: str, template: str = "") -> sql.Composed:
    """Return the statement that makes a database, empty or as a copy of another that nobody is using."""
    source = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
    return sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + source


def drop_database(name: str) -> sql.Composed:
    """Return the statement that drops a database, whoever is still using it."""
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
