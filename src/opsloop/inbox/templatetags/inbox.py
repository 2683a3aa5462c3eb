"""Rows of the inbox.

A page has fifty of them: written in Python they cost a third of what they would as template text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from opsloop.web.templatetags import web as components
from opsloop.web.templatetags.quick import address, formatted

register = template.Library()


@register.simple_tag
def inbox_words() -> dict[str, str]:
    """Return the words that every row repeats, looked up once, fit to stand in the page."""
    words = {
        "unread": _("unread"),
        "why": _("Why did I get this?"),
        "change": _("Change what I am told"),
        "begin": _("Begin"),
        "decide": _("Accept or return"),
        "answer": _("Answer"),
        "put_off": pgettext("inbox", "Put off"),
        "finish": _("Finish"),
        "mark": _("Mark as unread"),
    }
    return {name: escape(word) for name, word in words.items()}


@register.simple_tag(takes_context=True)
def inbox_row(context: Context, row: Mapping[str, Any], words: Mapping[str, str]) -> SafeString:
    """Show a row (what `Row.shown` tells) of the box of this page: inbox, later or done."""
    box, is_unread = context["box"], row["is_unread"]
    select = components.row_select(row["ids"], row["title"]) if box != "done" else ""
    who = (
        components.avatar(row["actor"])
        if row["actor"]
        else _SYSTEM.format(components.icon("activity", "icon-sm"))
    )
    dot = _DOT.format(words["unread"]) if is_unread else ""
    facts = " ".join(_facts(context, row, words))
    actions = f'<div class="inbox-actions">{" ".join(_actions(row, words))}</div>' if box != "done" else ""
    return mark_safe(  # noqa: S308 (every text of a person is escaped)
        f'<li class="item inbox-row{" is-unread" if is_unread else ""}" data-row id="told-{row["pk"]}">{select}{who}'
        f'<div class="item-main"><p class="inbox-line">{dot}<a class="inbox-title" href="{row["url"]}" data-drawer'
        f' data-row-open data-reads="{row["ids"]}">{escape(row["title"])}</a>'
        f' <span class="record-number">{escape(row["number"])}</span></p>'
        f'<p class="inbox-said">{components.icon(row["icon"], "icon-sm")} {escape(row["sentence"])}{_said(row)}</p>'
        f'<div class="inbox-facts">{facts}</div>'
        f'<div id="reply-{row["pk"]}" class="inbox-reply" hx-morph-skip></div></div>{actions}</li>'
    )


_SYSTEM = '<span class="avatar tone-grey">{}</span>'
_DOT = '<span class="unread-dot"><span class="visually-hidden">{}</span></span>'


def _said(row: Mapping[str, Any]) -> str:
    """Return what was changed, from what to what, and how a comment begins."""
    said = ""
    if row["change"]:
        old, new = (escape(str(value)) for value in row["change"])
        said = f' <span class="inbox-change"><del>{old}</del> <span aria-hidden="true">→</span> <ins>{new}</ins></span>'
    return said + (f'<span class="inbox-excerpt">{escape(row["excerpt"])}</span>' if row["excerpt"] else "")


def _facts(context: Context, row: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[str]:
    yield components.relative_time(context, row["at"])
    if row["snoozed_until"] and context["box"] == "later":
        when = formatted(timezone.localtime(row["snoozed_until"]), "m-d H:i")
        yield f"<span>{escape(_('Comes back %(when)s') % {'when': when})}</span>"
    if row["more"]:
        more = ngettext("and %(n)s earlier", "and %(n)s earlier", row["more"]) % {"n": row["more"]}
        yield f"<span>{escape(more)}</span>"
    yield (
        f'<details class="why"><summary>{words["why"]}</summary><span>{escape(str(row["why"]))}'
        f' <a href="{address("channels:preferences")}" data-drawer>{words["change"]}</a></span></details>'
    )


def _actions(row: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[str]:
    """Yield what can be done about a row, the first thing first."""
    pk, ids = row["pk"], row["ids"]
    if row["may_begin"]:
        record = row["record"]
        yield (
            f'<button class="btn btn-sm" type="button" hx-post="{address("work:field", record.pk, "status")}"'
            f' hx-vals=\'{{"version": "{record.version}", "status": "doing"}}\' hx-swap="none" data-row-action="b"'
            f' title="{words["begin"]} (B)">{components.icon("play", "icon-sm")}{words["begin"]}</button>'
        )
    for tap, key in zip(row["taps"], "bn", strict=False):
        label = escape(tap.label)
        yield (
            f'<button class="btn btn-sm" type="button" hx-post="{escape(tap.url)}" hx-swap="none"'
            f' data-row-action="{key}" title="{label} ({key.upper()})">'
            f"{components.icon(tap.icon, 'icon-sm')}{label}</button>"
        )
    if row["may_decide"]:
        yield (
            f'<a class="btn btn-sm" href="{row["url"]}" data-drawer data-reads="{ids}" data-row-action="b">'
            f"{components.icon('approve', 'icon-sm')}{words['decide']}</a>"
        )
    if row["may_answer"]:
        yield (
            f'<button class="btn btn-sm" type="button" hx-get="{address("inbox:reply", pk)}" hx-target="#reply-{pk}"'
            f' hx-swap="innerHTML" data-row-action="r" title="{words["answer"]} (R)">'
            f"{components.icon('reply', 'icon-sm')}{words['answer']}</button>"
        )
    yield (
        f'<button class="icon-button" type="button" hx-get="{address("inbox:snooze")}?selected={ids}"'
        f' hx-target="#row-menu" hx-swap="innerHTML" data-row-menu data-row-action="s" title="{words["put_off"]} (S)"'
        f' aria-label="{words["put_off"]}" aria-haspopup="menu">{components.icon("snooze")}</button>'
    )
    yield (
        f'<button class="icon-button" type="button" hx-post="{address("inbox:completion")}"'
        f' hx-vals=\'{{"selected": "{ids}"}}\' hx-target="#told-{pk}" hx-swap="delete" data-row-action="e d"'
        f' title="{words["finish"]} (E)" aria-label="{words["finish"]}">{components.icon("check")}</button>'
    )
    if not row["is_unread"]:
        yield (
            f'<button class="visually-hidden" type="button" tabindex="-1" hx-post="{address("inbox:unread", pk)}"'
            f' hx-swap="none" data-row-action="u" title="{words["mark"]} (U)">{words["mark"]}</button>'
        )
