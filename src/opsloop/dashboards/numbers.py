"""The six numbers of a dashboard: what each counts, which way is better, and the target until somebody sets another.

A number is one definition, said on the page, and one set of rows behind it (`queries/rows.py`): whoever asks "which
ones?" gets exactly those that were counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.engines.dashboard import Better, Verdict, judge


@dataclass(frozen=True)
class Number:
    """One number. Values are whole percents; `target` counts until another is set, `tolerance` is in points.

    `is_standing`: it says how things stand at the end of a week or month; the others sum up what happened in it.
    """

    code: str
    label: Promise
    definition: Promise
    better: Better
    target: int
    tolerance: int
    # The words of its two parts of rows, those that call for somebody first.
    missed: Promise
    met: Promise
    is_standing: bool = False

    def judge(self, value: int | None, target: int | None) -> Verdict:
        """Return how a value stands to the target."""
        return judge(value, target, better=self.better, tolerance=self.tolerance)

    def said(self, value: int | None) -> str:
        """Return a value as people say it."""
        if value is None:
            return "—"
        return f"{value:+d}%".replace("-", "−") if self.better == "near" and value else f"{value}%"

    def target_said(self, target: int) -> str:
        """Return a target as people say it."""
        return {"more": "≥ {}%", "less": "≤ {}%", "near": "± {}%"}[self.better].format(target)


NUMBERS: Sequence[Number] = (
    Number(
        "key", _("Key tasks done"),
        _("Tasks of goal relevance 4 or 5 that were due in this time, and how many of them are done, in time or not. Cancelled tasks do not count."),  # noqa: E501
        "more", 90, 5, pgettext_lazy("number", "Not done"), pgettext_lazy("number", "Done"),
    ),
    Number(
        "in_time", _("Done in time"),
        _("All tasks that were due in this time, and how many of them were done by their due time. Done later counts as not in time; cancelled tasks do not count."),  # noqa: E501
        "more", 85, 5, pgettext_lazy("number", "Not in time"), pgettext_lazy("number", "In time"),
    ),
    Number(
        "overdue", pgettext_lazy("number", "Overdue"),
        _("How much of the open work was past its due time at the end of this time, or is now."),
        "less", 5, 5, pgettext_lazy("number", "Overdue"), pgettext_lazy("number", "Not overdue"), is_standing=True,
    ),
    Number(
        "risk", pgettext_lazy("number", "At risk"),
        _("How much of the open work carried a sign of risk at the end of this time, or does now. Signs are set at night and whenever a task changes."),  # noqa: E501
        "less", 15, 5, pgettext_lazy("number", "At risk"), pgettext_lazy("number", "Without a sign"), is_standing=True,
    ),
    Number(
        "goals", _("Goals that keep pace"),
        _("Active goals with a measure and both dates, and how many of them had reached what an even pace asks for, less 10 points, at the end of this time, or now."),  # noqa: E501
        "more", 80, 10, pgettext_lazy("number", "Behind"), pgettext_lazy("number", "Keep pace"), is_standing=True,
    ),
    Number(
        "stray", _("Hours against estimates"),
        _("By how much the recorded hours of tasks finished in this time lie above (+) or below (−) their estimates. Tasks without hours or without an estimate do not count."),  # noqa: E501
        "near", 15, 10, pgettext_lazy("number", "Far from its estimate"), pgettext_lazy("number", "Near its estimate"),
    ),
)  # fmt: skip
BY_CODE: Mapping[str, Number] = {one.code: one for one in NUMBERS}
