"""Risk and remedies in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from opsloop.engines.warning import Code, Remedy, remedies
from opsloop.web.dates import duration

# What a badge says, the gravest first, with its tone and icon.
MARKS: Mapping[str, tuple[Promise, str, str]] = {
    Code.OVERDUE: (pgettext_lazy("risk", "Overdue"), "red", "alert"),
    Code.SHORT: (pgettext_lazy("risk", "Too little time"), "red", "time"),
    Code.WAITS: (pgettext_lazy("risk", "Waits for something late"), "red", "waiting"),
    Code.UNLIKELY: (pgettext_lazy("risk", "Unlikely in time"), "orange", "chart"),
    Code.SOON: (pgettext_lazy("risk", "Due soon"), "orange", "due"),
}
HELPS: Mapping[Remedy, tuple[Promise, str]] = {
    Remedy.FINISH: (gettext_lazy("Finish it first: put it before everything else."), "check"),
    Remedy.REPLAN: (gettext_lazy("Look for a place for it in the plan."), "plan"),
    Remedy.GIVE: (gettext_lazy("Give it to somebody with more room."), "people"),
    Remedy.PUSH: (gettext_lazy("Ask after what it waits for."), "comment"),
    Remedy.DELAY: (gettext_lazy("Ask for another date while it can still be planned."), "due"),
}
ROLES: Mapping[str, Promise] = {
    "A": gettext_lazy("answers for the task (A in RACI)"),
    "project": gettext_lazy("owns the project"),
    "lead": gettext_lazy("leads the department"),
    "self": gettext_lazy("nobody stands above"),
}


def sentence(sign: Mapping[str, Any], *, days: int, before: str = "") -> str:
    """Say what speaks against a task; `days` is the rule of the organisation, `before` what it waits for."""
    code = sign["code"]
    if code == Code.OVERDUE:
        return _("The due date has passed, and it is not finished.")
    if code == Code.SHORT:
        return _("%(load)s of work are due by then, and only %(room)s of working time are left.") % {
            "load": duration(sign["load"]), "room": duration(sign["room"]),
        }  # fmt: skip
    if code == Code.WAITS:
        return _waits(sign["days"], before)
    if code == Code.UNLIKELY:
        return _("As such work has gone so far, the chance of being in time is about %(n)s %%.") % {
            "n": sign["chance"]
        }
    text = ngettext(
        "Due within %(n)s working day, and not finished.",
        "Due within %(n)s working days, and not finished.",
        days,
    )
    return text % {"n": days}


def _waits(days: int, before: str) -> str:
    if before:
        text = ngettext(
            "It waits for “%(title)s”, which is %(n)s working day late.",
            "It waits for “%(title)s”, which is %(n)s working days late.",
            days,
        )
        return text % {"n": days, "title": before}
    text = ngettext(
        "It waits for a task that is %(n)s working day late.",
        "It waits for a task that is %(n)s working days late.",
        days,
    )
    return text % {"n": days}


def mark(codes: Sequence[str]) -> tuple[str, str, str]:
    """Return the words, the tone and the icon of the gravest of some codes."""
    label, tone, icon = MARKS[codes[0]]
    return str(label), tone, icon


def helps(codes: Iterable[str]) -> list[tuple[str, Promise, str]]:
    """Return what would help against these signs: code, words and icon, the best first."""
    return [(one.value, *HELPS[one]) for one in remedies(Code(code) for code in codes)]
