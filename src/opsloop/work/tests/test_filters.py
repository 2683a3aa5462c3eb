"""The filter language over tasks: what each field asks for, old addresses, chips, and changing the filter."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsloop.engines.filters import Condition, parse, write
from opsloop.goals import actions as goals
from opsloop.organisation.models import CalendarDay
from opsloop.organisation.tests.cast import NOW
from opsloop.work.actions import tasks
from opsloop.work.models import Category, Task
from opsloop.work.priorities import assess, in_quadrant
from opsloop.work.queries import choices, lists
from opsloop.work.queries.fields import OWN
from opsloop.work.queries.lists import ListState
from opsloop.work.tests.conftest import HTMX


def titles(person, query: str) -> set[str]:
    state = ListState.read(QueryDict(query))
    return set(lists.matching(person, state, now=NOW).values_list("title", flat=True))


def found(person, text: str) -> set[str]:
    return titles(person, f"scope=all&f={text}")


def test_alternatives_stand_within_what_must_hold(cast, make):
    make("我负责的")
    make("我协作的", by=cast.chen, collaborators=[cast.lin])
    make("我负责的周会", tags=tasks.tags_named(["周会"]))
    make("别人的", by=cast.chen)
    make("太晚的", due_at=NOW + timedelta(days=20))
    tag = tasks.tags_named(["周会"])[0].pk
    text = f"or(owner.any.me,helper.any.me),due.within.next-7,tag.none.{tag}"
    assert found(cast.lin, text) == {"我负责的", "我协作的"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("due.within.overdue", {"昨天"}),
        ("due.within.today", {"今天"}),
        ("due.within.tomorrow", {"明天"}),
        ("due.within.yesterday", {"昨天"}),
        ("due.within.week", {"今天", "明天", "周五"}),
        ("due.within.next-week", {"下周三"}),
        ("due.within.last-7", {"昨天", "今天"}),
        ("due.within.next-4", {"今天", "明天", "周五"}),
        ("due.within.month", {"昨天", "今天", "明天", "周五"}),
        ("due.within.next-month", {"下周三"}),
        ("due.within.2026-11-24~2026-11-27", {"明天", "周五"}),
        ("due.before.today", {"昨天"}),
        ("due.after.tomorrow", {"周五", "下周三"}),
        ("due.empty", {"没有"}),
        ("due.filled", {"昨天", "今天", "明天", "周五", "下周三"}),
        ("due.within.nonsense", set()),
        ("due.within.2026-02-31", set()),
        ("not(due.within.week)", {"昨天", "下周三", "没有"}),
    ],
)
def test_days_move_with_today(cast, make, text, expected):
    for title, days in (("昨天", -1), ("今天", 0), ("明天", 1), ("周五", 4), ("下周三", 9)):
        make(title, due_at=NOW + timedelta(days=days, hours=9 if days >= 0 else 0))
    make("没有", due_at=None)
    assert found(cast.lin, text) == expected


def test_the_next_working_day_knows_holidays_and_make_up_days(cast, make):
    CalendarDay.objects.create(day="2026-11-24", kind="holiday", name="店庆")
    CalendarDay.objects.create(day="2026-11-25", kind="holiday", name="店庆")
    for day in range(5):
        make(f"{23 + day}日", due_at=NOW + timedelta(days=day, hours=9))
    assert found(cast.lin, "due.within.workday") == {"23日", "24日", "25日", "26日"}


def test_people_are_named_by_who_they_are_to_the_reader(cast, make):
    make("林悦的")
    make("陈敏的", by=cast.chen)
    make("没人的", by=cast.chen, owner=None)
    assert found(cast.lin, "owner.any.me") == {"林悦的"}
    assert found(cast.chen, "owner.any.me") == {"陈敏的"}
    assert found(cast.chen, "owner.any.team") == {"林悦的", "陈敏的"}
    assert found(cast.lin, "owner.none.me") == {"陈敏的", "没人的"}
    assert found(cast.lin, "owner.empty") == {"没人的"}
    assert found(cast.lin, f"made_by.any.{cast.chen.pk}~me") == {"林悦的", "陈敏的", "没人的"}


def test_lists_of_records_are_asked_for_any_all_or_none(cast, make):
    make("大促年货", tags=tasks.tags_named(["大促", "年货"]))
    make("大促", tags=tasks.tags_named(["大促"]))
    make("没标签")
    both = "~".join(str(tag.pk) for tag in tasks.tags_named(["大促", "年货"]))
    assert found(cast.lin, f"tag.any.{both}") == {"大促年货", "大促"}
    assert found(cast.lin, f"tag.all.{both}") == {"大促年货"}
    assert found(cast.lin, f"tag.none.{both}") == {"没标签"}
    assert found(cast.lin, "tag.empty") == {"没标签"}
    assert found(cast.lin, "tag.filled") == {"大促年货", "大促"}


def test_what_waits_and_what_others_wait_for(cast, make):
    before, after = make("先做"), make("后做")
    make("独立")
    tasks.add_dependency(predecessor=before, successor=after, by=cast.lin, at=NOW)
    assert found(cast.lin, "waits.yes") == {"后做"}
    assert found(cast.lin, "blocks.yes") == {"先做"}
    assert found(cast.lin, "waits.no") == {"先做", "独立"}
    tasks.close(task=before, by=cast.lin, at=NOW, version=1)
    assert found(cast.lin, "waits.yes") == set()


def test_numbers_texts_and_flags(cast, make, project):
    goal = goals.create(by=cast.lin, at=NOW, title="目标", owner=cast.lin, department=cast.content)
    category = Category.objects.create(name="内容创作")
    make("大的", estimate_minutes=480, deliverable="通过评审", goal=goal, project=project, category=category)
    make("小的", estimate_minutes=30, is_milestone=True, importance=5)
    make("没估的", note="等客户")
    assert found(cast.lin, "estimate.least.60") == {"大的"}
    assert found(cast.lin, "estimate.most.60") == {"小的"}
    assert found(cast.lin, "estimate.empty") == {"没估的"}
    assert found(cast.lin, "importance.is.5") == {"小的"}
    assert found(cast.lin, "deliverable.has.'评审'") == {"大的"}
    assert found(cast.lin, "note.lacks.客户") == {"大的", "小的"}
    assert found(cast.lin, "deliverable.empty") == {"小的", "没估的"}
    assert found(cast.lin, "milestone.yes") == {"小的"}
    assert found(cast.lin, "text.has.'meigu'") == {"没估的"}
    assert found(cast.lin, f"goal.any.{goal.pk},project.any.{project.pk},category.any.{category.pk}") == {
        "大的"
    }
    assert found(cast.lin, "project_status.any.active") == {"大的"}


def test_a_filter_that_speaks_of_states_shows_closed_tasks_too(cast, make):
    tasks.close(task=make("做完"), by=cast.lin, at=NOW, version=1)
    make("没做完")
    assert found(cast.lin, "status.any.done") == {"做完"}
    assert found(cast.lin, "status.none.blocked") == {"做完", "没做完"}
    assert found(cast.lin, "closed.within.today") == {"做完"}
    assert found(cast.lin, "owner.any.me") == {"没做完"}


quadrant_facts = st.fixed_dictionaries({
    "importance": st.integers(1, 5),
    "urgency": st.sampled_from(["high", "medium", "low"]),
    "due": st.none() | st.integers(-3, 8),
    "hour": st.sampled_from([0, 9, 16, 18]),
    "quadrant_override": st.none() | st.integers(1, 4),
})  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(quadrant_facts, min_size=4, max_size=8))
def test_the_database_puts_tasks_into_the_quadrants_of_the_engine(cast, rows):
    Task.objects.all().delete()
    local = timezone.localtime(NOW)
    midnight = local.replace(hour=0, minute=0)
    for number, row in enumerate(rows):
        due = None if row["due"] is None else midnight + timedelta(days=row["due"], hours=row["hour"])
        Task.objects.create(
            number=f"T{number}", title="x", owner=cast.lin, created_at=NOW, due_at=due,
            importance=row["importance"], urgency=row["urgency"], quadrant_override=row["quadrant_override"],
            quadrant_reason="x",
        )  # fmt: skip
    for quadrant in (1, 2, 3, 4):
        asked = set(Task.objects.filter(in_quadrant(quadrant, now=local)).values_list("pk", flat=True))
        assert asked == {
            task.pk for task in Task.objects.all() if assess(task, now=local).quadrant == quadrant
        }


def test_every_field_can_be_asked_with_every_operator_and_any_value(cast, make):
    make("写文案")
    wild = ("me", "1", str(2**70), "今天", "-5", "", "\0", "team", "2026-02-30", "0001-01-01", "9999-12-31")
    for field in OWN.values():
        for operator in field.operators:
            for value in wild:
                text = write(Condition(field.name, operator, (value,)))
                assert titles(cast.lin, f"scope=all&status=any&f={text}") <= {"写文案"}


def test_an_unreadable_filter_shows_nothing_and_says_so(cast, make, as_person):
    make("写文案")
    assert found(cast.lin, "owner.any.(") == set()
    assert found(cast.lin, "nosuch.any.1") == set()
    assert found(cast.lin, "owner.within.today") == set()
    body = as_person(cast.lin).get("/tasks/?scope=all&f=owner.any.(").content.decode()
    assert "无法识别此筛选条件" in body
    assert "写文案" not in body


def test_an_old_address_means_what_it_meant_as_one_filter(cast, make, project):
    make("项目里的", project=project, urgency="high")
    make("别的")
    old = ListState.read(
        QueryDict(f"scope=all&project={project.pk}&urgency=high&urgency=low&missing=estimate")
    )
    assert write(old.tree) == f"urgency.any.high~low,estimate.empty,project.any.{project.pk}"
    new = ListState.read(QueryDict(old.narrowed(old.tree).removeprefix("?")))
    assert new.project == ()
    for state in (old, new):
        assert [task.title for task in lists.matching(cast.lin, state, now=NOW)] == ["项目里的"]


def chips_of(person, query: str) -> list[choices.Part]:
    return list(choices.bar(person, ListState.read(QueryDict(query)), "/tasks/").parts)


def test_chips_name_what_they_stand_for_and_take_it_away(cast, project):
    parts = chips_of(
        cast.chen, f"scope=all&project={project.pk}&f=or(owner.any.me,helper.any.{cast.lin.pk}),tag.none.77"
    )
    assert [(part.kind, part.text) for part in parts] == [
        ("chip", "双十一"), ("join", "且"), ("open", "("), ("chip", "我"), ("join", "或"), ("chip", "林悦"),
        ("close", ")"), ("join", "且"), ("chip", "未知"),
    ]  # fmt: skip
    removed = parse_qs(urlsplit(parts[3].remove_url).query)
    assert removed["f"] == [f"project.any.{project.pk},helper.any.{cast.lin.pk},tag.none.77"]
    flipped = parse_qs(urlsplit(parts[4].url).query)["f"][0]
    assert flipped == f"project.any.{project.pk},owner.any.me,helper.any.{cast.lin.pk},tag.none.77"


def test_a_record_of_others_is_not_named_by_a_chip(cast, make):
    from opsloop.work.actions import projects

    secret = projects.create(
        by=cast.zhou if cast.zhou.may("project.edit") else cast.wang,
        at=NOW,
        name="机密项目",
        department=cast.users,
        owner=cast.wang,
    )
    assert [part.text for part in chips_of(cast.lin, f"project={secret.pk}") if part.kind == "chip"] == [
        "未知"
    ]


def put(client, **sent):
    response = client.get(reverse("work:filter_set"), sent)
    assert response.status_code == 303
    return parse_qs(urlsplit(response["Location"]).query).get("f", [""])[0], response["Location"]


def test_a_condition_is_added_changed_and_given_an_alternative(cast, as_person):
    client = as_person(cast.lin)
    on = "/tasks/board/?scope=all&by=owner&page=3"
    text, address = put(client, on=on, field="status", operator="any", value=["todo", "doing"])
    assert text == "status.any.todo~doing"
    assert address.startswith("/tasks/board/?")
    assert "by=owner" in address
    assert "page" not in address
    text, address = put(client, on=address, field="due", operator="within", value="next", days="7")
    assert text == "status.any.todo~doing,due.within.next-7"
    text, address = put(
        client, on=address, at="1", field="due", operator="within", value="dates", first="2026-11-24", last=""
    )
    assert text == "status.any.todo~doing,due.within.2026-11-24"
    text, address = put(client, on=address, at="1", field="owner", operator="any", value="me", otherwise="1")
    assert text == "status.any.todo~doing,or(due.within.2026-11-24,owner.any.me)"
    text, _address = put(client, on=address, field="estimate", operator="least", number="1.5")
    assert text.endswith("estimate.least.90")
    assert parse(text)


@pytest.mark.parametrize("on", ["//evil.example/tasks/", "https://evil.example/", "javascript:alert(1)", ""])
def test_the_way_back_never_leaves_the_site(cast, as_person, on):
    _text, address = put(as_person(cast.lin), on=on, field="milestone", operator="yes")
    assert address.startswith("/tasks/?")


def test_the_menu_finds_fields_by_pinyin_and_the_editor_shows_what_stands(cast, as_person):
    client = as_person(cast.lin)
    menu = client.get(reverse("work:filters"), {"on": "/tasks/"}, headers=HTMX).content.decode()
    assert "fuzeren fzr" in menu
    on = "/tasks/?f=due.within.next-30"
    editor = client.get(reverse("work:filter"), {"on": on, "field": "due", "at": "0"}, headers=HTMX)
    body = unescape(editor.content.decode())
    assert 'value="30"' in body
    assert '<option value="next" selected>' in body
    assert client.get(reverse("work:filter"), {"on": on, "field": "nosuch"}).status_code == 404
