"""The forms of a meeting while it is held and after it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsloop.meetings.models import ActionItem, AgendaItem, Decision, Minutes
from opsloop.meetings.queries.decisions import later_than
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.web.forms import DateTimeInput, LeanSelect, LongTextField


class RefusableForm(forms.Form):
    """A form whose refusals stand under the field they belong to."""

    def refuse(self, refused: Refused) -> None:
        """Show why the rules do not allow it, under the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


class CodeForm(RefusableForm):
    """The code that stands on the screen of the room."""

    code = forms.CharField(
        label=_("Code of the meeting"), max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 6, "autofocus": True}
        ),
    )  # fmt: skip


class TopicForm(RefusableForm):
    """The minutes of one topic."""

    conclusion = LongTextField(
        label=_("Conclusion"), max_length=6000, required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    dispute = LongTextField(
        label=_("What is disputed"), max_length=3000, required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, topic: AgendaItem) -> None:
        super().__init__(
            data,
            initial={"conclusion": topic.conclusion, "dispute": topic.dispute},
            auto_id=f"topic-{topic.pk}-%s",
        )


class RemarksForm(RefusableForm):
    """What belongs to no topic."""

    remarks = LongTextField(
        label=_("Further remarks"), max_length=6000, required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, minutes: Minutes) -> None:
        super().__init__(data, initial={"remarks": minutes.remarks})


class ItemForm(RefusableForm):
    """An action item: what, who, by when, and by what one sees that it is done."""

    what = forms.CharField(label=_("What is to be done"), max_length=200)
    owner = forms.ModelChoiceField(
        Person.objects.none(), label=_("Who does it"), required=False, widget=LeanSelect, empty_label=_("Nobody yet")
    )  # fmt: skip
    due_at = forms.DateTimeField(label=_("By when"), required=False, widget=DateTimeInput)
    standard = forms.CharField(label=_("Deliverable standard"), max_length=300, required=False)

    def __init__(self, data: Any = None, *, item: ActionItem, by: Person) -> None:
        initial = {name: getattr(item, name) for name in ("what", "owner", "due_at", "standard")}
        super().__init__(data, initial=initial)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        seen = Person.objects.visible_to(by).active().order_by().values("pk")
        seated = item.meeting.seats.order_by().values("person")
        wanted = Q(pk__in=seen) | Q(pk__in=seated) | Q(pk=item.owner_id)
        field.queryset = Person.objects.active().filter(wanted).only("name")


class WhyForm(RefusableForm):
    """A reason in a sentence."""

    why = forms.CharField(
        label=_("Reason"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, label: Any = None, help_text: Any = "") -> None:
        super().__init__(data)
        if label:
            self.fields["why"].label = label
        self.fields["why"].help_text = help_text


class DecisionForm(RefusableForm):
    """The words of a decision."""

    text = LongTextField(
        label=_("Decision"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Empty it to take the decision out."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, decision: Decision) -> None:
        super().__init__(data, initial={"text": decision.text})


class DecisionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One decision of the register, by its number and how it begins."""

    def label_from_instance(self, obj: Any) -> str:
        """Return a decision as an option."""
        return f"{obj.number} {obj.text[:60]}"


class ReplaceForm(RefusableForm):
    """Which later decision takes the place of one."""

    later = DecisionField(
        Decision.objects.none(), label=_("Replaced by"), required=False, widget=LeanSelect,
        empty_label=_("None: it holds"), help_text=_("Only later decisions on the register are offered."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, decision: Decision, by: Person) -> None:
        super().__init__(data, initial={"later": decision.replaced_by_id})
        field = self.fields["later"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = later_than(decision, by)
