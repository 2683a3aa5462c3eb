"""The pages of a meeting that is held: what each side sees and may do, and what bad input gets."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from opsloop.meetings.actions import minuting, noting, running
from opsloop.meetings.models import ActionItem, AgendaItem, Meeting, Minutes, Seat
from opsloop.meetings.tests.conftest import DAY, HOUR, HTMX, MINUTE, WEDNESDAY
from opsloop.meetings.views.signing import MOST_TRIES
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db
Make = Callable[..., Meeting]
LogIn = Callable[[Person], Client]


def at(name: str, *args: Any) -> str:
    return reverse(f"meetings:{name}", args=args)


@pytest.fixture
def on(cast: Cast, called: Make, clock: time_machine.Coordinates) -> Meeting:
    """Return a meeting with two topics that runs since now; 周航 takes the minutes."""
    meeting = called(minute_taker=cast.zhou)
    for place, title in enumerate(("预算", "分工"), 1):
        AgendaItem.objects.create(meeting=meeting, position=place, title=title, minutes=20)
    clock.move_to(WEDNESDAY)
    running.begin(meeting=meeting, by=cast.wang, at=WEDNESDAY, version=meeting.version)
    return Meeting.objects.get(pk=meeting.pk)


@pytest.fixture
def out(cast: Cast, on: Meeting, clock: time_machine.Coordinates) -> Meeting:
    """Return it after its minutes went out, with an item of 林悦 and a decision."""
    topic = on.agenda.first()
    noting.note(meeting=on, topic=topic, lines="@林悦 周五前 提交方案", by=cast.zhou, at=WEDNESDAY)
    noting.decide(meeting=on, topic=topic, lines="双12预算定为12万元", by=cast.zhou, at=WEDNESDAY)
    clock.move_to(WEDNESDAY + HOUR)
    running.end(meeting=on, by=cast.wang, at=WEDNESDAY + HOUR, version=on.version)
    minutes = Minutes.objects.get(pk=on.pk)
    minuting.send(minutes=minutes, by=cast.wang, at=WEDNESDAY + HOUR, version=minutes.version)
    return Meeting.objects.get(pk=on.pk)


def test_one_signs_in_by_link_by_code_and_by_scan(cast: Cast, on: Meeting, as_person: LogIn) -> None:
    host, lin = as_person(cast.wang), as_person(cast.lin)
    screen = host.get(at("presence", on.pk)).content.decode()
    assert 'class="qr"' in screen
    assert on.sign_in_code in screen
    assert on.sign_in_code not in lin.get(at("presence", on.pk)).content.decode()
    assert lin.post(at("sign_in"), {"code": "000000x"}).status_code == 422
    assert lin.post(at("sign_in"), {"code": on.sign_in_code}).status_code == 303
    assert as_person(cast.zhou).post(at("presence", on.pk), {"code": on.sign_in_code}).status_code == 303
    assert as_person(cast.chen).post(at("presence", on.pk)).status_code == 303
    ways = dict(Seat.objects.filter(meeting=on).values_list("person", "signed_in_by"))
    assert (ways[cast.lin.pk], ways[cast.zhou.pk], ways[cast.chen.pk]) == ("code", "qr", "link")
    assert as_person(cast.outsider).post(at("presence", on.pk)).status_code == 404


def test_whoever_guesses_codes_is_stopped(cast: Cast, on: Meeting, as_person: LogIn) -> None:
    cache.clear()
    client = as_person(cast.lin)
    wrong = f"{(int(on.sign_in_code) + 1) % 10**6:06d}"
    for _try in range(MOST_TRIES):
        assert client.post(at("sign_in"), {"code": wrong}).status_code == 422
    assert client.post(at("sign_in"), {"code": on.sign_in_code}).status_code == 409
    assert not Seat.objects.filter(person=cast.lin, signed_in_at__isnull=False).exists()


def test_the_host_leads_and_the_others_read_along(cast: Cast, on: Meeting, as_person: LogIn) -> None:
    host, lin = as_person(cast.wang), as_person(cast.lin)
    page = host.get(at("run", on.pk)).content.decode()
    assert "data-autosave" in page
    assert f'hx-post="{at("topic_end", on.agenda.first().pk)}"' in page
    reads = lin.get(at("run", on.pk)).content.decode()
    assert "data-autosave" not in reads
    assert 'data-shortcut="n"' not in reads
    first, second = on.agenda.all()
    head = host.post(at("topic_end", first.pk), headers=HTMX)
    assert head.status_code == 200
    assert AgendaItem.objects.get(pk=second.pk).running_since is not None
    assert lin.post(at("topic_end", second.pk), headers=HTMX).status_code == 403
    # Who only oversees the department, or gets a copy, reads minutes once they are out.
    assert as_person(cast.zhao).get(at("run", on.pk)).status_code == 404
    assert as_person(cast.zhao).get(at("minutes", on.pk)).status_code == 404


def test_overrun_is_said_in_words(
    cast: Cast, on: Meeting, as_person: LogIn, clock: time_machine.Coordinates
) -> None:
    clock.move_to(WEDNESDAY + 23 * MINUTE)
    page = as_person(cast.lin).get(at("run", on.pk)).content.decode()
    assert re.search(r"is-over\" data-clock=\"1380\"", page)
    assert "3:00" in page
    # 23 minutes of the organiser and the three who are expected, as nobody signed in.
    assert re.search(r'data-cost="\d+" data-cost-rate="\d"', page)


def test_what_is_typed_is_kept_with_its_version(cast: Cast, on: Meeting, as_person: LogIn) -> None:
    topic = on.agenda.first()
    url, taker = at("topic_minutes", topic.pk), as_person(cast.zhou)
    words = {"conclusion": "定 12 万", "dispute": "投放比例", "version": 1}
    assert taker.post(url, {**words, "version": ""}, headers=HTMX).status_code == 428
    kept = taker.post(url, words, headers=HTMX)
    assert (kept.status_code, 'name="version" value="2"' in kept.content.decode()) == (200, True)
    stale = as_person(cast.wang).post(url, {**words, "conclusion": "别的"}, headers=HTMX)
    assert stale.status_code == 412
    assert AgendaItem.objects.get(pk=topic.pk).conclusion == "定 12 万"
    assert "定 12 万" in as_person(cast.lin).get(url, headers=HTMX).content.decode()
    assert as_person(cast.lin).post(url, words, headers=HTMX).status_code == 403
    assert (
        taker.post(url, {**words, "conclusion": "长" * 6001, "version": 2}, headers=HTMX).status_code == 409
    )


def test_one_line_is_an_item_or_a_decision(cast: Cast, on: Meeting, as_person: LogIn) -> None:
    topic, taker = on.agenda.first(), as_person(cast.zhou)
    url = at("lines", topic.pk)
    answer = taker.post(url, {"text": "@林悦 周五前 提交方案\n决议：预算 12 万元"}, headers=HTMX)
    assert answer.status_code == 200
    assert on.items.get().owner == cast.lin
    assert on.decisions.get().text == "预算 12 万元"
    taker.post(url, {"text": "渠道先停一周", "kind": "decision"}, headers=HTMX)
    assert on.decisions.count() == 2
    assert taker.post(url, {"text": "  "}, headers=HTMX).status_code == 409
    item = on.items.get()
    form = {"what": "提交方案终稿", "owner": "", "due_at": "", "standard": "", "version": item.version}
    assert taker.post(at("item_change", item.pk), form).status_code == 303
    running.end(meeting=on, by=cast.wang, at=WEDNESDAY + HOUR, version=on.version)
    minutes = Minutes.objects.get(pk=on.pk)
    refused = as_person(cast.wang).post(at("minutes_sending", on.pk), {"version": minutes.version})
    assert refused.status_code == 409
    assert Minutes.objects.get(pk=on.pk).edition == 0


def test_minutes_go_out_as_page_and_as_files(cast: Cast, out: Meeting, as_person: LogIn) -> None:
    lin = as_person(cast.lin)
    page = lin.get(at("minutes", out.pk)).content.decode()
    assert "双12预算定为12万元" in page
    assert out.decisions.get().number in page
    plain = lin.get(at("minutes_file", out.pk), {"format": "md"}).content.decode()
    assert "提交方案" in plain
    word = lin.get(at("minutes_file", out.pk), {"format": "docx"})
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(word.content)).namelist()
    assert lin.get(at("minutes_file", out.pk)).content.startswith(b"%PDF")
    for name in ("minutes", "minutes_file"):
        assert as_person(cast.outsider).get(at(name, out.pk)).status_code == 404
    # A lead of the department that held it reads them once they are out.
    assert as_person(cast.zhao).get(at("minutes", out.pk)).status_code == 200
    assert lin.get(at("edition", out.pk, 1)).status_code == 200
    assert lin.get(at("edition", out.pk, 2)).status_code == 404


def test_a_corrected_edition_shows_what_changed(cast: Cast, out: Meeting, as_person: LogIn) -> None:
    host, minutes = as_person(cast.wang), Minutes.objects.get(pk=out.pk)
    assert host.post(at("minutes_correction", out.pk), {"version": minutes.version}).status_code == 303
    topic = out.agenda.first()
    words = {"conclusion": "预算分两期", "dispute": "", "version": topic.version}
    assert host.post(at("topic_minutes", topic.pk), words, headers=HTMX).status_code == 200
    # While it is written, the others read what went out.
    assert "预算分两期" not in as_person(cast.lin).get(at("minutes", out.pk)).content.decode()
    version = Minutes.objects.get(pk=out.pk).version
    assert host.post(at("minutes_sending", out.pk), {"version": version, "why": ""}).status_code == 422
    assert (
        host.post(at("minutes_sending", out.pk), {"version": version, "why": "漏了分期"}).status_code == 303
    )
    page = as_person(cast.lin).get(at("minutes", out.pk)).content.decode()
    assert "漏了分期" in page
    assert re.search(r"<ins>[^<]*预算分两期", page)


def test_the_owner_takes_it_on_with_one_tap_in_the_inbox(cast: Cast, out: Meeting, as_person: LogIn) -> None:
    lin, item = as_person(cast.lin), out.items.get()
    inbox = lin.get(reverse("inbox:inbox")).content.decode()
    tap = f"{at('confirmation', item.pk)}?version={item.version}"
    assert tap in inbox
    assert as_person(cast.zhou).post(tap, headers=HTMX).status_code == 403
    assert lin.post(tap, headers=HTMX).status_code == 204
    task = Task.objects.get(owner=cast.lin, title="提交方案")
    assert ActionItem.objects.get(pk=item.pk).task == task
    assert lin.post(tap, headers=HTMX).status_code == 409
    assert lin.get(at("item", item.pk)).status_code == 200
    assert as_person(cast.outsider).get(at("item", item.pk)).status_code == 404


def test_a_dispute_comes_back_to_the_host(cast: Cast, out: Meeting, as_person: LogIn) -> None:
    lin, host, item = as_person(cast.lin), as_person(cast.wang), out.items.get()
    assert lin.post(at("dispute", item.pk), {"why": "", "version": item.version}).status_code == 422
    assert lin.post(at("dispute", item.pk), {"why": "周五交不了", "version": item.version}).status_code == 303
    page = host.get(f"{at('items')}?box=led").content.decode()
    assert "提交方案" in page
    form = {
        "what": "提交方案",
        "owner": cast.chen.pk,
        "due_at": "2026-12-01T18:00",
        "standard": "",
        "version": item.version + 1,
    }
    assert host.post(at("item_change", item.pk), {**form, "owner": ""}).status_code == 422
    assert host.post(at("item_change", item.pk), form).status_code == 303
    assert ActionItem.objects.get(pk=item.pk).owner == cast.chen
    chen = as_person(cast.chen)
    assert chen.post(at("confirmation", item.pk), {"version": item.version + 2}).status_code == 303


def test_the_register_is_searched_filtered_exported_and_isolated(
    cast: Cast, out: Meeting, as_person: LogIn
) -> None:  # fmt: skip
    lin, number = as_person(cast.lin), out.decisions.get().number
    for query in (
        "",
        "?q=预算",
        f"?q={number}",
        f"?department={cast.operations.pk}",
        f"?meeting={out.pk}",
        "?show=holds",
    ):
        assert number in lin.get(at("decisions") + query).content.decode(), query
    for query in ("?q=没有", f"?department={cast.product.pk}", "?since=2027-01-01", "?until=2020-01-01"):
        assert (
            f'<span class="record-number">{number}' not in lin.get(at("decisions") + query).content.decode()
        ), query
    for mangled in ("?since=2026-13-45", "?department=x", "?meeting=99999999999999999999"):
        assert lin.get(at("decisions") + mangled).status_code in {200, 404}
    table = b"".join(lin.get(at("decisions_out", "csv"))).decode("utf-8-sig")
    assert number in table
    assert number not in as_person(cast.outsider).get(at("decisions")).content.decode()
    decision = out.decisions.get()
    assert (
        lin.post(at("replacement", decision.pk), {"later": "", "version": decision.version}).status_code
        == 403
    )
    assert as_person(cast.wang).get(at("replacement", decision.pk)).status_code == 200


def test_the_load_leads_to_its_meetings(cast: Cast, out: Meeting, as_person: LogIn) -> None:
    month = f"?month={WEDNESDAY:%Y-%m}"
    for person in (cast.lin, cast.wang, cast.outsider):
        assert as_person(person).get(at("load") + month).status_code == 200
    lead = as_person(cast.wang)
    assert "双11复盘会" in lead.get(at("person_load", cast.lin.pk) + month).content.decode()
    assert "双11复盘会" in lead.get(at("organiser_load", cast.wang.pk) + month).content.decode()
    assert as_person(cast.lin).get(at("person_load", cast.wang.pk)).status_code == 404
    assert as_person(cast.lin).get(at("load") + "?month=2026-99").status_code == 200


def test_minutes_of_a_meeting_held_elsewhere_can_be_written(
    cast: Cast, called: Make, as_person: LogIn, clock: time_machine.Coordinates
) -> None:
    meeting, host = called(), as_person(cast.wang)
    assert host.post(at("holding", meeting.pk), {"version": meeting.version}).status_code == 409
    clock.move_to(WEDNESDAY + DAY)
    assert host.post(at("holding", meeting.pk), {"version": meeting.version}).status_code == 303
    assert host.get(at("run", meeting.pk)).status_code == 200
    text = {"remarks": "都同意", "version": 1}
    assert host.post(at("remarks", meeting.pk), text, headers=HTMX).status_code == 200
    version = Minutes.objects.get(pk=meeting.pk).version
    assert host.post(at("minutes_sending", meeting.pk), {"version": version}).status_code == 303
    assert "都同意" in as_person(cast.lin).get(at("minutes", meeting.pk)).content.decode()
