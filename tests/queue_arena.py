"""Forks workers of the queue and kills them all the time; prints as JSON what became of the errands.

Run by tests/load/test_queue_kill.py in a process of its own: python -m tests.queue_arena '{"errands": …, "kills": …}'
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import random
import sys
import time
from collections import Counter
from typing import Any

WORKERS = 3
# The next try comes soon: the test waits for every errand to end.
WAITS = (1, 2, 3, 4)


class Crew:
    """Workers of which one is killed now and then, and replaced at once."""

    def __init__(self) -> None:
        self.context = multiprocessing.get_context("fork")
        self.living = [self.new() for _number in range(WORKERS)]

    def new(self) -> Any:
        """Fork a worker."""
        made = self.context.Process(target=be_worker, daemon=True)
        made.start()
        return made

    def kill_one(self, dice: random.Random) -> None:
        """Kill a worker wherever it stands, and put a new one in its place."""
        victim = self.living.pop(dice.randrange(len(self.living)))
        victim.kill()
        victim.join()
        self.living.append(self.new())

    def end(self) -> None:
        """Kill all."""
        for worker in self.living:
            worker.kill()
            worker.join()


def be_worker() -> None:
    """Work until killed."""
    from opsloop.background.running import WorkerLoop

    logging.disable(logging.CRITICAL)  # each errand that fails would say so
    WorkerLoop().run(grace=1)


def fill(errands: int) -> None:
    """Queue errands: most are plain, a fifth fails after its effect, and a few further ones always fail."""
    from opsloop.background import queue
    from opsloop.background.tests import chores

    poison = max(1, errands // 50)
    broken = errands // 5
    # Mixed, so that kills meet all of them.
    step = max(1, errands // 50)
    for start in range(0, errands, step):
        numbers = [(number,) for number in range(start, min(errands, start + step))]
        cut = len(numbers) * broken // errands
        queue.add_many(chores.poison, numbers[: len(numbers) * poison // errands or 1])
        queue.add_many(chores.write_then_break, numbers[:cut])
        queue.add_many(chores.write, numbers[cut:])


def finish(crew: Crew, seconds: float) -> None:
    """Let the crew work until nothing waits or runs any more."""
    from opsloop.background.models import Errand

    ends = time.monotonic() + seconds
    while time.monotonic() < ends and Errand.objects.filter(status__in=["waiting", "running"]).exists():
        time.sleep(0.5)


def run(errands: int, kills: int, seed: int = 6) -> dict[str, Any]:
    """Do it and return the figures."""
    from django.db.models import Count

    from opsloop.background import queue
    from opsloop.background.models import Effect, Errand, Firing
    from opsloop.cli import processes

    queue.WAITS = WAITS
    dice = random.Random(seed)
    fill(errands)
    processes.forget_connections()
    began = time.monotonic()
    crew = Crew()
    try:
        for _turn in range(kills):
            time.sleep(dice.uniform(0.1, 0.6))
            crew.kill_one(dice)  # until then this process has no connection that a new worker could share
        killing = time.monotonic() - began
        finish(crew, 1800)
    finally:
        crew.end()
    effects = dict(
        Firing.objects.filter(timer__startswith="chore:").values_list("timer").annotate(Count("pk"))
    )
    sound = Errand.objects.exclude(task__endswith="poison")
    status = Counter(sound.values_list("status", flat=True))
    poison = Counter(Errand.objects.filter(task__endswith="poison").values_list("status", "tries"))
    return {
        "errands": errands,
        "kills": kills,
        "effects": len(effects),
        "duplicates": sum(count > 1 for count in effects.values()),
        "keys": Effect.objects.count(),
        "status": dict(status),
        "poison": {f"{state} after {tries}": count for (state, tries), count in poison.items()},
        "interrupted": Errand.objects.filter(task__endswith="write", tries__gt=1).count()
        + Errand.objects.filter(task__endswith="break", tries__gt=2).count(),
        # What always fails may meet a kill in its last try too.
        "given_up_by_kills": sound.filter(error__startswith="WorkerDied", status="dead").count(),
        "seconds": round(time.monotonic() - began, 1),
        "seconds_of_killing": round(killing, 1),
    }


def main() -> None:
    """Open the installation and print the figures."""
    from opsloop.cli import installation

    installation.load()
    print(json.dumps(run(**json.loads(sys.argv[1]))))  # noqa: T201


if __name__ == "__main__":
    main()
