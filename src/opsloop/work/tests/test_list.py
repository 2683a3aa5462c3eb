"""The list of tasks: what a view shows, its order, its pages, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse

from opsloop.goals import actions as goals
from opsloop.organisation.tests.cast import NOW
from opsloop.work.actions import tasks
from opsloop.work.models import Category, Task
from opsloop.work.queries.lists import PAGE_ROWS, ListState, page
from opsloop.work.tests.conftest import HTMX


def titles(person, query: str, now: datetime = NOW) -> list[str]:
    state = ListState.read(QueryDict(query))
    return [row.task.title for row in page(person, state, now=now).rows]


def test_mine_are_those_i_own_or_help_with(cast, make):
    make("我的")
    make("我协作的", by=cast.chen, collaborators=[cast.lin])
    make("同组的", by=cast.chen)
    make("别组的", by=cast.outsider)
    assert set(titles(cast.lin, "")) == {"我的", "我协作的"}
    assert set(titles(cast.lin, "scope=all")) == {"我的", "我协作的", "同组的"}


def test_the_team_of_a_lead_is_all_below(cast, make):
    make("内容组的")
    make("用户组的", by=cast.zhou)
    assert titles(cast.chen, "scope=team") == ["内容组的"]
    assert set(titles(cast.wang, "scope=team")) == {"内容组的", "用户组的"}
    assert titles(cast.zhou, "scope=team") == ["用户组的"]


def test_a_project_shows_its_tasks_to_its_members(cast, make, project):
    make("项目里的", project=project)
    assert titles(cast.zhou, "scope=all") == []
    project.members.add(cast.zhou)
    assert titles(cast.zhou, "scope=all") == ["项目里的"]


def test_a_disabled_person_sees_nothing(cast, make):
    make("内容组的")
    cast.wu.is_active = False
    assert not Task.objects.visible_to(cast.wu).exists()


def test_only_open_tasks_show_unless_asked(cast, make):
    done, _open = make("做完"), make("没做完")
    tasks.close(task=done, by=cast.lin, at=NOW, version=1)
    assert titles(cast.lin, "") == ["没做完"]
    assert titles(cast.lin, "status=done") == ["做完"]
    assert set(titles(cast.lin, "status=any")) == {"做完", "没做完"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("due=overdue", {"逾期"}),
        ("due=today", {"今天"}),
        ("due=week", {"今天", "周五"}),
        ("due=none", {"无期限"}),
        ("missing=estimate", {"逾期", "今天", "周五", "无期限"}),
        ("missing=owner", set()),
        ("urgency=high", {"今天"}),
        ("urgency=high&urgency=low", {"今天", "周五"}),
        ("q=今天", {"今天"}),
        ("q=jintian", {"今天"}),
    ],
)
def test_filters_narrow(cast, make, query, expected):
    make("逾期", due_at=NOW - timedelta(days=3))
    make("今天", due_at=NOW + timedelta(hours=2), urgency="high")
    make("周五", due_at=NOW + timedelta(days=4), urgency="low")
    make("无期限", due_at=None)
    assert set(titles(cast.lin, query)) == expected


def test_records_filter_by_id(cast, make, project):
    goal = goals.create(by=cast.lin, at=NOW, title="目标", owner=cast.lin, department=cast.content)
    category = Category.objects.create(name="内容创作")
    make("全有", project=project, goal=goal, category=category, tags=tasks.tags_named(["大促", "年货"]))
    make("都没有")
    tag = tasks.tags_named(["大促"])[0]
    for query in (
        f"project={project.pk}",
        f"goal={goal.pk}",
        f"category={category.pk}",
        f"tag={tag.pk}",
        f"owner={cast.lin.pk}&tag={tag.pk}",
    ):
        assert titles(cast.lin, query) == ["全有"]
    both = "&".join(f"tag={one.pk}" for one in tasks.tags_named(["大促", "年货"]))
    assert titles(cast.lin, both) == ["全有"]


def test_an_action_later_than_its_task_is_a_gap(cast, make, task):
    make("太晚", parent=task, due_at=NOW + timedelta(days=9))
    make("及时", parent=task, due_at=NOW + timedelta(days=1))
    assert titles(cast.lin, "missing=late_action") == ["太晚"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["早", "晚", "无"]),
        ("down=1", ["晚", "早", "无"]),
        ("sort=new", ["无", "晚", "早"]),
        ("sort=new&down=1", ["早", "晚", "无"]),
        ("sort=importance", ["晚", "无", "早"]),
        ("sort=estimate", ["晚", "早", "无"]),
    ],
)
def test_the_order_is_total_and_puts_the_unknown_last(cast, make, query, expected):
    make("早", due_at=NOW + timedelta(days=1), importance=1, estimate_minutes=60)
    make("晚", due_at=NOW + timedelta(days=2), importance=5, estimate_minutes=30)
    make("无", due_at=None, importance=3)
    assert titles(cast.lin, query) == expected


@pytest.mark.parametrize("group", ["status", "owner", "project", "due"])
def test_each_group_stands_once_and_loses_no_row(cast, make, project, group):
    for n in range(6):
        make(
            f"任务 {n}",
            project=project if n % 2 else None,
            due_at=NOW + timedelta(days=n * 3 - 3),
            collaborators=[cast.chen],
        )
    found = page(cast.lin, ListState(group=group), now=NOW)
    heads = [str(one.title) for one in found.groups]
    assert len(heads) == len(set(heads))
    assert sum(len(one.rows) for one in found.groups) == 6


@pytest.mark.parametrize(
    "query",
    [
        "scope=nobody",
        "owner=abc",
        "owner=99999999999999999999",
        "page=-1",
        "page=x",
        "status=???",
        "due=never",
        "sort=1;drop",
        "group=x",
    ],
)
def test_a_mangled_address_still_shows_a_list(cast, task, as_person, query):
    assert as_person(cast.lin).get(f"{reverse('work:tasks')}?{query}").status_code == 200


def test_the_address_holds_the_view(cast):
    state = ListState.read(
        QueryDict("scope=all&status=done&owner=3&owner=4&q=周报&group=owner&sort=title&down=1&page=2")
    )
    assert ListState.read(QueryDict(state.address(page=2).removeprefix("?"))) == state
    assert "page" not in state.address()
    assert ListState.read(QueryDict(state.cleared().removeprefix("?"))).filters == {}


def test_pages_follow_each_other_without_gap_or_double(cast, make):
    Task.objects.bulk_create(
        Task(
            number=f"T-{n}",
            title=f"任务 {n}",
            owner=cast.lin,
            created_at=NOW,
            department=cast.content,
            due_at=NOW,
        )
        for n in range(PAGE_ROWS + 7)
    )
    first = page(cast.lin, ListState(), now=NOW)
    second = page(cast.lin, ListState(page=2), now=NOW)
    assert (first.has_next, second.has_next) == (True, False)
    assert (first.count, second.first, second.last) == (PAGE_ROWS + 7, PAGE_ROWS + 1, PAGE_ROWS + 7)
    seen = [row.task.pk for row in (*first.rows, *second.rows)]
    assert len(seen) == len(set(seen)) == PAGE_ROWS + 7


@pytest.mark.once
@pytest.mark.parametrize("group", ["", "owner", "project", "status"])
def test_more_rows_never_mean_more_queries(
    cast, make, project, as_person, group, django_assert_max_num_queries
):
    client = as_person(cast.wang)
    address = f"{reverse('work:tasks')}?scope=all&group={group}&owner={cast.lin.pk}"
    make("一", project=project)
    client.get(address)
    with django_assert_max_num_queries(15) as few:
        client.get(address)
    for n in range(20):
        parent = make(f"任务 {n}", project=project, collaborators=[cast.zhou])
        make("动作", parent=parent)
    with django_assert_max_num_queries(15) as many:
        client.get(address)
    assert len(many) == len(few)


def test_the_line_on_top_creates_a_task_and_says_so(cast, project, as_person):
    client = as_person(cast.chen)
    text = "明天下午3点 写周报 2h !高 @林悦 #周会 +双十一"
    response = client.post(reverse("work:tasks"), {"text": text}, headers=HTMX)
    assert response.status_code == 204
    task = Task.objects.get()
    assert (task.title, task.owner, task.project, task.urgency) == ("写周报", cast.lin, project, "high")
    assert task.estimate_minutes == 120
    assert task.starts_at.astimezone(UTC).hour == 7
    assert [tag.name for tag in task.tags.all()] == ["周会"]


def test_a_name_nobody_answers_to_stays_in_the_title(cast, as_person):
    as_person(cast.lin).post(reverse("work:tasks"), {"text": "写周报 @不存在的人 +没有的项目"}, headers=HTMX)
    task = Task.objects.get()
    assert task.title == "写周报 @不存在的人 +没有的项目"
    assert task.owner == cast.lin


def test_a_reader_gets_no_line_to_add_and_a_refusal_for_trying(cast, task, as_person):
    client = as_person(cast.sun)
    assert 'id="add-task"' not in client.get(reverse("work:tasks") + "?scope=all").content.decode()
    assert client.post(reverse("work:tasks"), {"text": "写周报"}, headers=HTMX).status_code == 403
    assert Task.objects.count() == 1


def test_a_list_added_to_hands_its_project_on_only_if_it_may_be_seen(cast, make, project, as_person):
    client = as_person(cast.outsider)
    response = client.post(reverse("work:tasks"), {"text": "混进去", "project": project.pk}, headers=HTMX)
    assert response.status_code in {409, 422}
    assert not Task.objects.exists()
    as_person(cast.chen).post(reverse("work:tasks"), {"text": "正常", "project": project.pk}, headers=HTMX)
    assert Task.objects.get().project == project


@pytest.mark.parametrize(
    ("sent", "field", "value"),
    [
        ({"status": "doing"}, "status", "doing"),
        ({"urgency": "low"}, "urgency", "low"),
        ({"due": "2026-12-01"}, "due_at", datetime(2026, 12, 1, 10, tzinfo=UTC)),
    ],
)
def test_the_bar_sets_one_field_of_the_selected(cast, make, as_person, sent, field, value):
    rows = [make(f"任务 {n}") for n in range(3)]
    chosen = [rows[0].pk, rows[2].pk]
    response = as_person(cast.lin).post(reverse("work:bulk"), {"selected": chosen, **sent}, headers=HTMX)
    assert response.status_code == 204
    assert set(Task.objects.filter(**{field: value}).values_list("pk", flat=True)) == set(chosen)


def test_the_bar_hands_tasks_over(cast, make, as_person):
    task = make()
    as_person(cast.chen).post(
        reverse("work:bulk"), {"selected": [task.pk], "owner": cast.chen.pk}, headers=HTMX
    )
    task.refresh_from_db()
    assert task.owner == cast.chen


@pytest.mark.parametrize(
    "sent", [{}, {"status": "gone"}, {"owner": "0"}, {"due": "2026-13-45"}, {"due": "soon"}]
)
def test_the_bar_refuses_what_says_nothing(cast, task, as_person, sent):
    response = as_person(cast.lin).post(reverse("work:bulk"), {"selected": [task.pk], **sent}, headers=HTMX)
    assert response.status_code == 409
    good = as_person(cast.lin).post(
        reverse("work:bulk"), {"selected": [task.pk], "status": "doing"}, headers=HTMX
    )
    assert good.status_code == 204


def test_the_bar_does_not_touch_what_is_hidden(cast, make, as_person):
    hidden = make("产品部的", by=cast.outsider)
    as_person(cast.lin).post(reverse("work:bulk"), {"selected": [hidden.pk], "bin": "1"}, headers=HTMX)
    hidden.refresh_from_db()
    assert not hidden.is_binned


def test_everything_means_the_view_and_no_more(cast, make, as_person):
    high = [make(f"高 {n}", urgency="high") for n in range(3)]
    make("低", urgency="low")
    sent = {"everything": "1", "view": "?urgency=high", "status": "doing", "selected": [high[0].pk]}
    as_person(cast.lin).post(reverse("work:bulk"), sent, headers=HTMX)
    assert set(Task.objects.filter(status="doing")) == set(high)
