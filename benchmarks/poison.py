"""Errands that always fail among sound ones: how long the sound ones wait (R8).

    python benchmarks/poison.py [--errands 5000] [--poison 100] [--seconds 60] [--json]
    DATABASE_URL=postgres://…/opsloop_bench python benchmarks/poison.py

Works on an installation of its own in a temporary folder, or on the database that DATABASE_URL names. One worker of
`opsloop worker` is given the errands at an even pace over so many seconds, the failing ones mixed among them, with the
queue's own waits between tries. Measured by the clock: from when a sound errand could begin until it began. The goal is
5 s for 95 of 100; the exit code is 1 when it is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GOAL = 5.0
BATCHES_A_SECOND = 5


def prepare(home: str) -> None:
    """Open an empty installation with its tables."""
    os.environ["OPSLOOP_HOME"] = home
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    from opsloop.cli import installation
    from opsloop.cli import migrate as migrations

    installation.load()
    if migrations.pending():
        migrations.upgrade()


def arrive(errands: int, poison: int, seconds: int) -> None:
    """Queue the errands at an even pace."""
    from opsloop.background import queue
    from opsloop.background.tests import chores

    batches = seconds * BATCHES_A_SECOND
    began = time.monotonic()
    for batch in range(batches):
        bad = range(poison * batch // batches, poison * (batch + 1) // batches)
        good = range(errands * batch // batches, errands * (batch + 1) // batches)
        queue.add_many(chores.poison, [(number,) for number in bad])
        queue.add_many(chores.write, [(number,) for number in good])
        time.sleep(max(0.0, began + (batch + 1) / BATCHES_A_SECOND - time.monotonic()))


def measure(errands: int, poison: int, seconds: int) -> dict[str, Any]:
    """Let one worker do them while they come; return the figures."""
    from opsloop.background.models import Errand

    # The task modules of the tests are no part of an installation: the worker is told where they are.
    code = "import opsloop.background.tests.chores; from opsloop.cli import processes; processes.work()"
    setup = f"from opsloop.cli import installation; installation.load(); {code}"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path[:2])}
    worker = subprocess.Popen([sys.executable, "-c", setup], env=env, stderr=subprocess.DEVNULL)
    try:
        arrive(errands, poison, seconds)
        sound = Errand.objects.filter(task__endswith="chores.write")
        ends = time.monotonic() + 120
        while sound.exclude(status="done").exists() and time.monotonic() < ends:
            time.sleep(0.5)
    finally:
        worker.terminate()
        worker.wait(30)
    times = sound.filter(status="done").values_list("due_at", "started_at")
    waits = sorted((started - due).total_seconds() for due, started in times if started)
    return {
        "errands": errands,
        "poison": poison,
        "done": len(waits),
        "tries of poison": sum(
            Errand.objects.filter(task__endswith="poison").values_list("tries", flat=True)
        ),
        "median": round(waits[len(waits) // 2], 3),
        "p95": round(waits[len(waits) * 95 // 100], 3),
        "longest": round(waits[-1], 3),
    }


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--errands", type=int, default=5000)
    parser.add_argument("--poison", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        prepare(home)
        found = measure(asked.errands, asked.poison, asked.seconds)
    print(json.dumps(found) if asked.json else "\n".join(f"{name}: {value}" for name, value in found.items()))
    return 0 if found["p95"] <= GOAL and found["done"] == asked.errands else 1


if __name__ == "__main__":
    sys.exit(main())
