"""Requests as one reads them: the lists, the conversation, whose turn it is, what waits on Today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from opsloop.collaboration import permissions
from opsloop.collaboration.models import OPEN_STATES, CollaborationRequest, Step
from opsloop.collaboration.ruling import ASKING, DOING, SUPERIOR
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.search import queries as search

State = CollaborationRequest.State
BOXES = {
    "turn": pgettext_lazy("requests", "With me"),
    "to": gettext_lazy("Asked of us"),
    "by": gettext_lazy("Asked by us"),
    "drafts": gettext_lazy("Drafts"),
    "all": pgettext_lazy("requests", "All"),
}
# On which side of the conversation a step stands.
SIDES = {
    Step.Kind.ASKED: ASKING, Step.Kind.AGREED: ASKING, Step.Kind.INSISTED: ASKING, Step.Kind.DONE: ASKING,
    Step.Kind.RETURNED: ASKING, Step.Kind.WITHDRAWN: ASKING, Step.Kind.ACCEPTED: DOING, Step.Kind.COUNTERED: DOING,
    Step.Kind.DECLINED: DOING, Step.Kind.ASSIGNED: DOING, Step.Kind.SYNCED: DOING, Step.Kind.DELIVERED: DOING,
    Step.Kind.DECIDED: SUPERIOR,
}  # fmt: skip


def turn_of(person: Person) -> Q:
    """Return the condition under which `person` owes the next step of a request."""
    held = person.reaches.departments(Permission.REQUEST_STEER)
    unclaimed = Q(state=State.ASKED, handler__isnull=True)
    if held is not None:
        unclaimed &= Q(to_department__in=held)
    else:
        # Who steers everything is called only where they lead; what comes in elsewhere has its own head.
        unclaimed &= Q(to_department=person.department_id or 0)
    return (
        (unclaimed & ~Q(author=person) & ~Q(contact=person))
        | Q(state__in=[State.ASKED, State.ACCEPTED], handler=person)
        | Q(state__in=[State.COUNTERED, State.DELIVERED], contact=person)
        | Q(state=State.ESCALATED, escalated_to=person)
    )


def _ours(person: Person, side: str) -> Q:
    """Return the condition under which one's own departments ask (`from`) or are asked (`to`)."""
    held = person.reaches.departments(Permission.REQUEST_STEER)
    homes = {person.department_id or 0, *(held or ())}
    named = Q(handler=person) if side == "to" else Q(author=person) | Q(contact=person)
    return named | Q(**{f"{side}_department__in": homes})


# What is owed when: the answer, the acceptance, the delivery.
OWED_AT = Case(
    When(state=State.ASKED, then=F("answer_due_at")),
    When(state=State.ACCEPTED, then=F("due_at")),
    default=Coalesce(F("next_step_at"), F("due_at")),
)


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; `pair` is (asking department, department asked), 0 for any."""

    box: str
    q: str = ""
    state: str = ""
    from_department: int = 0
    to_department: int = 0
    late: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the list itself was chosen."""
        return bool(self.q or self.state or self.from_department or self.to_department or self.late)


def listed(person: Person, filters: Filters, at: datetime) -> QuerySet[CollaborationRequest]:
    """Return the requests of one list, what is owed first before what is newest."""
    rows = CollaborationRequest.objects.visible_to(person)
    match filters.box:
        case "turn":
            rows = rows.filter(turn_of(person))
        case "to":
            rows = rows.exclude(state="draft").filter(_ours(person, "to"))
        case "by":
            rows = rows.exclude(state="draft").filter(_ours(person, "from"))
        case "drafts":
            rows = rows.filter(author=person, state="draft")
        case _:
            rows = rows.exclude(state="draft")
    if filters.state == "open":
        rows = rows.open()
    elif filters.state:
        rows = rows.filter(state=filters.state)
    if filters.from_department:
        rows = rows.filter(from_department=filters.from_department)
    if filters.to_department:
        rows = rows.filter(to_department=filters.to_department)
    if filters.late:
        rows = rows.filter(late_at(at))
    if wanted := filters.q.strip():
        found = Q(title__icontains=wanted) | Q(number__icontains=wanted)
        rows = rows.filter(found | Q(pk__in=search.matching("request", wanted)))
    is_open = Case(When(state__in=OPEN_STATES, then=Value(0)), default=Value(1))
    rows = rows.annotate(owed_at=OWED_AT, over=is_open)
    order = ("-saved_at", "-pk") if filters.box == "drafts" else ("over", "owed_at", "-asked_at", "-pk")
    shown: QuerySet[CollaborationRequest] = rows.select_related(
        "from_department", "to_department", "handler", "contact", "author", "escalated_to"
    ).order_by(*order)
    return shown.defer("background", "asked", "standard", "answers", "delivery_note")


