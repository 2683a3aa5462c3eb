"""The component library as template tags. Settings make them built in: no page needs `{% load %}`.

`/style/` shows each one in every state; README.md beside this package shows how a page is written.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from opsloop.web import assets, dates, versions

register = template.Library()

Tone = tuple[str, str, Any]
# Priority, quadrant and status: tone, icon and word together, because colour is never the only sign.
PRIORITIES: Mapping[str, Tone] = {
    "urgent": ("red", "urgent", pgettext_lazy("priority", "Urgent")),
    "high": ("orange", "arrow-up", pgettext_lazy("priority", "High")),
    "medium": ("blue", "minus", pgettext_lazy("priority", "Medium")),
    "low": ("grey", "arrow-down", pgettext_lazy("priority", "Low")),
}
STATUSES: Mapping[str, Tone] = {
    "not_started": ("grey", "not-started", gettext_lazy("Not started")),
    "in_progress": ("blue", "in-progress", gettext_lazy("In progress")),
    "waiting": ("gold", "waiting", gettext_lazy("Waiting for approval")),
    "blocked": ("red", "block", gettext_lazy("Blocked")),
    "late": ("orange", "alert", gettext_lazy("Late")),
    "delayed": ("orange", "alert", gettext_lazy("Delayed")),
    "done": ("green", "done", gettext_lazy("Done")),
    "cancelled": ("grey", "close", gettext_lazy("Cancelled")),
}
QUADRANTS: Mapping[str, Tone] = {
    "important_urgent": ("red", "urgent", gettext_lazy("Important and urgent")),
    "important": ("blue", "calendar", gettext_lazy("Important, not urgent")),
    "urgent": ("orange", "send", gettext_lazy("Urgent, not important")),
    "neither": ("grey", "minus", gettext_lazy("Neither important nor urgent")),
}
# A task's own words for the first two.
STATUSES = {**STATUSES, "todo": STATUSES["not_started"], "doing": STATUSES["in_progress"]}
_TONES = {"priority": PRIORITIES, "status": STATUSES, "quadrant": QUADRANTS}
AVATAR_TONES = ("blue", "cyan", "green", "gold", "orange", "purple", "red")


# ── Assets ────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def built(source: str) -> str:
    """Return the address of a file that Vite built, by its source name."""
    return assets.url(source)


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """Draw an icon of web/icons.json; decorative unless `label` says what it means.

    Raises:
        ValueError: the name is not in web/icons.json.
    """
    return _drawn(name, css, _escaped(label), assets.url("icons.svg"))


# A page of rows has hundreds of the same few icons and words. The caches below are keyed by texts that are
# escaped already: a text marked as safe and the same text from a person are never taken for each other.


def _escaped(text: Any) -> str:
    # Mostly there is none, and Django's own way to find that out is a long one.
    return conditional_escape(text) if text else ""


@lru_cache(maxsize=1024)
def _drawn(name: str, css: str, escaped_label: str, sprite: str) -> SafeString:
    if name not in assets.icon_names():
        raise ValueError(f"no icon is called {name!r}; add it to opsloop/web/icons.json")
    spoken = f'role="img" aria-label="{escaped_label}"' if escaped_label else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308
        f'<svg class="icon {escape(css)}" {spoken}><use href="{escape(sprite)}#{name}"></use></svg>'
    )


# ── Words with a colour and a sign ────────────────────────────────────────────────────────────────


@register.simple_tag
def badge(text: Any, tone: str = "grey", icon_name: str = "", title: str = "") -> SafeString:
    """Show a short word on a tint; give an icon whenever the tone means something."""
    return _badge(_escaped(text), tone, icon_name, _escaped(title), assets.url("icons.svg"))


@register.filter
def named(record: Any, otherwise: str = "") -> str:
    """Write the name of a department or a person, or `otherwise` where there is none."""
    return str(record) if record else otherwise


# Signs that the style sheet draws (`.sign-…` in _components.scss): a row has several of these badges, and an
# icon is two elements of its own.
SIGNS = frozenset(
    sign for table in (PRIORITIES, STATUSES, QUADRANTS) for _tone, sign, _word in table.values()
)


@lru_cache(maxsize=1024)
def _badge(escaped_text: str, tone: str, icon_name: str, escaped_title: str, sprite: str) -> SafeString:
    is_styled = icon_name in SIGNS
    sign = _drawn(icon_name, "", "", sprite) if icon_name and not is_styled else ""
    css = f"badge tone-{escape(tone)}{f' sign-{icon_name}' if is_styled else ''}"
    hint = f' title="{escaped_title}"' if escaped_title else ""
    return mark_safe(  # noqa: S308
        f'<span class="{css}"{hint}>{sign}{escaped_text}</span>'
    )


def _toned(kind: str, value: Any, title: str = "") -> SafeString:
    key = str(getattr(value, "value", value) or "")
    return _toned_in(get_language(), kind, key, _escaped(title), assets.url("icons.svg"))


@lru_cache(maxsize=1024)
def _toned_in(_language: str | None, kind: str, key: str, escaped_title: str, sprite: str) -> SafeString:
    found = _TONES[kind].get(key)
    if found is None:
        return mark_safe("")
    tone, sign, word = found
    return _badge(conditional_escape(word), tone, sign, escaped_title, sprite)


@register.simple_tag
def priority(value: Any) -> SafeString:
    """Show urgent, high, medium or low; nothing for none."""
    return _toned("priority", value)


@register.simple_tag
def status(value: Any) -> SafeString:
    """Show not_started, in_progress, waiting, blocked, late, delayed, done or cancelled."""
    return _toned("status", value)


@register.simple_tag
def quadrant(value: Any, reason: str = "") -> SafeString:
    """Show important_urgent, important, urgent or neither; `reason` says why on hover."""
    return _toned("quadrant", value, reason)


# ── People ────────────────────────────────────────────────────────────────────────────────────────


def display_name(person: Any) -> str:
    """Return what a person is called on screen."""
    for attribute in ("display_name", "name", "get_full_name", "get_username"):
        value = getattr(person, attribute, None)
        value = value() if callable(value) else value
        if value:
            return str(value)
    return str(person)


def initials(name: str) -> str:
    """Return what an avatar has room for: 李晓雯 → 雯, Anna Schmidt → AS."""
    words = name.split()
    if not words:
        return "?"
    if unicodedata.east_asian_width(words[-1][-1]) in "WF":
        return words[-1][-1]
    return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper()


@register.simple_tag
def avatar(person: Any, size: str = "") -> SafeString:
    """Show a person's initials in a colour of their own; the name is on hover and beside it in text."""
    return _avatar(display_name(person), "avatar-lg" if size == "lg" else "")


