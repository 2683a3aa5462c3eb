"""The verbs of request forms: made, changed, their questions put in order, removed and brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.collaboration import rights
from opsloop.collaboration.models import FormField, RequestForm
from opsloop.collaboration.queries.forms import values_of
from opsloop.collaboration.record_events import FormChanged
from opsloop.organisation.models import Department, Person
from opsloop.records.changes import set_fields
from opsloop.records.refusals import Refused

FIELDS = ("name", "guide", "standard", "lead_days", "handler")
QUESTION = ("label", "help", "kind", "options", "required")
MOST_QUESTIONS, MOST_ROUTES = 30, 30


@transaction.atomic
def make(
    *,
    department: Department,
    values: Mapping[str, Any],
    questions: Sequence[Mapping[str, Any]] = (),
    by: Person,
    at: datetime,
) -> RequestForm:
    """Make a form by which `department` is asked; `questions` are its first fields, as in QUESTION.

    Raises:
        Forbidden: `by` does not lead the department.
        Refused: it has a form of that name already.
    """
    rights.check_can_build(department, by)
    form = RequestForm(department=department, created_at=at, **values)
    _check_name(form)
    form.save(force_insert=True)
    FormField.objects.bulk_create(
        FormField(form=form, key=f"q{place}", position=place, **question)
        for place, question in enumerate(questions, 1)
    )
    _record(form, by, at, {"form": [None, form.name]})
    return form


@transaction.atomic
def change(*, form: RequestForm, values: Mapping[str, Any], by: Person, at: datetime, version: int) -> bool:
    """Change what a form says of itself, seen at `version`; requests that were sent keep what they were sent with.

    Raises:
        StaleVersion: somebody wrote it since.
    """
    rights.check_can_change_form(form, by)
    changes = set_fields(form, values)
    if not changes:
        return False
    _check_name(form)
    form.bump(version, list(changes))
    _record(form, by, at, changes)
    return True


def _check_name(form: RequestForm) -> None:
    others = RequestForm.objects.current().filter(department=form.department, name=form.name)
    if others.exclude(pk=form.pk).exists():
        raise Refused(_("This department has a form of that name already."), field="name")


@transaction.atomic
def add_question(
    *, form: RequestForm, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> FormField:
    """Add a question at the end of a form that the writer saw at `version`."""
    rights.check_can_change_form(form, by)
    rows = list(form.fields.all())
    if len(rows) >= MOST_QUESTIONS:
        raise Refused(_("A form has 30 questions at most. Ask for the rest once the request is there."))
    _check_label(rows, values["label"], None)
    form.bump(version)
    keys = {one.key for one in rows}
    key = next(name for n in range(1, MOST_QUESTIONS + 2) if (name := f"q{n}") not in keys)
    place = rows[-1].position + 1 if rows else 1
    made = FormField.objects.create(form=form, key=key, position=place, **values)
    _record(form, by, at, {"question": [None, made.label]})
    return made


@transaction.atomic
def change_question(
    *, question: FormField, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> None:
    """Change a question of a form that the writer saw at `version`; routes of choices that are gone go with them."""
    form = question.form
    rights.check_can_change_form(form, by)
    _check_label(list(form.fields.all()), values["label"], question.pk)
    before = question.label
    set_fields(question, values)
    form.routes = _fitting(form, question)
    form.bump(version, ["routes"])
    question.save(update_fields=list(values))
    _record(form, by, at, {"question": [before, question.label]})


def _fitting(form: RequestForm, question: FormField) -> list[dict[str, Any]]:
    allowed = values_of(question)
    return [route for route in form.routes if route["field"] != question.key or route["value"] in allowed]


def _check_label(rows: Sequence[FormField], label: str, own: int | None) -> None:
    if any(one.label == label and one.pk != own for one in rows):
        raise Refused(
            _("This form asks that already. Answers are told apart by their question."), field="label"
        )


@transaction.atomic
def move_question(*, question: FormField, place: int, by: Person, at: datetime, version: int) -> None:
    """Put a question at `place`, counted from 0, in a form that the writer saw at `version`."""
    form = question.form
    rights.check_can_change_form(form, by)
    rows = [one for one in form.fields.all() if one.pk != question.pk]
    rows.insert(max(0, min(place, len(rows))), question)
    form.bump(version)
    for position, row in enumerate(rows, 1):
        row.position = position
    FormField.objects.bulk_update(rows, ["position"])
    _record(form, by, at, {"order": [None, question.label]})


@transaction.atomic
def remove_question(*, question: FormField, by: Person, at: datetime, version: int) -> Undo:
    """Remove a question with the routes that hang on it; answers that were given stay as they are."""
    form = question.form
    rights.check_can_change_form(form, by)
    arguments = {
        "pk": form.pk,
        "kept": {name: getattr(question, name) for name in (*QUESTION, "key", "position")},
        "routes": form.routes,
    }
    form.routes = [route for route in form.routes if route["field"] != question.key]
    form.bump(version, ["routes"])
    label = question.label
    question.delete()
    _record(form, by, at, {"question": [label, None]})
    return activity.offer_undo(verb="request_form.ask_again", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_remove_question(
    *, by: Person, at: datetime, pk: int, kept: dict[str, Any], routes: list[dict[str, Any]]
) -> None:
    """Ask again what `remove_question` took away, with its routes."""
    form = _found(by, pk)
    rights.check_can_change_form(form, by)
    rows = list(form.fields.all())
    _check_label(rows, kept["label"], None)
    if any(one.key == kept["key"] for one in rows):
        raise Refused(_("The form was changed since. Add the question again."))
    form.routes = [*form.routes, *(route for route in routes if route["field"] == kept["key"])]
    form.bump(form.version, ["routes"])
    FormField.objects.create(form=form, **kept)
    _record(form, by, at, {"question": [None, kept["label"]]})


@transaction.atomic
def add_route(
    *, form: RequestForm, key: str, value: str, handler: Person, by: Person, at: datetime, version: int
) -> None:
    """Let requests with one answer go to `handler`; an earlier route of the same answer gives way.

    Raises:
        Refused: no question of the form has that answer, or the person has left.
    """
    rights.check_can_change_form(form, by)
    asked = next((one for one in form.fields.all() if one.key == key), None)
    if asked is None or value not in values_of(asked):
        raise Refused(_("Choose an answer of this form."), field="choice")
    if not handler.is_active:
        raise Refused(_("%(name)s has left and gets no requests.") % {"name": handler.name}, field="person")
    kept = [route for route in form.routes if (route["field"], route["value"]) != (key, value)]
    if len(kept) >= MOST_ROUTES:
        raise Refused(_("A form has 30 routes at most."))
    form.routes = [*kept, {"field": key, "value": value, "handler": handler.pk}]
    form.bump(version, ["routes"])
    _record(form, by, at, {"route": [None, f"{asked.label} = {value} → {handler.name}"]})


@transaction.atomic
def remove_route(*, form: RequestForm, place: int, by: Person, at: datetime, version: int) -> None:
    """Take away the route at `place`, counted from 0, of a form that the writer saw at `version`."""
    rights.check_can_change_form(form, by)
    if not 0 <= place < len(form.routes):
        raise Refused(_("This route does not exist any more."))
    gone = form.routes[place]
    form.routes = [route for at_, route in enumerate(form.routes) if at_ != place]
    form.bump(version, ["routes"])
    _record(form, by, at, {"route": [gone["value"], None]})


@transaction.atomic
def remove(*, form: RequestForm, by: Person, at: datetime, version: int) -> Undo:
    """Offer a form no more; requests that were sent by it keep their answers."""
    rights.check_can_change_form(form, by)
    form.removed_at = at
    form.bump(version, ["removed_at"])
    _record(form, by, at, {"form": [form.name, None]})
    return activity.offer_undo(verb="request_form.bring_back", arguments={"pk": form.pk}, by=by, at=at)


@transaction.atomic
def bring_back(*, form: RequestForm, by: Person, at: datetime) -> None:
    """Offer a removed form again.

    Raises:
        Refused: another form has its name by now.
    """
    rights.check_can_bring_back(form, by)
    _check_name(form)
    form.removed_at = None
    form.bump(form.version, ["removed_at"])
    _record(form, by, at, {"form": [None, form.name]})


@transaction.atomic
def undo_remove(*, by: Person, at: datetime, pk: int) -> None:
    """Bring the form back that `remove` took away."""
    bring_back(form=_found(by, pk), by=by, at=at)


def _found(by: Person, pk: int) -> RequestForm:
    form = RequestForm.objects.visible_to(by).select_related("department").filter(pk=pk).first()
    if form is None:
        raise Refused(_("This does not exist any more."))
    return form


def _record(form: RequestForm, by: Person, at: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        FormChanged(
            subject_id=form.pk, by_id=by.pk, at=at, department_id=form.department_id, person_ids=(by.pk,),
            changes=changes,
        )
    )  # fmt: skip
