"""Whatever the server has answered for is there after it was killed (R1).

`opsloop serve` runs with its real workers; clients write over HTTP and note every answer below 400 with the task
and its version. Then all its processes get SIGKILL at a random moment, and the database is asked: every noted
write is there, every task has its events and every event its task, numbers have no gaps, and the file is sound.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.journeys.installation import OPSLOOP, database

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the processes in /proc"),
]
ROOT = Path(__file__).resolve().parents[2]
WRITERS = 4
# The check of a form's origin compares two copies of one secret; a client may choose it.
TOKEN = "k" * 32


@dataclass
class Written:
    """What the server has answered for: the versions of each task by its key."""

    versions: dict[int, int] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, task: int, version: int) -> None:
        """Note that `task` stood at `version`."""
        with self.lock:
            self.versions[task] = max(version, self.versions.get(task, 0))


class Server:
    """`opsloop serve` on a free port, in a session of its own so that all its processes can be found."""

    def __init__(self, env: dict[str, str]) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        self.log = Path(env["OPSLOOP_HOME"]) / "serve.log"
        command = [OPSLOOP, "serve", "--port", str(self.port), "--no-migrate", "--no-worker"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)

    def wait(self) -> float:
        """Wait until it answers and return the seconds that took."""
        begun = time.monotonic()
        while time.monotonic() - begun < 60:
            try:
                if ask(self.port, "GET", "/healthz", "", "")[0] == 200:
                    return time.monotonic() - begun
            except OSError:
                time.sleep(0.05)
        raise AssertionError(self.log.read_text("utf-8")[-2000:])

    def kill(self) -> None:
        """Kill every process of the server at once."""
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        while self.processes():
            time.sleep(0.01)

    def processes(self) -> list[int]:
        """Return the living processes of the server's session."""
        return [pid for pid, session, state in sessions() if session == self.process.pid and state != "Z"]


def sessions() -> Iterator[tuple[int, int, str]]:
    """Yield process, session and state of every process of this machine."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            except OSError:
                continue
            yield int(entry.name), int(words[3]), words[0]


def ask(port: int, method: str, path: str, body: str, cookie: str) -> tuple[int, str]:
    """Send one request and return its status and where it leads."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": TOKEN}
    headers["Cookie"] = f"opsloop_csrf={TOKEN}; {cookie}"
    with closing(connection):
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        response.read()
        return response.status, response.getheader("Location") or ""


def write(server: Server, cookie: str, name: str, written: Written) -> None:
    """Create tasks and change each twice, until the server is gone."""
    try:
        for number in range(10_000):
            text = quote(f"杀{name}-{number}")
            status, place = ask(server.port, "POST", "/tasks/", f"text={text}", cookie)
            written.answers[status] += 1
            if status >= 400:
                continue
            task = int(place.strip("/").split("/")[-1])
            written.note(task, 1)
            for version in (1, 2):
                body = f"version={version}&note={name}-{version}"
                status, _place = ask(server.port, "POST", f"/tasks/{task}/fields/note/", body, cookie)
                written.answers[status] += 1
                if status < 400:
                    written.note(task, version + 1)
    except (OSError, http.client.HTTPException):
        return


def installation(home: Path, url: str) -> tuple[dict[str, str], str]:
    """Make an installation with its people; return the environment of its server and a session's cookie."""
    env = {**os.environ, "OPSLOOP_HOME": str(home), "DATABASE_URL": url, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "tests.arena", '{"session": 0}']
    made = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr[-2000:]
    return env, json.loads(made.stdout)["session"]


def asker(home: Path, url: str) -> Callable[[str], Sequence[Any]]:
    """Return what asks the database of an installation one question."""
    if url:
        import psycopg

        def ask_server(question: str) -> Sequence[Any]:
            with psycopg.connect(url) as connection:
                return connection.execute(question).fetchall()

        return ask_server
    from pysqlite3 import dbapi2

    def ask_file(question: str) -> Sequence[Any]:
        with closing(dbapi2.connect(home / "opsloop.sqlite3", timeout=20)) as connection:
            found: Sequence[Any] = connection.execute(question).fetchall()
            return found

    return ask_file


def check(question: Callable[[str], Sequence[Any]], written: Written) -> None:
    """Compare the database with what was answered for."""
    tasks = {pk: version for pk, version, *_ in question("SELECT id, version FROM work_task")}
    lost = {pk: version for pk, version in written.versions.items() if tasks.get(pk, 0) < version}
    assert not lost, f"acknowledged and gone: {lost}"
    events = Counter(
        (subject, kind)
        for subject, kind in question(
            "SELECT subject_id, kind FROM activity_event WHERE subject_kind = 'task'"
        )
    )
    for pk, version in tasks.items():
        assert events[pk, "task.created"] == 1, pk
        assert events[pk, "task.changed"] == version - 1, pk
    assert {subject for subject, _kind in events} == tasks.keys()
    numbers = sorted(
        int(number[0].removeprefix("OP-")) for number in question("SELECT number FROM work_task")
    )
    assert numbers == list(range(1, len(numbers) + 1))


def check_file(question: Callable[[str], Sequence[Any]]) -> None:
    """Have SQLite read its whole file."""
    assert question("PRAGMA integrity_check") == [("ok",)]
    assert question("PRAGMA foreign_key_check") == []


def kill_often(home: Path, url: str, *, kills: int, longest: float, seed: int) -> dict[str, Any]:
    """Serve, write and kill `kills` times; return numbers for the report."""
    env, cookie = installation(home, url)
    question, written, dice, starts = asker(home, url), Written(), random.Random(seed), []
    for turn in range(kills):
        server = Server(env)
        try:
            starts.append(server.wait())
            writers = [
                threading.Thread(target=write, args=(server, cookie, f"{turn}-{number}", written))
                for number in range(WRITERS)
            ]
            for writer in writers:
                writer.start()
            time.sleep(dice.uniform(0.2, longest))
        finally:
            server.kill()
        for writer in writers:
            writer.join()
        check(question, written)
        if not url and (turn % 20 == 0 or turn == kills - 1):
            check_file(question)
    return {
        "kills": kills,
        "acknowledged": sum(count for status, count in written.answers.items() if status < 400),
        "refused": {status: count for status, count in written.answers.items() if status >= 400},
        "healthy_again_p95_s": round(sorted(starts)[len(starts) * 95 // 100], 2),
    }


@pytest.mark.load
def test_nothing_that_was_answered_for_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    with database("kill") as url:
        found = kill_often(tmp_path, url, kills=2, longest=0.8, seed=5)
    assert found["acknowledged"] >= 5
    assert not any(status >= 500 for status in found["refused"]), found


@pytest.mark.load
def test_nothing_is_lost_in_hundreds_of_kills(tmp_path: Path) -> None:
    with database("kill_long") as url:
        found = kill_often(tmp_path, url, kills=60 if url else 200, longest=2.0, seed=200)
    print(json.dumps(found))  # noqa: T201
    assert found["acknowledged"] >= 500
    assert not any(status >= 500 for status in found["refused"]), found
