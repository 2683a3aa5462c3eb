"""Tags of the pages around projects."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from opsloop.portfolio.queries.listing import Row
from opsloop.portfolio.queries.page import NodeRow
from opsloop.portfolio.queries.standing import days_left
from opsloop.web import dates
from opsloop.web.templatetags import web as components
from opsloop.web.templatetags.quick import address
from opsloop.work.models import Project

register = template.Library()
HEALTHS: Mapping[str, tuple[str, str, Any]] = {
    "green": ("green", "done", gettext_lazy("On track")),
    "amber": ("gold", "alert", gettext_lazy("At risk")),
    "red": ("red", "urgent", gettext_lazy("Off track")),
}
STAGES: Mapping[str, tuple[str, str]] = {
    "planned": ("grey", "not-started"),
    "active": ("blue", "in-progress"),
    "paused": ("gold", "waiting"),
    "closed": ("green", "done"),
}
RISKS: Mapping[str, tuple[str, str, Any]] = {
    "high": ("red", "urgent", pgettext_lazy("risk", "High")),
    "medium": ("gold", "alert", pgettext_lazy("risk", "Medium")),
    "low": ("grey", "minus", pgettext_lazy("risk", "Low")),
}
TRENDS: Mapping[int, tuple[str, Any]] = {
    1: ("arrow-up", gettext_lazy("rising")),
    -1: ("arrow-down", gettext_lazy("falling")),
    0: ("minus", gettext_lazy("unchanged")),
}


@register.simple_tag
def health(level: str, why: str = "") -> SafeString:
    """Show how a project stands; `why` is on hover."""
    tone, sign, word = HEALTHS[level]
    return components.badge(word, tone, sign, why)


@register.simple_tag
def stage(project: Project) -> SafeString:
    """Show the stage of a project."""
    tone, sign = STAGES[project.status]
    return components.badge(project.get_status_display(), tone, sign)


@register.simple_tag
def risk_score(score: int, level: str) -> SafeString:
    """Show the score of a risk with its level in a word."""
    tone, sign, word = RISKS[level]
    return components.badge(f"{score} · {word}", tone, sign)


@register.simple_tag
def risk_trend(trend: int) -> SafeString:
    """Show where the score of a risk went last, as a sign and a word."""
    sign, word = TRENDS[trend]
    return mark_safe(f'<span class="text-secondary">{components.icon(sign, "icon-sm")} {escape(word)}</span>')  # noqa: S308


@register.filter
def days(count: int | None) -> str:
    """Say how many days are left: 3 days left, today, 2 days over."""
    if count is None:
        return "—"
    if count == 0:
        return _("today")
    if count > 0:
        return ngettext("%(n)d day left", "%(n)d days left", count) % {"n": count}
    return ngettext("%(n)d day over", "%(n)d days over", -count) % {"n": -count}


@register.simple_tag
def node_state(row: NodeRow) -> SafeString:
    """Say how a key node stands: reached, overdue by how much, what is left, or what it waits for."""
    if row.state == "reached":
        if row.was_late:
            text = _("Reached %(time)s too late") % {"time": dates.duration(row.late_by)}
            return components.badge(text, "orange", "done")
        return components.badge(_("Reached in time"), "green", "done")
    if row.state == "overdue":
        text = _("Overdue by %(time)s") % {"time": dates.duration(-(row.left or 0))}
        return components.badge(text, "red", "alert")
    if row.state == "running":
        text = _("%(time)s left") % {"time": dates.duration(row.left)}
        return components.badge(text, "blue", "in-progress")
    return components.badge(_("Its clock has not started"), "grey", "not-started")


@register.simple_tag(takes_context=True)
def project_row(context: Context, row: Row, shown: Collection[str]) -> SafeString:
    """Show one row of the list of projects.

    A list has fifty of them: written in Python, a row costs a fifth of what it would as template text.
    """
    project, standing, now = row.project, row.standing, context["request"].now
    goal = (
        f'<span class="beside">{escape(project.goal.title)}</span>'
        if project.goal_id and project.goal
        else ""
    )
    title = (
        f'<a href="{address("portfolio:project", project.pk)}" data-row-open>{escape(project.name)}</a>{goal}'
    )
    tally = standing.tally
    work = (
        components.progress(tally.done, tally.total, text=tally.text)
        if tally.total
        else f'<span class="text-muted">{escape(_("No tasks yet"))}</span>'
    )
    late = components.icon("alert", "icon-sm")
    overdue = f'<span class="text-danger">{late} {tally.overdue}</span>' if tally.overdue else "0"
    cells = [
        ("fit num-of", "", f'<span class="record-number">{escape(project.number)}</span>'),
        ("title", "", title),
        ("fit stage", "", stage(project)),
        ("fit health", "", health(standing.level, standing.why)),
        ("node", str(_("Next node")), _next_node(standing, now)),
        ("work-done", str(_("Work done")), work),
        ("num fit overdue", "", overdue),
    ]
    if "risks" in shown:
        cells.append(("fit risks", "", _risks(standing)))
    cells += [
        ("fit owner", "", components.person(project.owner)),
        ("fit due", "", components.when(context, project.due_on, late=row.is_late)),
    ]
    body = "".join(
        f'<td class="{css}"{f" data-label={chr(34)}{conditional_escape(label)}{chr(34)}" if label else ""}>{cell}</td>'
        for css, label, cell in cells
    )
    return mark_safe(f'<tr data-row id="project-{project.pk}">{body}</tr>')  # noqa: S308 (each cell is escaped)


def _next_node(standing: Any, now: Any) -> str:
    node = standing.next_node
    if node is None:
        return '<span class="text-muted">—</span>'
    left = days_left(node.due_at, now)
    css = "text-danger" if node.is_overdue else "text-secondary"
    sign = components.icon("alert", "icon-sm") + " " if node.is_overdue else ""
    when = f' <span class="{css}">{sign}{escape(days(left))}</span>' if left is not None else ""
    return f'<span class="node-title">{escape(node.title)}</span>{when}'


def _risks(standing: Any) -> str:
    if standing.high_risks:
        words = ngettext("%(n)d high", "%(n)d high", standing.high_risks) % {"n": standing.high_risks}
        return components.badge(words, "red", "urgent")
    return str(standing.open_risks)
