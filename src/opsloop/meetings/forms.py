"""The forms of meetings: the check, the meeting itself, topics, rooms, rules, answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from opsloop.meetings.models import AgendaItem, Meeting, MeetingRules, Room, Seat
from opsloop.meetings.permissions import may_use
from opsloop.meetings.ruling import good_times
from opsloop.notices.forms import SharingSelectMultiple
from opsloop.organisation.forms.fields import DepartmentField
from opsloop.organisation.models import Department, Person
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused
from opsloop.web.forms import DateTimeInput, LeanSelect, LongTextField, SeveralField, TimeInput
from opsloop.work.forms.repeats import choices as repeat_choices

# The template of the page that holds everybody once; the script copies them into the boxes that ask for people.
PEOPLE = "notice-people"
PURPOSES = (
    ("decide", _("To decide something")),
    ("work_out", _("To work something out together")),
    ("inform", _("To tell people something")),
    ("comment", _("To hear opinions on a text or a draft")),
    ("request", _("To ask another department for something")),
)
ROLES = ("decides", "takes_part", "optional", "copy")


class _Refusable(forms.Form):
    def refuse(self, refused: Refused) -> None:
        """Show why the rules do not allow it, under the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


class CheckForm(_Refusable):
    """What somebody wants to meet for."""

    title = forms.CharField(label=_("What is it about?"), max_length=120)
    objective = LongTextField(
        label=_("What is different afterwards?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: the budget of December is decided, and three measures have an owner."),
    )  # fmt: skip
    purpose = forms.ChoiceField(
        label=_("What is it for?"), choices=PURPOSES, required=False, widget=forms.RadioSelect
    )


def _people(label: Any, help_text: Any = "") -> SeveralField:
    return SeveralField(
        queryset=Person.objects.active(), label=label, required=False, widget=SharingSelectMultiple,
        help_text=help_text,
    )  # fmt: skip


