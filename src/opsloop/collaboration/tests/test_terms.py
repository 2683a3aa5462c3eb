"""The two sides come to terms: who may answer, what follows, and that nobody answers for the other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from opsloop.activity.models import Undo
from opsloop.collaboration import permissions
from opsloop.collaboration.actions import answering, delivering, escalating, writing
from opsloop.collaboration.models import REQUEST_LIFECYCLE, CollaborationRequest
from opsloop.collaboration.queries.requests import Filters, box_counts, listed, turn_of
from opsloop.collaboration.tests.conftest import DAY, DUE, HOUR, WORDS, Sent, again, kinds
from opsloop.inbox.models import Lane, Notification
from opsloop.organisation.models import Person, RoleAssignment
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.work.actions import tasks
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db


def told(reason: str) -> set[str]:
    return set(Notification.objects.filter(reason=reason).values_list("person__name", flat=True))


def waiting(person: Person) -> list[str]:
    rows = Notification.objects.filter(person=person, lane=Lane.ACT, done_at__isnull=True)
    return sorted(rows.values_list("reason", flat=True))


def test_sending_numbers_it_and_calls_who_heads_the_other_department(cast: Cast, asked: Sent) -> None:
    request = asked()
    assert (request.number, request.state, request.handler) == ("XZ2026112301", "asked", None)
    assert told("request_new") == {"陈敏"}
    # 480 working minutes from Monday 9:00: 180 + 210 on Monday, 90 on Tuesday.
    assert request.answer_due_at == NOW + DAY + 1.5 * HOUR
    assert kinds(request) == ["asked"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "), ("asked", ""), ("standard", ""), ("due_at", None), ("due_at", NOW - HOUR),
        ("to_department", None), ("from_department", None),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_and_nothing_is_sent(
    cast: Cast, asked: Sent, field: str, value: object
) -> None:
    with pytest.raises(Refused) as refused:
        asked(**{field: value})
    assert refused.value.field == field
    assert CollaborationRequest.objects.get().state == "draft"
    assert asked().state == "asked"


def test_accepting_makes_both_tasks_with_one_date_and_tells_everybody(cast: Cast, asked: Sent) -> None:
    request = asked()
    answering.accept(
        request=request, handler=cast.lin, by=cast.chen, at=NOW + HOUR, version=request.version, note="好"
    )
    request = again(request)
    doing, asking = request.doing_task, request.asking_task
    assert doing is not None
    assert asking is not None
    assert (doing.owner, doing.due_at, doing.deliverable, doing.requester) == (
        cast.lin, DUE, WORDS["standard"], cast.zhou,
    )  # fmt: skip
    assert (asking.owner, asking.due_at, asking.department) == (cast.zhou, DUE, cast.users)
    assert doing.department == cast.content
    assert (told("request_ok"), told("request_yours")) == ({"周航"}, {"林悦"})
    assert waiting(cast.chen) == [], "what waited for the head is settled"
    assert (request.agreed_due_at, request.answered_at) == (DUE, NOW + HOUR)


def test_who_asks_does_not_answer_and_a_stranger_neither(cast: Cast, asked: Sent) -> None:
    request = asked()
    for person, refusal in ((cast.zhou, Forbidden), (cast.lin, Forbidden), (cast.sun, Forbidden)):
        with pytest.raises(refusal):
            answering.accept(request=request, handler=cast.lin, by=person, at=NOW, version=request.version)
    with pytest.raises(Forbidden):
        answering.withdraw(request=request, why="x", by=cast.lin, at=NOW, version=request.version)
    with pytest.raises(Refused) as refused:
        answering.accept(
            request=request, handler=cast.outsider, by=cast.chen, at=NOW, version=request.version
        )
    assert refused.value.field == "handler"
    assert again(request).state == "asked"


def test_a_manager_who_asks_does_not_accept_their_own_request(cast: Cast, asked: Sent) -> None:
    request = asked(by=cast.wang, from_department=cast.operations)
    assert not permissions.can(permissions.check_can_answer, request, cast.wang)
    assert permissions.can(permissions.check_can_answer, request, cast.chen)
    assert permissions.can(permissions.check_can_withdraw, request, cast.wang)


def test_an_offer_is_agreed_to_and_moves_the_terms(cast: Cast, asked: Sent) -> None:
    request = asked()
    later = DUE + 2 * DAY
    with pytest.raises(Refused):
        answering.counter(
            request=request, due=DUE, scope="", why="忙", by=cast.chen, at=NOW, version=request.version
        )
    answering.counter(
        request=request,
        due=later,
        scope="先做两张",
        why="排期已满",
        by=cast.chen,
        at=NOW,
        version=request.version,
    )
    assert (again(request).state, told("request_offer")) == ("countered", {"周航"})
    answering.agree(request=again(request), by=cast.zhou, at=NOW + HOUR, version=request.version)
    request = again(request)
    assert (request.state, request.due_at, request.asked) == ("accepted", later, "先做两张")
    assert {task.due_at for task in Task.objects.all()} == {later}
    assert request.handler == cast.chen, "who offered it does it until it is handed on"


def test_insisting_asks_again_with_a_new_clock(cast: Cast, asked: Sent) -> None:
    request = asked()
    answering.counter(
        request=request, due=DUE + 2 * DAY, scope="", why="忙", by=cast.chen, at=NOW, version=request.version
    )
    between = DUE + DAY
    answering.insist(
        request=again(request),
        due=between,
        why="会员日不能改",
        by=cast.zhou,
        at=NOW + DAY,
        version=request.version,
    )
    request = again(request)
    assert (request.state, request.due_at, request.offered_due_at) == ("asked", between, None)
    assert request.answer_due_at is not None
    assert request.answer_due_at > NOW + DAY
    assert told("request_again") == {"陈敏"}


def test_a_new_agreed_date_moves_both_tasks_and_holding_to_the_old_one_moves_none(
    cast: Cast, accepted: Sent
) -> None:
    request = accepted()
    offer = {"due": DUE + 3 * DAY, "scope": "", "why": "素材晚到", "by": cast.lin}
    answering.counter(request=again(request), at=NOW + DAY, version=request.version, **offer)  # type: ignore[arg-type]
    answering.insist(
        request=again(request),
        due=None,
        why="不能改",
        by=cast.zhou,
        at=NOW + DAY,
        version=request.version + 1,
    )
    request = again(request)
    assert (request.state, request.due_at) == ("accepted", DUE)
    assert {task.due_at for task in Task.objects.all()} == {DUE}
    answering.counter(request=request, at=NOW + DAY, version=request.version, **offer)  # type: ignore[arg-type]
    answering.agree(request=again(request), by=cast.zhou, at=NOW + DAY, version=request.version)
    request = again(request)
    assert (request.due_at, request.agreed_due_at) == (DUE + 3 * DAY, DUE)
    assert {task.due_at for task in Task.objects.all()} == {DUE + 3 * DAY}
    assert Task.objects.count() == 2, "the tasks are the same ones"


def test_a_declined_request_can_be_taken_to_the_common_superior(cast: Cast, asked: Sent) -> None:
    request = asked()
    with pytest.raises(Refused) as refused:
        answering.decline(request=request, why=" ", by=cast.chen, at=NOW, version=request.version)
    assert refused.value.field == "why"
    answering.decline(request=request, why="没人手", by=cast.chen, at=NOW, version=request.version)
    assert told("request_no") == {"周航"}
    with pytest.raises(Forbidden):
        escalating.appeal(request=again(request), why="要", by=cast.chen, at=NOW, version=request.version)
    escalating.appeal(request=again(request), why="目标需要", by=cast.zhou, at=NOW, version=request.version)
    request = again(request)
    assert (request.state, request.escalated_to) == ("escalated", cast.wang)
    assert told("request_decide") == {"王磊"}
    assert waiting(cast.wang) == ["request_decide"]


def test_the_superior_who_is_a_party_is_passed_over_up_to_the_director(cast: Cast, asked: Sent) -> None:
    request = asked()
    answering.decline(request=request, why="没人手", by=cast.wang, at=NOW, version=request.version)
    escalating.appeal(request=again(request), why="要", by=cast.zhou, at=NOW, version=request.version)
    assert again(request).escalated_to == cast.zhao


def test_where_nobody_is_left_above_it_stays_between_the_two(cast: Cast, asked: Sent) -> None:
    RoleAssignment.objects.filter(person__in=[cast.wang, cast.zhao]).update(role="member")
    request = asked()
    answering.decline(request=request, why="没人手", by=cast.chen, at=NOW, version=request.version)
    with pytest.raises(Refused):
        escalating.appeal(request=again(request), why="要", by=cast.zhou, at=NOW, version=request.version)
    assert again(request).state == "declined"


@pytest.mark.parametrize(
    ("decision", "state"), [("accepted", "accepted"), ("asked", "asked"), ("ended", "ended")]
)
def test_the_superior_decides_and_nobody_else(cast: Cast, asked: Sent, decision: str, state: str) -> None:
    request = asked()
    answering.decline(request=request, why="没人手", by=cast.chen, at=NOW, version=request.version)
    escalating.appeal(request=again(request), why="要", by=cast.zhou, at=NOW, version=request.version)
    request = again(request)
    given = {
        "decision": decision,
        "due": DUE + DAY,
        "why": "必须做",
        "at": NOW + HOUR,
        "version": request.version,
    }
    for other in (cast.chen, cast.zhou, cast.lin):
        with pytest.raises(Forbidden):
            escalating.decide(request=request, by=other, **given)  # type: ignore[arg-type]
    escalating.decide(request=request, by=cast.wang, **given)  # type: ignore[arg-type]
    request = again(request)
    assert request.state == state
    assert (request.closed_at is not None) == (decision == "ended")
    assert request.doing_task_id is not None if decision == "accepted" else Task.objects.count() == 0
    assert "周航" in told("request_decided")
    assert waiting(cast.wang) == []


def test_what_cannot_be_delivered_on_time_goes_up_and_the_new_date_moves_both_tasks(
    cast: Cast, accepted: Sent
) -> None:
    request = accepted()
    with pytest.raises(Forbidden):
        escalating.give_up(request=request, why="x", by=cast.zhou, at=NOW, version=request.version)
    escalating.give_up(request=request, why="设计师请假", by=cast.lin, at=NOW + DAY, version=request.version)
    assert again(request).escalated_to == cast.wang
    escalating.decide(
        request=again(request), decision="accepted", due=DUE + 2 * DAY, why="延两天", by=cast.wang, at=NOW + DAY,
        version=request.version,
    )  # fmt: skip
    assert {task.due_at for task in Task.objects.all()} == {DUE + 2 * DAY}
    assert again(request).handler == cast.lin


def test_handing_it_on_moves_the_task_and_wins_no_time(cast: Cast, accepted: Sent) -> None:
    request = accepted()
    step = again(request).next_step_at
    answering.assign(request=request, handler=cast.chen, by=cast.lin, at=NOW + HOUR, version=request.version)
    request = again(request)
    assert request.handler == cast.chen
    assert request.doing_task is not None
    assert request.doing_task.owner == cast.chen
    assert request.next_step_at == step
    with pytest.raises(Refused):
        answering.assign(request=request, handler=cast.zhou, by=cast.chen, at=NOW, version=request.version)


def test_withdrawing_cancels_what_is_open(cast: Cast, accepted: Sent) -> None:
    request = accepted()
    answering.withdraw(request=request, why="活动取消", by=cast.zhou, at=NOW + HOUR, version=request.version)
    assert set(Task.objects.values_list("status", flat=True)) == {"cancelled"}
    assert told("request_off") == {"林悦"}
    assert (again(request).state, again(request).next_step_at) == ("withdrawn", None)


def test_of_two_answers_to_the_same_version_the_second_is_refused(cast: Cast, asked: Sent) -> None:
    request = asked()
    one, other = again(request), again(request)
    answering.decline(request=one, why="没人手", by=cast.chen, at=NOW, version=one.version)
    with pytest.raises(Refused):
        answering.withdraw(request=other, why="不要了", by=cast.zhou, at=NOW, version=other.version)
    assert kinds(request) == ["asked", "declined"]


def test_a_page_that_is_stale_only_by_its_handler_is_told_so(cast: Cast, asked: Sent) -> None:
    request = asked()
    stale = again(request)
    answering.assign(request=again(request), handler=cast.lin, by=cast.chen, at=NOW, version=request.version)
    with pytest.raises(StaleVersion):
        answering.decline(request=stale, why="没人手", by=cast.chen, at=NOW, version=stale.version)
    assert again(request).state == "asked"


def test_every_move_of_the_actions_is_in_the_table_of_states(cast: Cast) -> None:
    assert REQUEST_LIFECYCLE.ends() == {"done", "withdrawn", "ended"}
    assert set(CollaborationRequest.State.values) == set(REQUEST_LIFECYCLE.moves) | REQUEST_LIFECYCLE.ends()


def test_drafts_are_their_authors_alone_and_come_back(cast: Cast) -> None:
    draft = writing.begin(values={**WORDS, "to_department": cast.content}, by=cast.zhou, at=NOW)
    for other in (cast.chen, cast.wang, cast.zhao, cast.admin):
        assert not CollaborationRequest.objects.visible_to(other).filter(pk=draft.pk).exists()
    with pytest.raises(Forbidden):
        writing.keep(request=draft, values={"title": "x"}, by=cast.chen, at=NOW, version=draft.version)
    undo = writing.discard(request=draft, by=cast.zhou, at=NOW)
    assert not CollaborationRequest.objects.exists()
    writing.bring_back(by=cast.zhou, at=NOW, **Undo.objects.get(pk=undo.pk).arguments)
    found = CollaborationRequest.objects.get()
    assert (found.title, found.due_at, found.to_department) == (WORDS["title"], DUE, cast.content)


def test_only_the_two_sides_and_those_above_them_see_it(cast: Cast, asked: Sent) -> None:
    request = asked()
    sees = {
        person.name
        for person in cast.active
        if CollaborationRequest.objects.visible_to(person).filter(pk=request.pk).exists()
    }
    assert sees == {"周航", "林悦", "陈敏", "王磊", "赵倩", "孙一", "管理员"}
    for box in ("turn", "to", "by", "all"):
        assert not listed(cast.outsider, Filters(box), NOW).exists()


def test_the_list_says_whose_turn_it_is(cast: Cast, asked: Sent) -> None:
    request = asked()
    rows = CollaborationRequest.objects.all()

    def turns() -> set[str]:
        return {person.name for person in cast.active if rows.filter(turn_of(person)).exists()}

    assert turns() == {"陈敏", "王磊"}, "who steers the department, and who steers all of them"
    answering.assign(request=request, handler=cast.lin, by=cast.chen, at=NOW, version=request.version)
    assert turns() == {"林悦"}
    answering.counter(
        request=again(request),
        due=DUE + DAY,
        scope="",
        why="忙",
        by=cast.lin,
        at=NOW,
        version=request.version,
    )
    assert turns() == {"周航"}
    assert box_counts(cast.zhou)["turn"] == 1


def test_progress_is_told_by_who_does_it_and_moves_their_task(cast: Cast, accepted: Sent) -> None:
    request = accepted()
    with pytest.raises(Forbidden):
        delivering.sync(request=request, progress=50, text="好", by=cast.zhou, at=NOW)
    with pytest.raises(Refused):
        delivering.sync(request=request, progress=50, text=" ", by=cast.lin, at=NOW)
    delivering.sync(request=request, progress=50, text="主视觉完成", by=cast.lin, at=NOW + HOUR)
    task = again(request).doing_task
    assert task is not None
    assert (task.progress, task.status) == (50, "doing")
    assert told("request_told") == {"周航"}
    assert again(request).version == request.version, "nobody's page becomes stale by a word on progress"


def test_it_is_delivered_returned_and_accepted_against_the_standard(cast: Cast, accepted: Sent) -> None:
    request = accepted()
    with pytest.raises(Refused) as refused:
        delivering.deliver(
            request=request,
            note="好了",
            link="javascript:alert(1)",
            by=cast.lin,
            at=NOW,
            version=request.version,
        )
    assert refused.value.field == "link"
    delivering.deliver(
        request=again(request), note="三张都好了", link="https://files.example.com/a", by=cast.lin, at=NOW + DAY,
        version=request.version,
    )  # fmt: skip
    request = again(request)
    assert request.doing_task is not None
    assert (request.state, request.doing_task.status) == ("delivered", "done")
    assert told("request_in") == {"周航"}
    with pytest.raises(Forbidden):
        delivering.receive(request=request, met=[0, 1], note="", by=cast.lin, at=NOW, version=request.version)
    delivering.send_back(
        request=request, met=[0], why="价格错了一处", by=cast.zhou, at=NOW + DAY, version=request.version
    )
    request = again(request)
    assert request.doing_task is not None
    assert (request.state, request.doing_task.is_open) == ("accepted", True)
    delivering.deliver(
        request=request, note="改好了", link="", by=cast.lin, at=NOW + DAY, version=request.version
    )
    request = again(request)
    with pytest.raises(Refused):
        delivering.receive(request=request, met=[0], note="", by=cast.zhou, at=NOW, version=request.version)
    delivering.receive(
        request=again(request), met=[0, 1], note="", by=cast.zhou, at=NOW + DAY, version=request.version
    )
    request = again(request)
    assert (request.state, request.closed_by) == ("done", cast.zhou)
    assert set(Task.objects.values_list("status", flat=True)) == {"done"}
    last = request.steps.last()
    assert last is not None
    assert last.points == [["三种尺寸齐全", True], ["价格0处差错", True]]


def test_closing_the_task_offers_to_hand_it_over(cast: Cast, accepted: Sent) -> None:
    request = again(accepted())
    assert request.doing_task is not None
    tasks.close(task=request.doing_task, by=cast.lin, at=NOW + DAY, version=request.doing_task.version)
    assert told("request_deliver") == {"林悦"}
    request = again(request)
    delivering.deliver(
        request=request, note="好了", link="", by=cast.lin, at=NOW + DAY, version=request.version
    )
    assert waiting(cast.lin) == [], "handing it over settles it"


def test_open_actions_of_the_task_stand_in_the_way_of_delivering(cast: Cast, accepted: Sent) -> None:
    request = again(accepted())
    tasks.create(by=cast.lin, at=NOW, title="修图", parent=request.doing_task, owner=cast.lin)
    with pytest.raises(Refused):
        delivering.deliver(
            request=request, note="好了", link="", by=cast.lin, at=NOW, version=request.version
        )
    assert again(request).state == "accepted"
    assert timedelta(0) == again(request).turn_at - NOW  # type: ignore[operator]


def test_both_tasks_lead_back_to_their_request(cast: Cast, accepted: Sent) -> None:
    request = accepted()
    for task in (request.doing_task, request.asking_task):
        assert task is not None
        assert task.owner is not None
        client = Client()
        client.force_login(task.owner)
        page = client.get(reverse("progress:panel", args=[task.pk])).content.decode()
        assert f'href="/requests/{request.pk}/">{request.number} {request.title}</a>' in page
