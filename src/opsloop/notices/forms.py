"""The forms of notices: the text, the audience, the correction, templates, groups and rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.discussion.models import Attachment
from opsloop.notices.filing import beside
from opsloop.notices.models import (
    TEXTS,
    Importance,
    Notice,
    NoticeRules,
    NoticeTemplate,
    RecipientGroup,
)
from opsloop.notices.queries.audience import Audience
from opsloop.notices.ruling import DEFAULT_SENDERS, NUMBERS, Reach, reach_of_role, ways_of
from opsloop.organisation.forms.fields import DepartmentField
from opsloop.organisation.models import Department, Person
from opsloop.organisation.queries.departments import indented
from opsloop.organisation.roles import Permission, Role
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused
from opsloop.web.forms import (
    DateInput,
    DateTimeInput,
    LeanSelectMultiple,
    LongTextField,
    SeveralField,
)

# The template of the page that holds everybody once; the script copies them into the boxes that ask for people.
PEOPLE = "notice-people"


class SharingSelectMultiple(LeanSelectMultiple):
    """A box for several people that holds those chosen; the script takes the rest from the page's one list."""

    def __init__(self) -> None:
        super().__init__({"data-options": PEOPLE})

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,
    ) -> SafeString:
        """Return the element with those who are chosen."""
        chosen = {one for one in value or () if str(one).isdigit() and len(str(one)) < 19}
        rows = Person.objects.filter(pk__in=chosen).order_by("pk") if chosen else Person.objects.none()
        self.choices = [(one.pk, one.name) for one in rows.only("name")]
        return super().render(name, value, attrs, renderer)  # type: ignore[misc]


def _departments(label: Any, help_text: Any = "") -> SeveralField:
    return SeveralField(
        queryset=Department.objects.none(),
        label=label,
        required=False,
        widget=LeanSelectMultiple,
        help_text=help_text,
    )


def _people(label: Any, help_text: Any = "") -> SeveralField:
    return SeveralField(
        queryset=Person.objects.active(),
        label=label,
        required=False,
        widget=SharingSelectMultiple,
        help_text=help_text,
    )


def _offer(field: forms.Field, rows: Sequence[Department]) -> None:
    assert isinstance(field, forms.ModelMultipleChoiceField)
    field.queryset = Department.objects.filter(pk__in=[row.pk for row in rows])
    field.choices = indented(rows)


