"""Milliseconds and bytes of a report as PDF, Word and Markdown: 60 lines, numbers, a chart and a table of 40 people.

Run: OPSLOOP_HOME=<an empty folder> .venv/bin/python benchmarks/paper_pdf.py
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsloop.config.settings")
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TIMES = 20


def paper() -> Any:
    """Return a report as long as they get."""
    from opsloop.paper.blocks import Bar, Bars, Figure, Figures, Grid, Heading, Line, Lines, Paper, Text

    lines = [
        Line(f"国庆大促主视觉第{n}版定稿并同步渠道组", f"/tasks/{n}/", "林悦 · 11-17") for n in range(60)
    ]
    people = [[f"成员{n}", "12", "10", "2", "38 小时"] for n in range(40)]
    blocks = (
        Heading("本期小结"), Text("按计划推进。\n" * 5), Figures([Figure("完成率", "85%", "24/28", "/tasks/")] * 8),
        Heading("完成事项"), Lines(lines), Bars([Bar(f"类别{n}", 15, "15% · 6 小时") for n in range(6)]),
        Heading("成员工作量"), Grid(["姓名", "到期", "完成", "延期", "工时"], people),
    )  # fmt: skip
    return Paper("周报 2026-W47", "内容组", blocks, "周报-内容组-2026-W47")


def measure(name: str, make: Callable[[], bytes]) -> None:
    """Print the first and the median time of a format, and its size."""
    spent = []
    for _n in range(TIMES):
        begun = time.process_time()
        made = make()
        spent.append((time.process_time() - begun) * 1000)
    print(
        f"{name:9} first {spent[0]:6.0f} ms CPU, then {median(spent[1:]):5.0f} ms, {len(made) / 1000:6.1f} kB"
    )


def main() -> None:
    """Measure the three formats."""
    import django

    django.setup()
    from opsloop.paper.markdown import markdown
    from opsloop.paper.pdf import pdf
    from opsloop.paper.word import word

    made = paper()
    measure("PDF", lambda: pdf(made, at=AT, site="https://ops.example.cn"))
    measure("Word", lambda: word(made, site="https://ops.example.cn"))
    measure("Markdown", lambda: markdown(made, site="https://ops.example.cn").encode())


if __name__ == "__main__":
    main()
