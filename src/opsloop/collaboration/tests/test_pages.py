"""The pages: written, previewed and sent; both sides on one page; what is refused keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from opsloop.collaboration.actions import answering, delivering, escalating
from opsloop.collaboration.models import CollaborationRequest, CollaborationRules
from opsloop.collaboration.tests.conftest import DAY, DUE, WORDS, Sent, again
from opsloop.inbox.models import Notification
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
As = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_person() -> As:
    """Log in somebody and return the client."""

    def logged_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return logged_in


def page(client: Client, request: CollaborationRequest, name: str = "request") -> str:
    answer = client.get(reverse(f"collaboration:{name}", args=[request.pk]))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def post(client: Client, request: CollaborationRequest, name: str, **fields: object) -> int:
    given = {"version": again(request).version, **fields}
    return client.post(reverse(f"collaboration:{name}", args=[request.pk]), given).status_code


def test_it_is_written_previewed_and_sent_once(cast: Cast, as_person: As) -> None:
    client = as_person(cast.zhou)
    assert "内容组" in client.get("/requests/new/").content.decode()
    client.post("/requests/new/", {"department": cast.content.pk})
    draft = CollaborationRequest.objects.get()
    assert (draft.to_department, draft.from_department, draft.contact) == (
        cast.content,
        cast.users,
        cast.zhou,
    )
    fields = {
        "title": "海报", "asked": "尽快做三张海报", "standard": "", "background": "", "to_department": cast.content.pk,
        "from_department": cast.users.pk, "contact": cast.zhou.pk, "sync_days": 2, "due_at": "2026-11-27T12:00",
        "version": draft.version,
    }  # fmt: skip
    kept = client.post(f"/requests/{draft.pk}/edit/", fields, headers=HTMX)
    assert kept.status_code == 200
    preview = page(client, draft, "preview")
    assert "尽快" in preview
    assert f"/requests/{draft.pk}/sending/" not in preview, "it lacks its standard"
    fields |= {"standard": "三种尺寸齐全", "version": again(draft).version, "go": "preview"}
    assert client.post(f"/requests/{draft.pk}/edit/", fields).status_code == 303
    assert f"/requests/{draft.pk}/sending/" in page(client, draft, "preview")
    key = {"submission_key": str(uuid4()), "version": again(draft).version}
    first = client.post(f"/requests/{draft.pk}/sending/", key)
    second = client.post(f"/requests/{draft.pk}/sending/", key)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert (again(draft).number, again(draft).sync_days) == ("XZ2026112301", 2)
    assert Notification.objects.filter(reason="request_new").count() == 1


def test_a_draft_to_ones_own_department_is_refused_and_stays(cast: Cast, as_person: As, asked: Sent) -> None:
    client = as_person(cast.zhou)
    client.post("/requests/new/", {"department": cast.content.pk})
    draft = CollaborationRequest.objects.get()
    fields = {
        "title": "海报", "to_department": cast.users.pk, "from_department": cast.users.pk, "version": draft.version,
    }  # fmt: skip
    assert client.post(f"/requests/{draft.pk}/edit/", fields).status_code == 422
    assert client.post(f"/requests/{draft.pk}/edit/", {**fields, "to_department": ""}).status_code in {
        302,
        303,
    }
    assert client.post(f"/requests/{draft.pk}/edit/", fields).status_code in {412, 422}
    assert as_person(cast.chen).get(f"/requests/{draft.pk}/edit/").status_code == 404


def test_the_page_offers_each_side_what_it_can_do(cast: Cast, as_person: As, asked: Sent) -> None:
    request = asked()
    head, asker, colleague = (page(as_person(one), request) for one in (cast.chen, cast.zhou, cast.lin))
    for part in ("acceptance", "offer", "refusal", "handler"):
        assert f"/{part}/" in head
        assert f"/{part}/" not in asker
        assert f"/{part}/" not in colleague
    assert "/withdrawal/" in asker
    assert "/withdrawal/" not in head
    assert as_person(cast.outsider).get(f"/requests/{request.pk}/").status_code == 404


def test_the_whole_way_over_the_pages(cast: Cast, as_person: As, asked: Sent) -> None:
    request = asked()
    head, handler, asker = as_person(cast.chen), as_person(cast.lin), as_person(cast.zhou)
    assert post(head, request, "acceptance", handler=cast.outsider.pk) == 422
    assert post(head, request, "acceptance", handler=cast.lin.pk, note="好") == 303
    assert post(handler, request, "progress", progress=120, text="x") == 422
    assert post(handler, request, "progress", progress=40, text="主视觉完成") == 303
    assert "主视觉完成" in page(asker, request)
    assert post(handler, request, "offer", due="2026-11-30T12:00", scope="", why="素材晚到") == 303
    assert post(asker, request, "agreement") == 303
    assert {task.due_at for task in Task.objects.all()} == {again(request).due_at}
    assert post(handler, request, "delivery", note="都好了", link="https://files.example.com/a") == 303
    assert post(asker, request, "return", note="") == 422
    assert post(asker, request, "return", note="差一张", met=[0]) == 303
    assert post(handler, request, "delivery", note="补好了", link="") == 303
    assert post(asker, request, "receipt", met=[0]) == 422
    assert post(asker, request, "receipt", met=[0, 1]) == 303
    done = page(handler, request)
    assert "/delivery/" not in done
    assert again(request).state == "done"


def test_what_was_typed_stays_when_it_is_refused(cast: Cast, as_person: As, accepted: Sent) -> None:
    request = accepted()
    answer = as_person(cast.lin).post(
        reverse("collaboration:progress", args=[request.pk]), {"progress": "", "text": "主视觉完成一半"}
    )
    assert answer.status_code == 422
    assert "主视觉完成一半" in answer.content.decode()


def test_a_write_states_the_version_it_saw(cast: Cast, as_person: As, asked: Sent) -> None:
    request = asked()
    url = reverse("collaboration:refusal", args=[request.pk])
    client = as_person(cast.chen)
    assert client.post(url, {"why": "没人手"}).status_code == 428
    answering.assign(request=again(request), handler=cast.lin, by=cast.chen, at=NOW, version=request.version)
    assert client.post(url, {"why": "没人手", "version": request.version}).status_code == 412
    assert post(client, request, "refusal", why="没人手") == 303
    assert post(client, request, "refusal", why="没人手") == 409


def test_the_superior_sees_why_and_decides(cast: Cast, as_person: As, asked: Sent) -> None:
    request = asked()
    answering.decline(request=request, why="没人手", by=cast.chen, at=NOW, version=request.version)
    asker = as_person(cast.zhou)
    form = asker.get(reverse("collaboration:appeal", args=[request.pk])).content.decode()
    assert "王磊" in form, "who will decide is named before it is sent"
    assert post(asker, request, "appeal", why="目标需要") == 303
    boss = as_person(cast.wang)
    assert "目标需要" in page(boss, request)
    assert post(boss, request, "decision", decision="accepted", due="", handler="", why="") == 422
    assert (
        post(
            boss,
            request,
            "decision",
            decision="accepted",
            due="2026-12-01T12:00",
            handler=cast.lin.pk,
            why="做",
        )
        == 303
    )
    assert again(request).handler == cast.lin


def test_the_list_is_narrowed_by_state_pair_and_lateness(
    cast: Cast, as_person: As, asked: Sent, accepted: Sent
) -> None:
    waiting, late = asked(title="等答复的"), accepted(title="已经晚的")
    CollaborationRequest.objects.filter(pk=late.pk).update(due_at=NOW - DAY)
    client = as_person(cast.chen)

    def titles(query: str) -> set[str]:
        text = client.get(f"/requests/?{query}").content.decode()
        return {one.title for one in (waiting, late) if one.title in text}

    assert titles("box=to") == {"等答复的", "已经晚的"}
    assert titles("box=turn") == {"等答复的"}
    assert titles("box=all&state=accepted") == {"已经晚的"}
    assert titles("box=all&late=1") == {"已经晚的"}
    assert titles(f"box=all&from={cast.data.pk}") == set()
    assert titles(f"box=all&from={cast.users.pk}&to={cast.content.pk}&q=ddf") == {"等答复的"}
    assert (
        client.get("/requests/?box=zzz&state=zzz&from=zzz&to=99999999999999999999&page=zzz").status_code
        == 200
    )


def test_today_shows_what_is_owed_and_search_finds_it(cast: Cast, as_person: As, asked: Sent) -> None:
    asked()
    head = as_person(cast.chen)
    assert WORDS["title"] in head.get("/requests/strip/", headers=HTMX).content.decode()
    assert WORDS["title"] not in as_person(cast.zhou).get("/requests/strip/", headers=HTMX).content.decode()
    assert WORDS["title"] in head.get("/palette/?q=hyrhb", headers=HTMX).content.decode()
    assert (
        WORDS["title"] not in as_person(cast.outsider).get("/palette/?q=hyrhb", headers=HTMX).content.decode()
    )


def test_rules_are_shown_to_administrators_and_name_themselves(
    cast: Cast, as_person: As, asked: Sent
) -> None:
    request = asked()
    assert as_person(cast.wang).get("/requests/rules/").status_code == 403
    client = as_person(cast.admin)
    fields = {
        "answer_minutes": 240, "remind_minutes": 120, "accept_minutes": 480, "late_minutes": 0, "sync_days": 2,
        "sync_at": "15:30", "record_hours": 24, "version": 0,
    }  # fmt: skip
    assert client.post("/requests/rules/", {**fields, "answer_minutes": 1}).status_code == 422
    assert client.post("/requests/rules/", fields).status_code == 303
    assert client.post("/requests/rules/", fields).status_code == 412
    assert CollaborationRules.objects.get().sync_days == 2
    assert "4 小时" in page(as_person(cast.chen), request), "the page names the rule that holds"


def test_a_copy_begins_with_the_text(cast: Cast, as_person: As, asked: Sent) -> None:
    request = asked()
    as_person(cast.lin).post(reverse("collaboration:copy", args=[request.pk]))
    made = CollaborationRequest.objects.get(state="draft")
    assert (made.title, made.author, made.to_department) == (WORDS["title"], cast.lin, None)
    assert as_person(cast.outsider).post(reverse("collaboration:copy", args=[request.pk])).status_code == 404


def test_who_may_not_see_the_other_sides_task_reads_its_number_only(
    cast: Cast, as_person: As, accepted: Sent
) -> None:
    request = again(accepted())
    assert request.asking_task is not None
    text = page(as_person(cast.lin), request)
    assert request.asking_task.number in text
    assert request.asking_task.title not in text
    assert request.asking_task.title in page(as_person(cast.zhou), request)


def test_it_is_given_up_and_the_sides_are_told(cast: Cast, as_person: As, accepted: Sent) -> None:
    request = accepted()
    assert post(as_person(cast.lin), request, "delay", why="设计师请假") == 303
    assert again(request).escalated_to == cast.wang
    escalating.decide(
        request=again(request),
        decision="ended",
        due=None,
        why="不做了",
        by=cast.wang,
        at=NOW,
        version=again(request).version,
    )
    assert "不做了" in page(as_person(cast.zhou), request)
    assert again(request).due_at == DUE
    assert delivering.points_of("（1）一\n2、二\n- 三\n\n四") == ["一", "二", "三", "四"]
