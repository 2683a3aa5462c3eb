"""People by days: a drag lays work on somebody's day, or says why not; and one proposal for everybody."""

from __future__ import annotations

import re

import pytest

from opsloop.activity.actions import take_back
from opsloop.activity.models import Job, Undo
from opsloop.organisation.models import Leave
from opsloop.organisation.tests.cast import NOW, person
from opsloop.planning.models import Placement, Proposal
from opsloop.team.tests.conftest import DAY, EVENING, HOUR, WEEK, browser, page, piece
from opsloop.work.actions import tasks

PLAN = f"/team/plan/{WEEK}/"


def standing(task) -> list[tuple[str, str, int]]:
    """Return who does a task from when on for how many minutes."""
    rows = Placement.objects.filter(task=task).select_related("person").order_by("starts_at")
    return [
        (
            row.person.name,
            f"{row.starts_at:%d %H:%M}",
            round((row.ends_at - row.starts_at).total_seconds() / 60),
        )
        for row in rows
    ]


@pytest.fixture
def copy(cast, make):
    """文案 of 林悦: two hours on Monday morning (UTC 02:00), due on Monday evening."""
    task = make("文案", cast.lin, estimate_minutes=120)
    return task, piece(task, cast.lin, NOW + HOUR, 120)


def drop(who, task, row, **values):
    sent = {"version": task.version, "piece": row.pk, "piece_version": row.version, **values}
    return browser(who).post(f"/team/tasks/{task.pk}/day/", sent)


def test_a_piece_goes_to_another_person_and_day_and_the_undo_brings_it_back(cast, bai, copy):
    task, row = copy
    before = standing(task)
    answer = drop(cast.chen, task, row, person=bai.pk, day="2026-11-24")
    assert answer.status_code == 204
    task.refresh_from_db()
    assert task.owner == bai
    assert task.due_at == EVENING
    assert sum(minutes for _who, _when, minutes in standing(task)) == 120
    assert {(who, when[:2]) for who, when, _minutes in standing(task)} == {("白露", "24")}
    take_back(undo=Undo.objects.latest("pk"), by=cast.chen, at=NOW)
    task.refresh_from_db()
    assert task.owner == cast.lin
    assert standing(task) == before


def test_a_task_that_stands_nowhere_is_laid_on_a_day(cast, make):
    task = make("还没排的", cast.lin, estimate_minutes=90)
    sent = {"version": task.version, "person": cast.lin.pk, "day": "2026-11-25"}
    assert browser(cast.chen).post(f"/team/tasks/{task.pk}/day/", sent).status_code == 204
    assert sum(minutes for _who, _when, minutes in standing(task)) == 90


def test_a_full_day_a_leave_and_a_stale_page_are_refused_and_nothing_moves(cast, bai, copy):
    task, row = copy
    before = standing(task)
    Leave.objects.create(person=bai, starts_at=NOW + 20 * HOUR, ends_at=NOW + 2 * DAY)
    refused = drop(cast.chen, task, row, person=bai.pk, day="2026-11-24")
    assert refused.status_code == 409
    for name in ("一", "二", "三", "四"):
        other = tasks.create(by=cast.chen, at=NOW, title=name, owner=bai, department=cast.content)
        piece(other, bai, NOW + 3 * DAY + HOUR * (len(standing(other)) + "一二三四".index(name) * 2), 120)
    full = drop(cast.chen, task, row, person=bai.pk, day="2026-11-26")
    assert (full.status_code, full["X-Consent"]) == (409, "over")
    assert (
        drop(cast.chen, task, row, person=bai.pk, day="2026-11-25", version=task.version + 1).status_code
        == 412
    )
    assert drop(cast.chen, task, row, person=bai.pk, day="morgen").status_code == 409
    assert drop(cast.chen, task, row, person=cast.outsider.pk, day="2026-11-25").status_code == 409
    task.refresh_from_db()
    assert task.owner == cast.lin
    assert standing(task) == before


def test_a_lead_overbooks_a_day_on_purpose_and_takes_it_back(cast, bai, make, copy):
    task, row = copy
    before = standing(task)
    other = make("大促盘点", bai, estimate_minutes=360)
    piece(other, bai, NOW + DAY, 180)
    piece(other, bai, NOW + DAY + 5 * HOUR, 150)
    url = f"/team/tasks/{task.pk}/day/"
    sent = {"version": task.version, "piece": row.pk, "piece_version": row.version, "person": bai.pk, "day": "2026-11-24"}  # fmt: skip
    drawer = browser(cast.chen).post(url, sent, headers={"HX-Target": "div#drawer-content"})
    assert drawer.status_code == 422
    assert "超出 1 小时" in drawer.content.decode()
    assert standing(task) == before
    assert browser(cast.chen).post(url, {**sent, "over": "on"}).status_code == 204
    # Working time ends at 17:30 in Shanghai.
    assert standing(task) == [("白露", "24 08:30", 120)]
    take_back(undo=Undo.objects.latest("pk"), by=cast.chen, at=NOW)
    assert standing(task) == before
    long = make("全年盘点", cast.lin, estimate_minutes=16 * 60)
    sent = {"version": long.version, "person": bai.pk, "day": "2026-11-24", "over": "on"}
    assert browser(cast.chen).post(f"/team/tasks/{long.pk}/day/", sent).status_code == 409
    assert standing(long) == []


