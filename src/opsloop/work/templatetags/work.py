"""Tags of the pages of work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opsloop.engines import lags
from opsloop.engines.language.goalcheck import vague_words
from opsloop.web.templatetags import web as components
from opsloop.work import layouts
from opsloop.work.models import ChecklistItem, Responsibility, Task
from opsloop.work.priorities import Ranked, in_short
from opsloop.work.queries import choices, customs
from opsloop.work.queries.customs import CustomLine
from opsloop.work.queries.lists import Heading, ListState, Row, Total
from opsloop.work.queries.roles import Cell, MatrixRow

register = template.Library()

LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}


@register.simple_tag
def layout_entries(state: ListState, layout: str) -> list[layouts.Entry]:
    """Return the entries of the switch between layouts, for `work/layouts.html`."""
    return layouts.switch(state, layout)


@register.inclusion_tag("work/filter_bar.html", takes_context=True)
def filter_bar(
    context: Context, state: ListState, count_text: str = "", totals: Sequence[Total] = ()
) -> dict[str, Any]:
    """Show the filter button and the chips of a page of tasks; changing one fetches #rows of the page again.

    Beside them stands how many tasks there are, and sums over all of them.
    """
    request = context["request"]
    shown = choices.bar(request.person, state, request.path)
    return {
        "bar": shown, "path": request.path, "count_text": count_text, "totals": totals, "request": request,
    }  # fmt: skip


@register.simple_block_tag(takes_context=True)
def editable(context: Context, content: str, name: str, label: str) -> SafeString:
    """Show a field of `task`; for who may edit, a click turns it into its editor."""
    shown = mark_safe(content.strip())  # noqa: S308 (rendered by a template, so escaped there)
    return _place(context, f"fields/{name}/", name, label, shown)


@register.simple_tag(takes_context=True)
def custom_field(context: Context, line: CustomLine) -> SafeString:
    """Show one own field of `task`, to be edited in place like the others."""
    field = line.field
    return _place(context, f"own/{field.pk}/", f"own-{field.pk}", field.name, _said(context, line))


def _said(context: Context, line: CustomLine) -> SafeString:
    if line.value is None:
        return mark_safe('<span class="text-muted">—</span>')
    return _own_value(context, line.value)


def _own_value(context: Context, value: customs.Value) -> SafeString:
    if isinstance(value, tuple):
        return SafeString(components.person(value[1]))
    if isinstance(value, date):
        return components.when(context, value)
    return SafeString(escape(customs.in_words(value)))


def _place(context: Context, path: str, name: str, label: str, shown: SafeString) -> SafeString:
    if not context["detail"].may_edit:
        return format_html('<div class="field-place">{}</div>', shown)
    return format_html(
        '<div class="field-place" id="field-{4}-{2}"><button type="button" class="inline-edit" hx-get="{0}" '
        'hx-target="closest .field-place" hx-swap="innerHTML" title="{1}" data-edits="{2}">{3}</button></div>',
        f"{_task_url(context)}{path}",
        _("Change: %(field)s") % {"field": label},
        name,
        shown,
        context["task"].pk,
    )


@register.simple_tag(takes_context=True)
def check_items(context: Context) -> SafeString:
    """Show the checklist of `task`: tick, click to edit, drag to another place (Alt+↑ and Alt+↓ by keys)."""
    items = context["detail"].around.checklist
    may_edit = context["detail"].may_edit
    words = {
        "tick": _("Tick off “%(text)s”"), "untick": _("“%(text)s” is not done"), "edit": _("Change: %(field)s"),
    }  # fmt: skip
    base = f"{_task_url(context)}checklist/"
    rows = "".join(_check_item(item, base, words) if may_edit else _plain_item(item) for item in items)
    opening = '<ul class="check-items"{}>'.format(
        ' data-sortable hx-target:inherited="closest .task-detail" hx-swap:inherited="outerMorph"'
        if may_edit
        else ""
    )
    return mark_safe(f"{opening}{rows}</ul>")  # noqa: S308 (each row is escaped)


def _check_item(item: ChecklistItem, base: str, words: Mapping[str, str]) -> str:
    is_done, text, url = item.done_at is not None, escape(item.text), f"{base}{item.pk}/"
    label = escape(words["untick" if is_done else "tick"] % {"text": item.text})
    return _ITEM.format(
        pk=item.pk,
        url=url,
        text=text,
        state=" is-done" if is_done else "",
        circle=" is-on" if is_done else "",
        method="hx-delete" if is_done else "hx-post",
        label=label,
        who=escape(item.done_by.name) if item.done_by else label,
        edit=escape(words["edit"] % {"field": item.text}),
    )


_ITEM = (
    '<li class="check-item{state}" draggable="true" data-sort-item="{url}place/" id="item-{pk}">'
    '<button class="check-circle{circle}" type="button" {method}="{url}tick/" aria-label="{label}" title="{who}">'
    "</button>"
    '<span class="field-place"><button type="button" class="inline-edit" hx-get="{url}" hx-swap="innerHTML"'
    ' hx-target="closest .field-place" title="{edit}">{text}</button></span></li>'
)


def _plain_item(item: ChecklistItem) -> str:
    is_done = item.done_at is not None
    mark = components.icon(
        "check" if is_done else "not-started", "icon-sm", _("Done") if is_done else _("Not done")
    )
    return f'<li class="check-item{" is-done" if is_done else ""}">{mark} {escape(item.text)}</li>'


@register.simple_tag
def role_mark(role: str) -> SafeString:
    """Show a role of RACI as its letter in a square; its meaning is on hover and for screen readers."""
    if not role:
        return mark_safe('<span class="role-mark" aria-hidden="true"></span>')
    label = Responsibility.Role(role).label
    return format_html(
        '<span class="role-mark is-{0}" title="{1}"><span aria-hidden="true">{0}</span>'
        '<span class="visually-hidden">{1}</span></span>',
        role,
        label,
    )


@register.simple_tag
def role_cell(row: MatrixRow, cell: Cell, may_edit: bool) -> SafeString:  # noqa: FBT001 (a tag's arguments)
    """Show one cell of the matrix of roles: for who may edit, a press goes on to the next role.

    A matrix has a thousand of them: written in Python they cost a tenth of template text.
    """
    name = escape(cell.person.name)
    pale = " is-pale" if cell.is_assumed else ""
    label = escape(str(Responsibility.Role(cell.role).label)) if cell.role else ""
    mark = (
        f'<span class="role-mark is-{cell.role}{pale}" aria-hidden="true">{cell.role}</span>'
        if cell.role
        else ""
    )
    css = "raci-cell" if cell.role else "raci-cell is-empty"
    if not may_edit:
        shown = f'{mark}<span class="visually-hidden">{label}</span>' if cell.role else ""
        return mark_safe(f'<td class="{css}" data-name="{name}">{shown}</td>')  # noqa: S308
    said = f"{name}：{label or escape(_('No role'))}"
    return mark_safe(  # noqa: S308
        f'<td class="{css}" data-name="{name}"><button id="raci-{row.key}-{cell.person.pk}" name="cell"'
        f' value="{row.key}:{cell.person.pk}:{cell.next_role}" aria-label="{said}" title="{said}">{mark}</button></td>'
    )


@register.filter
def lag(minutes: int) -> str:
    """Write a lag as somebody would type it: +1d, +2h, +30min; nothing for none."""
    return lags.written(minutes)


def _task_url(context: Context) -> str:
    """Return the address of the task of this page, asked for once."""
    if "task_url" not in context.render_context:
        context.render_context["task_url"] = reverse("work:task", args=[context["task"].pk])
    return str(context.render_context["task_url"])


@register.simple_tag(takes_context=True)
def task_row(context: Context, row: Row, words: Mapping[str, str], columns: Sequence[Heading]) -> SafeString:
    """Show a task as a row of a list: the box to select it, to tick it off, its facts, one cell a column.

    A page has fifty rows: written in Python, they cost a third of what they would as template text.
    """
    task = row.task
    state = ("is-late" if row.is_late else "") + (" is-done" if task.closed_at else "")
    cells = "".join([f'<td class="{one.css}">{_cell(context, row, words, one)}</td>' for one in columns])
    return mark_safe(  # noqa: S308 (each cell is escaped)
        f'<tr data-row id="task-{task.pk}" class="{state}">'
        f'<td class="fit pin select">{components.row_select(task.pk, task.title)}</td>'
        f'<td class="fit check">{_tick(row, words) if row.may_edit else ""}</td>{cells}'
        f'<td class="fit tools">{_edit_link(row, words) if row.may_edit else ""}</td></tr>'
    )


def _tick(row: Row, words: Mapping[str, str]) -> str:
    is_closed = row.task.closed_at is not None
    return (
        f'<button class="check-circle{" is-on" if is_closed else ""}" type="button" data-row-action="d"'
        f' {"hx-delete" if is_closed else "hx-post"}="{row.url}closure/"'
        f' aria-label="{escape(words["reopen" if is_closed else "done"])}"'
        f' hx-vals=\'{{"version": "{row.task.version}"}}\''
        f' hx-target="{row.anchor}" hx-swap="outerHTML"></button>'
    )


def _edit_link(row: Row, words: Mapping[str, str]) -> str:
    word = escape(words["edit"])
    return (
        f'<a class="icon-button sign-edit" href="{row.url}edit/" data-drawer data-row-action="e" title="{word}"'
        f' aria-label="{word}"></a>'
    )


def _cell(context: Context, row: Row, words: Mapping[str, str], one: Heading) -> str:
    own = _CELLS.get(one.name)
    if own is not None:
        return own(context, row, words)
    column = one.column
    value: Any = row.beside.get(one.name) if column.is_loaded else column.value(row.task)
    if value is None:
        return ""
    if column.custom is not None:
        return str(_own_value(context, value))
    if isinstance(value, datetime):
        return str(components.when(context, value))
    return escape(components.minutes(value) if column.kind == "minutes" else str(value))


def _title_cell(context: Context, row: Row, words: Mapping[str, str]) -> str:
    task = row.task
    flag = f"{components.icon('flag', 'icon-sm', words['milestone'])} " if task.is_milestone else ""
    repeat = f" {components.icon('repeat', 'icon-sm', words['repeats'])}" if task.recurrence else ""
    put_off = f" {deferred(context, task, words)}" if task.deferred_until else ""
    beside = ""
    if task.parent_id and task.parent is not None:
        beside = (
            f'<span class="beside">{components.icon("subtask", "icon-sm")}{escape(task.parent.title)}</span>'
        )
    elif task.project_id and task.project is not None:
        beside = f'<span class="beside">{escape(task.project.name)}</span>'
    title = f'<a href="{row.url}" data-drawer data-row-open>{flag}{escape(task.title)}</a>'
    sign = f" {components.badge(row.sign.text, row.sign.tone, row.sign.icon)}" if row.sign else ""
    return f"{title}{repeat}{put_off}{sign}{beside}"


def _status_cell(_context: Context, row: Row, words: Mapping[str, str]) -> str:
    if not row.may_edit:
        return str(components.status(row.task.status))
    tone, sign, word = components.STATUSES[row.task.status]
    title = escape(words["change_status"])
    return _STATUS_BUTTON.format(url=row.url, title=title, tone=tone, sign=sign, status=escape(str(word)))


def _due_cell(context: Context, row: Row, words: Mapping[str, str]) -> str:
    task = row.task
    if task.due_at is None and task.starts_at is not None:
        return f"{components.icon('play', 'icon-sm', words['starts'])} {components.when(context, task.starts_at)}"
    return str(components.when(context, task.due_at, late=row.is_late))


_CELLS: Mapping[str, Callable[[Context, Row, Mapping[str, str]], str]] = {
    "number": lambda _context, row, _words: escape(row.task.number),
    "title": _title_cell,
    "status": _status_cell,
    "owner": lambda _context, row, _words: str(components.person(row.task.owner)),
    "due": _due_cell,
    "urgency": lambda _context, row, _words: str(components.priority(row.task.urgency)),
    "quadrant": lambda _context, row, _words: str(
        components.quadrant(row.quadrant, row.task.quadrant_reason)
    ),
    "estimate": lambda _context, row, _words: escape(components.minutes(row.task.estimate_minutes)),
    "progress": lambda _context, row, _words: f"{row.task.progress}%",
}
_STATUS_BUTTON = (
    '<button class="badge tone-{tone} sign-{sign} menu-opener" type="button" data-row-menu aria-haspopup="menu"'
    ' hx-get="{url}status/" hx-target="#row-menu" hx-swap="innerHTML" title="{title}">{status}</button>'
)


@register.simple_tag(takes_context=True)
def quadrant_card(context: Context, one: Ranked, row: Row, words: Mapping[str, str]) -> SafeString:
    """Show a task as a card of the board; in Python for the same reason as `task_row`."""
    task, title = one.task, escape(one.task.title)
    facts = "".join(_card_facts(context, row, words))
    owner = components.avatar(task.owner) if task.owner else ""
    return mark_safe(  # noqa: S308 (every text of a person is escaped)
        f'<li class="quadrant-card{" is-late" if row.is_late else ""}" data-row id="card-{task.pk}"'
        f' data-card="{task.pk}" data-version="{task.version}" data-title="{title}"'
        f' data-place="{one.priority.quadrant}"{_OVERRIDDEN if one.priority.overridden else ""}'
        f"{_DRAGGABLE if row.may_edit else ''}>"
        f"{_card_box(task, title, words) if row.may_edit else ''}"
        f'<a class="quadrant-card-title" href="{row.url}" data-drawer data-row-open draggable="false">{title}</a>'
        f'<span class="quadrant-card-facts">{facts}</span>'
        f'<span class="quadrant-card-end">{owner}{_card_menu(row, title, words) if row.may_edit else ""}</span>'
        f'<span class="quadrant-card-why">{escape(in_short(task, one.priority))}</span></li>'
    )


_DRAGGABLE, _OVERRIDDEN = ' draggable="true"', " data-overridden"


def _card_facts(context: Context, row: Row, words: Mapping[str, str]) -> Iterator[str]:
    """Yield what a card tells: a block, the due date, the estimate, whether it repeats or was put off."""
    task = row.task
    if task.status == task.Status.BLOCKED:
        yield components.badge(words["blocked"], "red", "block")
    if row.sign:
        yield components.badge(row.sign.text, row.sign.tone, row.sign.icon)
    if task.due_at:
        yield components.when(context, task.due_at, late=row.is_late)
    if task.estimate_minutes:
        yield f'<span class="num">{escape(components.minutes(task.estimate_minutes))}</span>'
    if task.recurrence:
        yield components.icon("repeat", "icon-sm", words["repeats"])
    if task.deferred_until:
        yield deferred(context, task, words)


@register.simple_tag(takes_context=True)
def deferred(context: Context, task: Task, words: Mapping[str, str]) -> SafeString:
    """Say until when a task is put off, or that it was and is back."""
    until = task.deferred_until
    if until is None:
        return mark_safe("")
    is_back = until <= timezone.localtime(context["request"].now).date()
    hint = words["back" if is_back else "deferred"] % {"day": f"{until:%m-%d}"}
    return components.badge(f"{until:%m-%d}", "gold" if is_back else "grey", "due", hint)


def _card_box(task: Task, title: str, words: Mapping[str, str]) -> str:
    spoken = words["select"] % {"title": title}
    return (
        f'<input type="checkbox" class="form-check-input" name="selected" value="{task.pk}" data-select-row'
        f' aria-label="{spoken}">'
    )


def _card_menu(row: Row, title: str, words: Mapping[str, str]) -> str:
    spoken = words["move_task"] % {"title": title}
    return (
        f'<button class="icon-button" type="button" data-row-menu data-row-action="m" aria-haspopup="menu"'
        f' hx-get="{row.url}triage/" hx-target="#row-menu" hx-swap="innerHTML" title="{words["move"]} (M)"'
        f' aria-label="{spoken}">{components.icon("more", "icon-sm")}</button>'
    )


@register.filter
def hours(value: int) -> str:
    """Write minutes as hours with at most one decimal: 390 → 6.5."""
    return f"{round(value / 60, 1):g}"


@register.filter
def vague(text: str) -> SafeString:
    """Underline words that promise nothing; what to write instead is on hover and in the list below."""
    pieces: list[tuple[Any, ...]] = []
    end = 0
    for word in vague_words(text, language=LANGUAGES.get(get_language() or "")):
        pieces += [("{}", text[end : word.start]), (_MARK, word.proposal, word.text)]
        end = word.end
    pieces.append(("{}", text[end:]))
    return mark_safe("".join(format_html(*piece) for piece in pieces))  # noqa: S308 (each piece is escaped)


_MARK = '<mark class="vague" title="{}">{}</mark>'


@register.simple_tag
def proposals(*texts: str) -> SafeString:
    """List what to write instead of the vague words of some texts; nothing when there are none."""
    language = LANGUAGES.get(get_language() or "")
    found = {word.text: word.proposal for text in texts for word in vague_words(text, language=language)}
    if not found:
        return mark_safe("")
    rows = format_html_join("", "<li><mark>{}</mark> → {}</li>", found.items())
    return format_html('<ul class="proposals">{}</ul>', rows)
