"""Own fields and hours in the views: columns, groups, columns of a board, sums, many tasks at once, the file."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.http import QueryDict
from django.urls import reverse

from opsloop.activity import actions as activity
from opsloop.activity.models import Event, Undo
from opsloop.organisation.tests.cast import NOW
from opsloop.records.refusals import Refused
from opsloop.timekeeping.actions import entries as hours
from opsloop.work.actions import acceptance, bulk, customs, sayings, tasks
from opsloop.work.models import CustomField, CustomValue, Task
from opsloop.work.queries.lists import PAGE_ROWS, ListState, page
from opsloop.work.tests import conftest as work

HTMX = {"HX-Request": "true"}
# Fixtures of the package below.
make, project, as_person = work.make, work.project, work.as_person
Kind = CustomField.Kind


@pytest.fixture
def field(cast, project):
    """Make a field of the project 双十一."""

    def made(name: str, kind: str, options: tuple[str, ...] = (), **values) -> CustomField:
        values = {"owner": project, "by": cast.chen, "at": NOW, **values}
        return customs.add_field(name=name, kind=kind, options=options, **values)[0]

    return made


@pytest.fixture
def say(cast):
    """Let a task say something in a field."""

    def said(task: Task, field: CustomField, value) -> None:
        customs.change_task(
            task=task, values={}, customs={field: value}, by=cast.chen, at=NOW, version=task.version
        )

    return said


@pytest.fixture
def channels(cast, project, make, field, say):
    """Three tasks of the project, two of which say where they are published; and that field."""
    project.members.add(cast.lin)
    channel = field("渠道", Kind.CHOICE, ("公众号", "小红书", "抖音"))
    made = [make(title, project=project, estimate_minutes=60) for title in ("推文", "笔记", "没说")]
    say(made[0], channel, "抖音")
    say(made[1], channel, "公众号")
    return channel, made


def shown(person, query: str):
    return page(person, ListState.read(QueryDict(query)), now=NOW)


def groups(person, query: str) -> list[tuple[str, int, list[str]]]:
    found = shown(person, query).groups
    return [(str(one.title), one.count, [row.task.title for row in one.rows]) for one in found]


def test_own_fields_of_every_kind_are_columns(cast, project, make, field, say, as_person):
    task = make("样稿", project=project)
    values = {
        Kind.TEXT: "海报", Kind.NUMBER: Decimal("3200.5"), Kind.DATE: date(2026, 12, 1), Kind.CHOICE: "乙",
        Kind.PERSON: cast.chen, Kind.CHECK: True,
    }  # fmt: skip
    names = []
    for kind, value in values.items():
        one = field(f"字段{kind}", kind, ("甲", "乙") if kind == Kind.CHOICE else ())
        say(Task.objects.get(pk=task.pk), one, value)
        names.append(f"c{one.pk}")
    body = as_person(cast.chen).get("/tasks/", {"scope": "all", "cols": ",".join(names)}).content.decode()
    table = body[body.index("<table") : body.index("</table>")]
    for text in ("字段text", "海报", "3,200.5", "2026-12-01", "乙", "陈敏", "是"):
        assert text in table
    offered = as_person(cast.zhou).get("/tasks/", {"scope": "all"}).content.decode()
    assert "字段text" not in offered  # the project is not hers to see


def test_a_list_is_grouped_by_the_choices_of_a_field_in_their_order(cast, channels):
    channel, _made = channels
    assert groups(cast.lin, f"scope=all&group=c{channel.pk}") == [
        ("公众号", 1, ["笔记"]),
        ("抖音", 1, ["推文"]),
        ("未填写", 1, ["没说"]),
    ]


def test_a_group_of_words_folds(cast, channels, as_person):
    channel, _made = channels
    first = shown(cast.lin, f"scope=all&group=c{channel.pk}").groups[0]
    body = as_person(cast.lin).get(f"/tasks/{first.fold_url}").content.decode()
    assert "推文" in body
    assert "笔记" not in body[body.index("<table") :]


def test_a_list_is_grouped_by_people_days_and_ticks(cast, project, make, field, say):
    first, second = make("甲", project=project), make("乙", project=project)
    reviewer, day = field("审核人", Kind.PERSON), field("上线日", Kind.DATE)
    paid, words = field("付费", Kind.CHECK), field("备注", Kind.TEXT)
    for one, value in ((reviewer, cast.chen), (day, date(2026, 12, 1)), (paid, True), (words, "a b.c")):
        say(Task.objects.get(pk=first.pk), one, value)
    expected = {reviewer: "陈敏", day: "2026-12-01", paid: "是", words: "a b.c"}
    for one, title in expected.items():
        found = groups(cast.chen, f"scope=all&group=c{one.pk}")
        assert found[0] == (title, 1, ["甲"])
        assert found[1][1:] == (1, ["乙"])
    assert second.pk


def moved(client, task: Task, channel: CustomField, key: str):
    data = {"by": f"c{channel.pk}", "key": key, "version": Task.objects.get(pk=task.pk).version}
    return client.post(reverse("boards:move", args=[task.pk]), data, headers=HTMX)


def test_a_board_has_a_column_for_each_choice_and_moving_a_card_says_it(cast, channels, make, as_person):
    channel, made = channels
    client = as_person(cast.lin)
    shown = client.get("/tasks/board/", {"scope": "all", "by": f"c{channel.pk}"}).context["board"]
    assert [(str(one.title), one.count) for one in shown.columns] == [
        ("公众号", 1), ("小红书", 0), ("抖音", 1), ("未填写", 1),
    ]  # fmt: skip
    response = moved(client, made[2], channel, "小红书")
    assert response.status_code == 200
    assert "undo" in response["HX-Trigger"]
    assert CustomValue.objects.get(task=made[2]).text == "小红书"
    assert moved(client, made[2], channel, "电视").status_code == 409
    activity.take_back(undo=Undo.objects.latest("pk"), by=cast.lin, at=NOW)
    assert not CustomValue.objects.filter(task=made[2]).exists()
    refused = moved(client, make("别处的"), channel, "抖音")
    assert refused.status_code == 409
    assert "双十一" in refused.content.decode()


def test_a_task_added_to_a_column_of_a_field_says_it(cast, channels, as_person):
    channel, _made = channels
    data = {"by": f"c{channel.pk}", "key": "抖音", "text": "新短片"}
    assert as_person(cast.lin).post(reverse("boards:add"), data, headers=HTMX).status_code == 204
    made = Task.objects.get(title="新短片")
    assert made.project_id == channel.project_id
    assert made.custom_values.get().text == "抖音"


def test_a_group_by_a_field_that_is_gone_is_no_group(cast, channels):
    channel, _made = channels
    customs.remove_field(field=channel, by=cast.chen, at=NOW)
    found = shown(cast.lin, f"scope=all&group=c{channel.pk}&cols=title,c{channel.pk}")
    assert [one.kind for one in found.groups] == [""]
    assert found.count == 3


def test_groups_and_the_whole_list_sum_estimates_hours_and_numbers(cast, channels, field, say):
    channel, (first, second, third) = channels
    budget = field("预算", Kind.NUMBER)
    for task, minutes, money in ((first, 20, 100), (third, 60, Decimal("0.5"))):
        say(Task.objects.get(pk=task.pk), budget, money)
        begun = NOW - timedelta(minutes=5 * minutes)
        hours.record_time(task=task, by=cast.lin, at=NOW, started_at=begun, minutes=minutes, note="")
    found = shown(cast.lin, f"scope=all&group=c{channel.pk}&cols=title,spent,c{budget.pk}")
    sums = [[(one.column.name, one.value) for one in group.totals] for group in found.groups]
    number = f"c{budget.pk}"
    assert sums == [
        [("estimate", 60)],
        [("estimate", 60), ("spent", 20), (number, 100)],
        [("estimate", 60), ("spent", 60), (number, Decimal("0.5"))],
    ]
    whole = {one.column.name: one.value for one in found.totals}
    assert whole == {"estimate": 180, "spent": 80, number: Decimal("100.5")}
    flat = shown(cast.lin, f"scope=all&cols=title,spent,{number}")
    assert {one.column.name: one.value for one in flat.totals} == whole
    assert second.pk


def test_the_count_and_the_sums_of_many_pages_are_exact(cast, as_person):
    count = 1000 + PAGE_ROWS + 7
    Task.objects.bulk_create(
        Task(number=f"T-{n}", title="任务", owner=cast.lin, created_at=NOW, estimate_minutes=6)
        for n in range(count)
    )
    found = shown(cast.lin, "cols=title,spent")
    assert (found.count, found.totals[0].value) == (count, 6 * count)
    body = as_person(cast.lin).get("/tasks/").content.decode()
    assert f"{count:,}" in body


def test_a_task_with_two_of_the_wanted_tags_is_counted_once(cast, make):
    both = tasks.tags_named(["大促", "年货"])
    make("都有", tags=both, estimate_minutes=60)
    found = shown(cast.lin, f"tag={both[0].pk}&tag={both[1].pk}&group=status")
    assert (found.count, found.totals[0].value) == (1, 60)


def test_many_tasks_say_the_same_with_a_preview_and_one_undo(cast, channels, make, as_person):
    channel, made = channels
    elsewhere = make("别处的")
    client = as_person(cast.lin)
    data = {
        "selected": [one.pk for one in (*made, elsewhere)], "kind": f"c{channel.pk}",
        f"custom_{channel.pk}": "抖音",
    }  # fmt: skip
    preview = client.post(reverse("work:bulk_edit"), {**data, "preview": "1"}, headers=HTMX)
    outcome = preview.context["outcome"]
    assert (len(outcome.changed), outcome.same, len(outcome.refused)) == (2, 1, 1)
    assert "“渠道”是项目“双十一”的字段" in preview.content.decode()
    client.post(reverse("work:bulk"), data, headers=HTMX)
    assert set(CustomValue.objects.filter(field=channel).values_list("text", flat=True)) == {"抖音"}
    assert Event.objects.filter(kind="task.custom", subject_id=made[1].pk).count() == 2
    assert not CustomValue.objects.filter(task=elsewhere).exists()
    activity.take_back(undo=Undo.objects.latest("pk"), by=cast.lin, at=NOW)
    said = dict(CustomValue.objects.filter(field=channel).values_list("task__title", "text"))
    assert said == {"推文": "抖音", "笔记": "公众号"}


def test_what_was_changed_since_is_neither_overwritten_nor_undone(cast, channels):
    channel, made = channels
    chosen = bulk.selection(cast.lin, [one.pk for one in made])
    seen = {one.pk: one.version - 1 for one in made}
    edit = sayings.Saying(channel, "小红书")
    came = sayings.change_together(tasks=chosen, edit=edit, by=cast.lin, at=NOW, seen=seen)
    assert (len(came.changed), len(came.refused)) == (0, 3)
    done = sayings.change_together(
        tasks=bulk.selection(cast.lin, [made[2].pk]), edit=edit, by=cast.lin, at=NOW
    )
    changed = Task.objects.get(pk=made[2].pk)
    tasks.change(task=changed, values={"note": "x"}, by=cast.lin, at=NOW, version=changed.version)
    with pytest.raises(Refused):
        activity.take_back(undo=done.undo, by=cast.lin, at=NOW)
    assert CustomValue.objects.get(task=changed).text == "小红书"


def test_a_value_that_is_not_on_the_list_is_refused_for_many(cast, channels, as_person):
    channel, made = channels
    data = {"selected": [made[0].pk], "kind": f"c{channel.pk}", f"custom_{channel.pk}": "电视"}
    response = as_person(cast.lin).post(reverse("work:bulk"), data, headers=HTMX)
    assert response.status_code == 409
    assert "渠道" in response.content.decode()


def test_the_file_holds_own_fields_and_hours_of_exactly_what_is_filtered(
    cast, channels, field, say, as_person
):
    channel, (first, _second, _third) = channels
    day, budget = field("上线日", Kind.DATE), field("预算", Kind.NUMBER)
    say(Task.objects.get(pk=first.pk), day, date(2026, 12, 1))
    say(Task.objects.get(pk=first.pk), budget, Decimal("12.5"))
    hours.record_time(
        task=first, by=cast.lin, at=NOW, started_at=NOW - timedelta(hours=2), minutes=90, note=""
    )
    query = f"?scope=all&group=c{channel.pk}&cols=title,c{channel.pk},c{day.pk},c{budget.pk},spent"
    query += f"&f=c{channel.pk}.filled"
    client = as_person(cast.chen)
    text = b"".join(client.get(reverse("work:export", args=["csv"]) + query).streaming_content).decode(
        "utf-8-sig"
    )
    assert text.splitlines() == [
        "任务,渠道,上线日,预算,实际耗时",
        "笔记,公众号,,,",
        "推文,抖音,2026-12-01,12.5,90",
    ]
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("work:export", args=["xlsx"]) + query).content)
    )
    row = [cell.value for cell in list(book.active.rows)[2]]
    assert [row[0], row[1], row[2].date(), row[3], row[4]] == ["推文", "抖音", date(2026, 12, 1), 12.5, 1.5]


@pytest.fixture
def needed(channels, cast):
    """The field 渠道, which must be filled in from now on."""
    channel, _made = channels
    customs.change_field(
        field=channel, name="渠道", options=channel.options, required=True, by=cast.chen, at=NOW,
        version=channel.version,
    )  # fmt: skip
    return channel


def test_a_task_is_not_done_while_a_field_that_is_needed_is_empty(cast, channels, needed, as_person):
    _channel, (filled, _second, empty) = channels
    client = as_person(cast.lin)
    url = reverse("work:closure", args=[empty.pk])
    refused = client.post(url, {"version": empty.version}, headers=HTMX)
    assert refused.status_code == 409
    assert "“渠道”" in refused.content.decode()
    assert Task.objects.get(pk=empty.pk).is_open
    version = Task.objects.get(pk=filled.pk).version
    done = client.post(reverse("work:closure", args=[filled.pk]), {"version": version}, headers=HTMX)
    assert done.status_code == 204
    assert not Task.objects.get(pk=filled.pk).is_open


def test_the_step_that_closes_a_task_may_fill_the_field_in(cast, channels, needed):
    empty = Task.objects.get(pk=channels[1][2].pk)
    undo = customs.change_task(
        task=empty,
        values={"status": "done"},
        customs={needed: "抖音"},
        by=cast.lin,
        at=NOW,
        version=empty.version,
    )
    assert not Task.objects.get(pk=empty.pk).is_open
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert Task.objects.get(pk=empty.pk).is_open
    assert not CustomValue.objects.filter(task=empty).exists()


def test_of_many_tasks_only_the_filled_ones_are_done(cast, channels, needed, django_assert_num_queries):
    _channel, made = channels
    chosen = list(bulk.selection(cast.lin, [one.pk for one in made]))
    edit = bulk.Edit(values={"status": "done"})
    with django_assert_num_queries(1):  # names what is missing, for the one task that lacks it
        came = bulk.preview(tasks=chosen, edit=edit, by=cast.lin, at=NOW)
    assert [step.task.title for step in came.refused] == ["没说"]
    assert "渠道" in came.refused[0].refused
    assert len(came.changed) == 2


def test_a_result_is_not_handed_in_while_a_field_that_is_needed_is_empty(cast, channels, needed):
    empty = Task.objects.get(pk=channels[1][2].pk)
    tasks.change(task=empty, values={"needs_acceptance": True}, by=cast.lin, at=NOW, version=empty.version)
    with pytest.raises(Refused) as refused:
        acceptance.hand_in(task=empty, note="好了", by=cast.lin, at=NOW, version=empty.version)
    assert refused.value.field == f"custom_{needed.pk}"
    customs.change_task(
        task=empty, values={}, customs={needed: "抖音"}, by=cast.lin, at=NOW, version=empty.version
    )
    delivery, _undo = acceptance.hand_in(task=empty, note="好了", by=cast.lin, at=NOW, version=empty.version)
    assert delivery.note == "好了"


@pytest.mark.parametrize(
    ("kind", "values", "ascending"),
    [
        (Kind.NUMBER, (Decimal(20), Decimal(3)), ["乙", "甲", "没说"]),
        (Kind.DATE, (date(2026, 12, 1), date(2026, 11, 30)), ["乙", "甲", "没说"]),
        (Kind.TEXT, ("b", "a"), ["乙", "甲", "没说"]),
        # In the order of the list of choices, which is not that of their words.
        (Kind.CHOICE, ("小红书", "抖音"), ["乙", "甲", "没说"]),
    ],
)
def test_a_list_is_sorted_by_an_own_field_what_says_nothing_last(
    cast, project, make, field, say, as_person, kind, values, ascending
):
    one = field("排这个", kind, ("抖音", "小红书") if kind == Kind.CHOICE else ())
    made = [make(title, project=project) for title in ("没说", "甲", "乙")]
    for task, value in zip(made[1:], values, strict=True):
        say(task, one, value)
    name = f"c{one.pk}"
    query = f"scope=all&cols=title,{name}&sort={name}"

    def titles(address: str) -> list[str]:
        found = shown(cast.chen, address)
        return [row.task.title for group in found.groups for row in group.rows if row.task.title in ascending]

    assert titles(query) == ascending
    assert titles(f"{query}&down=1") == [*reversed(ascending[:2]), "没说"]
    assert titles(f"{query}&group=status") == ascending
    body = as_person(cast.chen).get(f"/tasks/?{query}").content.decode()
    assert f'<option value="{name}" selected>排这个</option>' in body
    assert 'aria-sort="ascending"' in body
    # A column that is not shown, or not hers to see, sorts nothing; the list stands as usual.
    by_due = titles("scope=all")
    assert titles(f"scope=all&sort={name}") == by_due
    assert as_person(cast.zhou).get(f"/tasks/?{query}").status_code == 200
