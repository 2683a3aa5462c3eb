"""Quick-add: how fast it reads, and how much of two sets of phrases it reads exactly.

    python benchmarks/quickadd.py [SPECS]

SPECS is the folder Specs/DateTime/Chinese of a clone of microsoft/Recognizers-Text (MIT). Nothing of it is
kept here. Its cases are looked for by meaning, not picked by hand; `why_not` says which do not apply:
Recognizers-Text finds every mention of any time in a text, quick-add asks when a task is to be done. A case
whose answer the rules of quick-add contradict (a past day stays in the title) is not applicable either.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from opsloop.engines.language.quickadd import QuickAdd, parse
from opsloop.engines.language.tests.test_quickadd_phrases import phrases

FILES = ("Date", "DateTime", "Time", "TimePeriod", "DateTimePeriod", "Duration", "Set")
LINE = "下周一早上9点 部门例会 1小时 !高 @王芳 @李雷 #例会 +年货节"

LUNAR = re.compile("农历|正月|初一|大年|神龙|雍正|康熙|民国")
PAST = re.compile("昨|前天|上周|上上|去年|上个|之前|最近")
OPEN = re.compile("以后|之后|以前|开始|以来|从现在")
CLOCK = re.compile("[0-9零一二三四五六七八九十两][点时:：]|[0-9]到|[一二三四五六七八九十]到")
# A day of work is eight hours, so days and hours together are another number.
WORK = re.compile("^[^年月周星天]*(?:分钟|小时|钟头|天)$")
RULES = {"P1D": "FREQ=DAILY", "P1W": "FREQ=WEEKLY", "P1M": "FREQ=MONTHLY", "P1Y": "FREQ=YEARLY"}


def why_not(case: dict[str, Any], result: dict[str, Any]) -> str | None:
    """Return why a case says nothing about quick-add, or None if it does."""
    text, kind = case["Input"], result["Type"]
    resolved = (result.get("Value") or {}).get("FutureResolution") or {}
    reasons = [
        ("lunar calendar or era", LUNAR.search(text)),
        ("past: stays in the title", PAST.search(text)),
        ("open stretch of time", OPEN.search(text)),
        ("several answers", len(case["Results"]) > 1),
        ("not resolved", not resolved or any("0001-01-01" in str(value) for value in resolved.values())),
        ("part of a day without a clock time", "range" in kind and not CLOCK.search(result["Text"])),
        ("ends on another day", kind == "datetimerange" and re.search("和|-明天", text)),
        ("no length of work", kind == "duration" and not WORK.search(result["Text"])),
    ]
    return next((reason for reason, holds in reasons if holds), None)


def agrees(task: QuickAdd, result: dict[str, Any]) -> bool:
    """Tell whether quick-add reads the same time from the text."""
    kind, value = result["Type"], result["Value"]
    resolved = value["FutureResolution"]
    if kind == "date":
        return task.due is not None and task.due.date().isoformat() == resolved["date"]
    if kind == "datetime":
        return str(task.start) == resolved["dateTime"]
    if kind == "time":
        return task.start is not None and str(task.start.time()) == resolved["time"]
    if kind == "duration":
        # A day of work is eight hours here, a day of the calendar there.
        seconds, days = int(resolved["duration"]), "天" in result["Text"]
        return task.estimate_minutes == (seconds // 180 if days else seconds // 60)
    if kind == "set":
        timex = value["Timex"]
        weekly = "FREQ=WEEKLY;BYDAY=MO" if timex.startswith("XXXX-WXX-1") else None
        at_eight = not timex.endswith("T20") or (task.start is not None and task.start.hour == 20)
        return task.recurrence == RULES.get(timex, weekly) and at_eight
    return agrees_on_range(task, resolved)


def agrees_on_range(task: QuickAdd, resolved: dict[str, str]) -> bool:
    """Tell whether start and length of a range are the same; a length is in whole minutes."""
    dated = "startDateTime" in resolved
    start, end = (
        datetime.fromisoformat(
            resolved[f"{edge}DateTime"] if dated else f"2000-01-01 {resolved[f'{edge}Time']}"
        )
        for edge in ("start", "end")
    )
    minutes = round((end - start) % timedelta(days=1) / timedelta(minutes=1))
    same = task.start is not None and (task.start == start if dated else task.start.time() == start.time())
    return same and task.estimate_minutes == minutes


def cases(specs: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (file name, case) of the parser specifications."""
    for name in FILES:
        path = specs / f"{name}Parser.json"
        for case in json.loads(path.read_text(encoding="utf-8-sig")):
            yield path.name, case


def recognizers(specs: Path) -> None:
    """Print how many applicable cases are read exactly, and why the others are left out."""
    counts: dict[str, Counter[str]] = {}
    for name, case in cases(specs):
        count = counts.setdefault(name, Counter())
        result = case["Results"][0]
        reason = why_not(case, result)
        if reason:
            count[reason] += 1
            continue
        at = (case.get("Context") or {}).get("ReferenceDateTime", "2017-03-22T00:00:00")
        right = agrees(parse(case["Input"], now=datetime.fromisoformat(at)), result)
        count["right" if right else "wrong"] += 1
        if not right:
            print(f"  differs: {name}: {case['Input']}")
    for name, count in counts.items():
        left_out = ", ".join(
            f"{reason} {n}" for reason, n in count.items() if reason not in ("right", "wrong")
        )
        print(f"  {name:28} {count['right']:3} of {count['right'] + count['wrong']:3}   left out: {left_out}")
    right, wrong = (sum(count[word] for count in counts.values()) for word in ("right", "wrong"))
    print(f"Recognizers-Text, applicable: {right} of {right + wrong} = {right / (right + wrong):.1%}")


def own_phrases() -> None:
    """Print how many of the project's own phrases are read exactly."""
    asked = list(phrases())
    wrong = [text for now, text, fields in asked if parse(text, now=now).as_json() != fields]
    print(
        f"Own phrases: {len(asked) - len(wrong)} of {len(asked)} = {1 - len(wrong) / len(asked):.1%}", *wrong
    )


def latency() -> None:
    """Print the time of one reading, and of the first one, and of 10,000 characters."""
    now = datetime(2026, 11, 23, 10)  # noqa: DTZ001 - the engine answers naive times with naive times
    times = []
    for _ in range(501):
        begin = time.perf_counter()
        parse(LINE, now=now)
        times.append((time.perf_counter() - begin) * 1000)
    ordered = sorted(times[1:])
    print(
        f"One line of {len(LINE)} characters: median {statistics.median(ordered):.2f} ms, "
        f"95 % {ordered[475]:.2f} ms, first {times[0]:.1f} ms"
    )
    begin = time.perf_counter()
    parse((LINE * 300)[:10_000], now=now)
    print(f"10,000 characters: {(time.perf_counter() - begin) * 1000:.0f} ms")


if __name__ == "__main__":
    latency()
    own_phrases()
    if len(sys.argv) > 1:
        recognizers(Path(sys.argv[1]))
