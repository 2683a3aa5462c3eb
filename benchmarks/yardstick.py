"""A fixed piece of Python by which figures of two machines, or of a busy and a calm one, can be compared."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

# What `fixed_ms` gives on the machine of docs/benchmarks.md while nothing else runs: the goals are for it.
REFERENCE_MS = 4.6


def cpu(work: Callable[[], Any]) -> float:
    """Return the CPU seconds of this process for one call of `work`."""
    started = time.process_time()
    work()
    return time.process_time() - started


def fixed_ms(times: int = 7) -> float:
    """Return the median CPU milliseconds of the fixed work: sorting, JSON, formatting 2,000 rows."""
    return statistics.median(cpu(_work) for _ in range(times)) * 1000


def _work() -> None:
    rows = [{"id": n, "name": f"任务 {n * 7919 % 1000:04d}", "tags": ["周会", "大促"]} for n in range(2000)]
    rows.sort(key=lambda row: row["name"])
    json.loads(json.dumps(rows))
    "".join(f"<td>{row['id']}</td><td>{row['name']}</td>" for row in rows)