@lru_cache(maxsize=4096)
def _avatar(name: str, css: str) -> SafeString:
    # Escapes the name whatever it is marked as, so the cache cannot mix two of them up.
    tone = AVATAR_TONES[sum(map(ord, name)) % len(AVATAR_TONES)]
    return mark_safe(  # noqa: S308
        f'<span class="avatar {css} tone-{tone}" title="{escape(name)}" aria-hidden="true">'
        f"{escape(initials(name))}</span>"
    )


@register.simple_tag
def person(value: Any, empty: str = "") -> SafeString:
    """Show avatar and name, or `empty` in grey when there is nobody."""
    if not value:
        return format_html('<span class="text-muted">{}</span>', empty or _("Nobody yet"))
    name = display_name(value)
    return mark_safe(  # noqa: S308
        f'<span class="person">{_avatar(name, "")}<span class="person-name">{escape(name)}</span></span>'
    )


@register.simple_tag
def people(values: Iterable[Any], limit: int = 4) -> SafeString:
    """Show several people as overlapping avatars, named for screen readers."""
    everyone = list(values)
    names = "、".join(display_name(one) for one in everyone)
    shown = format_html_join("", "{}", ((avatar(one),) for one in everyone[:limit]))
    more = f" +{len(everyone) - limit}" if len(everyone) > limit else ""
    return format_html(
        '<span class="people" title="{0}"><span class="visually-hidden">{0}</span>{1}{2}</span>',
        names,
        shown,
        more,
    )


