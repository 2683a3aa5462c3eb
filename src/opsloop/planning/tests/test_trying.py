"""Trying things out: sliders, the what-if, and why something stands where it stands. Nothing is written until asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from opsloop.activity import live
from opsloop.activity.models import Event, Undo
from opsloop.engines.blocks import BlockKind
from opsloop.organisation.models import BlockTemplate, Person
from opsloop.organisation.tests.cast import Cast, count_queries
from opsloop.planning import worktime
from opsloop.planning.actions import set_style
from opsloop.planning.models import Placement, PlanStyle, Proposal
from opsloop.planning.styles import style_for
from opsloop.work.actions import tasks
from opsloop.work.models import Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
WEEK = "2026-W48"
USUAL = {"on_time": 2, "complete": 2, "calm": 2, "fitting": 2, "unbroken": 2, "early": 2, "flex_percent": 0}

pytestmark = pytest.mark.django_db


def make(cast: Cast, title: str, owner: Person | None = None, **values: Any) -> Task:
    values = {"estimate_minutes": 120, "due_at": MONDAY.replace(day=25, hour=18), **values}
    return tasks.create(by=owner or cast.lin, at=MONDAY, title=title, owner=owner or cast.lin, **values)


def stand(task: Task, hour: int, *, day: int = 24, minutes: int = 120, **values: Any) -> Placement:
    start = MONDAY.replace(day=day, hour=hour)
    return Placement.objects.create(
        person=task.owner, task=task, starts_at=start, ends_at=start + timedelta(minutes=minutes),
        block="focus", accepted_at=MONDAY, **values,
    )  # fmt: skip


def browser(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(person)
    return client


def at(person: Person, rest: str) -> str:
    return f"/people/{person.pk}/plan/{WEEK}/{rest}"


def page(person: Person, address: str) -> str:
    response = browser(person).get(address)
    assert response.status_code == 200, (address, response.status_code, response.content[:300])
    return response.content.decode()


# ── Sliders ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_slider_shows_what_it_would_change_before_anything_is_saved(cast: Cast) -> None:
    stand(make(cast, "改版方案", due_at=None), 14, day=26)
    make(cast, "急件", due_at=MONDAY.replace(day=26, hour=18), importance=5)
    usual = page(cast.lin, at(cast.lin, "style/effect/"))
    assert "拖动滑块" in usual
    query = "&".join(f"{name}={value}" for name, value in {**USUAL, "early": 4, "calm": 0}.items())
    changed = page(cast.lin, at(cast.lin, f"style/effect/?{query}"))
    assert "本周建议将有变化" in changed
    assert "改版方案" in changed
    assert not PlanStyle.objects.exists()
    assert not Proposal.objects.exists()


def test_a_kept_style_counts_in_proposals_and_can_be_undone(cast: Cast) -> None:
    stand(make(cast, "改版方案", due_at=None), 14, day=26)
    client = browser(cast.lin)
    client.post(at(cast.lin, "proposals/"))
    assert Proposal.objects.latest("pk").content["placements"][0]["start"].startswith("2026-11-26T14")
    response = client.post(at(cast.lin, "style/"), {**USUAL, "early": 4, "calm": 0, "version": ""})
    assert response.status_code == 303
    row = PlanStyle.objects.get(person=cast.lin)
    assert (row.early, row.calm, row.on_time) == (4, 0, None)  # what is as above follows it
    assert Event.objects.filter(kind="plan_style.changed").exists()
    client.post(at(cast.lin, "proposals/"))
    assert Proposal.objects.latest("pk").content["placements"][0]["start"].startswith("2026-11-23T")
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert style_for(cast.lin).style.early == 2


def test_a_style_of_another_window_or_of_a_stranger_is_not_overwritten(cast: Cast) -> None:
    browser(cast.lin).post(at(cast.lin, "style/"), {**USUAL, "early": 3})
    assert browser(cast.lin).post(at(cast.lin, "style/"), {**USUAL, "early": 0}).status_code == 412
    assert browser(cast.zhou).get(at(cast.lin, "style/")).status_code == 404
    assert browser(cast.chen).get(at(cast.lin, "style/")).status_code == 200  # who leads her
    bad = browser(cast.lin).post(at(cast.lin, "style/"), {**USUAL, "early": 9, "version": 1})
    assert bad.status_code == 422
    assert style_for(cast.lin).style.early == 3


def test_what_nobody_chose_comes_from_the_department_and_the_organisation(cast: Cast) -> None:
    assert browser(cast.lin).get("/plan-style/").status_code == 403
    assert (
        browser(cast.admin).post("/plan-style/", {**USUAL, "calm": 4, "flex_percent": 20}).status_code == 303
    )
    assert (
        browser(cast.chen)
        .post(
            f"/departments/{cast.content.pk}/plan-style/",
            {**USUAL, "calm": 4, "unbroken": 3, "flex_percent": 10},
        )
        .status_code
        == 303
    )
    assert browser(cast.chen).get(f"/departments/{cast.users.pk}/plan-style/").status_code in (403, 404)
    lin, zhou = style_for(cast.lin), style_for(cast.zhou)
    assert (lin.style.calm, lin.style.unbroken, lin.flex) == (4, 3, 10)
    assert (zhou.style.calm, zhou.style.unbroken, zhou.flex) == (4, 2, 20)


def test_what_is_kept_free_is_filled_only_where_something_would_be_late(cast: Cast) -> None:
    set_style(values={"flex_percent": 40}, by=cast.lin, at=MONDAY, version=None, person=cast.lin)
    blocks = worktime.blocks_for(cast.lin, [MONDAY.date()])
    flex = sum((one.end - one.start).total_seconds() / 60 for one in blocks if one.kind is BlockKind.FLEX)
    work = sum((one.end - one.start).total_seconds() / 60 for one in blocks if one.kind.workable)
    assert work * 0.4 - 15 < flex <= work * 0.4
    make(cast, "不急", due_at=MONDAY.replace(day=27, hour=18), estimate_minutes=600)
    browser(cast.lin).post(at(cast.lin, "proposals/"))
    assert "flex" not in {one["block"] for one in Proposal.objects.latest("pk").content["placements"]}
    make(cast, "今天要", due_at=MONDAY.replace(hour=18), estimate_minutes=340)
    browser(cast.lin).post(at(cast.lin, "proposals/"))
    assert "flex" in {one["block"] for one in Proposal.objects.latest("pk").content["placements"]}
    assert 'data-shade="flex"' in page(cast.lin, f"/plan/{WEEK}/")


# ── The what-if ─────────────────────────────────────────────────────────────────────────────────────


def test_more_time_is_tried_without_writing_and_carried_out_on_request(cast: Cast) -> None:
    late = make(cast, "赶不上", due_at=MONDAY.replace(hour=20), estimate_minutes=420)
    query = "minutes=120&day=2026-11-23"
    tried = page(cast.lin, at(cast.lin, f"what-if/?{query}"))
    assert "11-23 增加2 小时工作时间。" in tried
    assert "更好" in tried
    assert not BlockTemplate.objects.exists()
    assert not Proposal.objects.exists()
    sent = browser(cast.lin).post(at(cast.lin, "what-if/"), {"minutes": 120, "day": "2026-11-23"})
    assert sent.status_code == 303
    assert sent["Location"].endswith("?proposal=1")
    assert BlockTemplate.objects.get().day == MONDAY.date()
    proposal = Proposal.objects.latest("pk")
    assert not proposal.content["late"]
    assert (
        max(one["end"] for one in proposal.content["placements"] if one["task"] == late.pk)
        > "2026-11-23T17:30"
    )
    assert not Placement.objects.exists()
    browser(cast.lin).post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert not BlockTemplate.objects.exists()


def test_a_task_given_away_shows_both_weeks_and_is_written_by_the_usual_verb(cast: Cast) -> None:
    task = make(cast, "交出去", department=cast.content)
    lead = browser(cast.chen)
    tried = lead.get(at(cast.lin, f"what-if/effect/?task={task.pk}&owner={cast.chen.pk}")).content.decode()
    assert "“交出去”由陈敏负责。" in tried
    assert tried.count("trial-figures") == 2
    task.refresh_from_db()
    assert task.owner == cast.lin
    without = lead.post(at(cast.lin, "what-if/"), {"task": task.pk, "owner": cast.chen.pk})
    assert without.status_code == 428
    done = lead.post(
        at(cast.lin, "what-if/"), {"task": task.pk, "owner": cast.chen.pk, "version": task.version}
    )
    assert done.status_code == 303
    task.refresh_from_db()
    assert task.owner == cast.chen


def test_date_size_and_waiting_can_be_tried(cast: Cast) -> None:
    task = make(cast, "太大", due_at=MONDAY.replace(day=24, hour=18), estimate_minutes=1500)
    for query, said in (
        ("due=2026-11-27T18:00", "截止改为 11-27 18:00"),
        ("estimate=3h", "需要3 小时"),
        ("until=2026-11-30", "暂缓至 11-30"),
    ):
        text = page(cast.lin, at(cast.lin, f"what-if/effect/?task={task.pk}&{query}"))
        assert said in text
        assert "更好" in text
    sent = {"task": task.pk, "until": "2026-11-30", "version": task.version}
    assert browser(cast.lin).post(at(cast.lin, "what-if/"), sent).status_code == 303
    assert not Proposal.objects.latest("pk").content["placements"]


def test_a_task_is_done_in_one_go_until_somebody_lets_it_be_cut(cast: Cast) -> None:
    task = make(cast, "整段做", estimate_minutes=300)
    client = browser(cast.lin)
    client.post(at(cast.lin, "what-if/"), {"task": task.pk, "parts": "whole", "version": task.version})
    (refused,) = Proposal.objects.latest("pk").content["unplaced"]
    assert refused["codes"] == ["no_stretch"]
    assert "parts=parts" in page(cast.lin, f"/plan/{WEEK}/?proposal=1")
    assert "parts=parts" in page(cast.lin, at(cast.lin, f"tasks/{task.pk}/"))
    client.post(at(cast.lin, "what-if/"), {"task": task.pk, "parts": "parts", "version": task.version})
    assert not Proposal.objects.latest("pk").content["unplaced"]
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert "不可拆分" in page(cast.lin, at(cast.lin, f"tasks/{task.pk}/"))


@pytest.mark.parametrize(
    "query",
    [
        "minutes=7",
        "task=999999",
        "due=2026-11-27T18:00",
        "task=x&estimate=3 毛",
        "minutes=60&day=1999-01-01",
        "until=2020-01-01",
    ],
)
def test_what_cannot_be_read_is_refused_with_the_field_named(cast: Cast, query: str) -> None:
    response = browser(cast.lin).get(at(cast.lin, f"what-if/?{query}"))
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    sent = dict(one.split("=") for one in query.split("&"))
    assert browser(cast.lin).post(at(cast.lin, "what-if/"), sent).status_code in (409, 422)


# ── Reasons and remedies ────────────────────────────────────────────────────────────────────────────


def test_an_accepted_piece_says_what_binds_it_and_what_else_was_weighed(cast: Cast) -> None:
    first = make(cast, "先做", due_at=MONDAY.replace(day=24, hour=18))
    after = make(cast, "后做", due_at=MONDAY.replace(day=27, hour=18))
    tasks.add_dependency(predecessor=first, successor=after, by=cast.lin, at=MONDAY)
    stand(first, 9, day=24, minutes=180)
    piece = stand(after, 14, day=24, minutes=90)
    text = page(cast.lin, at(cast.lin, f"tasks/{after.pk}/"))
    assert "前置任务“先做”" in text
    assert "晚一天" in text
    assert "整周重排" in text
    assert "这类任务" in text
    assert f"/placements/{piece.pk}/pin/" in text
    drawer = page(cast.lin, f"/placements/{piece.pk}/")
    assert f"tasks/{after.pk}/?part=1" in drawer


def test_a_refusal_says_why_and_each_remedy_opens_the_what_if(cast: Cast) -> None:
    task = make(cast, "装不下", estimate_minutes=3000)
    assert at(cast.lin, f"tasks/{task.pk}/") in page(cast.lin, f"/people/{cast.lin.pk}/tray/")
    text = page(cast.lin, at(cast.lin, f"tasks/{task.pk}/"))
    assert "为什么排不下" in text
    assert f"what-if/?task={task.pk}&amp;ask=owner" in text
    browser(cast.lin).post(at(cast.lin, "proposals/"))
    preview = page(cast.lin, f"/plan/{WEEK}/?proposal=1")
    assert "怎样可以解决" in preview
    assert "minutes=240" in preview
    asked = page(cast.lin, at(cast.lin, f"what-if/?task={task.pk}&ask=owner"))
    assert "candidates/ranking" in asked


def test_due_dates_nobody_could_keep_are_named_in_the_preview(cast: Cast) -> None:
    for title in ("甲", "乙", "丙"):
        make(cast, title, due_at=MONDAY.replace(hour=18), estimate_minutes=240)
    browser(cast.lin).post(at(cast.lin, "proposals/"))
    assert Proposal.objects.latest("pk").content["overloads"][0]["missing"] > 0
    preview = page(cast.lin, f"/plan/{WEEK}/?proposal=1")
    assert "这些截止时间无论如何都赶不上" in preview
    assert "必有任务延期" in preview


def test_strangers_see_neither_reasons_nor_the_what_if(cast: Cast) -> None:
    task = make(cast, "别人的")
    for rest in (f"tasks/{task.pk}/", "what-if/", "what-if/effect/", "style/", "style/effect/"):
        assert browser(cast.outsider).get(at(cast.lin, rest)).status_code == 404, rest
        assert browser(cast.lin).get(at(cast.lin, rest)).status_code == 200, rest


def test_a_lead_reads_no_names_of_tasks_that_are_hidden_from_them(cast: Cast) -> None:
    hidden = tasks.create(
        by=cast.outsider, at=MONDAY, title="产品部的秘密", owner=cast.lin, department=cast.product,
        estimate_minutes=300, importance=5, due_at=MONDAY.replace(hour=18),
    )  # fmt: skip
    task = make(
        cast, "排在后面", department=cast.content, due_at=MONDAY.replace(hour=18), estimate_minutes=240
    )
    own, lead = (page(who, at(cast.lin, f"tasks/{task.pk}/")) for who in (cast.lin, cast.chen))
    assert "产品部的秘密" in own
    assert "产品部的秘密" not in lead
    assert "其他部门的任务" in lead
    assert browser(cast.chen).get(at(cast.lin, f"tasks/{hidden.pk}/")).status_code == 404
    tried = page(cast.chen, at(cast.lin, f"what-if/?task={task.pk}&estimate=30min"))
    assert "产品部的秘密" not in tried


def test_pages_and_fragments_stay_within_their_queries(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    # What other processes of the suite commit to the same server would have a week read anew in between.
    monkeypatch.setattr(live, "state", lambda: str(live.newest()))
    client = browser(cast.chen)
    task = make(cast, "第一")
    paths = {
        at(cast.lin, "what-if/"): 15,
        at(cast.lin, f"what-if/effect/?task={task.pk}&estimate=1h"): 8,
        at(cast.lin, f"what-if/effect/?task={task.pk}&owner={cast.chen.pk}"): 8,
        at(cast.lin, "style/"): 15,
        at(cast.lin, "style/effect/?" + "&".join(f"{name}={value}" for name, value in USUAL.items())): 8,
        at(cast.lin, f"tasks/{task.pk}/?part=1"): 8,
        at(cast.lin, f"tasks/{task.pk}/"): 15,
    }
    few = {path: count_queries(client, path) for path in paths}
    for number in range(12):
        make(cast, f"更多{number}")
    for path, most in paths.items():
        assert count_queries(client, path) == few[path] <= most, (path, few[path])
