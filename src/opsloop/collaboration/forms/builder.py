"""Building a request form: what it says of itself, its questions, and who gets what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opsloop.collaboration.models import FormField, RequestForm
from opsloop.collaboration.queries.forms import SEVERAL, values_of
from opsloop.organisation.models import Department, Person
from opsloop.web.forms import LeanSelect, LongTextField

MOST_OPTIONS, LONGEST_OPTION = 40, 60
_CHOOSING = frozenset({FormField.Kind.CHOICE, FormField.Kind.MANY})


def handlers_of(department: Department, keep: Person | None) -> Any:
    """Return who can get what comes in: the people of the department and of those below it, and `keep`."""
    own = Q(department__path__startswith=department.path, is_active=True)
    return Person.objects.filter(own | Q(pk=keep.pk if keep else 0)).order_by("name")


class HeadForm(forms.Form):
    """What a form says of itself."""

    name = forms.CharField(
        label=gettext_lazy("What is asked for by it"), max_length=60,
        help_text=gettext_lazy("For example: design, data, material for a campaign."),
    )  # fmt: skip
    guide = LongTextField(
        label=gettext_lazy("What to know before asking"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("Stands above the questions."),
    )  # fmt: skip
    standard = LongTextField(
        label=gettext_lazy("Deliverable standard to begin with"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("By what can both sides see that it is done? Who asks may change it."),
    )  # fmt: skip
    lead_days = forms.IntegerField(
        label=gettext_lazy("Working days you need"), min_value=0, max_value=60, initial=0,
        help_text=gettext_lazy("Who asks for less is told so while writing; 0 says nothing."),
    )  # fmt: skip
    handler = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("Goes to"), required=False, widget=LeanSelect,
        empty_label=gettext_lazy("The queue of the department"),
        help_text=gettext_lazy("Unless a route below leads to somebody else."),
    )  # fmt: skip

    def __init__(
        self,
        data: Any = None,
        *,
        department: Department,
        form: RequestForm | None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        """Fill the fields from `form`, or from `initial` for a new one."""
        values = (
            {name: getattr(form, name) for name in ("name", "guide", "standard", "lead_days")} if form else {}
        )
        chosen = form.handler if form else None
        super().__init__(
            data, initial={**values, "handler": chosen.pk if chosen else None, **(initial or {})}
        )
        field = self.fields["handler"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = handlers_of(department, chosen)


class QuestionForm(forms.Form):
    """One question."""

    label = forms.CharField(label=gettext_lazy("Question"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of answer"), choices=FormField.Kind.choices)
    options = LongTextField(
        label=gettext_lazy("Choices"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line; only for one or several of a list."),
    )  # fmt: skip
    help = forms.CharField(
        label=pgettext_lazy("form field", "Explanation"), max_length=200, required=False,
        help_text=gettext_lazy("Stands below the question."),
    )  # fmt: skip
    required = forms.BooleanField(label=gettext_lazy("Must be filled in"), required=False)

    def __init__(self, data: Any = None, *, question: FormField | None) -> None:
        """Fill the fields from `question`; a new one begins empty."""
        initial: dict[str, Any] = {"kind": FormField.Kind.LINE}
        if question is not None:
            initial = {
                "label": question.label, "kind": question.kind, "options": "\n".join(question.options),
                "help": question.help, "required": question.required,
            }  # fmt: skip
        super().__init__(data, initial=initial)

    def clean_options(self) -> list[str]:
        """Return the choices, each once, in the order they were written."""
        rows = list(
            dict.fromkeys(line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip())
        )
        if len(rows) > MOST_OPTIONS:
            raise ValidationError(
                _("%(most)s choices are the most; ask for a line of text instead.") % {"most": MOST_OPTIONS}
            )
        for number, row in enumerate(rows, 1):
            if len(row) > LONGEST_OPTION:
                raise ValidationError(
                    _("Line %(number)s is too long: a choice has 60 characters at most.") % {"number": number}
                )
            if SEVERAL in row:
                raise ValidationError(
                    _("Line %(number)s holds “；”, which stands between choices. Use a comma.")
                    % {"number": number}
                )
        return rows

    def clean(self) -> dict[str, Any]:
        """Ask for choices where the kind needs them, and drop them where it has none."""
        data = super().clean() or {}
        if data.get("kind") in _CHOOSING:
            if "options" in data and len(data["options"]) < 2:
                self.add_error("options", _("Write at least two choices, one a line."))
        elif "options" in data:
            data["options"] = []
        return data


class RouteForm(forms.Form):
    """When a question has an answer, who gets the request."""

    choice = forms.ChoiceField(label=gettext_lazy("When the answer is"))
    person = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("it goes to"), widget=LeanSelect, empty_label="—"
    )

    def __init__(self, data: Any = None, *, form: RequestForm) -> None:
        """Offer the answers that questions of `form` can have."""
        super().__init__(data)
        choices = self.fields["choice"]
        assert isinstance(choices, forms.ChoiceField)
        self.is_possible = False
        rows: list[Any] = [("", "—")]
        for one in form.fields.all():
            values = values_of(one)
            if values:
                rows.append((one.label, [(f"{one.key}={value}", value) for value in values]))
                self.is_possible = True
        choices.choices = rows
        person = self.fields["person"]
        assert isinstance(person, forms.ModelChoiceField)
        person.queryset = handlers_of(form.department, None)

    def chosen(self) -> tuple[str, str]:
        """Return the key of the question and its answer."""
        key, _sign, value = self.cleaned_data["choice"].partition("=")
        return key, value
