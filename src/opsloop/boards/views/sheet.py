"""The sheet: the page, its rows in pages of JSON, and the one address that takes cells in."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from opsloop.activity import registry
from opsloop.activity.submissions import once
from opsloop.boards.actions import sheets
from opsloop.boards.actions.sheets import NewRow, Outcome, Typed
from opsloop.boards.columns import BY_NAME, COLUMNS, EDITABLE
from opsloop.boards.queries import sheet as queries
from opsloop.boards.views import state as states
from opsloop.boards.views.words import sheet_words
from opsloop.records.refusals import Refused, VersionMissing
from opsloop.web.http import PageRequest, read_id, render_page_or_partial
from opsloop.work.models import Project
from opsloop.work.views.answers import may_create

# One batch is one short transaction; more belongs into the import of a table.
MOST_CELLS = 500


@login_required
@require_GET
def sheet(request: PageRequest) -> HttpResponseBase:
    """Show the grid with the keys of all its rows, and the first of them."""
    usual = "" if request.GET else registry.opening(request.person, "sheet")
    if usual:
        return redirect(f"{request.path}?{usual}")
    state = states.read(request)
    keys, is_cut = queries.keys(request.person, state, now=request.now)
    data = {
        "keys": keys,
        "rows": queries.rows(request.person, keys[: queries.FIRST_ROWS]),
        "columns": [one.as_data() for one in COLUMNS],
        "choices": queries.choices(request.person),
        "mayCreate": may_create(request.person),
        "project": state.project[0] if len(state.project) == 1 else None,
        "most": MOST_CELLS,
    }
    context = {
        "rail_name": "tasks",
        "state": state,
        "island": states.island_key(state),
        "data": data,
        "words": sheet_words(),
        "is_cut": is_cut,
        "most": queries.MOST,
        "count": len(keys),
        "may_create": data["mayCreate"],
    }
    return render_page_or_partial(request, "boards/sheet.html", "rows", context)


@login_required
@require_GET
def rows(request: PageRequest) -> JsonResponse:
    """Answer with rows by their keys (?key=, several): those that one may see, in the order asked for."""
    keys = [pk for sent in request.GET.get("keys", "").split(",") if (pk := read_id(sent)) is not None]
    found = queries.rows(request.person, keys[: queries.MOST_ROWS])
    return JsonResponse({"rows": found}, json_dumps_params={"ensure_ascii": False})


@login_required
@require_POST
@once
def cells(request: PageRequest) -> HttpResponse:
    """Take a batch of typed or pasted cells in; say which were not taken, and why."""
    batch = _batch(request)
    typed = [_typed(one) for one in _list(batch, "cells")]
    new = [_new(one) for one in _list(batch, "new")]
    count = len(typed) + sum(len(one.texts) for one in new)
    if not count:
        raise VersionMissing
    if count > MOST_CELLS:
        raise Refused(
            _("At most %(n)s cells can be saved at once. Paste a smaller range.") % {"n": MOST_CELLS}
        )
    pk = batch.get("project")
    project = (
        Project.objects.visible_to(request.person).alive().filter(pk=pk).first()
        if isinstance(pk, int)
        else None
    )
    outcome = sheets.apply(cells=typed, new=new, project=project, by=request.person, at=request.now)
    return JsonResponse(_answer(request, outcome), json_dumps_params={"ensure_ascii": False})


def _answer(request: PageRequest, outcome: Outcome) -> dict[str, Any]:
    touched = [*outcome.changed, *outcome.created.values(), *(one.pk for one in outcome.stale)]
    return {
        "rows": queries.rows(request.person, list(dict.fromkeys(touched))),
        "created": outcome.created,
        "bad": [[one.row, one.column, one.text, one.reason] for one in outcome.bad],
        "stale": [[one.pk, one.column, one.mine, one.theirs] for one in outcome.stale],
        "undo": reverse("activity:undo", args=[outcome.undo.pk]) if outcome.undo else "",
        "said": _said(outcome),
    }


def _said(outcome: Outcome) -> str:
    """Say what was done when it is more than one cell, which says so by itself."""
    said = []
    if outcome.created:
        n = len(outcome.created)
        said.append(ngettext("%(n)s task was created.", "%(n)s tasks were created.", n) % {"n": n})
    if len(outcome.changed) > 1 or (outcome.changed and outcome.created):
        n = len(outcome.changed)
        said.append(ngettext("%(n)s task was changed.", "%(n)s tasks were changed.", n) % {"n": n})
    return "".join(said) if said and said[0].endswith("。") else " ".join(said)


def _batch(request: PageRequest) -> dict[str, Any]:
    try:
        batch = json.loads(request.POST.get("batch", "{}"))
    except (ValueError, RecursionError):
        batch = None
    if not isinstance(batch, dict):
        raise _unreadable()
    return batch


def _unreadable() -> Refused:
    return Refused(_("These cells cannot be read. Reload the page and enter them again."))


def _list(batch: dict[str, Any], name: str) -> list[Any]:
    found = batch.get(name, [])
    if not isinstance(found, list):
        raise _unreadable()
    return found


def _typed(sent: Any) -> Typed:
    """Read one cell: [key, version, column, text, what stood there]."""
    if not (isinstance(sent, list) and len(sent) == 5):
        raise _unreadable()
    pk, version, column, text, was = sent
    fits = _is_key(pk) and _is_key(version) and all(isinstance(one, str) for one in (column, text, was))
    if not fits or column not in BY_NAME:
        raise _unreadable()
    if column not in EDITABLE:
        raise Refused(_("This column cannot be changed here."), field=column)
    return Typed(pk, version, column, text, was)


def _is_key(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


def _new(sent: Any) -> NewRow:
    """Read one new row: [ref, {column: text}]."""
    if not (
        isinstance(sent, list) and len(sent) == 2 and isinstance(sent[0], str) and isinstance(sent[1], dict)
    ):
        raise _unreadable()
    ref, texts = sent
    if not all(isinstance(text, str) and column in BY_NAME for column, text in texts.items()):
        raise _unreadable()
    return NewRow(ref[:40], texts)