def test_who_does_not_lead_may_not_lay_and_the_stranger_knows_of_nothing(cast, bai, copy):
    task, row = copy
    assert drop(cast.lin, task, row, person=bai.pk, day="2026-11-24").status_code == 409
    assert drop(cast.outsider, task, row, person=bai.pk, day="2026-11-24").status_code == 404
    assert drop(cast.wang, task, row, person=bai.pk, day="2026-11-24").status_code == 204


def test_the_grid_shows_pieces_what_is_due_loads_leave_and_days_off(cast, bai, make, copy):
    make("今晚到期", bai)
    Leave.objects.create(person=bai, starts_at=NOW + 20 * HOUR, ends_at=NOW + 2 * DAY)
    html = page(cast.chen, PLAN)
    assert re.search(
        r'data-chip="/team/tasks/\d+/day/"[^>]*data-minutes="120" data-shares="2026-11-23:120" data-piece=',
        html,
    )
    assert "今晚到期" in html
    assert "年假" in html
    slot = re.search(
        rf'data-plan-row="{cast.lin.pk}".*?data-slot="2026-11-23" data-planned="(\d+)"', html, re.S
    )
    assert slot
    assert slot[1] == "120"
    assert "11-28" not in html.split("<tbody>")[0]


def test_a_hidden_task_takes_its_time_and_tells_no_more(cast):
    hidden = tasks.create(
        by=cast.outsider, at=NOW, title="产品部的秘密", owner=cast.lin, department=cast.product
    )
    piece(hidden, cast.lin, NOW + HOUR)
    html = page(cast.chen, PLAN)
    assert "产品部的秘密" not in html
    assert "其他部门的任务" in html
    assert f'data-chip="/team/tasks/{hidden.pk}/day/"' not in html


def test_the_form_does_what_the_drag_does_and_keeps_what_was_chosen_when_refused(cast, bai, copy):
    task, row = copy
    drawer = {"HX-Target": "div#drawer-content"}
    url = f"/team/tasks/{task.pk}/day/"
    form = browser(cast.chen).get(url, {"piece": row.pk, "piece_version": row.version}, headers=drawer)
    assert f'name="piece" value="{row.pk}"' in form.content.decode()
    sent = {
        "version": task.version,
        "piece": row.pk,
        "piece_version": row.version,
        "person": bai.pk,
        "day": "2026-11-28",
    }
    refused = browser(cast.chen).post(url, sent, headers=drawer)
    assert refused.status_code == 422
    assert "不上班" in refused.content.decode()
    assert browser(cast.chen).post(url, {**sent, "day": "2026-11-24"}, headers=drawer).status_code == 204
    assert standing(task)[0][0] == "白露"


def test_the_team_week_is_proposed_shown_and_accepted_by_person_and_for_all(cast, bai, make):
    for owner in (cast.lin, bai, cast.chen):
        make(f"稿子{owner.name}", owner, due_at=EVENING + 2 * DAY)
    url = f"{PLAN}proposal/"
    assert browser(cast.lin).post(url).status_code == 403
    assert browser(cast.chen).post(url).status_code == 204
    found = {one.person: one for one in Proposal.objects.waiting()}
    assert set(found) == {cast.lin, bai, cast.chen}
    assert not Placement.objects.exists()
    html = page(cast.chen, url)
    assert html.count("/team/proposals/") == 3
    assert "稿子林悦" in page(cast.chen, f"/team/proposals/{found[cast.lin].pk}/")
    assert browser(cast.outsider).get(f"/team/proposals/{found[cast.lin].pk}/").status_code == 404
    decide = f"{PLAN}decision/"
    assert browser(cast.outsider).post(decide, {"proposal": found[bai].pk}).status_code == 409
    assert browser(cast.chen).post(decide, {"proposal": found[bai].pk}).status_code == 204
    assert set(Placement.objects.values_list("person", flat=True)) == {bai.pk}
    rest = [one.pk for one in found.values()]
    assert browser(cast.chen).post(decide, {"proposal": rest}).status_code == 204
    assert set(Placement.objects.values_list("person", flat=True)) == {cast.lin.pk, bai.pk, cast.chen.pk}
    take_back(undo=Undo.objects.latest("pk"), by=cast.chen, at=NOW)
    assert set(Placement.objects.values_list("person", flat=True)) == {bai.pk}
    assert browser(cast.chen).post(decide, {"proposal": rest}).status_code == 409


def test_a_bigger_team_is_planned_by_the_job_centre(cast, bai, make):
    for number in range(4):
        person(f"more{number}", f"组员{number}", cast.content, None)
    make("稿子", cast.lin)
    answer = browser(cast.chen).post(f"{PLAN}proposal/")
    job = Job.objects.get()
    assert answer["HX-Redirect"] == f"{PLAN}proposal/"
    from opsloop.activity.jobs import run

    run.call(job.pk)
    job.refresh_from_db()
    assert job.status == "done", job.error
    assert job.result_url == f"{PLAN}proposal/"
    assert Proposal.objects.waiting().count() == 7
