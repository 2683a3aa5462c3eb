"""Routine work makes its next instance, and says in words when it comes round."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.engines.recurrence import is_rule
from opsloop.organisation.tests.cast import NOW
from opsloop.work.actions import checklist, tasks
from opsloop.work.forms import repeats
from opsloop.work.models import Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 18, tzinfo=SHANGHAI)


def close(task, by, at=NOW):
    fresh = Task.objects.get(pk=task.pk)
    return tasks.close(task=fresh, by=by, at=at, version=fresh.version)


def test_closing_makes_the_next_instance(cast, make):
    task = make("周报", due_at=MONDAY, recurrence="FREQ=WEEKLY;BYDAY=MO", collaborators=[cast.zhou])
    close(task, cast.lin)
    following = Task.objects.get(previous=task)
    assert following.due_at == MONDAY + timedelta(days=7)
    assert following.recurrence == "FREQ=WEEKLY;BYDAY=MO"
    assert list(following.collaborators.all()) == [cast.zhou]
    task.refresh_from_db()
    assert task.recurrence == ""


def test_the_next_instance_brings_its_checklist_with_nothing_ticked(cast, make):
    task = make("周报", due_at=MONDAY, recurrence="FREQ=WEEKLY;BYDAY=MO")
    checklist.add(task=task, texts=["收数据", "写结论"], by=cast.lin, at=NOW)
    checklist.tick(item=task.checklist.all()[0], done=True, by=cast.lin, at=NOW)
    close(task, cast.lin)
    lines = Task.objects.get(previous=task).checklist.values_list("text", "done_at")
    assert list(lines) == [("收数据", None), ("写结论", None)]


def test_a_late_closing_goes_on_from_its_own_day(cast, make):
    task = make("日报", due_at=MONDAY - timedelta(days=5), recurrence="FREQ=DAILY")
    close(task, cast.lin)
    assert Task.objects.get(previous=task).due_at == MONDAY


def test_undoing_the_closing_takes_the_next_instance_back(cast, make):
    task = make("周报", due_at=MONDAY, recurrence="FREQ=WEEKLY;BYDAY=MO")
    undo = close(task, cast.lin)
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    task.refresh_from_db()
    assert task.recurrence == "FREQ=WEEKLY;BYDAY=MO"
    assert list(Task.objects.alive()) == [task]


def test_an_instance_that_was_touched_stays(cast, make):
    task = make("周报", due_at=MONDAY, recurrence="FREQ=WEEKLY;BYDAY=MO")
    undo = close(task, cast.lin)
    following = Task.objects.get(previous=task)
    tasks.change(task=following, values={"progress": 10}, by=cast.lin, at=NOW, version=1)
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert Task.objects.alive().count() == 2


def test_a_rule_that_has_ended_makes_nothing(cast, make):
    task = make("最后一次", due_at=MONDAY, recurrence="FREQ=DAILY;COUNT=1")
    close(task, cast.lin)
    assert not Task.objects.filter(previous=task).exists()


def test_a_closed_department_does_not_stop_the_closing(cast, make):
    task = make("周报", due_at=MONDAY, recurrence="FREQ=WEEKLY")
    type(cast.content).objects.filter(pk=cast.content.pk).update(closed_at=NOW)
    close(task, cast.lin)
    assert not Task.objects.filter(previous=task).exists()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=DAILY", "Every day"),
        ("FREQ=DAILY;INTERVAL=3", "Every 3 days"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every working day"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "Every 2 weeks on Monday"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "Every month: day 15"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "Every month: the last day"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "Every month: the last working day"),
        ("FREQ=MONTHLY;BYDAY=2TU", "Every month: Tuesday number 2"),
        ("FREQ=YEARLY", "Every year"),
        ("FREQ=DAILY;COUNT=3", "Every day, 3 times"),
        ("FREQ=WEEKLY;BYDAY=FR;UNTIL=20261231", "Every week on Friday, until 2026-12-31"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=3", "Every month: working day number 3"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5", "Every year on 03-05"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH;X-ON=20261001", "Every 2 weeks on Thursday"),
        ("FREQ=YEARLY;BYMONTH=2", "FREQ=YEARLY;BYMONTH=2"),
        ("garbage", "garbage"),
    ],
)
def test_rules_are_said_in_words_or_shown_as_they_are(rule, said):
    with translation.override("en"):
        assert repeats.words(rule) == said


def test_every_rule_offered_is_one():
    with timezone.override(SHANGHAI):
        for day in range(31):
            offered = [rule for rule, _label in repeats.choices(MONDAY + timedelta(days=day)) if rule]
            assert all(is_rule(rule) for rule in offered)


def test_an_instance_on_a_holiday_moves_and_the_series_keeps_its_step(cast, make):
    thursday = datetime(2026, 9, 17, 10, tzinfo=SHANGHAI)
    task = make("双周对账", due_at=thursday, recurrence="FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", on_holiday="after")
    close(task, cast.lin, at=thursday)
    second = Task.objects.get(previous=task)
    assert second.due_at == datetime(2026, 10, 8, 10, tzinfo=SHANGHAI)
    assert second.on_holiday == "after"
    close(second, cast.lin, at=second.due_at)
    assert Task.objects.get(previous=second).due_at == datetime(2026, 10, 15, 10, tzinfo=SHANGHAI)


def test_the_clock_time_is_kept_when_summer_time_begins(cast, make):
    berlin = ZoneInfo("Europe/Berlin")
    type(cast.lin).objects.filter(pk=cast.lin.pk).update(time_zone="Europe/Berlin")
    cast.lin.refresh_from_db()
    friday = datetime(2027, 3, 26, 9, tzinfo=berlin)
    task = make("周报", due_at=friday, recurrence="FREQ=WEEKLY;BYDAY=FR")
    close(task, cast.lin, at=friday)
    assert Task.objects.get(previous=task).due_at.astimezone(berlin) == datetime(2027, 4, 2, 9, tzinfo=berlin)


def test_undoing_a_closing_gives_back_the_times_that_were_left(cast, make):
    task = make("三次", due_at=MONDAY, recurrence="FREQ=WEEKLY;BYDAY=MO;COUNT=3")
    undo = close(task, cast.lin)
    assert Task.objects.get(previous=task).recurrence == "FREQ=WEEKLY;BYDAY=MO;COUNT=2"
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    task.refresh_from_db()
    assert task.recurrence == "FREQ=WEEKLY;BYDAY=MO;COUNT=3"


def test_a_change_of_this_one_alone_leaves_those_that_follow(cast, make, as_person):
    task = make("周例会", due_at=MONDAY, recurrence="FREQ=WEEKLY;BYDAY=MO")
    client = as_person(cast.lin)
    address = reverse("work:edit", args=[task.pk])
    sent = {
        "title": "周例会（提前）", "owner": cast.lin.pk, "due_at": "2026-11-20T18:00", "importance": "3",
        "urgency": "medium", "status": "todo", "progress": "0", "recurrence": "FREQ=WEEKLY;BYDAY=MO",
        "on_holiday": "keep", "applies": "only", "version": "1",
    }  # fmt: skip
    assert client.post(address, sent).status_code == 303
    task.refresh_from_db()
    following = Task.objects.get(previous=task)
    assert (task.title, task.recurrence) == ("周例会（提前）", "")
    assert (following.title, following.due_at) == ("周例会", MONDAY + timedelta(days=7))
    assert following.recurrence == "FREQ=WEEKLY;BYDAY=MO"


def test_skipping_stopping_and_pausing_can_be_taken_back(cast, make, as_person):
    client = as_person(cast.lin)
    task = make("周报", due_at=MONDAY, recurrence="FREQ=WEEKLY;BYDAY=MO")
    address = reverse("work:rhythm", args=[task.pk])

    def decide(**sent):
        version = Task.objects.get(pk=task.pk).version
        answer = client.post(address, {"version": version, **sent}, headers={"HX-Request": "true"})
        task.refresh_from_db()
        return answer.status_code

    assert decide(decision="pause", until="2026-12-09") == 204
    assert task.due_at == datetime(2026, 12, 14, 18, tzinfo=SHANGHAI)
    assert decide(decision="pause", until="2026-12-01") == 409
    assert decide(decision="skip") == 204
    assert task.status == "cancelled"
    following = Task.objects.get(previous=task)
    assert following.due_at == datetime(2026, 12, 21, 18, tzinfo=SHANGHAI)
    activity.take_back(undo=Undo.objects.latest("pk"), by=cast.lin, at=NOW)
    task.refresh_from_db()
    assert task.recurrence
    assert decide(decision="stop") == 204
    assert task.recurrence == ""
    assert decide(decision="stop") == 409
    assert decide(decision="nonsense") == 409


@pytest.mark.parametrize(
    ("sent", "rule"),
    [
        ({"recurrence": "FREQ=DAILY"}, "FREQ=DAILY"),
        ({"recurrence": ""}, ""),
        ({"recurrence": "written", "recurrence_rule": "freq=weekly;byday=mo"}, "FREQ=WEEKLY;BYDAY=MO"),
        (
            {"recurrence": "FREQ=DAILY", "recurrence_ends": "count", "recurrence_count": "4"},
            "FREQ=DAILY;COUNT=4",
        ),
        (
            {"recurrence": "FREQ=DAILY", "recurrence_ends": "until", "recurrence_until": "2026-12-31"},
            "FREQ=DAILY;UNTIL=20261231",
        ),
        (
            {
                "recurrence": "custom",
                "recurrence_unit": "WEEKLY",
                "recurrence_every": "2",
                "recurrence_days": ["TU"],
            },
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        ),
        (
            {"recurrence": "custom", "recurrence_unit": "MONTHLY", "recurrence_on": "last_workday"},
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        ),
        (
            {
                "recurrence": "custom",
                "recurrence_unit": "MONTHLY",
                "recurrence_on": "day",
                "recurrence_n": "31",
            },
            "FREQ=MONTHLY;BYMONTHDAY=31",
        ),
    ],
)
def test_the_builder_makes_the_rule_and_takes_it_apart_again(sent, rule):
    data = QueryDict(mutable=True)
    for name, value in sent.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    field = repeats.RepeatField()
    cleaned = field.clean(field.widget.value_from_datadict(data, {}, "recurrence"))
    assert cleaned == rule
    shown = field.widget.render("recurrence", cleaned)
    assert "recurrence_rule" in shown


@pytest.mark.parametrize(
    "sent",
    [
        {"recurrence": "written", "recurrence_rule": "每天"},
        {"recurrence": "custom", "recurrence_unit": "HOURLY"},
        {"recurrence": "custom", "recurrence_unit": "DAILY", "recurrence_every": "-1"},
        {"recurrence": "FREQ=DAILY", "recurrence_ends": "count", "recurrence_count": "0"},
        {"recurrence": "FREQ=DAILY", "recurrence_ends": "until", "recurrence_until": "2026-02-31"},
        {"recurrence": "custom", "recurrence_unit": "MONTHLY", "recurrence_on": "day", "recurrence_n": "32"},
    ],
)
def test_a_rhythm_that_is_none_is_refused_with_the_remedy(cast, as_person, sent):
    page = as_person(cast.lin).post(reverse("work:repeat_preview"), sent).content.decode()
    assert "FREQ=WEEKLY;BYDAY=MO" in page


def test_the_preview_says_what_a_holiday_does(cast, as_person):
    sent = {"recurrence": "FREQ=WEEKLY;BYDAY=TH", "on_holiday": "after", "due_at": "2026-09-24T18:00"}
    page = as_person(cast.lin).post(reverse("work:repeat_preview"), sent).content.decode()
    assert "2026-10-08" in page
    assert "10-01" in page


def test_routine_work_has_a_page_of_its_own(cast, make, as_person):
    make("周报", due_at=MONDAY, recurrence="FREQ=WEEKLY;BYDAY=MO")
    make("一次性", due_at=MONDAY)
    make("产品部机密", by=cast.outsider, due_at=MONDAY, recurrence="FREQ=DAILY")
    page = as_person(cast.lin).get(reverse("work:routine") + "?scope=all").content.decode()
    assert "周报" in page
    assert "一次性" not in page
    assert "产品部机密" not in page


def test_a_task_shows_its_next_instances_and_those_before(cast, make, as_person):
    task = make("周报", due_at=MONDAY, recurrence="FREQ=WEEKLY;BYDAY=MO")
    close(task, cast.lin)
    following = Task.objects.get(previous=task)
    page = as_person(cast.lin).get(
        reverse("work:rhythm", args=[following.pk]), headers={"HX-Request": "true"}
    )
    assert task.number in page.content.decode()
    assert "2026-12-07" in page.content.decode()
