"""How long an import of a long table takes, beside 100,000 tasks, and the memory it needs.

    python benchmarks/import_rows.py [--rows 10000]
    DATABASE_URL=postgres://…/opsloop_bench python benchmarks/import_rows.py

A made-up .xlsx is read, previewed, taken in and undone. Seconds
are of the clock and, beside them, of the CPU of this process and of the database's; where nothing else runs the
clock shows their sum. The exit code is 1 when reading, preview and taking in need more than 30 seconds of CPU.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import generate

GOAL_SECONDS = 30.0
HEADINGS = (
    "任务名称",
    "负责人",
    "协作人",
    "所属项目",
    "目标关联度",
    "紧急程度",
    "耗时预估",
    "截止时间",
    "前置任务",
    "标签",
    "备注",
)
HOURS = ("2h", "1.5小时", "30min", "半天", "1天", "45分钟", "3")


def write_table(path: Path, rows: int) -> None:
    """Write a table as departments keep it: a title row, headings, texts in many spellings."""
    import xlsxwriter

    from opsloop.organisation.models import Person
    from opsloop.work.models import Project

    dice = random.Random(generate.SEED)
    people = list(Person.objects.order_by("pk").values_list("name", flat=True)[:200])
    projects = list(Project.objects.order_by("pk").values_list("name", flat=True))
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("任务")
        sheet.write_row(0, 0, ["第四季度任务清单"])
        sheet.write_row(1, 0, HEADINGS)
        last = ""
        for number in range(rows):
            title = f"{dice.choice(generate.WHERE)}{dice.choice(generate.WHAT)}{dice.choice(generate.WORK)}-{number}"
            due = f"2026/{dice.randint(11, 12)}/{dice.randint(1, 28)}"
            waits_for = last if number % 10 == 0 else ""
            last = title
            cells = [
                title, dice.choice(people), dice.choice(people), dice.choice(projects), dice.randint(1, 5),
                dice.choice(("高", "中", "低")), dice.choice(HOURS), due, waits_for, dice.choice(generate.TAGS),
                dice.choice(generate.NOTES),
            ]  # fmt: skip
            sheet.write_row(number + 2, 0, cells)


class Stopwatch:
    """Measures steps: seconds of the clock, of CPU here, of CPU of the database."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.steps: dict[str, dict[str, float]] = {}

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        """Do one step and keep what it took."""
        before = time.monotonic(), time.process_time(), generate.server_seconds(self.connection)
        result = work()
        after = time.monotonic(), time.process_time(), generate.server_seconds(self.connection)
        clock, here, there = (round(late - early, 2) for early, late in zip(before, after, strict=True))
        self.steps[name] = {"seconds": clock, "cpu": here, "database_cpu": there}
        return result


def main() -> int:
    """Write a table, measure each step, print."""
    parser = generate.arguments(__doc__ or "")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    connection = generate.prepare(options, quiet=options.json)
    from opsloop.exchange import actions
    from opsloop.exchange.reading import read_grid

    by = generate.cast()["director"]
    step = Stopwatch(connection)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tasks.xlsx"
        write_table(path, options.rows)
        memory = peak_mib()
        grid, implied = step("read", lambda: read_grid(path))
    brought = {"implied": implied, "filename": "tasks.xlsx", "by": by, "at": generate.NOW}
    row = step("preview", lambda: actions.bring(grid=grid, **brought))
    step("take in", lambda: actions.take_in(row=row, new_people=(), at=generate.NOW, version=row.version))
    made = len(row.result["created"])
    step("undo", lambda: actions.undo_import(by=by, at=generate.NOW, import_id=row.pk))
    counted = [step.steps[name] for name in ("read", "preview", "take in")]
    whole = sum(one["cpu"] + one["database_cpu"] for one in counted)
    facts = {
        "database": connection.vendor, "rows": options.rows, "created": made, "steps": step.steps,
        "seconds": round(sum(one["seconds"] for one in counted), 1), "cpu_seconds": round(whole, 1),
        "memory_mib": {"before": memory, "peak": peak_mib()},
    }  # fmt: skip
    print(json.dumps(facts, ensure_ascii=False, indent=None if options.json else 1))
    return int(whole > GOAL_SECONDS or made != options.rows)


def peak_mib() -> int:
    """Return the largest memory this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
