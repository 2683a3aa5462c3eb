"""Tags of the pages of goals. The rows of the tree are written in one go: templates would take four times as long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from opsloop.goals import permissions
from opsloop.goals.models import Confidence, Goal
from opsloop.goals.queries.goals import Measured
from opsloop.goals.queries.tree import Node, Result
from opsloop.organisation.roles import Permission
from opsloop.web.templatetags import web as components
from opsloop.web.templatetags.quick import address

register = template.Library()

# Confidence and pace: tone and icon beside the word, because colour is never the only sign.
CONFIDENCES: Mapping[str, tuple[str, str]] = {
    Confidence.SURE: ("green", "done"),
    Confidence.RISK: ("gold", "alert"),
    Confidence.UNLIKELY: ("red", "urgent"),
}
PACES: Mapping[str, str] = {"behind": "orange", "far": "red"}
HORIZONS: Mapping[str, Any] = {
    Goal.Horizon.LONG: pgettext_lazy("horizon", "Y"),
    Goal.Horizon.MID: pgettext_lazy("horizon", "Q"),
    Goal.Horizon.SHORT: pgettext_lazy("horizon", "M"),
}


def _html(text: str) -> SafeString:
    """Mark what is put together here, from parts that are escaped each."""
    return mark_safe(text)  # noqa: S308


# Key results that a row of the tree names.
SHOWN_RESULTS = 3


@register.simple_tag
def confidence(value: str, *, short: bool = False) -> SafeString:
    """Show how sure somebody is, nothing when nobody said; `short` leaves the word to the tooltip."""
    if value not in CONFIDENCES:
        return _html("")
    tone, sign = CONFIDENCES[value]
    word = str(Confidence(value).label)
    if not short:
        return components.badge(word, tone, sign)
    drawn = components.icon(sign, "icon-sm", word)
    return _html(f'<span class="sure tone-{tone}" title="{escape(word)}">{drawn}</span>')


@register.simple_tag
def attainment_bar(
    share: int | None, expected: int | None, pace: str, *, rolled: bool = False, label: str = ""
) -> SafeString:
    """Show how much of a goal is attained against what an even pace would have reached by today."""
    if share is None:
        sign = components.icon("alert", "icon-sm")
        return _html(f'<span class="text-muted">{sign} {escape(_("No measure"))}</span>')
    return _bar(share, expected, pace, rolled, label, get_language() or "")


@lru_cache(maxsize=4096)
def _bar(share: int, expected: int | None, pace: str, rolled: bool, label: str, _language: str) -> SafeString:  # noqa: FBT001
    tone = PACES.get(pace, "blue")
    note = _("expected %(n)s%%") % {"n": expected} if expected is not None else ""
    if rolled:
        note = _("mean of the goals below")
    if pace in PACES and not rolled:
        sign = components.icon("alert", "icon-sm")
        note_html = f'<span class="lag tone-{tone}">{sign} {escape(note)}</span>'
    else:
        note_html = f'<span class="lag">{escape(note)}</span>'
    tick = (
        f'<rect class="meter-limit" x="{min(expected, 99)}%" width="2" height="6"></rect>' if expected else ""
    )
    spoken = escape(label or _("Attained"))
    return _html(
        '<div class="labelled-meter"><div class="labelled-meter-head">'
        f'<b class="num">{share}%</b>{note_html}</div>'
        f'<svg class="meter tone-{tone}" role="progressbar" aria-valuemin="0" aria-valuemax="100"'
        f' aria-valuenow="{min(share, 100)}" aria-label="{spoken}"><rect width="100%" height="6"></rect>'
        f'<rect class="meter-fill" width="{min(share, 100)}%" height="6"></rect>{tick}</svg></div>'
    )


@register.simple_tag
def trend(measured: Measured) -> SafeString:
    """Draw the check-ins of a key result against the even pace to its due date; the list beside it says the same.

    A dot has the colour of the confidence that was said with it.
    """
    chart = measured.chart
    if chart is None:
        return _html("")
    words = escape(_("Progress of “%(name)s” against an even pace") % {"name": measured.result.name})
    awaited = f'<polyline class="trend-awaited" points="{chart.awaited}"></polyline>' if chart.awaited else ""
    today = (
        f'<line class="trend-today" x1="{chart.today}" x2="{chart.today}" y1="0" y2="{chart.height}"></line>'
    )
    dots = "".join(
        f'<circle class="trend-dot {_dot_tone(said.confidence)}" cx="{x}" cy="{y}" r="3"></circle>'
        for (x, y), said in zip(chart.dots, reversed(measured.check_ins), strict=True)
    )
    return _html(
        f'<svg class="trend" viewBox="0 0 {chart.width} {chart.height}" role="img" aria-label="{words}">'
        f'<title>{words}</title>{awaited}{today}<polyline class="trend-line" points="{chart.line}"></polyline>'
        f"{dots}</svg>"
    )


def _dot_tone(said: str) -> str:
    return f"tone-{CONFIDENCES[said][0]}" if said in CONFIDENCES else ""


@register.simple_tag(takes_context=True)
def last_check_in(context: Context, at: datetime | None, *, stale: bool = False) -> SafeString:
    """Show how long ago somebody checked in; marked when it is too long."""
    return _age(at, context["request"].now, stale=stale)


def _age(at: datetime | None, now: datetime, *, stale: bool) -> SafeString:
    if at is None:
        if stale:
            return components.badge(_("Never checked in"), "gold", "alert")
        return _html(f'<span class="text-muted">{escape(_("No check-in yet"))}</span>')
    days = (timezone.localtime(now).date() - timezone.localtime(at).date()).days
    if stale:
        text = ngettext("No check-in for %(n)s day", "No check-in for %(n)s days", days) % {"n": days}
        return components.badge(text, "gold", "alert")
    if days <= 0:
        text = _("Checked in today")
    else:
        text = ngettext("Checked in %(n)s day ago", "Checked in %(n)s days ago", days) % {"n": days}
    return _html(f'<span class="text-muted">{escape(text)}</span>')


# ── The tree ──────────────────────────────────────────────────────────────────────────────────────


# A tree longer than this begins folded in: what stands below the top waits in templates.
LONG = 60


@register.simple_tag(takes_context=True)
def goal_rows(context: Context, nodes: Sequence[Node], *, whole: bool = True) -> SafeString:
    """Write the rows of the tree; a long one, unless `whole`, with its top alone and the rest to be unfolded."""
    may_create = context["request"].person.may(Permission.WORK_CREATE)
    words = {
        "fold": escape(_("Fold in what is below (←)")),
        "check_in": escape(_("Check in")),
        "now": escape(_("now")),
        "way": escape(_("Way done, of the whole way")),
        "attained": escape(_("Attained")),
        "work": escape(_("Work done")),
        "all": escape(_("The whole organisation")),
        "measure": escape(_("Add a measure")),
        "new": address("goals:new"),
        "below": escape(_("Goal below")) if may_create else "",
    }
    horizons = {
        value: f'<span class="goal-horizon" title="{escape(label)}">{escape(HORIZONS[value])}</span>'
        for value, label in Goal.Horizon.choices
    }
    if whole or len(nodes) <= LONG:
        return _html("".join(_row(context, node, words, horizons) for node in nodes))
    return _html("".join(_branch(context, one, words, horizons) for one in _branches(nodes)))


def _branches(nodes: Sequence[Node]) -> Iterator[list[Node]]:
    """Yield each goal of the top with all that stands below it."""
    branch: list[Node] = []
    for node in nodes:
        if node.depth == 0 and branch:
            yield branch
            branch = []
        branch.append(node)
    yield branch


def _branch(
    context: Context, nodes: Sequence[Node], words: Mapping[str, str], horizons: Mapping[str, str]
) -> str:
    top, below = nodes[0], nodes[1:]
    rows = "".join(_row(context, node, words, horizons) for node in below)
    folded = f"<template data-tree-below>{rows}</template>" if below else ""
    return _row(context, top, words, horizons, below=len(below)) + folded


def _row(
    context: Context,
    node: Node,
    words: Mapping[str, str],
    horizons: Mapping[str, str],
    *,
    below: int = 0,
) -> str:
    """Write one row; `below` counts the rows that are folded in under it."""
    row = node.row
    may_edit = permissions.edits((row.owner, row.created_by), row.department, context["request"].person)
    toggle = ""
    if node.has_children:
        toggle = (
            '<button class="tree-toggle" type="button" data-tree-toggle'
            f' aria-expanded="{"false" if below else "true"}" aria-label="{words["fold"]}">'
            f"{components.icon('chevron-down', 'icon-sm')}</button>"
        )
    meta = escape(row.department_name) if row.department_name else words["all"]
    if row.module_name:
        meta += f" · {escape(row.module_name)}"
    if below:
        count = ngettext("%(n)s goal below", "%(n)s goals below", below) % {"n": below}
        meta += f' <span class="count">{escape(count)}</span>'
    owner = components.person(_Named(row.owner_name) if row.owner_name else None)
    add = ""
    if words["below"] and row.status == Goal.Status.ACTIVE:
        add = (
            f'<a class="goal-add" href="{words["new"]}?parent={row.pk}" data-drawer data-row-action="a"'
            f' title="{words["below"]} (A)" aria-label="{words["below"]}">{components.icon("add", "icon-sm")}</a>'
        )
    depth = min(node.depth, 8)
    return (
        f'<tr data-row data-depth="{node.depth}" id="goal-{row.pk}"><td class="title depth-{depth}">'
        f'<div class="goal-line">{toggle}{horizons[row.horizon]}'
        f'<a href="{address("goals:goal", row.pk)}" data-row-open>{escape(row.title)}</a>{add}</div>'
        f'<p class="goal-meta">{meta}</p>{_results(node, words, may_edit=may_edit)}</td>'
        f'<td class="fit owner">{owner}</td>'
        f'<td class="fit due">{components.when(context, row.due_on, late=node.is_late)}</td>'
        f'<td class="bar attained" data-label="{words["attained"]}">{_attained(node, words, may_edit=may_edit)}</td>'
        f'<td class="bar share" data-label="{words["work"]}" id="goal-share-{row.pk}"></td>'
        f'<td class="fit pulse">{confidence(node.confidence)}{_pulse(context, node)}</td></tr>'
    )


class _Named:
    """A person as far as a row names them."""

    def __init__(self, name: str) -> None:
        self.name = name


def _attained(node: Node, words: Mapping[str, str], *, may_edit: bool) -> str:
    if node.attainment is None and may_edit:
        edit = address("goals:edit", node.pk)
        sign = components.icon("add", "icon-sm")
        return f'<a class="btn btn-sm" href="{edit}" data-drawer>{sign}{words["measure"]}</a>'
    return attainment_bar(node.attainment, node.expected, node.pace, rolled=node.is_rolled)


def _pulse(context: Context, node: Node) -> str:
    if not node.results:
        return ""
    return _age(node.checked_at, context["request"].now, stale=node.is_stale)


def _results(node: Node, words: Mapping[str, str], *, may_edit: bool) -> str:
    if not node.results:
        return ""
    active = node.row.status == Goal.Status.ACTIVE
    lines = "".join(_result(one, words, may_edit=may_edit and active) for one in node.results[:SHOWN_RESULTS])
    more = len(node.results) - SHOWN_RESULTS
    return f'<ul class="goal-results">{lines}{f"<li>+{more}</li>" if more > 0 else ""}</ul>'


def _result(one: Result, words: Mapping[str, str], *, may_edit: bool) -> str:
    name: str = escape(one.name)
    if may_edit:
        name = (
            f'<a class="result-name" href="{address("goals:check_in", one.goal, one.pk)}" data-drawer'
            f' title="{words["check_in"]}">{name}</a>'
        )
    return (
        f'<li>{name} <span class="num">{escape(one.way_text)}</span>'
        f' <span class="num now">{words["now"]} {one.now_text}</span>'
        f' <span class="num way" title="{words["way"]}">{one.moved_text}</span>'
        f"{confidence(one.confidence, short=True)}</li>"
    )


@register.simple_tag
def gap_sentence(gaps: Sequence[Any]) -> str:
    """Return how many gaps there are, in words."""
    return ngettext("%(n)s gap", "%(n)s gaps", len(gaps)) % {"n": len(gaps)}