def late_at(at: datetime) -> Q:
    """Return the condition under which something is late: the answer, or the delivery."""
    unanswered = Q(state=State.ASKED, answer_due_at__lt=at)
    undone = Q(state__in=[State.ACCEPTED, State.COUNTERED, State.ESCALATED], due_at__lt=at)
    return unanswered | undone


def is_late(request: CollaborationRequest, at: datetime) -> bool:
    """Whether the answer or the delivery is late at `at`."""
    owed = request.answer_due_at if request.state == State.ASKED else request.due_at
    return (
        request.state in OPEN_STATES and request.state != State.DELIVERED and owed is not None and owed < at
    )


def box_counts(person: Person) -> dict[str, int]:
    """Return the numbers beside the tabs that call for somebody. One query."""
    rows = CollaborationRequest.objects.visible_to(person).order_by()
    turn = rows.filter(turn_of(person)).values(box=Value("turn")).annotate(n=Count("pk"))
    drafts = rows.filter(author=person, state="draft").values(box=Value("drafts")).annotate(n=Count("pk"))
    return {row["box"]: row["n"] for row in turn.union(drafts, all=True)}


def owed_today(person: Person, at: datetime, most: int) -> list[CollaborationRequest]:
    """Return what `person` owes an answer to by the end of tomorrow, or owed already. One query."""
    rows = CollaborationRequest.objects.visible_to(person).filter(turn_of(person)).annotate(owed_at=OWED_AT)
    tomorrow = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    soon = rows.filter(Q(owed_at__lt=tomorrow) | Q(state=State.ESCALATED))
    return list(soon.select_related("from_department", "to_department").order_by("owed_at", "pk")[:most])


@dataclass(frozen=True)
class Said:
    """A step in the conversation: on which side it stands."""

    step: Step
    side: str

    @property
    def unmet(self) -> list[str]:
        """The points that were not ticked off."""
        return [str(point) for point, is_met in self.step.points if not is_met]

    @property
    def met(self) -> list[str]:
        """The points that were ticked off."""
        return [str(point) for point, is_met in self.step.points if is_met]


def conversation(request: CollaborationRequest, person: Person) -> list[Said]:
    """Return what was said, the oldest first. One query."""
    rows = Step.objects.visible_to(person).filter(request=request).select_related("by", "to").order_by("pk")
    return [Said(step, _side(step)) for step in rows]


def _side(step: Step) -> str:
    return SIDES.get(Step.Kind(step.kind), "") if step.by_id else ""


@dataclass(frozen=True)
class May:
    """What somebody may do with a request now."""

    answer: bool
    counter: bool
    assign: bool
    agree: bool
    withdraw: bool
    appeal: bool
    give_up: bool
    tell: bool
    deliver: bool
    receive: bool
    decide: bool
    copy: bool

    @property
    def anything(self) -> bool:
        """Whether there is anything to do but to read."""
        return any(value for name, value in vars(self).items() if name != "copy")


_CHECKS: Mapping[str, Any] = {
    "answer": permissions.check_can_answer, "counter": permissions.check_can_counter,
    "assign": permissions.check_can_assign, "agree": permissions.check_can_agree,
    "withdraw": permissions.check_can_withdraw, "appeal": permissions.check_can_appeal,
    "give_up": permissions.check_can_give_up, "tell": permissions.check_can_tell,
    "deliver": permissions.check_can_deliver, "receive": permissions.check_can_receive,
    "decide": permissions.check_can_decide, "copy": permissions.check_can_copy,
}  # fmt: skip


def may(request: CollaborationRequest, person: Person) -> May:
    """Return what `person` may do with a request now."""
    return May(**{name: permissions.can(check, request, person) for name, check in _CHECKS.items()})


def last_progress(said: Sequence[Said]) -> Step | None:
    """Return the last word on progress."""
    return next((one.step for one in reversed(said) if one.step.kind == Step.Kind.SYNCED), None)
