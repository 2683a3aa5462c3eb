"""What has to be answered before a request is sent by a form; the form to fill in stands in forms/answers.py."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_date

from opsloop.collaboration.models import FormField, RequestForm
from opsloop.collaboration.queries.forms import SEVERAL

Kind = FormField.Kind


def lacking(form: RequestForm | None, answers: Sequence[Any]) -> list[str]:
    """Return the questions of `form` that have to be answered and are not, or not by their kind."""
    if form is None:
        return []
    said = {row[0]: str(row[1]) for row in answers if len(row) == 2}
    return [
        one.label
        for one in form.fields.all()
        if (one.required and not said.get(one.label)) or not fits(one, said.get(one.label, ""))
    ]


def fits(one: FormField, text: str) -> bool:
    """Whether an answer as it is kept is one of its kind; an empty one is. The form says at the field what is wrong."""
    if not text:
        return True
    match one.kind:
        case Kind.CHOICE:
            return text in one.options
        case Kind.MANY:
            return all(part in one.options for part in text.split(SEVERAL))
        case Kind.NUMBER:
            return _is_number(text)
        case Kind.DATE:
            return _is_date(text)
        case Kind.LINK:
            return text.startswith(("https://", "http://"))
    return True


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _is_date(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:
        return False