# ── Dates, durations, numbers ─────────────────────────────────────────────────────────────────────


def _now(context: Context) -> datetime:
    request = context.get("request")
    at: datetime | None = getattr(request, "now", None)
    if at is None:
        raise template.TemplateSyntaxError("dates need request.now: is RequestMiddleware installed?")
    return at


@register.simple_tag(takes_context=True)
def relative_time(context: Context, value: datetime | None) -> SafeString:
    """Show how long ago something was: just now, N minutes ago, N hours ago, 12-05 15:00, 2025-12-05 15:00."""
    if value is None:
        return mark_safe("")
    said = escape(dates.relative(value, _now(context)))
    return mark_safe(  # noqa: S308
        f'<time class="when" datetime="{value.isoformat(timespec="seconds")}"'
        f' title="{dates.absolute(value)}">{said}</time>'
    )


@register.simple_tag(takes_context=True)
def when(
    context: Context, value: date | datetime | None, *, late: bool = False, empty: str = ""
) -> SafeString:
    """Show a date relative and absolute at once: 明天 周四 12-05 15:00. `late` marks it in red with a word."""
    if value is None:
        return format_html('<span class="text-muted">{}</span>', empty or "—")
    near, rest = dates.parts(value, _now(context))
    late_word = f' <span class="visually-hidden">{escape(_("late"))}</span>' if late else ""
    css = " is-late" if late else ""
    if near:
        said = f'<span class="when-near">{escape(near)}</span> <span class="when-rest">{escape(rest)}</span>'
    else:
        # One grey text: rows have many of them, and each element counts.
        said, css = str(escape(rest)), f"{css} when-rest"
    return mark_safe(  # noqa: S308
        f'<time class="when{css}" datetime="{value.isoformat()}">{said}{late_word}</time>'
    )


@register.filter
def weekday(value: date) -> str:
    """Write the short name of the weekday: 周三."""
    return str(dates.WEEKDAYS[value.weekday()])


@register.filter
def minutes(value: int | None) -> str:
    """Write a number of minutes as people say it: 135 → 2 h 15 min."""
    return dates.duration(value)


@register.filter
def number(value: float | int | None, places: int = 0) -> str:
    """Write a number with thousands separators: 12345 → 12,345."""
    return "—" if value is None else f"{value:,.{places}f}"


@register.filter
def percent(value: float | None) -> str:
    """Write a share between 0 and 1 as a whole percentage."""
    return "—" if value is None else f"{value * 100:.0f}%"


# ── Bars ──────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def progress(
    value: float, maximum: float = 100, label: str = "", tone: str = "blue", text: str = ""
) -> SafeString:
    """Show how much of something is done. `label` names it for everybody, `text` is the number beside it."""
    share = max(0.0, min(1.0, value / maximum)) if maximum else 0.0
    bar = _meter(tone, f"{share:.1%}", round(share * 100), escape(label))
    if not (label or text):
        return mark_safe(f'<div class="labelled-meter">{bar}</div>')  # noqa: S308
    return mark_safe(  # noqa: S308
        f'<div class="labelled-meter"><div class="labelled-meter-head"><span>{escape(label)}</span>'
        f'<span class="num">{escape(text) or f"{round(share * 100)}%"}</span></div>{bar}</div>'
    )


@lru_cache(maxsize=1024)
def _meter(tone: str, share: str, percent: int, escaped_label: str) -> SafeString:
    return mark_safe(  # noqa: S308
        f'<svg class="meter tone-{tone}" role="progressbar" aria-valuemin="0" aria-valuemax="100"'
        f' aria-valuenow="{percent}" aria-label="{escaped_label or f"{percent}%"}">'
        '<rect width="100%" height="6"></rect>'
        f'<rect class="meter-fill" width="{share}" height="6"></rect></svg>'
    )


@register.simple_tag
def capacity(planned: int, available: int, label: str = "") -> SafeString:
    """Show planned against available minutes; what is too much is red and said in words."""
    return _capacity(
        planned, available, conditional_escape(label or _("Planned / available")), get_language() or ""
    )


