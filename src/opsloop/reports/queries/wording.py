"""The facts of a report in words: whole sentences in the reader's language, each with the way to its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from opsloop.engines.reporting import change
from opsloop.engines.reviewing import Rate
from opsloop.progress.words import MARKS
from opsloop.reports.models import Report
from opsloop.reports.queries.facts import ReportFacts
from opsloop.reports.queries.links import HOURS, Linked
from opsloop.reports.queries.subjects import subject_for
from opsloop.reviews.queries.facts import Subject
from opsloop.web.dates import duration
from opsloop.web.templatetags.quick import address


@dataclass(frozen=True)
class Figure:
    """A number: its name, value, of how many, where its rows are, and how it went since the period before."""

    label: str
    value: str
    note: str
    url: str
    change: int | None = None

    @property
    def change_text(self) -> str:
        """How it went, with a sign and an arrow: colour alone says nothing."""
        if not self.change:
            return ""
        text = _("%(sign)s%(n)s points") % {"sign": "+" if self.change > 0 else "−", "n": abs(self.change)}
        return f"{'▲' if self.change > 0 else '▼'} {text}"


@dataclass(frozen=True)
class Said:
    """One line: `key` names it for leaving it out, `url` leads to its record."""

    key: str
    text: str
    url: str
    note: str = ""
    tone: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Section:
    """Lines under one heading; `more` says how many are not listed, and where they are."""

    name: str
    title: str
    lines: Sequence[Said]
    more: str = ""
    more_url: str = ""

    def without(self, left_out: Sequence[str]) -> Section:
        """Return the section as it is handed out."""
        kept = [one for one in self.lines if one.key not in left_out]
        return Section(self.name, self.title, kept, self.more, self.more_url)


def linked(report: Report, subject: Subject | None = None) -> Linked:
    """Return what the addresses behind the numbers of a report are made of. At most one query, none for a `subject`."""
    period = report.period
    first, last = period.starts_on.isoformat(), period.ends_on.isoformat()
    return Linked(subject or subject_for(report), report, period.name, first, last)


def title_of(report: Report) -> str:
    """Return what a report is called."""
    if report.kind == "week":
        return pgettext("report", "Weekly report")
    return pgettext("report", "Monthly report")


def figures(facts: ReportFacts, to: Linked) -> list[Figure]:
    """Return the numbers of a report, those first that say most."""
    looked, before = facts.looked, facts.before
    found = [
        _rate(_("Key tasks done"), looked.key, to.to("key"), before.key),
        _rate(_("All tasks done"), looked.all, to.to("all"), before.all),
        _rate(_("Done in time"), looked.in_time, to.to("in_time"), before.in_time),
        Figure(_("Finished tasks"), str(facts.done_count), "", to.to("done")),
        Figure(_("Late tasks"), str(looked.late_count), "", to.to("late")),
        Figure(_("Recorded hours"), duration(looked.worked), "", to.to(HOURS)),
    ]
    if looked.stray is not None:
        sign = "+" if looked.stray >= 0 else "−"
        count = ngettext("%(n)s task", "%(n)s tasks", looked.compared) % {"n": looked.compared}
        label = _("Hours against estimates")
        found.append(Figure(label, f"{sign}{abs(looked.stray)}%", count, to.to("compared")))
    if looked.foreign.total:
        found.append(_rate(_("For other departments, in time"), looked.foreign, to.to("foreign")))
    return found


def _rate(label: str, rate: Rate, url: str, before: Rate | None = None) -> Figure:
    if rate.percent is None:
        return Figure(label, "—", "", url)
    moved = change(rate.percent, before.percent) if before else None
    return Figure(label, f"{rate.percent}%", f"{rate.done}/{rate.total}", url, moved)


def sentences(facts: ReportFacts) -> list[str]:
    """Return what the numbers say, for where there is no room for more: messages of robots, the text of a mail."""
    looked = facts.looked
    found = []
    if looked.key.total:
        found.append(
            _("Key tasks: %(done)s of %(total)s done (%(percent)s%%).")
            % {"done": looked.key.done, "total": looked.key.total, "percent": looked.key.percent}
        )
    if looked.all.total:
        found.append(
            _("All tasks that were due: %(done)s of %(total)s done (%(percent)s%%).")
            % {"done": looked.all.done, "total": looked.all.total, "percent": looked.all.percent}
        )
    if looked.late_count:
        text = ngettext("%(n)s task was late.", "%(n)s tasks were late.", looked.late_count)
        found.append(text % {"n": looked.late_count})
    if facts.danger_count:
        text = ngettext("%(n)s task is at risk.", "%(n)s tasks are at risk.", facts.danger_count)
        found.append(text % {"n": facts.danger_count})
    if looked.worked:
        found.append(_("%(time)s were recorded.") % {"time": duration(looked.worked)})
    return found or [_("The record says nothing about this period.")]


def back(facts: ReportFacts, to: Linked) -> list[Section]:
    """Return what happened: what was finished, what was late, how far goals are, what stood in the way."""
    looked = facts.looked
    return _filled(
        Section(
            "done",
            _("What was finished"),
            list(_done(facts, to)),
            *_more(facts.done_count, facts.done, to.to("done")),
        ),
        Section(
            "late",
            _("What was late"),
            list(_late(facts, to)),
            *_more(looked.late_count, looked.late, to.to("late")),
        ),
        Section("goals", _("How far the goals are"), list(_goals(facts))),
        Section("obstacles", _("What stood in the way"), list(_obstacles(facts))),
        Section("notices", _("Notices"), list(_notices(facts, to))),
    )


def ahead(facts: ReportFacts, to: Linked) -> list[Section]:
    """Return what comes: what is at risk, and what is due in the period after."""
    title = _("What is due next week") if to.name.find("W") > 0 else _("What is due next month")
    url = to.rows("dangers")
    return _filled(
        Section(
            "dangers",
            _("What is at risk"),
            list(_dangers(facts, to)),
            *_more(facts.danger_count, facts.dangers, url),
        ),
        Section("ahead", title, list(_ahead(facts, to)), *_more(facts.ahead_count, facts.ahead, "")),
    )


def _filled(*sections: Section) -> list[Section]:
    return [one for one in sections if one.lines]


def _more(count: int, shown: Sequence[Any], url: str) -> tuple[str, str]:
    left = count - len(shown)
    if left <= 0:
        return "", ""
    return ngettext("%(n)s more is not listed.", "%(n)s more are not listed.", left) % {"n": left}, url


def _task(pk: int) -> str:
    return address("work:task", pk)


def _owner(one: Any, to: Linked) -> str:
    """Return who owns a task; in a person's own report that goes without saying."""
    return "" if to.subject.person is not None else str(one.owner)


