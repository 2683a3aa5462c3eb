"""The forms of what the lead says: an update, the health, the closing note."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from opsloop.portfolio.forms.fields import AroundForm
from opsloop.portfolio.models.updates import LEVELS
from opsloop.web.forms import LongTextField


class UpdateForm(AroundForm):
    """How a project is going."""

    health = forms.ChoiceField(label=_("Health"), choices=LEVELS, widget=forms.RadioSelect)
    text = LongTextField(
        label=_("Update"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What moved since the last one, what is in the way, what comes next."),
    )  # fmt: skip


class HealthForm(AroundForm):
    """The lead's word on the health."""

    level = forms.ChoiceField(label=_("Health"), choices=LEVELS, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody sees it beside the sign."),
    )  # fmt: skip


class ClosingForm(AroundForm):
    """The closing note of a project."""

    health = forms.ChoiceField(label=_("How it ended"), choices=LEVELS, widget=forms.RadioSelect)
    note = LongTextField(
        label=_("Closing note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What was reached against the goal, what is handed over to whom, what was learnt."),
    )  # fmt: skip
