"""CPU of searching 100,000 tasks, on the database DATABASE_URL names (default: a SQLite file in TMPDIR).

    python benchmarks/search_index.py [--rows 100000]
    DATABASE_URL=postgres://…/bench python benchmarks/search_index.py

The search app stands alone here: its own tables are made in an empty database and dropped at the end.
CPU is that of this process plus, on PostgreSQL, of the server process that answers it.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

GOAL_MS = 30.0
QUERIES = [
    "活动",
    "方案",
    "活",
    "双十一活动方案",
    "库存周转",
    "滿意度",
    "GMV报表",
    "OP-001",
    "rw2026",
    "huodongfangan",
    "huodong fang",
    "hdfa",
    "hd",
    "yunying",
    "不存在的词",
]
WHAT = [
    "活动",
    "内容",
    "会员",
    "直播",
    "库存",
    "客服",
    "渠道",
    "社群",
    "门店",
    "供应商",
    "短视频",
    "满意度",
    "GMV",
    "双十一",
    "618",
]
WORK = [
    "方案",
    "复盘",
    "报表",
    "排期",
    "调研",
    "盘点",
    "对账",
    "选题",
    "培训",
    "名录整理",
    "数据核对",
    "周转分析",
    "脚本",
    "上线检查",
]
WHERE = [
    "华东区",
    "上海",
    "重庆",
    "线上",
    "A组",
    "B组",
    "运营部",
    "第一季度",
    "Q4",
    "新品",
    "老客",
    "试点",
    "全渠道",
]
NOTES = [
    "含预算与排期，需部门负责人确认",
    "按交付标准验收后归档",
    "同步给设计与数据团队",
    "客户反馈汇总见附件",
    "",
]


def set_up() -> Any:
    """Configure Django for the search app alone and return its connection with the tables made."""
    home = tempfile.mkdtemp(prefix="opsloop-bench-")
    os.environ.setdefault("OPSLOOP_HOME", home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "opsloop.config.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", "search", verbosity=0)
    return connection


def records(rows: int) -> Iterator[tuple[int, str, list[str]]]:
    """Yield (id, title, texts) of made-up tasks; the same for every run."""
    chance = random.Random(20261123)
    for number in range(1, rows + 1):
        title = f"{chance.choice(WHERE)}{chance.choice(WHAT)}{chance.choice(WORK)}{chance.randrange(10_000)}"
        prefix = chance.choice(["OP-", "RW2026"])
        yield number, title, [f"{prefix}{number:06d}", chance.choice(NOTES)]


def server_seconds(connection: Any) -> float:
    """Return the CPU seconds of the server process of this connection, 0 where there is none."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_ms(connection: Any, work: Callable[[], Any], times: int) -> float:
    """Return the CPU milliseconds of one call of `work`, client and server, over `times` calls."""
    work()
    before = time.process_time() + server_seconds(connection)
    for _ in range(times):
        work()
    return (time.process_time() + server_seconds(connection) - before) / times * 1000


def main() -> int:
    """Load, measure, print, clean up; the exit code is 1 if a search is over the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    connection = set_up()
    from django.core.management import call_command

    from opsloop.search import actions, queries

    started = time.process_time()
    tasks = (actions.Searchable(pk, title, texts) for pk, title, texts in records(options.rows))
    actions.index_many(kind="task", records=tasks)
    print(f"{connection.vendor}: {options.rows} rows loaded in {time.process_time() - started:.1f} s of CPU")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{'query':20} {'found':>7} {'count':>8} {'first 50':>9} {'ranked 8':>9}   ms of CPU")
    slowest = max(measure(connection, queries, query, options.times) for query in QUERIES)
    one = cpu_ms(connection, lambda: write_one(actions), options.times)
    print(
        f"index one record {one:.1f} ms; peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB"
    )
    print(f"slowest search {slowest:.1f} ms, goal {GOAL_MS:.0f} ms")
    call_command("migrate", "search", "zero", verbosity=0)
    return int(slowest > GOAL_MS)


def measure(connection: Any, queries: Any, query: str, times: int) -> float:
    """Measure one query in the three ways pages use it, print a line, return the slowest."""
    matching = queries.matching("task", query)
    found = matching.count()
    count = cpu_ms(connection, lambda: matching.all().count(), times)
    page = cpu_ms(connection, lambda: [*matching.order_by("-object_id")[:50]], times)
    best = cpu_ms(connection, lambda: queries.ranked("task", query, 8), times)
    print(f"{query:20} {found:>7} {count:>8.1f} {page:>9.1f} {best:>9.1f}")
    return max(page, best)


def write_one(actions: Any) -> None:
    """Change one record, as saving a task does."""
    actions.index(
        kind="task", object_id=1, title=f"活动方案{statistics.NormalDist().samples(1)[0]}", texts=[]
    )


if __name__ == "__main__":
    sys.exit(main())
