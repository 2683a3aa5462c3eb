"""The nightly warning run over the made-up organisation: wall time, CPU and how its memory grows.

    python benchmarks/warning.py [--home DIR] [--all-open]
    DATABASE_URL=postgres://…/opsloop_bench python benchmarks/warning.py

Runs on the data of generate.py, which is made if it is missing; its flags are removed again. `--all-open` makes every
one of the 100,000 tasks open and due within five weeks first, in a transaction that is taken back: the worst night
there can be. Ends with 1 when a run takes more than the goal of 20 s of CPU, here and in the server, or memory grows
with the number of people.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import generate

GOAL_SECONDS = 20.0
# Megabytes by which the second half of the people may raise the peak.
GOAL_GROWTH = 24.0


def main() -> int:
    """Measure a first night, which opens all flags, and a second, which changes little."""
    parser = generate.arguments(__doc__ or "")
    parser.add_argument("--all-open", action="store_true")
    options = parser.parse_args()
    connection = generate.prepare(options)

    from django.db import transaction

    from opsloop.progress.models import RiskFlag

    missed = 0
    with transaction.atomic():
        if options.all_open:
            _open_all()
        RiskFlag.objects.all().delete()
        missed += told("first night", generate.NOW, connection)
        missed += told("second night", generate.NOW + timedelta(days=1), connection)
        missed += told("the same again", generate.NOW + timedelta(days=1), connection)
        transaction.set_rollback(True)
    print("all met" if not missed else f"{missed} missed")
    return 1 if missed else 0


def _open_all() -> None:
    """Make every task open and due on one of the next 35 days."""
    from django.db import connection

    days = "datetime(%s, '+' || (id %% 35) || ' days')"
    if connection.vendor == "postgresql":
        days = "%s::timestamptz + (id %% 35) * interval '1 day'"
    # NOW() of the data, as the column holds it.
    begin = generate.NOW.astimezone(generate.ZONE).isoformat(sep=" ")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE work_task SET status = 'todo', closed_at = NULL, closed_by_id = NULL, progress = 0,"
            f" starts_at = NULL, due_at = {days}",
            [begin],
        )


def told(name: str, at: Any, connection: Any) -> int:
    """Print what one run cost; return 1 if it missed a goal."""
    from opsloop.progress import watching

    run, peaks = watching.Run(at), []
    cpu, wall, server = time.process_time(), time.perf_counter(), generate.server_seconds(connection)
    owners = watching.owners_to_look_at()
    for number, some in enumerate(watching.batches(owners, watching.OWNERS)):
        run.look_at_owners(some)
        if number in (len(owners) // watching.OWNERS // 2, len(owners) // watching.OWNERS):
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    run.look_at_nobody_s()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    server = generate.server_seconds(connection) - server
    growth = peaks[-1] - peaks[0] if peaks else 0.0
    print(
        f"{name}: {run.counts['watched']:,} watched, {run.counts['opened']:,} opened, {run.counts['closed']:,} closed"
        f" in {wall:.1f} s ({cpu:.1f} s CPU here, {server:.1f} s in the server); peak {peaks[-1]:.0f} MB,"
        f" {growth:+.0f} MB from the middle to the end"
    )
    return int(cpu + server > GOAL_SECONDS or growth > GOAL_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