class TextForm(forms.Form):
    """What a notice says. A draft may be unfinished, so nothing is required here; sending asks for the rest."""

    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    cause = LongTextField(
        label=pgettext_lazy("notice", "Occasion"), max_length=3000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Why you write: one or two sentences."),
    )  # fmt: skip
    demands = LongTextField(
        label=_("What is asked"), max_length=6000, required=False, widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("One point a line: who does what."),
    )  # fmt: skip
    timing = LongTextField(
        label=_("Dates"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What happens when, in words."),
    )  # fmt: skip
    due_at = forms.DateTimeField(
        label=_("To be done by"), required=False, widget=DateTimeInput, help_text=_("Shown in every list.")
    )
    responsible = _departments(_("Responsible departments"))
    signature = forms.CharField(
        label=_("Signed"), max_length=120, required=False, help_text=_("The date of sending stands below it.")
    )

    def __init__(
        self, data: Any = None, *, notice: Notice, departments: Sequence[Department], **options: Any
    ) -> None:
        """Fill the fields from `notice`; `departments` are those that can be responsible."""
        initial = {name: getattr(notice, name) for name in (*TEXTS, "due_at")}
        initial["responsible"] = [one.pk for one in notice.responsible.all()] if notice.pk else []
        super().__init__(data, initial={**initial, **options.pop("initial", {})}, **options)
        _offer(self.fields["responsible"], departments)

    def clean_due_at(self) -> datetime | None:
        """Return the moment, if it lies in a year that people plan in."""
        return _plausible(self.cleaned_data["due_at"])

    def texts(self) -> dict[str, Any]:
        """Return the values of the texts and the date."""
        return {name: self.cleaned_data[name] for name in (*TEXTS, "due_at")}

    def refuse(self, refused: Refused) -> None:
        """Show why the rules do not allow it, under the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


def _plausible(value: datetime | None) -> datetime | None:
    if not is_plausible(value.date() if value else None):
        raise forms.ValidationError(_("Choose a year between 2000 and 2100."))
    return value


class DraftForm(TextForm):
    """A draft: what it says, to whom, how loud, and when."""

    importance = forms.ChoiceField(
        label=_("Importance"), choices=Importance.choices, widget=forms.RadioSelect
    )
    department = DepartmentField(label=_("Sending department"), required=False, empty_label=None)
    everybody = forms.BooleanField(label=_("Everybody in the organisation"), required=False)
    departments = _departments(pgettext_lazy("audience", "Departments"))
    below = forms.BooleanField(label=_("With the departments below"), required=False)
    roles = forms.MultipleChoiceField(
        label=_("Only these roles"), choices=Role.choices, required=False, widget=LeanSelectMultiple,
        help_text=_("Of these departments, only who holds one of the roles."),
    )  # fmt: skip
    groups = SeveralField(
        queryset=RecipientGroup.objects.none(), label=_("Groups"), required=False, widget=LeanSelectMultiple
    )
    people = _people(_("Single people"))
    without_departments = _departments(_("Without these departments"))
    without = _people(_("Without these people"))
    send_at = forms.DateTimeField(
        label=_("Send at"), required=False, widget=DateTimeInput, help_text=_("Until then you can recall it.")
    )
    for_newcomers = forms.BooleanField(
        label=_("Also for newcomers while it is valid"), required=False,
        help_text=_("Who joins one of these departments later gets it, too, and confirms it."),
    )  # fmt: skip
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DateInput)

    def __init__(
        self, data: Any = None, *, notice: Notice, by: Person, departments: Sequence[Department],
        reach: frozenset[int] | None,
    ) -> None:  # fmt: skip
        """Offer the departments within `reach` (None: all), and the groups that `by` may use."""
        audience = asdict(Audience.read(notice.audience))
        initial = {
            **audience, "importance": notice.importance, "department": notice.department_id, "send_at": notice.send_at,
            "for_newcomers": notice.for_newcomers, "valid_until": notice.valid_until,
        }  # fmt: skip
        super().__init__(data, notice=notice, departments=departments, initial=initial)
        within = [one for one in departments if reach is None or one.pk in reach]
        _offer(self.fields["departments"], within)
        _offer(self.fields["without_departments"], within)
        groups = self.fields["groups"]
        assert isinstance(groups, forms.ModelMultipleChoiceField)
        groups.queryset = cast(
            "QuerySet[RecipientGroup]", RecipientGroup.objects.visible_to(by).order_by("name", "pk")
        )
        own = self.fields["department"]
        assert isinstance(own, DepartmentField)
        own.offer(sending_departments(by, departments), keep=notice.department)
        if notice.department is None:
            own.empty_label = "—"
            own.choices = [("", "—"), *indented(sending_departments(by, departments))]

    def clean_send_at(self) -> datetime | None:
        """Return the moment, if it lies in a year that people plan in."""
        return _plausible(self.cleaned_data["send_at"])

    def clean_valid_until(self) -> Any:
        """Return the day, if it lies in a year that people plan in."""
        value = self.cleaned_data["valid_until"]
        if not is_plausible(value):
            raise forms.ValidationError(_("Choose a year between 2000 and 2100."))
        return value

    def audience(self) -> Audience:
        """Return the people that were chosen."""
        data = self.cleaned_data
        return Audience(
            everybody=data["everybody"],
            below=data["below"],
            roles=tuple(data["roles"]),
            **{
                name: tuple(one.pk for one in data[name])
                for name in ("departments", "groups", "people", "without", "without_departments")
            },
        )

    def values(self) -> dict[str, Any]:
        """Return what a draft keeps of it, but for the responsible departments."""
        names = ("importance", "department", "send_at", "for_newcomers", "valid_until")
        return {
            **self.texts(),
            **{name: self.cleaned_data[name] for name in names},
            "audience": self.audience().stored(),
        }


def sending_departments(by: Person, departments: Sequence[Department]) -> list[Department]:
    """Return the departments in whose name `by` can write: their own, and those they steer."""
    held = by.reaches.departments(Permission.NOTICE_STEER)
    return [one for one in departments if held is None or one.pk in held or one.pk == by.department_id]


class CorrectionForm(TextForm):
    """A corrected text, why, and whether it has to be confirmed again."""

    why = forms.CharField(
        label=_("What was corrected, and why"), max_length=300,
        help_text=_("Everybody who got the notice reads this sentence first."),
    )  # fmt: skip
    ask = forms.ChoiceField(
        label=_("Confirm again"),
        choices=[
            ("auto", _("If what is asked, a date, the attachments or who is responsible changes")),
            ("yes", _("Yes, everybody")),
            ("no", _("No, only tell them")),
        ],
        initial="auto",
        widget=forms.RadioSelect,
    )
    without = forms.ModelMultipleChoiceField(
        label=_("Attachments to leave out"), queryset=Attachment.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They stay with the editions that had them."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, notice: Notice, departments: Sequence[Department]):
        super().__init__(data, notice=notice, departments=departments)
        without = self.fields["without"]
        assert isinstance(without, forms.ModelMultipleChoiceField)
        without.queryset = Attachment.objects.beside(beside(notice)).alive()


class EndForm(forms.Form):
    """Why a notice is withdrawn."""

    why = forms.CharField(
        label=_("Why it is withdrawn"), max_length=300, help_text=_("Everybody who got it reads this.")
    )


class TemplateForm(forms.Form):
    """A template of one's own."""

    name = forms.CharField(label=_("Name"), max_length=60)
    importance = forms.ChoiceField(label=_("Importance"), choices=Importance.choices)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    cause = LongTextField(
        label=pgettext_lazy("notice", "Occasion"), max_length=3000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    demands = LongTextField(
        label=_("What is asked"), max_length=6000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    timing = LongTextField(
        label=_("Dates"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_shared = forms.BooleanField(label=_("For everybody who writes notices"), required=False)

    def __init__(
        self, data: Any = None, *, template: NoticeTemplate | None, initial: Mapping[str, Any] | None = None
    ):
        values = {name: getattr(template, name) for name in self.base_fields} if template else {}
        super().__init__(data, initial={"importance": Importance.NORMAL, **values, **(initial or {})})


class GroupForm(forms.Form):
    """A group of recipients."""

    name = forms.CharField(label=_("Name"), max_length=60)
    members = _people(_("Members"))
    is_shared = forms.BooleanField(label=_("For everybody who writes notices"), required=False)

    def __init__(self, data: Any = None, *, group: RecipientGroup | None):
        initial: dict[str, Any] = {"is_shared": True}
        if group is not None:
            initial = {
                "name": group.name,
                "is_shared": group.is_shared,
                "members": list(group.members.values_list("pk", flat=True)),
            }
        super().__init__(data, initial=initial)
        kept = Q(is_active=True) | Q(pk__in=initial.get("members", ()))
        members = self.fields["members"]
        assert isinstance(members, forms.ModelMultipleChoiceField)
        members.queryset = Person.objects.filter(kept)


_WAY_LABELS: Mapping[str, Any] = {
    "group": _("Group robots"),
    "mail": pgettext_lazy("notices", "Mail at once"),
    "heads": _("Copy to heads"),
    "at_once": _("Also in quiet hours"),
    "first": _("First reminder after"),
    "every": _("Then every"),
    "times": _("Reminders at most"),
}


class RulesForm(forms.Form):
    """How loud each importance is, and who may send to whom."""

    link_days = forms.IntegerField(
        label=_("Links in mail hold for (days)"), min_value=1, max_value=30,
        help_text=_("With such a link a notice is confirmed without a log-in, and nothing else can be done."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, rules: NoticeRules) -> None:
        super().__init__(data, initial={"link_days": rules.link_days})
        for importance in Importance:
            for name, value in asdict(ways_of(rules, importance)).items():
                self.fields[f"{importance.value}_{name}"] = _way_field(importance, name, value)
        for role, otherwise in DEFAULT_SENDERS.items():
            self.fields[f"role_{role}"] = forms.ChoiceField(
                label=Role(role).label, choices=Reach.choices, initial=reach_of_role(rules, role) or otherwise
            )

    def table(self) -> list[tuple[Any, list[Any]]]:
        """Return the rows of the table of importances: what is decided, and its field for each of them."""
        return [
            (label, [self[f"{one.value}_{name}"] for one in Importance])
            for name, label in _WAY_LABELS.items()
        ]

    def senders(self) -> list[Any]:
        """Return the fields of the roles."""
        return [self[f"role_{role}"] for role in DEFAULT_SENDERS]

    def ways(self) -> dict[str, dict[str, Any]]:
        """Return how loud each importance is, as it is stored."""
        return {
            one.value: {name: self.cleaned_data[f"{one.value}_{name}"] for name in _WAY_LABELS}
            for one in Importance
        }

    def reaches(self) -> dict[str, str]:
        """Return how far each role may send, as it is stored."""
        return {role: self.cleaned_data[f"role_{role}"] for role in DEFAULT_SENDERS}


def _way_field(importance: Importance, name: str, value: Any) -> forms.Field:
    label = f"{importance.label}: {_WAY_LABELS[name]}"
    if name in NUMBERS:
        least, most = NUMBERS[name]
        widget = forms.NumberInput(attrs={"aria-label": label, "inputmode": "numeric"})
        return forms.IntegerField(label=label, min_value=least, max_value=most, initial=value, widget=widget)
    return forms.BooleanField(
        label=label, required=False, initial=value, widget=forms.CheckboxInput(attrs={"aria-label": label})
    )