def _joined(*parts: str) -> str:
    return " · ".join(one for one in parts if one)


def _done(facts: ReportFacts, to: Linked) -> Iterator[Said]:
    for one in facts.done:
        when = f"{one.day:%m-%d}" if one.day else ""
        key = _("Key task") if one.is_key else ""
        yield Said(f"done:{one.pk}", one.title, _task(one.pk), _joined(_owner(one, to), when, key))


def _late(facts: ReportFacts, to: Linked) -> Iterator[Said]:
    for one in facts.looked.late:
        days = ngettext("%(n)s day late", "%(n)s days late", one.days) % {"n": one.days}
        key = _("Key task") if one.is_key else ""
        mark = _("Still open") if one.is_open else ""
        note = _joined(_owner(one, to), days, key)
        yield Said(f"late:{one.pk}", one.title, _task(one.pk), note, "red", mark)


def _goals(facts: ReportFacts) -> Iterator[Said]:
    for one in facts.looked.goals:
        note = _("No measure") if one.attained is None else f"{one.attained}%"
        mark = {"achieved": _("Achieved"), "missed": _("Missed")}.get(one.status, "")
        tone = "green" if one.status == "achieved" else "red"
        yield Said(f"goals:{one.pk}", one.title, address("goals:goal", one.pk), note, tone, mark)


def _obstacles(facts: ReportFacts) -> Iterator[Said]:
    for one in facts.looked.obstacles:
        mark = "" if one.is_answered else _("Not answered")
        note = _joined(one.name, f"{one.day:%m-%d}")
        yield Said(f"obstacles:{one.pk}", one.text, address("rituals:note", one.pk), note, "gold", mark)
    for number, cause in enumerate(facts.looked.delays):
        text = ngettext(
            "Another date was asked for %(n)s time: %(cause)s", "Another date was asked for %(n)s times: %(cause)s",
            cause.count,
        ) % {"n": cause.count, "cause": cause.name}  # fmt: skip
        yield Said(f"delays:{number}", text, address("progress:delays"))


def _notices(facts: ReportFacts, to: Linked) -> Iterator[Said]:
    told = facts.notices
    if not told.sent:
        return
    text = ngettext("%(n)s notice was sent.", "%(n)s notices were sent.", told.sent) % {"n": told.sent}
    note = _("%(confirmed)s of %(people)s confirmed, %(unasked)s before any reminder") % {
        "confirmed": told.confirmed, "people": told.people, "unasked": told.unasked,
    }  # fmt: skip
    mark = _("%(n)s still open") % {"n": told.open} if told.open else ""
    url = f"{address('notices:table')}?since={to.first}&until={to.last}"
    yield Said("notices", text, url, note, "gold" if told.open else "", mark)


def _dangers(facts: ReportFacts, to: Linked) -> Iterator[Said]:
    for one in facts.dangers:
        text, tone, _icon = MARKS.get(one.code, ("", "orange", ""))
        due = _("due %(day)s") % {"day": f"{one.day:%m-%d}"} if one.day else ""
        yield Said(
            f"dangers:{one.pk}", one.title, _task(one.pk), _joined(_owner(one, to), due), tone, str(text)
        )


def _ahead(facts: ReportFacts, to: Linked) -> Iterator[Said]:
    # What is at risk stands above already.
    said = {one.pk for one in facts.dangers}
    for one in (task for task in facts.ahead if task.pk not in said):
        due = _("due %(day)s") % {"day": f"{one.day:%m-%d}"} if one.day else ""
        key = _("Key task") if one.is_key else ""
        yield Said(f"ahead:{one.pk}", one.title, _task(one.pk), _joined(_owner(one, to), due, key))
