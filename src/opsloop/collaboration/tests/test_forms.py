"""Request forms: built by who leads, answered by who asks, checked by kind, routed; the library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from opsloop.activity.actions import take_back
from opsloop.activity.models import Undo
from opsloop.collaboration.actions import forms as actions
from opsloop.collaboration.actions import writing
from opsloop.collaboration.forms.answers import AnswersForm
from opsloop.collaboration.library import read, suggestions
from opsloop.collaboration.models import CollaborationRequest, FormField, RequestForm
from opsloop.collaboration.queries.forms import earliest, handler_for, routes_of
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.records.refusals import Forbidden, Refused, StaleVersion

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#builder"}
As = Callable[[Person], Client]
# One question of each kind; the second answer of a pair is none.
KINDS: dict[str, tuple[list[str], Any, Any]] = {
    "line": ([], "1080×1920", "长" * 201),
    "text": ([], "一\n二", "长" * 2001),
    "number": ([], "12.5", "十二"),
    "date": ([], "2026-12-01", "1999-01-01"),
    "choice": (["海报", "长图"], "海报", "视频"),
    "many": (["抖音", "小红书"], ["抖音", "小红书"], ["微博"]),
    "check": ([], "on", None),
    "link": ([], "https://x.example/a", "javascript:alert(1)"),
}


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


def made(cast: Cast, **values: Any) -> RequestForm:
    questions = [
        {"label": f"问{kind}", "kind": kind, "options": options, "required": kind in {"line", "choice"}, "help": "<b>"}
        for kind, (options, _good, _bad) in KINDS.items()
    ]  # fmt: skip
    given = {"name": "设计需求", "lead_days": 3, **values}
    return actions.make(department=cast.content, values=given, questions=questions, by=cast.chen, at=NOW)


def key_of(form: RequestForm, kind: str) -> str:
    return f"answer_{FormField.objects.get(form=form, kind=kind).key}"


def test_who_leads_builds_and_nobody_else(cast: Cast, as_person: As) -> None:
    client = as_person(cast.chen)
    assert "设计需求" in client.get("/request-forms/").content.decode()
    url = f"/request-forms/of/{cast.content.pk}/new/"
    offered = client.get(f"{url}?suggestion=design")
    assert offered.context["form"].initial["lead_days"] == 3
    answer = client.post(
        f"{url}?suggestion=design", {"name": "设计需求", "lead_days": 3, "handler": cast.lin.pk}
    )
    form = RequestForm.objects.get()
    assert answer["Location"] == f"/request-forms/{form.pk}/"
    assert (form.handler, form.fields.count()) == (cast.lin, 7)
    twice = client.post(url, {"name": "设计需求", "lead_days": 0})
    assert (twice.status_code, list(twice.context["form"].errors)) == (422, ["name"])
    stranger = as_person(cast.outsider)
    assert stranger.get(url).status_code == 403
    shown = stranger.get(f"/request-forms/{form.pk}/")
    assert "定稿文案" in shown.content.decode()
    assert not shown.context["may_build"]
    assert stranger.post(f"/request-forms/{form.pk}/removal/", {"version": form.version}).status_code == 403
    with pytest.raises(Forbidden):
        actions.remove(form=form, by=cast.lin, at=NOW, version=form.version)


def test_questions_are_added_changed_ordered_and_removed(cast: Cast, as_person: As) -> None:
    form = actions.make(department=cast.content, values={"name": "文案"}, by=cast.chen, at=NOW)
    client, base = as_person(cast.chen), f"/request-forms/{form.pk}/"
    for number, label in enumerate(("用途", "渠道", "尺寸"), 1):
        sent = {"label": label, "kind": "choice", "options": "甲\n乙\n甲", "version": number}
        assert client.post(f"{base}questions/new/", sent).status_code == 303
    first, second, third = form.fields.all()
    assert first.options == ["甲", "乙"]
    few = client.post(f"{base}questions/new/", {"label": "四", "kind": "many", "options": "一", "version": 4})
    assert (few.status_code, list(few.context["form"].errors)) == (422, ["options"])
    again = client.post(f"{base}questions/new/", {"label": "用途", "kind": "line", "version": 4})
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["label"])
    moved = client.post(f"{base}questions/{third.pk}/place/?version=4", {"place": "0"}, headers=HTMX)
    assert moved.status_code == 200
    assert 'id="builder"' in moved.content.decode()
    assert [one.label for one in form.fields.all()] == ["尺寸", "用途", "渠道"]
    assert client.post(f"{base}questions/{third.pk}/place/?version=4", {"place": "1"}).status_code == 412
    assert client.post(f"{base}questions/{third.pk}/place/", {"place": "1"}).status_code == 428
    assert client.post(f"{base}questions/{third.pk}/place/?version=5", {"place": "x"}).status_code == 409
    form.refresh_from_db()
    actions.add_route(form=form, key=first.key, value="甲", handler=cast.lin, by=cast.chen, at=NOW, version=5)
    removed = client.post(f"{base}questions/{first.pk}/removal/", {"version": 6}, headers=HTMX)
    assert removed.status_code == 200
    form.refresh_from_db()
    assert (form.routes, form.fields.count()) == ([], 2)
    take_back(undo=Undo.objects.latest("pk"), by=cast.chen, at=NOW)
    form.refresh_from_db()
    assert [one.label for one in form.fields.all()] == ["尺寸", "用途", "渠道"]
    assert form.routes[0]["handler"] == cast.lin.pk
    with pytest.raises(StaleVersion):
        actions.change_question(question=second, values={"label": "新"}, by=cast.chen, at=NOW, version=1)


def test_a_form_is_removed_and_comes_back(cast: Cast, as_person: As) -> None:
    form = made(cast)
    client = as_person(cast.chen)
    assert client.post(f"/request-forms/{form.pk}/removal/", {"version": 1}).status_code == 303
    assert client.get(f"/request-forms/{form.pk}/").status_code == 404
    other = made(cast)
    with pytest.raises(Refused):
        take_back(undo=Undo.objects.get(), by=cast.chen, at=NOW)
    actions.change(form=other, values={"name": "另一份"}, by=cast.chen, at=NOW, version=1)
    take_back(undo=Undo.objects.get(), by=cast.chen, at=NOW)
    assert client.get(f"/request-forms/{form.pk}/").status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_answers_are_checked_by_kind_and_kept_as_text(cast: Cast, kind: str) -> None:
    form = made(cast)
    _options, good, bad = KINDS[kind]
    name = key_of(form, kind)
    bound = AnswersForm({name: good}, form=form)
    assert bound.is_valid(), bound.errors
    kept = bound.answers()
    assert [row[0] for row in kept] == [f"问{kind}"]
    # What is kept fills the form again.
    shown = AnswersForm(form=form, answers=kept)
    again = AnswersForm({name: good}, form=form, answers=kept)
    assert again.is_valid()
    assert shown[name].initial == again.cleaned_data[name]
    if bad is not None:
        wrong = AnswersForm({name: bad}, form=form)
        assert not wrong.is_valid()
        assert name in wrong.errors
        # A draft loses nothing of what was typed.
        assert wrong.answers()[0][1].startswith(bad[0] if isinstance(bad, list) else bad[:20])
    assert "&lt;b&gt;" in str(shown)


def test_routes_lead_to_people(cast: Cast, as_person: As) -> None:
    form = made(cast, handler=cast.chen)
    many = FormField.objects.get(form=form, kind="many")
    client, url = as_person(cast.chen), f"/request-forms/{form.pk}/routes/"
    sent = {"choice": f"{many.key}=抖音", "person": cast.lin.pk, "version": 1}
    assert client.post(url, sent, headers=HTMX).status_code == 200
    form.refresh_from_db()
    assert handler_for(form, [["问many", "小红书；抖音"]]) == cast.lin
    assert handler_for(form, [["问many", "小红书"]]) == cast.chen
    assert client.post(url, {**sent, "choice": "q9=不存在", "version": 2}).status_code == 409
    outside = client.post(url, {**sent, "person": cast.outsider.pk, "version": 2})
    assert outside.status_code == 409
    cast.lin.is_active = False
    cast.lin.save()
    assert handler_for(form, [["问many", "抖音"]]) == cast.chen
    assert routes_of(form)[0].is_dead
    assert client.post(f"{url}0/removal/", {"version": 2}, headers=HTMX).status_code == 200
    form.refresh_from_db()
    assert form.routes == []


def test_the_first_day_counts_working_days(cast: Cast) -> None:
    # Monday and three working days more.
    assert earliest(made(cast), NOW) == (NOW + 3 * DAY).date()
    assert earliest(made(cast, name="又一份", lead_days=0), NOW) is None


def test_who_asks_answers_the_form_and_it_is_routed(cast: Cast, as_person: As) -> None:
    form = made(cast)
    choice = FormField.objects.get(form=form, kind="choice")
    actions.add_route(
        form=form, key=choice.key, value="长图", handler=cast.lin, by=cast.chen, at=NOW, version=1
    )
    client = as_person(cast.outsider)
    begun = client.post("/requests/new/", {"asked_by": form.pk})
    request = CollaborationRequest.objects.get()
    assert begun.status_code == 303
    page = client.get(f"/requests/{request.pk}/edit/").content.decode()
    assert "问choice" in page
    sent = {
        "title": "活动主图", "asked": "一张主图", "standard": "1. 尺寸 1080×1920", "to_department": cast.content.pk,
        "from_department": cast.product.pk, "contact": cast.outsider.pk, "due_at": "2026-11-24T18:00", "sync_days": "1",
        key_of(form, "choice"): "长图", key_of(form, "number"): "十二", "version": 1,
    }  # fmt: skip
    # A draft keeps itself, however unfinished.
    kept = client.post(
        f"/requests/{request.pk}/edit/", sent, headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    )
    assert kept.status_code == 200
    assert "2026-11-26" in kept.content.decode()
    request.refresh_from_db()
    assert request.answers == [["问number", "十二"], ["问choice", "长图"]]
    # Going on asks for what must be filled in, at its field, and loses nothing.
    refused = client.post(f"/requests/{request.pk}/edit/", {**sent, "version": 2, "go": "preview"})
    assert refused.status_code == 422
    errors = refused.context["questions"].errors
    assert set(errors) == {key_of(form, "line"), key_of(form, "number")}
    assert "十二" in refused.content.decode()
    whole = {**sent, key_of(form, "line"): "竖版", key_of(form, "number"): "2", "version": 3, "go": "preview"}
    onward = client.post(f"/requests/{request.pk}/edit/", whole)
    assert onward["Location"] == f"/requests/{request.pk}/preview/"
    request.refresh_from_db()
    writing.send(request=request, by=cast.outsider, at=NOW, version=request.version)
    request.refresh_from_db()
    assert request.handler == cast.lin
    assert ["问line", "竖版"] in request.answers
    # Later changes of the form leave what was answered.
    actions.remove(form=form, by=cast.chen, at=NOW, version=RequestForm.objects.get(pk=form.pk).version)
    assert "竖版" in client.get(f"/requests/{request.pk}/").content.decode()


def test_a_request_without_required_answers_is_not_sent(cast: Cast) -> None:
    form = made(cast)
    values = {
        "title": "活动主图", "asked": "一张主图", "standard": "尺寸 1080×1920", "to_department": cast.content,
        "due_at": NOW + 5 * DAY, "form": form, "answers": [["问line", "竖版"]],
    }  # fmt: skip
    request = writing.begin(values=values, by=cast.outsider, at=NOW)
    with pytest.raises(Refused) as refused:
        writing.send(request=request, by=cast.outsider, at=NOW, version=request.version)
    assert "问choice" in refused.value.reason


def test_the_library_is_readable_and_complete() -> None:
    found = suggestions()
    assert {"设计需求", "数据提取", "活动资源"} <= {one.name for one in found}
    assert all(len(one.questions) >= 6 and one.standard and one.lead_days for one in found)
    with pytest.raises(ValueError, match="超选"):
        read("x", "表单：一\n简介：二\n说明：三\n需要工作日：1\n交付标准：四\n- 问｜超选｜必填")
    with pytest.raises(ValueError, match="lacks its choices"):
        read("x", "表单：一\n简介：二\n说明：三\n需要工作日：1\n交付标准：四\n- 问｜单选｜必填｜只有")