@lru_cache(maxsize=2048)
def _capacity(planned: int, available: int, escaped_label: str, _language: str) -> SafeString:
    whole = max(planned, available, 1)
    context = {
        "label": mark_safe(escaped_label),  # noqa: S308
        "planned": planned,
        "available": available,
        "fill": f"{min(planned, available) / whole:.1%}",
        "over": max(0, planned - available),
        "over_width": f"{max(0, planned - available) / whole:.1%}",
        "limit": f"{available / whole:.1%}",
        "percent": round(100 * planned / available) if available else 0,
    }
    return mark_safe(get_template("components/capacity.html").render(context))  # noqa: S308


# ── Parts of a page ───────────────────────────────────────────────────────────────────────────────


@register.simple_block_tag(takes_context=True)
def page_header(
    context: Context, content: str, title: str, lede: str = "", crumbs: Sequence[tuple[str, str]] = ()
) -> SafeString:
    """Open a page with its one h1; inside the tag stand its actions, exactly one of them `btn-primary`.

    In the side drawer the title becomes the drawer's own heading.
    """
    return _component(
        context,
        "page_header",
        content=_rendered(content),
        title=title,
        lede=lede,
        crumbs=list(crumbs),
    )


@register.simple_block_tag(takes_context=True)
def empty_state(
    context: Context,
    content: str,
    title: str,
    text: str = "",
    icon_name: str = "sparkles",
    example: str = "",
    tone: str = "",
) -> SafeString:
    """Say why there is nothing here; inside the tag stands the one action. Praise has no action."""
    return _component(
        context,
        "state",
        content=_rendered(content),
        title=title,
        text=text,
        icon_name=icon_name,
        example=example,
        tone=tone,
    )


@register.simple_block_tag(takes_context=True)
def card(
    context: Context, content: str, *, title: str = "", actions: str = "", body: bool = True, level: int = 2
) -> SafeString:
    """Frame what belongs together. `body=False` when a table or list fills the card to its edge."""
    return _component(
        context, "card", content=_rendered(content), title=title, actions=actions, body=body, level=level
    )


@register.simple_block_tag(takes_context=True)
def dialog(context: Context, content: str, *, id: str, title: str, wide: bool = False) -> SafeString:  # noqa: A002
    """A dialog opened by any `<button data-dialog="ID">`; Esc, ✕ and a click outside close it."""
    return _component(context, "dialog", content=_rendered(content), id=id, title=title, wide=wide)


@register.simple_block_tag(takes_context=True)
def menu(
    context: Context, content: str, *, label: str, icon_name: str = "", end: bool = False, quiet: bool = True
) -> SafeString:
    """A button that opens a list of `.menu-item` links and buttons. With an icon, the label is its tooltip."""
    return _component(
        context, "menu", content=_rendered(content), label=label, icon_name=icon_name, end=end, quiet=quiet
    )


@register.simple_block_tag(takes_context=True)
def note(context: Context, content: str, tone: str = "blue", icon_name: str = "info") -> SafeString:
    """A sentence that the reader should see before going on: a provisional calendar, an unsaved draft."""
    return _component(context, "note", content=_rendered(content), tone=tone, icon_name=icon_name)


@register.simple_block_tag(takes_context=True)
def bulk_bar(context: Context, content: str, total: int = 0) -> SafeString:
    """The bar that appears once rows are selected; inside the tag stand its buttons (`name`/`formaction`).

    Put it inside the `<form data-bulk>` that wraps the table.
    """
    return _component(context, "bulk_bar", content=_rendered(content), total=total)


@register.simple_tag(takes_context=True)
def tabs(context: Context, items: Sequence[Mapping[str, Any]], label: str = "") -> SafeString:
    """Switch between views of one thing: each item has `label`, `url`, `current` and perhaps `count`."""
    return _component(context, "tabs", items=items, label=label or _("Views"))


