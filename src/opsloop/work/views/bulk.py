"""Several tasks at once: the bar under a selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from opsloop.activity.models import Undo
from opsloop.engines.language.readings import alphabetical
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.web.http import (
    PageRequest,
    add_toast,
    add_trigger,
    close_dialog,
    hx_redirect,
    read_id,
    refresh,
    target_id,
)
from opsloop.work.actions import bulk as actions
from opsloop.work.actions import sayings
from opsloop.work.actions.sayings import Saying
from opsloop.work.actions.tasks import put_many_in_bin
from opsloop.work.forms.bulk import Kind, kind_of, kinds_for
from opsloop.work.models import Tag, Task
from opsloop.work.queries import lists
from opsloop.work.queries import tasks as queries
from opsloop.work.queries.history import in_words
from opsloop.work.views.answers import undo_url

# One bulk change is one short transaction; more belongs into the import of a table.
MOST = 500
DUE_TIME = time(18)


@login_required
@require_GET
def dialog(request: PageRequest) -> HttpResponse:
    """Show what can be set on a selection: a person or a date needs choosing first."""
    offered = Person.objects.visible_to(request.person).active().only("name")
    people = sorted(offered, key=lambda one: alphabetical(one.name))
    return render(
        request, "work/bulk_dialog.html", {"people": people, "field": request.GET.get("field", "owner")}
    )


@login_required
@require_POST
def edit(request: PageRequest) -> HttpResponse:
    """Show what can be set on a selection, and what would come of it for which tasks."""
    ids = _ids(request)
    tasks = list(actions.selection(request.person, ids))
    kinds = kinds_for(tasks, request.person)
    kind = kinds.get(request.POST.get("kind", ""), kinds["owner"])
    is_chosen = "preview" in request.POST
    form = kind.form(request.POST if is_chosen else None, request.person, request.now)
    outcome = None
    seen = ",".join(f"{task.pk}:{task.version}" for task in tasks)
    if is_chosen and form.is_valid():
        try:
            outcome = _preview(request, tasks, _previewed(kind, form.cleaned_data))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.reason)
    context = {
        "kinds": kinds.values(), "kind": kind, "form": form, "count": len(tasks), "seen": seen,
        "ids": [task.pk for task in tasks],
        "outcome": outcome, "changes": _changes(outcome, request.person), "more": _more(outcome),
    }  # fmt: skip
    template = "work/bulk_edit.html"
    return render(
        request, f"{template}#body" if target_id(request) == "bulk-edit-body" else template, context
    )


# A preview shows the first; the numbers are of all.
SHOWN = 50


def _changes(
    outcome: actions.Outcome | None, person: Person
) -> list[tuple[Task, list[tuple[str, str, str]]]]:
    if outcome is None:
        return []
    steps = outcome.changed[:SHOWN]
    return [(step.task, words) for step, words in zip(steps, in_words(steps, person), strict=True)]


def _more(outcome: actions.Outcome | None) -> int:
    return max(0, len(outcome.changed) - SHOWN) if outcome else 0


def _preview(request: PageRequest, tasks: Sequence[Task], edit: actions.Edit | Saying) -> actions.Outcome:
    if isinstance(edit, Saying):
        return sayings.preview(tasks=tasks, edit=edit, by=request.person)
    return actions.preview(tasks=tasks, edit=edit, by=request.person, at=request.now)


def _previewed(kind: Kind, values: Mapping[str, Any]) -> actions.Edit | Saying:
    """Return the edit for a preview; tags that are not there yet are made and forgotten."""
    if kind.name != "add_tags":
        return kind.edit(values)
    known = {tag.name: tag for tag in Tag.objects.filter(name__in=values["tags"])}
    made = [known.get(name) or Tag(pk=-number, name=name) for number, name in enumerate(values["tags"], 1)]
    return actions.Edit(added={"tags": made})


@login_required
@require_POST
def bulk(request: PageRequest) -> HttpResponse:
    """Change the selected tasks, or move them to the bin, with one undo for all."""
    if "bin" in request.POST:
        selected = list(queries.editable(request.person).filter(pk__in=_ids(request)))
        came = put_many_in_bin(tasks=selected, by=request.person, at=request.now)
        text = ngettext(
            "%(n)s task was moved to the recycle bin.",
            "%(n)s tasks were moved to the recycle bin.",
            len(came.changed),
        )
        refused = [(task.title, reason) for task, reason in came.refused]
        return _answer(request, text % {"n": len(came.changed)}, len(came.changed), refused, came.undo)
    wanted = _edit(request)
    with transaction.atomic():
        selected = list(actions.selection(request.person, _ids(request)))
        outcome = _change(request, selected, wanted)
    changed = len(outcome.changed)
    text = ngettext("%(n)s task was changed.", "%(n)s tasks were changed.", changed)
    refused = [(step.task.title, step.refused) for step in outcome.refused]
    return _answer(request, text % {"n": changed}, changed, refused, outcome.undo)


def _change(request: PageRequest, tasks: Sequence[Task], edit: actions.Edit | Saying) -> actions.Outcome:
    by, at, seen = request.person, request.now, _seen(request)
    if isinstance(edit, Saying):
        return sayings.change_together(tasks=tasks, edit=edit, by=by, at=at, seen=seen)
    return actions.change_together(tasks=tasks, edit=edit, by=by, at=at, seen=seen)


def _answer(
    request: HttpRequest, text: str, changed: int, refused: Sequence[tuple[str, str]], undo: Undo | None
) -> HttpResponse:
    if not changed:
        text = _("Nothing was changed: it stands like this already.") if not refused else ""
    if refused:
        title, reason = refused[0]
        left = ngettext("%(n)s was left as it is.", "%(n)s were left as they are.", len(refused))
        text = " ".join([*filter(None, [text]), left % {"n": len(refused)}, f"“{title}”: {reason}"])
    response = HttpResponse(status=204)
    if request.headers.get("HX-Request") != "true":
        response = hx_redirect(request, reverse("work:tasks"))
    add_toast(response, text, undo_url=undo_url(undo), error=bool(refused) and not changed)
    return refresh(add_trigger(close_dialog(response), "bulk:done"), "tasks")


def _ids(request: PageRequest) -> list[int]:
    """Return the ids of the selected tasks, or of all of the list's view when "everything" is ticked."""
    if request.POST.get("everything"):
        state = lists.ListState.read(QueryDict(request.POST.get("view", "").removeprefix("?")))
        ids = list(
            lists.matching(request.person, state, now=request.now).values_list("pk", flat=True)[: MOST + 1]
        )
    else:
        ids = [pk for sent in request.POST.getlist("selected") if (pk := read_id(sent)) is not None]
    if not ids:
        raise Refused(_("Select at least one task."))
    if len(ids) > MOST:
        raise Refused(
            _("At most %(n)s tasks can be changed at once. Narrow the list by a filter.") % {"n": MOST}
        )
    return ids


