"""The form of a lesson."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opsloop.knowledge.actions import FIELDS
from opsloop.knowledge.models import Lesson
from opsloop.web.forms import LeanSelect, LongTextField
from opsloop.work.models import Category


def _long(label: Any, help_text: Any, *, required: bool = True) -> LongTextField:
    widget = forms.Textarea(attrs={"rows": 3})
    return LongTextField(label=label, help_text=help_text, required=required, max_length=2000, widget=widget)


class LessonForm(forms.Form):
    """What was learned, in the order in which it happened."""

    title = forms.CharField(
        label=_("Lesson"), max_length=120, help_text=_("What to do next time, in one sentence.")
    )
    situation = _long(_("Situation"), _("What was the task, and what went wrong or well?"))
    deed = _long(_("What we did"), _("So that others can do the same."))
    outcome = _long(_("What came of it"), _("Leave it empty while it is too early to say."), required=False)
    effect = forms.CharField(
        label=_("Measured effect"),
        max_length=200,
        required=False,
        help_text=_("For example: rework fell from 2 rounds to 0.5."),
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("Category"), required=False, widget=LeanSelect
    )

    def __init__(self, data: Any = None, *, lesson: Lesson | None = None, initial: Any = None) -> None:
        """Fill the fields from `lesson`, or from `initial`."""
        values = {name: getattr(lesson, name) for name in FIELDS} if lesson else {}
        super().__init__(data, initial={**values, **(initial or {})})
        self.fields["category"].queryset = Category.objects.all()  # type: ignore[attr-defined]
