"""The questions of a department as a form to fill in: built from its `RequestForm`, checked by kind, kept as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.html import escape
from django.utils.translation import gettext as _

from opsloop.collaboration.models import FormField, RequestForm
from opsloop.collaboration.queries.forms import SEVERAL, YES
from opsloop.records.dates import is_plausible
from opsloop.web.forms import DateInput, LeanSelect, LongTextField

LONGEST = {"line": 200, "text": 2000, "link": 500}
# Choices up to here are buttons that one sees all at once; more of them are a list with a search box.
FEW = 8
PREFIX = "answer_"
Answers = Sequence[Sequence[str]]


class AnswersForm(forms.Form):
    """The questions of a form. A draft may leave open what must be filled in; sending it asks (answers.py)."""

    def __init__(self, data: Any = None, *, form: RequestForm, answers: Answers = ()) -> None:
        """Build the fields of `form`, filled from `answers` as they are kept. One query unless they are prefetched."""
        self.asked = list(form.fields.all())
        super().__init__(data, initial=_initial(self.asked, answers))
        for one in self.asked:
            self.fields[name_of(one)] = _field(one)

    def answers(self) -> list[list[str]]:
        """Return what was answered as it is kept: [[question, text], …], without what was left open.

        What is no answer of its kind yet is kept as it was typed: a draft loses nothing.
        """
        kept = []
        for one in self.asked:
            text = self._text(one)
            if text:
                kept.append([one.label, text])
        return kept

    def is_whole(self) -> bool:
        """Say whether all that must be answered is; what is not gets its error."""
        self.full_clean()
        for one in self.asked:
            name = name_of(one)
            if one.required and name not in self.errors and not self._text(one):
                self.add_error(name, _("This is asked of everybody. Please answer it."))
        return not self.errors

    def _text(self, one: FormField) -> str:
        name = name_of(one)
        if name in getattr(self, "cleaned_data", {}):
            return as_text(one, self.cleaned_data[name])
        bound = self[name]
        raw = bound.data
        typed = SEVERAL.join(str(part) for part in raw) if isinstance(raw, list) else str(raw or "")
        return typed.replace("\0", "")[: LONGEST["text"]]


def name_of(one: FormField) -> str:
    """Return what a question is called in what the browser sends."""
    return f"{PREFIX}{one.key}"


def questions_of(form: RequestForm | None, answers: Answers, data: Any = None) -> AnswersForm | None:
    """Return the questions of `form` filled with `answers` or with what was posted; None where it asks nothing."""
    if form is None:
        return None
    made = AnswersForm(data, form=form, answers=answers)
    return made if made.asked else None


def as_text(one: FormField, value: Any) -> str:
    """Return the text by which a valid answer is kept; "" for none."""
    if one.kind == FormField.Kind.CHECK:
        return YES if value else ""
    if value in (None, "", []):
        return ""
    if one.kind == FormField.Kind.MANY:
        return SEVERAL.join(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _initial(asked: Sequence[FormField], answers: Answers) -> dict[str, Any]:
    """Return the values of the fields from answers that are kept; a question that was renamed begins empty."""
    known: Mapping[str, str] = {row[0]: row[1] for row in answers if len(row) == 2}
    return {name_of(one): _value(one, known[one.label]) for one in asked if one.label in known}


def _value(one: FormField, text: str) -> Any:
    match one.kind:
        case FormField.Kind.CHECK:
            return text == YES
        case FormField.Kind.MANY:
            return text.split(SEVERAL)
        case FormField.Kind.DATE:
            return _day(text)
        case FormField.Kind.NUMBER:
            return _number(text)
    return text


def _day(text: str) -> date | str:
    try:
        return parse_date(text) or text
    except ValueError:
        return text


def _number(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _field(one: FormField) -> forms.Field:
    # People wrote these texts, and hints are shown as they stand.
    given = {"label": one.label, "help_text": escape(one.help), "required": False}
    made = _BUILDERS[one.kind](one, given)
    if one.required:
        # Asked for when it is sent; readers of the screen hear so from the beginning.
        made.widget.attrs["aria-required"] = "true"
    return made


def _line(_one: FormField, given: dict[str, Any]) -> forms.Field:
    return forms.CharField(max_length=LONGEST["line"], **given)


def _text(_one: FormField, given: dict[str, Any]) -> forms.Field:
    return LongTextField(max_length=LONGEST["text"], widget=forms.Textarea(attrs={"rows": 3}), **given)


def _amount(_one: FormField, given: dict[str, Any]) -> forms.Field:
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    return forms.DecimalField(max_digits=15, decimal_places=4, widget=widget, **given)


def _date(_one: FormField, given: dict[str, Any]) -> forms.Field:
    return forms.DateField(widget=DateInput, validators=[_check_day], **given)


def _check_day(value: date) -> None:
    if not is_plausible(value):
        raise ValidationError(_("Choose a year between 2000 and 2100."))


def _choice(one: FormField, given: dict[str, Any]) -> forms.Field:
    options = [(text, text) for text in one.options]
    if len(options) > FEW:
        return forms.ChoiceField(choices=[("", "—"), *options], widget=LeanSelect, **given)
    return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **given)


def _many(one: FormField, given: dict[str, Any]) -> forms.Field:
    options = [(text, text) for text in one.options]
    return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **given)


def _check(_one: FormField, given: dict[str, Any]) -> forms.Field:
    return forms.BooleanField(**given)


def _link(_one: FormField, given: dict[str, Any]) -> forms.Field:
    return forms.URLField(
        max_length=LONGEST["link"], assume_scheme="https", validators=[_check_scheme], **given
    )


def _check_scheme(value: str) -> None:
    if not value.startswith(("http://", "https://")):
        raise ValidationError(_("A link begins with https:// or http://."))


_BUILDERS: Mapping[str, Callable[[FormField, dict[str, Any]], forms.Field]] = {
    FormField.Kind.LINE: _line,
    FormField.Kind.TEXT: _text,
    FormField.Kind.NUMBER: _amount,
    FormField.Kind.DATE: _date,
    FormField.Kind.CHOICE: _choice,
    FormField.Kind.MANY: _many,
    FormField.Kind.CHECK: _check,
    FormField.Kind.LINK: _link,
}
