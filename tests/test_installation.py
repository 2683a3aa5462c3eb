"""An installation as its administrator meets it: the real commands, in a folder of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.shared import prepared

OPSLOOP = shutil.which("opsloop", path=str(Path(sys.executable).parent)) or "opsloop"
# These commands bring an embedded database of their own, whatever the suite runs on.
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and file modes are those of POSIX")


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A home of this test's own, with tables and a secret key."""
    return Path(shutil.copytree(prepared(tmp_path_factory, "migrate", "").home, tmp_path / "home"))


def environment(home: Path, **extra: str) -> dict[str, str]:
    """Return an environment with the settings of this installation and no other."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPSLOOP_", "DATABASE_", "DJANGO_", "PYTEST_"))
    }
    return {**kept, "OPSLOOP_HOME": str(home), "OPSLOOP_LANGUAGE": "en", **extra}


def opsloop(*arguments: str, home: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [OPSLOOP, *arguments],
        env=environment(home, **extra),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@contextmanager
def served(home: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve `home` in a process group of its own, as a terminal would; yield once it answers."""
    port = free_port()
    server = subprocess.Popen(
        [OPSLOOP, "serve", "--port", str(port), *options],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        wait_for_answer(server, port)
        yield server, port
    finally:
        if server.poll() is None:
            server.kill()
        assert server.stdout is not None
        server.stdout.close()
        server.wait()


def wait_for_answer(server: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if server.poll() is not None:
            assert server.stdout is not None
            raise AssertionError(server.stdout.read())
        try:
            get(port, "/healthz")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server gave no answer within 120 s")


def answers_within(port: int, path: str, status: int, *, seconds: float) -> bool:
    """Say whether an address answers with this status before the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if get(port, path)[0] == status:
            return True
        time.sleep(0.2)
    return False


def descendants(pid: int) -> set[int]:
    """Return the processes below `pid`."""
    found: set[int] = set()
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    while True:
        more = {child for child, parent in pairs if parent in found | {pid}} - found
        if not more:
            return found
        found |= more


def alive(pids: set[int]) -> set[int]:
    """Return those of `pids` that run; a zombie waiting for its parent does not."""
    listed = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    running = {int(pid) for pid, state in map(str.split, listed.splitlines()) if not state.startswith("Z")}
    return pids & running


@pytest.mark.parametrize("whole_group", [False, True], ids=["SIGTERM", "Ctrl+C in a terminal"])
def test_it_serves_and_stops_cleanly(home: Path, *, whole_group: bool) -> None:
    with served(home) as (server, port):
        assert answers_within(port, "/healthz/jobs", 200, seconds=20)
        status, body = get(port, "/healthz")
        workers = descendants(server.pid)
        if whole_group:
            os.killpg(server.pid, signal.SIGINT)
        else:
            server.terminate()
        code = server.wait(timeout=10)
        assert server.stdout is not None
        words = server.stdout.read()
    assert (status, json.loads(body)["status"]) == (200, "ok")
    assert len(workers) >= 3, "two web workers and one for the background"
    assert code == 0, words
    assert f"http://127.0.0.1:{port}/" in words
    assert "Traceback" not in words
    assert not alive(workers)


def test_pages_work_without_a_worker_and_one_alone_turns_health_green(home: Path) -> None:
    with served(home, "--no-worker") as (_server, port):
        status, body = get(port, "/healthz")
        assert (status, json.loads(body)) == (200, {"status": "degraded", "database": "ok", "jobs": "silent"})
        assert get(port, "/healthz/jobs")[0] == 503
        worker = subprocess.Popen([OPSLOOP, "worker"], env=environment(home), stdout=subprocess.DEVNULL)
        try:
            assert answers_within(port, "/healthz/jobs", 200, seconds=60)
            worker.terminate()
            assert worker.wait(timeout=10) == 0
        finally:
            worker.kill()
            worker.wait()
        # It has taken leave: nobody has to wait until its silence is noticed.
        assert get(port, "/healthz/jobs")[0] == 503


def test_abandoned_requests_do_not_hold_up_the_stop(home: Path) -> None:
    with served(home) as (server, port):
        for _attempt in range(40):
            with socket.create_connection(("127.0.0.1", port)) as visitor:
                visitor.sendall(b"GET /setup/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                time.sleep(0.01)
        began = time.monotonic()
        server.terminate()
        assert server.wait(timeout=10) == 0
        # What waits for ever uses up the grace period of 5 s.
        assert time.monotonic() - began < 4.5


def test_no_worker_outlives_a_killed_server(home: Path) -> None:
    with served(home) as (server, _port):
        workers = descendants(server.pid)
        server.kill()
        server.wait()
        deadline = time.monotonic() + 10
        while alive(workers) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not alive(workers)


def test_a_killed_worker_is_replaced(home: Path) -> None:
    with served(home) as (server, port):
        before = descendants(server.pid)
        killed = max(before)
        os.kill(killed, signal.SIGKILL)
        deadline = time.monotonic() + 10
        # Until it is gone it counts as one of them, and a call may still be put through to it.
        while time.monotonic() < deadline:
            now = alive(descendants(server.pid))
            if killed not in now and len(now) == len(before):
                break
            time.sleep(0.1)
        assert killed not in now
        assert len(now) == len(before)
        assert get(port, "/healthz")[0] == 200


def test_it_creates_its_database_at_the_first_start(tmp_path: Path) -> None:
    home = tmp_path / "new"
    with served(home) as (_server, port):
        assert get(port, "/healthz")[0] == 200
    assert (home / "opsloop.sqlite3").is_file()


def test_it_says_that_a_port_is_taken(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = opsloop("serve", "--port", str(port), home=home)
    assert refused.returncode == 1
    assert f"port {port}" in refused.stderr
    assert "--port" in refused.stderr


@pytest.mark.parametrize("key", ["changeme", "django-insecure-4f8s7df98s7df98s7df98s7df9", "a" * 64])
def test_it_refuses_a_secret_that_others_know(home: Path, key: str) -> None:
    refused = opsloop("serve", "--port", str(free_port()), home=home, OPSLOOP_SECRET_KEY=key)
    assert refused.returncode == 1
    assert "OPSLOOP_SECRET_KEY" in refused.stderr


def test_it_shows_debug_pages_to_nobody_else(home: Path) -> None:
    refused = opsloop("serve", "--host", "0.0.0.0", "--port", str(free_port()), home=home, OPSLOOP_DEBUG="1")
    assert refused.returncode == 1
    assert "OPSLOOP_DEBUG" in refused.stderr


def test_only_the_owner_can_read_the_secret_key(home: Path) -> None:
    key = home / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.chmod(0o644)
    refused = opsloop("serve", "--port", str(free_port()), home=home)
    assert refused.returncode == 1
    assert "chmod 600" in refused.stderr


def test_each_installation_has_its_own_key(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    opsloop("doctor", home=other)
    assert (home / "secret.key").read_text() != (other / "secret.key").read_text()


@pytest.mark.parametrize("url", ["nonsense", "postgres://nobody@127.0.0.1:9/none"])
def test_a_wrong_database_address_is_told_without_a_traceback(home: Path, url: str) -> None:
    for command in (["refresh-calendars"], ["serve", "--port", str(free_port())]):
        refused = opsloop(*command, home=home, DATABASE_URL=url)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        assert "DATABASE_URL" in refused.stderr
        # The reason itself, not that a pool has waited for it.
        assert "Connection refused" in refused.stderr or url == "nonsense"


def test_migrate_check_tells_what_is_due(tmp_path: Path, home: Path) -> None:
    due = opsloop("migrate", "--check", home=tmp_path / "new")
    assert due.returncode == 1
    assert "organisation.0001" in due.stdout
    assert opsloop("migrate", "--check", home=home).returncode == 0


def test_an_upgrade_keeps_a_copy_of_the_database(home: Path) -> None:
    backwards = [sys.executable, "-m", "django", "migrate", "usersessions", "zero"]
    settings = environment(home, DJANGO_SETTINGS_MODULE="opsloop.config.settings")
    subprocess.run(backwards, env=settings, check=True, capture_output=True)
    upgraded = opsloop("migrate", home=home)
    (copy,) = (home / "backups").iterdir()
    assert upgraded.returncode == 0, upgraded.stderr
    assert str(copy) in upgraded.stdout
    with closing(sqlite3.connect(copy)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert "organisation_person" in tables
    assert "usersessions_usersession" not in tables


def doctor(home: Path, **extra: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return exit code, report, and the state of each check."""
    done = opsloop("doctor", "--json", home=home, **extra)
    report = json.loads(done.stdout)
    return done.returncode, report, {check["name"]: check["state"] for check in report["checks"]}


def test_doctor_finds_a_sound_installation_sound(home: Path) -> None:
    code, report, states = doctor(home)
    assert code == 0
    assert report["ok"] is True
    assert states["database"] == states["tables"] == "ok"
    assert report["versions"]["opsloop"]


def test_doctor_names_what_is_broken_and_the_remedy(tmp_path: Path) -> None:
    code, report, states = doctor(tmp_path / "new")
    assert code == 1
    assert report["ok"] is False
    assert states["tables"] == "broken"
    assert "opsloop migrate" in json.dumps(report)


def test_doctor_survives_a_database_that_is_gone(home: Path) -> None:
    code, _report, states = doctor(home, DATABASE_URL="postgres://nobody@127.0.0.1:9/none")
    assert code == 1
    assert states["database"] == "broken"