class MeetingForm(_Refusable):
    """A meeting: what for, when, where, who. A draft may be unfinished, so nothing is required here."""

    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    objective = LongTextField(
        label=_("What is different afterwards?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    starts_at = forms.DateTimeField(label=_("Begins"), required=False, widget=DateTimeInput)
    lasts = forms.IntegerField(label=_("Lasts, in minutes"), min_value=5, max_value=1440, required=False)
    repeats = forms.ChoiceField(label=_("Repeats"), required=False)
    decides = _people(pgettext_lazy("seats", "Decide"), _("Without them nothing can be decided."))
    takes_part = _people(pgettext_lazy("seats", "Take part"))
    optional = _people(pgettext_lazy("seats", "May come"))
    copy = _people(pgettext_lazy("seats", "Get the minutes"))
    room = forms.ModelChoiceField(
        label=pgettext_lazy("meeting", "Room"), queryset=Room.objects.none(), required=False, widget=LeanSelect,
    )  # fmt: skip
    place = forms.CharField(label=_("Another place"), max_length=200, required=False)
    link = forms.URLField(
        label=_("Link of the call"), max_length=500, required=False, assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip
    host = forms.ModelChoiceField(
        label=_("Host"), queryset=Person.objects.active(), required=False, widget=LeanSelect, empty_label="—"
    )
    minute_taker = forms.ModelChoiceField(
        label=_("Takes the minutes"),
        queryset=Person.objects.active(),
        required=False,
        widget=LeanSelect,
        empty_label="—",
    )
    department = DepartmentField(label=_("Of the department"), required=False)
    is_confidential = forms.BooleanField(
        label=_("Only for those in it"), required=False,
        help_text=_("Leads do not see it unless they are in it; calendars only show that people are busy."),
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, meeting: Meeting, by: Person, roles: Mapping[int, str],
        departments: Sequence[Department], initial: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Fill the fields from `meeting`, whose people are `roles`; offer the rooms that `by` may book."""
        values: dict[str, Any] = {
            name: getattr(meeting, name)
            for name in (
                "title",
                "objective",
                "starts_at",
                "lasts",
                "repeats",
                "place",
                "link",
                "is_confidential",
            )
        }
        values |= {
            name: getattr(meeting, f"{name}_id") for name in ("room", "host", "minute_taker", "department")
        }
        for role in ROLES:
            values[role] = [pk for pk, one in roles.items() if one == role and pk != meeting.organiser_id]
        super().__init__(data, initial={**values, **(initial or {})})
        rooms = [one for one in Room.objects.current().select_related("department") if may_use(one, by)]
        if meeting.room and meeting.room not in rooms:
            rooms.append(meeting.room)
        field = self.fields["room"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Room.objects.filter(pk__in=[one.pk for one in rooms])
        field.choices = [("", pgettext("meeting", "No room")), *((one.pk, room_label(one)) for one in rooms)]
        own = self.fields["department"]
        assert isinstance(own, DepartmentField)
        own.offer(departments, keep=meeting.department)
        repeats = self.fields["repeats"]
        assert isinstance(repeats, forms.ChoiceField)
        repeats.choices = repeat_choices(meeting.starts_at or meeting.saved_at, meeting.repeats)
        if not meeting.is_draft:
            del self.fields["repeats"]

    def clean_starts_at(self) -> datetime | None:
        """Return the moment, if it lies in a year that people plan in."""
        value: datetime | None = self.cleaned_data["starts_at"]
        if not is_plausible(value.date() if value else None):
            raise forms.ValidationError(_now("Choose a year between 2000 and 2100."))
        return value.replace(second=0, microsecond=0) if value else None

    def clean_lasts(self) -> int:
        """Return how long it lasts; an emptied field is an hour."""
        return self.cleaned_data["lasts"] or 60

    def values(self) -> dict[str, Any]:
        """Return what the meeting is to be, beside its people."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ROLES}

    def roles(self) -> dict[int, str]:
        """Return who sits in it as what; somebody chosen twice is what comes first."""
        found: dict[int, str] = {}
        for role in ROLES:
            for person in self.cleaned_data[role]:
                found.setdefault(person.pk, role)
        return found


def room_label(room: Room) -> str:
    """Return a room with how many people it takes, and what it has."""
    seats = _now("%(count)s seats") % {"count": room.seats}
    return " · ".join([room.name, seats, *room.equipment])


class TopicForm(_Refusable):
    """One topic of the agenda."""

    title = forms.CharField(label=_("Topic"), max_length=200)
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=Person.objects.active(), required=False, widget=LeanSelect
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=600)
    goal = forms.CharField(label=_("What is to come out of it"), max_length=300, required=False)
    material = LongTextField(
        label=_("To read before"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Addresses and names of documents, one a line."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, topic: AgendaItem | None = None, minutes: int = 15) -> None:
        """Fill the fields from `topic`; a new one takes `minutes`."""
        initial: dict[str, Any] = {"minutes": minutes}
        if topic is not None:
            initial = {name: getattr(topic, name) for name in ("title", "minutes", "goal", "material")}
            initial["owner"] = topic.owner_id
        super().__init__(data, initial=initial)


class PreparationForm(_Refusable):
    """Something to prepare, and by whom."""

    text = forms.CharField(label=_("To prepare"), max_length=200)
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=Person.objects.active(), required=False, widget=LeanSelect
    )


class AnswerForm(_Refusable):
    """Whether somebody comes, why not, and when they would."""

    answer = forms.ChoiceField(
        label=_("Do you come?"), widget=forms.RadioSelect,
        choices=[
            (Seat.Answer.YES, pgettext_lazy("answer", "Yes")),
            (Seat.Answer.MAYBE, pgettext_lazy("answer", "Perhaps")),
            (Seat.Answer.NO, pgettext_lazy("answer", "No")),
        ],
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    proposes_at = forms.DateTimeField(
        label=_("I could at"), required=False, widget=DateTimeInput,
        help_text=_("Who called the meeting sees it beside your answer."),
    )  # fmt: skip

    def clean_proposes_at(self) -> datetime | None:
        """Return the moment, if it lies in a year that people plan in."""
        value: datetime | None = self.cleaned_data["proposes_at"]
        if not is_plausible(value.date() if value else None):
            raise forms.ValidationError(_now("Choose a year between 2000 and 2100."))
        return value


class CancelForm(_Refusable):
    """Why a meeting is cancelled."""

    why = forms.CharField(label=_("Why"), max_length=300, help_text=_("Everybody who was invited reads it."))


class RoomForm(_Refusable):
    """A room: how many people it takes, what it has, and for whom it is."""

    name = forms.CharField(label=pgettext_lazy("meeting", "Room"), max_length=60)
    place = forms.CharField(label=_("Where it is"), max_length=120, required=False)
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=2000)
    equipment = forms.CharField(
        label=_("Equipment"), max_length=300, required=False,
        help_text=_("Separated by commas: projector, whiteboard, video."),
    )  # fmt: skip
    department = DepartmentField(
        label=_("Only for department"), required=False, empty_label=_("For everybody"),
        help_text=_("And those below it."),
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, room: Room | None = None, departments: Sequence[Department]
    ) -> None:
        """Fill the fields from `room`, or leave them empty for a new one."""
        initial: dict[str, Any] = {"seats": 8}
        if room is not None:
            initial = {name: getattr(room, name) for name in ("name", "place", "seats")}
            initial |= {"department": room.department_id, "equipment": _now(", ").join(room.equipment)}
        super().__init__(data, initial=initial)
        field = self.fields["department"]
        assert isinstance(field, DepartmentField)
        field.offer(departments, keep=room.department if room else None)

    def clean_equipment(self) -> list[str]:
        """Return the words, each once."""
        words = re.split(r"[,，、;；\n]", self.cleaned_data["equipment"])
        return list(dict.fromkeys(word.strip()[:30] for word in words if word.strip()))[:20]


class RulesForm(_Refusable):
    """The rules of meetings."""

    most_minutes = forms.IntegerField(
        label=_("A meeting lasts at most, in minutes"), min_value=5, max_value=600
    )
    topic_minutes = forms.IntegerField(
        label=_("One topic takes at most, in minutes"), min_value=5, max_value=600
    )
    morning_from = forms.TimeField(label=_("Preferred from"), widget=TimeInput)
    morning_to = forms.TimeField(label=pgettext_lazy("time of day", "to"), widget=TimeInput)
    afternoon_from = forms.TimeField(label=_("And from"), widget=TimeInput, required=False)
    afternoon_to = forms.TimeField(label=pgettext_lazy("time of day", "to"), widget=TimeInput, required=False)
    notice_days = forms.IntegerField(
        label=_("Agenda and material out before, in working days"), min_value=0, max_value=10
    )
    minutes_days = forms.IntegerField(
        label=_("Minutes sent within, in working days"), min_value=1, max_value=20
    )
    confirm_days = forms.IntegerField(
        label=_("Action items confirmed within, in working days"), min_value=1, max_value=20
    )
    NUMBERS = ("most_minutes", "topic_minutes", "notice_days", "minutes_days", "confirm_days")

    def __init__(self, data: Any = None, *, rules: MeetingRules) -> None:
        """Fill the fields from the rules that hold."""
        initial: dict[str, Any] = {name: getattr(rules, name) for name in self.NUMBERS}
        spans = good_times(rules)
        for name, span in zip(("morning", "afternoon"), spans, strict=False):
            initial |= {f"{name}_from": span[0], f"{name}_to": span[1]}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        """Refuse times that end before they begin, and a topic longer than a meeting."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return data
        for name in ("morning", "afternoon"):
            start, end = data[f"{name}_from"], data[f"{name}_to"]
            if (start is None) != (end is None) or (start and end and end <= start):
                self.add_error(f"{name}_to", _now("It ends before it begins. Choose a later time."))
        if data["topic_minutes"] > data["most_minutes"]:
            self.add_error("topic_minutes", _now("One topic cannot take longer than the meeting."))
        return data

    def values(self) -> dict[str, Any]:
        """Return the rules as they are stored."""
        data = self.cleaned_data
        spans: list[tuple[time, time]] = [
            (data[f"{name}_from"], data[f"{name}_to"])
            for name in ("morning", "afternoon")
            if data[f"{name}_from"]
        ]
        times = [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in sorted(spans)]
        return {**{name: data[name] for name in self.NUMBERS}, "good_times": times}


class LookForm(forms.Form):
    """Where suggested times are looked for."""

    within = forms.TypedChoiceField(
        label=_("Look within"), coerce=int, required=False,
        choices=[(7, _("a week")), (14, _("two weeks")), (28, _("four weeks"))],
    )  # fmt: skip
    without_room = forms.BooleanField(label=_("No room needed"), required=False)
    equipment = forms.MultipleChoiceField(label=_("With equipment"), required=False)

    def __init__(self, data: Any, *, equipment: Sequence[str]) -> None:
        """Offer the equipment that rooms have."""
        super().__init__(data)
        self.fields["equipment"].choices = [(word, word) for word in equipment]  # type: ignore[attr-defined]
