"""A task over HTTP: pages, forms, editing in place, refusals."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.tests.cast import NOW
from opsloop.work.actions import tasks
from opsloop.work.models import Task
from opsloop.work.tests.conftest import HTMX

# Everything that shows or changes one task: (name, further arguments, method).
SHOWN = [("task", (), "get"), ("row", (), "get"), ("status_menu", (), "get"), ("task_history", (), "get")]
CHANGING = [
    ("edit", (), "get"),
    ("edit", (), "post"),
    ("field", ("title",), "get"),
    ("field", ("title",), "post"),
    ("closure", (), "post"),
    ("closure", (), "delete"),
    ("bin", (), "post"),
    ("steps", (), "post"),
]


def url(task: Task, name: str = "task", *more: object) -> str:
    return reverse(f"work:{name}", args=[task.pk, *more])


def version(task: Task) -> dict[str, int]:
    return {"version": Task.objects.values_list("version", flat=True).get(pk=task.pk)}


def form_values(response) -> dict[str, object]:
    """What a browser would post back from the form of a page."""
    form = response.context["form"]
    values = {"version": str(response.context["task"].version)} if response.context["task"] else {}
    for bound in form:
        value = bound.field.prepare_value(bound.initial)
        shown = bound.field.widget.format_value(value)
        many = shown if isinstance(shown, (list, tuple)) else [shown]
        sent = [str(one) for one in many if one not in (None, "")]
        if sent and not (
            bound.field.widget.input_type == "checkbox"
            if hasattr(bound.field.widget, "input_type")
            else False
        ):
            values[bound.html_name] = sent if len(sent) > 1 else sent[0]
    return values


@pytest.mark.parametrize(("name", "more", "method"), SHOWN + CHANGING)
def test_a_stranger_finds_nothing_where_the_owner_does(cast, task, as_person, name, more, method):
    target = url(task, name, *more)
    sent = {**version(task), "text": "一步", "title": "标题"}
    stranger = as_person(cast.outsider)
    assert getattr(stranger, method)(target, sent, headers=HTMX).status_code == 404
    owner = as_person(cast.lin)
    assert getattr(owner, method)(target, sent, headers=HTMX).status_code != 404


@pytest.mark.parametrize(("name", "more", "method"), CHANGING)
def test_a_reader_sees_the_task_but_is_told_why_not_to_change_it(cast, task, as_person, name, more, method):
    reader = as_person(cast.sun)
    assert reader.get(url(task)).status_code == 200
    query = f"?version={task.version}" if method == "delete" else ""
    sent = {**version(task), "text": "一步", "title": "标题"}
    response = getattr(reader, method)(url(task, name, *more) + query, sent, headers=HTMX)
    assert response.status_code == 403
    assert response.content.decode().strip()
    task.refresh_from_db()
    assert task.version == 1


def test_a_reader_sees_no_edit_controls(cast, task, as_person):
    page = as_person(cast.sun).get(url(task)).content.decode()
    assert "data-edits" not in page
    assert reverse("work:closure", args=[task.pk]) not in page
    assert "data-edits" in as_person(cast.lin).get(url(task)).content.decode()


def test_a_task_in_the_bin_is_not_found(cast, task, as_person):
    tasks.put_in_bin(task=task, by=cast.lin, at=NOW, version=1)
    assert as_person(cast.lin).get(url(task)).status_code == 404


def test_the_page_and_the_drawer_show_the_same(cast, make, as_person):
    task = make("写 <b>文案</b>", deliverable="尽快交付", note="备注 & 更多")
    client = as_person(cast.lin)
    page = client.get(url(task)).content.decode()
    fragment = client.get(url(task), headers={**HTMX, "HX-Target": "article#task-detail"}).content.decode()
    assert "<html" in page
    assert "<html" not in fragment
    for shown in (page, fragment):
        assert "写 &lt;b&gt;文案&lt;/b&gt;" in shown
        assert '<mark class="vague"' in shown


def test_the_form_creates_a_task_once_however_often_it_is_sent(cast, as_person):
    client = as_person(cast.lin)
    sent = {
        "title": "策划年货节", "owner": cast.lin.pk, "due_at": "2026-12-01T18:00", "estimate_minutes": "1.5小时",
        "importance": "4", "urgency": "high", "tags": "大促,年货节", "submission_key": "k" * 20,
    }  # fmt: skip
    first = client.post(reverse("work:new"), sent)
    again = client.post(reverse("work:new"), sent)
    task = Task.objects.get()
    assert (
        (first.status_code, first["Location"]) == (again.status_code, again["Location"]) == (303, url(task))
    )
    assert (task.estimate_minutes, task.importance, task.urgency) == (90, 4, "high")
    assert task.due_at == datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert {tag.name for tag in task.tags.all()} == {"大促", "年货节"}


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("title", ""),
        ("title", "长" * 201),
        ("estimate_minutes", "很久"),
        ("due_at", "昨天"),
        ("importance", "9"),
        ("urgency", "sofort"),
        ("owner", "999999"),
        ("parent", "OP-999"),
        ("recurrence", "FREQ=HOURLY"),
        ("starts_at", "2026-12-09T09:00"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(cast, as_person, field, wrong):
    sent = {
        "title": "策划年货节",
        "due_at": "2026-12-01T18:00",
        "importance": "4",
        "urgency": "high",
        "note": "记得预算",
    }
    response = as_person(cast.lin).post(reverse("work:new"), {**sent, field: wrong})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"due_at" if field == "starts_at" else field}
    assert "记得预算" in response.content.decode()
    assert not Task.objects.exists()


def test_what_is_not_visible_cannot_be_chosen(cast, make, as_person):
    hidden = make("产品部的", by=cast.outsider)
    sent = {"title": "拆一步", "importance": "3", "urgency": "low", "parent": hidden.number}
    assert as_person(cast.lin).post(reverse("work:new"), sent).status_code == 422


def test_the_edit_form_saves_what_was_changed_and_nothing_else(cast, make, as_person):
    task = make(estimate_minutes=135, collaborators=[cast.zhou], recurrence="FREQ=WEEKLY;BYDAY=WE")
    client = as_person(cast.lin)
    sent = form_values(client.get(url(task, "edit")))
    response = client.post(url(task, "edit"), {**sent, "title": "改过的标题"})
    assert response.status_code == 303
    changes = Undo.objects.get().arguments["before"]
    assert changes == {"title": "写双十一文案"}


def test_a_stale_form_gets_a_choice_and_writes_nothing(cast, task, as_person):
    client = as_person(cast.lin)
    sent = form_values(client.get(url(task, "edit")))
    tasks.change(
        task=Task.objects.get(pk=task.pk), values={"title": "主管先改"}, by=cast.chen, at=NOW, version=1
    )
    response = client.post(url(task, "edit"), {**sent, "title": "我后改"}, headers=HTMX)
    assert response.status_code == 412
    assert "主管先改" in response.content.decode()
    assert "我后改" in response.content.decode()
    task.refresh_from_db()
    assert task.title == "主管先改"


def test_a_write_without_a_version_is_refused(cast, task, as_person):
    client = as_person(cast.lin)
    assert client.post(url(task, "closure"), headers=HTMX).status_code == 428
    assert client.post(url(task, "closure"), version(task), headers=HTMX).status_code == 204


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("title", "新标题", "新标题"),
        ("status", "doing", "doing"),
        ("urgency", "high", "high"),
        ("importance", "5", 5),
        ("progress", "40", 40),
        ("estimate_minutes", "30min", 30),
        ("estimate_minutes", "", None),
        ("due_at", "", None),
        ("is_milestone", "on", True),
        ("deliverable", "三张图\n两段字", "三张图\n两段字"),
    ],
)
def test_a_field_is_edited_in_place_with_an_undo(cast, make, as_person, name, value, stored):
    task = make(estimate_minutes=60)
    client = as_person(cast.lin)
    assert name in client.get(url(task, "field", name), headers=HTMX).content.decode()
    target = {**HTMX, "HX-Target": "article#task-detail"}
    response = client.post(url(task, "field", name), {name: value, **version(task)}, headers=target)
    assert response.status_code == 200
    assert 'id="task-detail"' in response.content.decode()
    task.refresh_from_db()
    got = getattr(task, name)
    assert (got.replace("\r\n", "\n") if isinstance(got, str) else got) == stored
    toast = json.loads(response["HX-Trigger"])["toast"]
    activity.take_back(undo=Undo.objects.get(pk=int(toast["undo"].split("/")[2])), by=cast.lin, at=NOW)


@pytest.mark.parametrize(
    ("name", "value"), [("title", " "), ("progress", "101"), ("owner", "0"), ("due_at", "2026-99-99")]
)
def test_a_wrong_value_comes_back_into_its_editor(cast, task, as_person, name, value):
    response = as_person(cast.lin).post(
        url(task, "field", name), {name: value, **version(task)}, headers=HTMX
    )
    assert response.status_code == 422
    assert response["HX-Retarget"] == f"#field-{task.pk}-{name}"
    task.refresh_from_db()
    assert task.version == 1


def test_an_unknown_field_is_not_found(cast, task, as_person):
    client = as_person(cast.lin)
    assert client.get(url(task, "field", "version"), headers=HTMX).status_code == 404
    assert client.get(url(task, "field", "title"), headers=HTMX).status_code == 200


def test_closing_and_reopening_over_http(cast, task, as_person):
    client = as_person(cast.lin)
    assert client.post(url(task, "closure"), version(task), headers=HTMX).status_code == 204
    assert client.post(url(task, "closure"), version(task), headers=HTMX).status_code == 409
    assert client.delete(url(task, "closure") + "?version=2", headers=HTMX).status_code == 204
    task.refresh_from_db()
    assert task.is_open


def test_a_row_answers_with_itself(cast, task, as_person):
    target = {**HTMX, "HX-Target": f"tr#task-{task.pk}"}
    response = as_person(cast.lin).post(url(task, "closure"), version(task), headers=target)
    assert response.status_code == 200
    assert f'id="task-{task.pk}"' in response.content.decode()


def test_an_action_is_added_from_one_line(cast, task, as_person):
    client = as_person(cast.lin)
    assert (
        client.post(url(task, "steps"), {"text": "写标题 30min !高 #周会"}, headers=HTMX).status_code == 204
    )
    action = task.actions.get()
    assert (action.title, action.estimate_minutes, action.urgency) == ("写标题", 30, "high")
    assert client.post(url(task, "steps"), {"text": " "}, headers=HTMX).status_code == 409


def test_the_cycle_is_named_to_who_wanted_it(cast, make, as_person):
    one, two = make("甲"), make("乙")
    client = as_person(cast.lin)
    assert client.post(url(two, "dependencies"), {"predecessor": one.pk}, headers=HTMX).status_code == 204
    response = client.post(url(one, "dependencies"), {"predecessor": two.pk}, headers=HTMX)
    assert response.status_code == 409
    assert "甲 → 乙 → 甲" in response.content.decode()


def test_a_hidden_task_cannot_be_waited_for_and_its_title_does_not_show(cast, make, task, as_person):
    hidden = make("产品部机密", by=cast.outsider)
    client = as_person(cast.lin)
    assert client.post(url(task, "dependencies"), {"predecessor": hidden.pk}, headers=HTMX).status_code == 409
    tasks.add_dependency(predecessor=hidden, successor=task, by=cast.lin, at=NOW)
    assert "产品部机密" not in client.get(url(task)).content.decode()
    found = client.get(url(task, "dependencies"), {"q": "机密"}, headers=HTMX).content.decode()
    assert "产品部机密" not in found


def test_deleting_offers_an_undo(cast, task, as_person):
    response = as_person(cast.lin).post(
        url(task, "bin"), version(task), headers={**HTMX, "HX-Current-URL": "http://testserver/tasks/"}
    )
    assert response.status_code == 204
    assert json.loads(response["HX-Trigger"])["toast"]["undo"]
    task.refresh_from_db()
    assert task.is_binned


def test_the_history_tells_old_and_new_and_goes_on(cast, task, as_person):
    for n in range(25):
        fresh = Task.objects.get(pk=task.pk)
        tasks.change(task=fresh, values={"progress": n + 1}, by=cast.lin, at=NOW, version=fresh.version)
    client = as_person(cast.lin)
    shown = client.get(url(task, "task_history"), headers=HTMX).context["history"]
    assert len(shown.entries) == 20
    assert shown.entries[0].changes[0][1:] == ("24", "25")
    more = client.get(url(task, "task_history"), {"before": shown.before}, headers=HTMX)
    assert len(more.context["history"].entries) == 6
    assert more.context["history"].before == 0


@pytest.mark.once
def test_a_page_needs_no_more_queries_for_more_around_it(
    cast, make, task, as_person, django_assert_max_num_queries
):
    client = as_person(cast.lin)
    client.get(url(task))
    with django_assert_max_num_queries(18) as few:
        client.get(url(task))
    for n in range(8):
        action = make(f"动作 {n}", parent=task, collaborators=[cast.zhou])
        tasks.add_dependency(predecessor=make(f"前置 {n}"), successor=task, by=cast.lin, at=NOW)
        tasks.change(task=action, values={"progress": n}, by=cast.chen, at=NOW, version=1)
    make("标签", tags=tasks.tags_named(["a", "b"]))
    with django_assert_max_num_queries(18) as many:
        client.get(url(task))
    assert len(many) <= len(few) + 3  # the two neighbours' look-ups, which nothing had asked for before


def test_dates_far_away_are_no_server_error(cast, task, as_person):
    client = as_person(cast.lin)
    for due in ("0001-01-01T00:00", "9999-12-31T23:59"):
        response = client.post(url(task, "field", "due_at"), {"due_at": due, **version(task)}, headers=HTMX)
        assert response.status_code == 422
    assert (
        client.post(
            url(task, "field", "due_at"), {"due_at": "2099-12-31T23:59", **version(task)}, headers=HTMX
        ).status_code
        == 204
    )
    assert client.get(url(task)).status_code == 200
    assert client.get(reverse("work:tasks")).status_code == 200
