"""The intake queue, handing out, and the figures of pairs of departments with the rows behind each number."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from opsloop.collaboration.actions import answering, delivering, writing
from opsloop.collaboration.models import CollaborationRequest
from opsloop.collaboration.queries import figures, intake
from opsloop.collaboration.queries.figures import Look, behind, matrix
from opsloop.engines.reviewing import Rate
from opsloop.notices.views.finding import zone_here
from opsloop.organisation.models import Department, Person
from opsloop.organisation.tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
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


def asked(
    cast: Cast, title: str = "活动主图", *, by: Person | None = None, to: Department | None = None, days: int = 5,
    ago: timedelta = timedelta(), **values: Any,
) -> CollaborationRequest:  # fmt: skip
    by, at = by or cast.outsider, NOW - ago
    given = {
        "title": title, "asked": "一张主图", "standard": "尺寸 1080×1920", "to_department": to or cast.content,
        "due_at": at + days * DAY, **values,
    }  # fmt: skip
    request = writing.begin(values=given, by=by, at=at)
    return writing.send(request=request, by=by, at=at, version=request.version)


def test_the_oldest_clock_stands_on_top(cast: Cast, as_person: As) -> None:
    asked(cast, "后来的", answers=[["用途", "海报"], ["尺寸", "竖" * 50]])
    asked(cast, "逾期的", ago=4 * DAY)
    asked(cast, "别组的", to=cast.users)
    page = as_person(cast.chen).get("/intake/")
    lines = page.context["lines"]
    assert [(line.request.title, line.is_late) for line in lines] == [("逾期的", True), ("后来的", False)]
    # Eight working hours for an answer, and nothing of them is over yet.
    assert lines[1].left == 480
    assert lines[1].answers[1][1].endswith("…")
    assert "用途" in page.content.decode()
    strip = as_person(cast.chen).get("/intake/strip/", headers=FRAGMENT).content.decode()
    assert "2" in strip
    assert "intake" not in as_person(cast.lin).get("/intake/strip/", headers=FRAGMENT).content.decode()
    # A member sees what is in their own hands alone.
    assert as_person(cast.lin).get("/intake/").context["lines"] == []


def test_nobody_answers_what_they_asked(cast: Cast, as_person: As) -> None:
    asked(cast, "自己提的", by=cast.wang, to=cast.product)
    asked(cast, "王磊提给内容组的", by=cast.wang)
    assert as_person(cast.wang).get("/intake/").context["lines"] == []
    assert len(as_person(cast.chen).get("/intake/").context["lines"]) == 1


def test_several_are_handed_out_at_once(cast: Cast, as_person: As) -> None:
    first, second, gone = asked(cast, "一"), asked(cast, "二"), asked(cast, "三")
    answering.withdraw(request=gone, why="不需要了", by=cast.outsider, at=NOW, version=gone.version)
    client = as_person(cast.chen)
    sent = {"selected": [first.pk, second.pk, gone.pk], "handler": cast.lin.pk}
    answer = client.post("/intake/handing-out/", sent, headers=FRAGMENT)
    assert answer.status_code == 204
    assert set(CollaborationRequest.objects.filter(handler=cast.lin).values_list("title", flat=True)) == {
        "一",
        "二",
    }
    assert len(as_person(cast.lin).get("/intake/").context["lines"]) == 2
    outside = client.post("/intake/handing-out/", {**sent, "handler": cast.zhou.pk}, headers=FRAGMENT)
    assert outside.status_code == 409
    for bad in ({"handler": cast.lin.pk}, {"selected": first.pk}, {"selected": first.pk, "handler": "x"}):
        assert client.post("/intake/handing-out/", bad, headers=FRAGMENT).status_code == 409
    # Who does not answer for it has nothing to hand out.
    assert as_person(cast.outsider).post("/intake/handing-out/", sent, headers=FRAGMENT).status_code == 409


def test_who_has_room_is_shown(cast: Cast, as_person: As) -> None:
    answering.assign(request=asked(cast), handler=cast.lin, by=cast.chen, at=NOW, version=2)
    page = as_person(cast.chen).get("/intake/people/", headers=FRAGMENT)
    hands = {one.person.name: one for one in page.context["hands"]}
    assert set(hands) == {"林悦", "陈敏"}
    assert (hands["林悦"].requests, hands["陈敏"].requests) == (1, 0)
    assert hands["林悦"].load.available > 0


def finished(
    cast: Cast, *, after: timedelta, delivered: timedelta, back: bool = False
) -> CollaborationRequest:
    request = asked(cast, ago=6 * DAY, days=3)
    answered = NOW - 6 * DAY + after
    answering.accept(request=request, handler=cast.lin, by=cast.chen, at=answered, version=request.version)
    values = {"note": "见链接", "link": "", "by": cast.lin, "at": NOW - 6 * DAY + delivered}
    delivering.deliver(request=request, version=request.version, **values)
    if back:
        delivering.send_back(
            request=request, met=[], why="缺源文件", by=cast.outsider, at=NOW - DAY, version=request.version
        )
        delivering.deliver(request=request, version=request.version, **{**values, "at": NOW - HOUR})
    delivering.receive(request=request, met=[0], note="", by=cast.outsider, at=NOW, version=request.version)
    return request


def test_figures_count_and_each_number_leads_to_its_rows(cast: Cast, as_person: As) -> None:
    # Asked on Tuesday at nine and answered after an hour; asked and answered two days later, which is too late.
    finished(cast, after=HOUR, delivered=2 * DAY)
    finished(cast, after=2 * DAY, delivered=2 * DAY + HOUR, back=True)
    asked(cast, "还没答复", ago=6 * DAY)
    asked(cast, "别组的", to=cast.users)
    look = Look.read({}, NOW.date(), zone_here())
    with CaptureQueriesContext(connection) as asked_for:
        found = matrix(cast.chen, look, at=NOW)
    assert len(asked_for) <= 8
    [pair] = found.pairs
    assert (pair.asking, pair.doing) == (cast.product, cast.content)
    whole = pair.figures
    assert (whole.asked, whole.open, whole.late) == (3, 1, 1)
    assert whole.answered == Rate(1, 3)
    assert whole.delivered == Rate(1, 2)
    assert whole.returned == Rate(1, 2)
    assert whole.median is not None
    assert whole.p90 is not None
    assert 480 < whole.p90 < 1200
    assert whole.median == (60 + whole.p90) // 2

    client = as_person(cast.chen)
    page = client.get("/between-departments/")
    assert page.status_code == 200
    for code in figures.NUMBERS:
        rows = behind(cast.chen, look, code, asking=cast.product.pk, doing=cast.content.pk, at=NOW)
        shown = client.get(
            f"/between-departments/rows/{code}/", {"asking": cast.product.pk, "doing": cast.content.pk}
        )
        assert shown.status_code == 200
        assert len(shown.context["rows"]) == len(rows) == shown.context["total"]
        number = getattr(whole, code, None)
        if isinstance(number, Rate):
            assert (shown.context["good"], shown.context["total"]) == (number.done, number.total)
        elif number is not None:
            assert shown.context["total"] == number, code
    assert client.get("/between-departments/rows/nothing/").status_code == 404
    out = client.get("/between-departments/table/csv/")
    table = list(csv.reader(io.StringIO(b"".join(out.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert table[1][:3] == ["产品部", "内容组", "3"]
    assert client.get("/between-departments/table/xlsx/").content.startswith(b"PK")
    # Strangers to both sides count nothing of it.
    assert matrix(cast.zhou, look, at=NOW).whole.asked == 1
    assert matrix(cast.zhao, look, at=NOW).whole.asked == 4


def test_a_review_counts_what_crosses_its_border(cast: Cast) -> None:
    finished(cast, after=HOUR, delivered=2 * DAY)
    asked(cast, "部门内", by=cast.zhou)
    ours = [cast.operations.pk, cast.content.pk, cast.users.pk, cast.channels.pk, cast.data.pk]
    since, until = NOW - 20 * DAY, NOW + 10 * DAY
    found = figures.across(ours, since, until, at=NOW, zone=zone_here())
    assert [(one.name, one.to_us, one.figures.asked) for one in found] == [("产品部", True, 1)]
    assert found[0].figures.delivered == Rate(1, 1)


def test_the_queue_costs_as_many_queries_for_many(cast: Cast) -> None:
    for number in range(12):
        asked(cast, f"第{number}张", to=[cast.content, cast.users, cast.data][number % 3])
    rows = list(intake.waiting(cast.wang))
    with CaptureQueriesContext(connection) as asked_for:
        assert len(intake.lines(rows, NOW)) == 12
    assert len(asked_for) <= 4