def _seen(request: PageRequest) -> dict[int, int]:
    """Return the versions that a preview showed."""
    pairs = (one.partition(":") for one in request.POST.get("seen", "").split(","))
    return {
        int(pk): int(version)
        for pk, _colon, version in pairs
        if read_id(pk) is not None and read_id(version) is not None
    }


def _edit(request: PageRequest) -> actions.Edit | Saying:
    """Read what is done to the tasks: what the dialog holds, or one field from the bar."""
    sent = request.POST
    kind = kind_of(sent.get("kind", ""), request.person)
    if kind is None:
        return actions.Edit(values=_value(sent, request.person))
    form = kind.form(sent, request.person, request.now)
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        label = form.fields[name].label if name in form.fields else ""
        raise Refused(" ".join(filter(None, [str(label or ""), str(errors[0])])))
    return kind.edit(form.cleaned_data)


def _value(sent: QueryDict, person: Person) -> dict[str, Any]:
    """Read which field the bar sets to what; exactly one."""
    if sent.get("status") in Task.Status.values:
        return {"status": sent["status"]}
    if sent.get("urgency") in Task.Urgency.values:
        return {"urgency": sent["urgency"]}
    if sent.get("owner"):
        owner = Person.objects.visible_to(person).active().filter(pk=read_id(sent.get("owner"))).first()
        if owner:
            return {"owner": owner}
    if sent.get("due"):
        return {"due_at": _due(sent.get("due", ""))}
    raise Refused(_("Choose what to set on the selected tasks."))


def _due(text: str) -> datetime:
    try:
        day = parse_date(text[:10])
    except ValueError:  # written like a date, but there is no such day
        day = None
    if day is None:
        raise Refused(_("This is no date. Write it like 2026-11-30."))
    return timezone.make_aware(datetime.combine(day, DUE_TIME))
