"""The team's day: who stands where, in which order, and who sees whom."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from opsloop.organisation.models import Leave
from opsloop.organisation.tests.cast import NOW, PASSWORD, person
from opsloop.team.tests.conftest import DAY, EVENING, HOUR, browser, page, piece


def standings(html: str) -> list[tuple[str, str]]:
    """Return person id and standing of each line, in the order of the page."""
    return [(pk, word) for word, pk in re.findall(r'team-line is-(\w+)" data-row id="member-(\d+)"', html)]


def test_the_blocked_come_first_then_the_overloaded_then_the_free_and_the_away_last(cast, bai, make):
    make("稿子", cast.lin, estimate_minutes=900)
    make("卡住的稿子", bai, status="blocked")
    away = person("qingjia", "秦佳", cast.content, None)
    Leave.objects.create(person=away, starts_at=NOW - HOUR, ends_at=NOW + 3 * DAY)
    html = page(cast.chen, "/team/")
    assert standings(html) == [
        (str(bai.pk), "blocked"),
        (str(cast.lin.pk), "over"),
        (str(cast.chen.pk), "idle"),
        (str(away.pk), "away"),
    ]
    assert "卡住的稿子" in html
    assert "年假" in html


def test_now_is_the_piece_that_runs_else_the_task_in_progress(cast, bai, make):
    piece(make("正在写", cast.lin), cast.lin, NOW - HOUR / 2)
    make("在办的", bai, status="doing")
    make("还没开始", bai)
    html = page(cast.chen, "/team/")
    assert "正在写" in html
    assert "09:30" in html
    assert "在办的" in html
    assert "还没开始" not in html


def test_a_task_hidden_from_the_lead_is_not_named(cast, make):
    from opsloop.work.actions import tasks

    hidden = tasks.create(
        by=cast.outsider,
        at=NOW,
        title="产品部的秘密",
        owner=cast.lin,
        department=cast.product,
        due_at=EVENING,
    )
    piece(hidden, cast.lin, NOW - HOUR / 2)
    html = page(cast.chen, "/team/")
    assert "产品部的秘密" not in html
    assert "其他部门的任务" in html


def test_a_member_sees_their_own_line_only_and_a_stranger_nobody_else(cast, bai, make):
    for viewer in (cast.lin, cast.outsider, cast.sun):
        assert [pk for pk, _word in standings(page(viewer, "/team/"))] == [str(viewer.pk)]


def test_a_director_sees_departments_with_their_sums_and_opens_one(cast, make):
    make("卡住的稿子", cast.lin, status="blocked")
    html = page(cast.zhao, "/team/")
    assert html.count("team-group") >= 2 * 4
    assert "1 人受阻" in html
    assert "member-" not in html.split("team-group", 1)[1].split("</details>", 1)[0]
    opened = page(cast.zhao, f"/team/?department={cast.content.pk}&part=lines")
    assert opened.lstrip().startswith("<ul")
    one = page(cast.zhao, f"/team/?department={cast.content.pk}")
    assert {pk for pk, _word in standings(one)} == {str(cast.lin.pk), str(cast.chen.pk)}
    assert browser(cast.chen).get(f"/team/?department={cast.product.pk}").status_code == 404


@pytest.mark.parametrize(
    ("who", "where"), [("chen", "/team/"), ("zhao", "/dashboard/"), ("lin", "/"), ("admin", "/")]
)
def test_a_lead_lands_on_the_team_a_director_on_the_numbers_and_others_on_today(cast, who, where):
    login = {"login": getattr(cast, who).username, "password": PASSWORD}
    assert Client().post("/accounts/login/", login)["Location"] == where