@register.simple_tag(takes_context=True)
def filter_chips(
    context: Context, chips: Sequence[Mapping[str, str]], clear_url: str = "", count: int | None = None
) -> SafeString:
    """Show the active filters: each chip has `key`, `text` and `remove_url`; `count` is the number of results."""
    results = "" if count is None else ngettext("%(n)s result", "%(n)s results", count) % {"n": f"{count:,}"}
    return _component(context, "filter_chips", chips=chips, clear_url=clear_url, results=results)


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Any, target: str = "") -> SafeString:
    """Page through a Django `Page`, keeping every other parameter of the address."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return _component(context, "pagination", page=page, numbers=list(shown), target=target)


@register.simple_tag(takes_context=True)
def history(context: Context, entries: Iterable[Any], empty: str = "") -> SafeString:
    """Show what happened: each entry has `by`, `at`, `text` and perhaps `changes` of (label, before, after)."""
    return _component(
        context, "history", entries=list(entries), empty=empty or _("Nothing has happened yet.")
    )


@register.simple_tag
def keys(*names: str) -> SafeString:
    """Show a key or a combination; read aloud from the control's aria-keyshortcuts instead."""
    caps = format_html_join("", "<kbd>{}</kbd>", ((name,) for name in names))
    return format_html('<span class="keys" aria-hidden="true">{}</span>', caps)


@register.simple_tag
def skeleton(rows: int = 4) -> SafeString:
    """Stand in for rows that are on their way; appears after 300 ms."""
    bars = format_html_join("", "<span></span>{}", (("",) for _row in range(rows)))
    return format_html('<div class="skeleton" aria-hidden="true">{}</div>', bars)


@register.simple_tag
def row_select(pk: Any, label: str) -> SafeString:
    """The box that selects a row for the bulk bar; Shift selects a range."""
    spoken = escape(_("Select %(name)s") % {"name": label})
    return mark_safe(  # noqa: S308
        f'<input type="checkbox" class="form-check-input" name="selected" value="{escape(pk)}"'
        f' data-select-row aria-label="{spoken}">'
    )


@register.simple_tag
def select_all() -> SafeString:
    """The box in the table head that selects every row shown."""
    return format_html(
        '<input type="checkbox" class="form-check-input" data-select-all aria-label="{}">',
        _("Select all rows"),
    )


# ── Forms ─────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag(takes_context=True)
def form_attrs(context: Context, url: str = "", draft: str = "") -> SafeString:
    """The attributes of a `<form>` that works on a page, in the side drawer and without scripts.

    `url` is where it posts, this page when empty. Errors (answer 422) come back into the same place; a form
    sent twice makes one record; what was typed survives a lost session. `draft` names the draft when the
    address alone does not. The browser itself may restore nothing: after a reload it would put old values
    beside the record's new version, and saving them would take back what a colleague had changed.
    """
    address = url or context["request"].get_full_path()
    target = "#drawer-content" if context["frame"].in_drawer else "#main"
    return format_html(
        'method="post" action="{0}" hx-post="{0}" hx-target="{1}" hx-swap="innerHTML show:none"'
        ' autocomplete="off" data-once data-draft="{2}"',
        address,
        target,
        draft or address,
    )


@register.simple_tag
def submission_key() -> SafeString:
    """The hidden key by which a form sent twice makes one record (R7)."""
    return format_html('<input type="hidden" name="submission_key" value="{}">', uuid.uuid4())


@register.simple_tag
def version_field(record: Any) -> SafeString:
    """The hidden version that a write must state; nothing for a record not saved yet."""
    if not getattr(record, "pk", None):
        return mark_safe("")
    return format_html('<input type="hidden" name="version" value="{}">', record.version)


@register.simple_tag
def form_base(form: BaseForm) -> SafeString:
    """The values the form was opened with, so that a conflict can tell who changed what."""
    return format_html(
        '<input type="hidden" name="{}" value="{}">', versions.BASE_FIELD, versions.base_of(form)
    )


def _rendered(content: str) -> SafeString:
    """Return what the template between a block tag and its end was rendered to, without the blank edges."""
    return mark_safe(content.strip())  # noqa: S308 (output of the template engine, escaped there)


def _component(context: Context, name: str, **values: Any) -> SafeString:
    """Render components/<name>.html with the page's request and these values."""
    loaded = context.template.engine.get_template(f"components/{name}.html")  # type: ignore[union-attr]
    with context.push(**values):
        return loaded.render(context)
