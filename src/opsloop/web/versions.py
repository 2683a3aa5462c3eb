"""Lost updates at the HTTP edge: a write states the version it saw (428 without), a stale one gets a choice (412).

A form carries `version` and `record_base`, the values it was opened with. When somebody else was faster,
comparing base, mine and theirs tells which fields only one side touched; those merge by themselves, and the
person chooses for the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import normalize_newlines

from opsloop.records.refusals import StaleVersion, VersionMissing

VERSION_FIELD = "version"
BASE_FIELD = "record_base"
# Parts of a submission that are not the person's words.
_PLUMBING = frozenset({"csrfmiddlewaretoken", "submission_key", "next", VERSION_FIELD, BASE_FIELD})

Values = dict[str, list[str]]


def read_version(request: HttpRequest) -> int:
    """Return the version that this write saw: field `version`, or the If-Match header.

    Raises:
        VersionMissing: neither is there or it is no whole number; answered as 428.
    """
    stated = (
        request.POST.get(VERSION_FIELD)
        or request.GET.get(VERSION_FIELD)
        or request.headers.get("If-Match", "")
    )
    stated = stated.strip().strip('W/"')
    if not stated.isascii() or not stated.isdigit() or len(stated) > 9:
        raise VersionMissing
    return int(stated)


@dataclass(frozen=True)
class Difference:
    """One field on which mine and theirs disagree.

    `is_clash` when both sides changed it; otherwise `winner` says whose value a merge takes. The values are
    lists of raw strings as a browser posts them; the texts are what a person reads.
    """

    name: str
    label: str
    mine: Sequence[str]
    theirs: Sequence[str]
    mine_text: str
    theirs_text: str
    is_clash: bool
    winner: str

    @property
    def merged(self) -> Sequence[str]:
        """What a merge puts into this field unless the person chooses otherwise."""
        return self.theirs if self.winner == "theirs" else self.mine


def field_values(form: BaseForm) -> Values:
    """Return what the browser would post for each field of `form` as it was opened (unbound values)."""
    return {bound.html_name: _posted(bound) for bound in form}


def _posted(bound: BoundField) -> list[str]:
    value = bound.field.prepare_value(bound.initial)
    widget = bound.field.widget
    if getattr(widget, "input_type", "") == "checkbox" and not getattr(widget, "choices", None):
        return ["on"] if value else []
    formatted = widget.format_value(value)
    many = formatted if isinstance(formatted, (list, tuple, set)) else [formatted]
    return _filled(str(one) for one in many if one is not None)


def _filled(values: Iterable[str]) -> list[str]:
    """Return values as they compare: an empty field says nothing, and browsers write line ends their own way."""
    return [normalize_newlines(value) for value in values if value != ""]


def base_of(form: BaseForm) -> str:
    """Return the opening values of `form` as JSON for the hidden field `record_base`.

    A form that comes back with errors keeps the base it was first opened with.
    """
    if form.is_bound and form.data.get(BASE_FIELD):
        return str(form.data[BASE_FIELD])
    return json.dumps(field_values(form), ensure_ascii=False)


def read_base(request: HttpRequest) -> Values:
    """Return the opening values that a form sent along; empty when absent or mangled."""
    try:
        read = json.loads(request.POST.get(BASE_FIELD, ""))
    except (ValueError, RecursionError):
        return {}
    return (
        {_sendable(k): [_sendable(v) for v in vs] for k, vs in read.items() if isinstance(vs, list)}
        if isinstance(read, dict)
        else {}
    )


def _sendable(value: Any) -> str:
    """Return a text without lone surrogates: JSON can spell them, but no answer can carry them."""
    return str(value).encode("utf-8", "replace").decode()


def differences(
    *, base: Mapping[str, Sequence[str]], mine: Mapping[str, Sequence[str]], theirs: BaseForm
) -> list[Difference]:
    """Compare what was opened, what I sent and what stands now, field by field; agreeing fields are left out.

    Without a base every disagreement is a clash.
    """
    current = field_values(theirs)
    return [
        _difference(bound, list(mine.get(name, ())), current[name], base.get(name))
        for bound in theirs
        if (name := bound.html_name) not in _PLUMBING and _filled(mine.get(name, ())) != current[name]
    ]


def _difference(
    bound: BoundField, mine: list[str], theirs: list[str], base: Sequence[str] | None
) -> Difference:
    opened = None if base is None else _filled(base)
    sent = _filled(mine)
    return Difference(
        name=bound.html_name,
        label=str(bound.label),
        mine=mine,
        theirs=theirs,
        mine_text=_readable(bound, mine),
        theirs_text=_readable(bound, theirs),
        is_clash=opened is None or (sent != opened and theirs != opened),
        winner="theirs" if opened is not None and sent == opened else "mine",
    )


def _readable(bound: BoundField, values: Sequence[str]) -> str:
    """Return raw values in words: the label of a choice, the text itself otherwise."""
    choices = getattr(bound.field, "choices", None)
    if choices is None:
        return ", ".join(values)
    wanted = set(values)
    return ", ".join(str(label) for value, label in _flat(choices) if str(value) in wanted) or ", ".join(
        values
    )


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    rows: list[tuple[Any, Any]] = []
    for value, label in choices:
        rows.extend(_flat(label) if isinstance(label, (list, tuple)) else [(value, label)])
    return rows


def conflict(
    request: HttpRequest,
    stale: StaleVersion,
    *,
    theirs: BaseForm,
    changed_by: Any = None,
    changed_at: Any = None,
) -> HttpResponse:
    """Answer 412 with the three choices: merge, overwrite, discard.

    `theirs` is the same form, unbound, on `stale.record`. `changed_by` and `changed_at` say who was faster
    and when, if known. htmx puts the dialog over the page, which keeps everything typed; without scripts it
    is a page of its own.
    """
    mine = {name: request.POST.getlist(name) for name in request.POST if name not in _PLUMBING}
    found = differences(base=read_base(request), mine=mine, theirs=theirs)
    shown = {one.name for one in found}
    context = {
        "differences": found,
        "has_clash": any(one.is_clash for one in found),
        "unchanged": [
            (name, value) for name, values in mine.items() if name not in shown for value in values
        ],
        "current_version": stale.record.version,
        "changed_by": changed_by,
        "changed_at": changed_at,
        "record": stale.record,
        "base_now": json.dumps(field_values(theirs), ensure_ascii=False),
    }
    return _answer(request, context)


def plain_conflict(request: HttpRequest, stale: StaleVersion) -> HttpResponse:
    """Answer 412 to a write without a form (a status click, a drag): overwrite or discard."""
    sent = [
        (name, value)
        for name in request.POST
        if name not in _PLUMBING
        for value in request.POST.getlist(name)
    ]
    return _answer(
        request,
        {
            "differences": [],
            "has_clash": False,
            "unchanged": sent,
            "current_version": stale.record.version,
            "changed_by": None,
            "changed_at": None,
            "record": stale.record,
            "base_now": "{}",
        },
    )


def _answer(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    if request.headers.get("HX-Request") != "true":
        return render(request, "web/conflict_page.html", context, status=412)
    response = render(request, "components/conflict.html", context, status=412)
    response["HX-Retarget"] = "#dialog-host"
    response["HX-Reswap"] = "innerHTML"
    return response
