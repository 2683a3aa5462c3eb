"""The working calendar and the yearly notice."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from opsloop.organisation.models import CalendarDay, CalendarNotice
from opsloop.organisation.queries import working_calendar

NOTICE = """元旦：1月1日（周五）至3日（周日）放假，共3天。
春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月13日（周六）上班。
清明节：4月3日（周六）至5日（周一）放假，共3天。
劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
端午节：6月9日（周三）放假。
中秋节：9月15日（周三）放假。
国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
"""


def set_day(client, day: str, kind: str, name: str = "", version: object = ""):
    return client.post(
        f"/work-calendar/days/{day}/", {"day": day, "kind": kind, "name": name, "version": version}
    )


def test_an_own_day_overrides_the_library_and_can_be_removed(cast, client):
    client.force_login(cast.admin)
    day = date(2026, 12, 31)
    assert working_calendar([2026]).kind_of(day) == "workday"
    assert set_day(client, "2026-12-31", "holiday", "年会").status_code == 303
    calendar = working_calendar([2026])
    assert (calendar.kind_of(day), calendar.name_of(day)) == ("holiday", "年会")
    row = CalendarDay.objects.get()
    removal = f"/work-calendar/rows/{row.pk}/removal/"
    assert client.post(removal, {"version": row.version}).status_code == 303
    assert working_calendar([2026]).kind_of(day) == "workday"


def test_two_people_setting_one_day_meet_a_conflict(cast, client):
    client.force_login(cast.admin)
    assert set_day(client, "2026-12-31", "holiday").status_code == 303
    assert set_day(client, "2026-12-31", "workday").status_code == 428
    assert set_day(client, "2026-12-31", "workday", version=1).status_code == 303
    assert set_day(client, "2026-12-31", "holiday", version=1).status_code == 412
    assert CalendarDay.objects.get().kind == "workday"


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-30", "x", "20261231x"])
def test_a_day_that_does_not_exist_is_not_found(cast, client, text):
    client.force_login(cast.admin)
    assert client.get(f"/work-calendar/days/{text}/").status_code == 404


def test_everybody_reads_the_year_and_a_provisional_one_says_so(cast, client):
    client.force_login(cast.lin)
    announced, open_year = client.get("/work-calendar/2026/"), client.get("/work-calendar/2040/")
    assert announced.context["year"].is_provisional is False
    assert open_year.context["year"].is_provisional is True
    assert announced.context["year"].workdays == 248
    assert client.get("/work-calendar/1999/").status_code == 404
    assert client.get("/work-calendar/")["Location"].startswith("/work-calendar/20")


def preview(client, text: str):
    return client.post("/work-calendar/notice/", {"text": text})


def test_a_notice_is_previewed_and_then_taken_over(cast, client):
    client.force_login(cast.admin)
    text = "关于2027年部分节假日安排的通知\n" + NOTICE
    shown = preview(client, text)
    assert shown.status_code == 200
    assert not CalendarDay.objects.exists()
    assert len(shown.context["rows"]) == 33
    accepted = client.post("/work-calendar/notice/", {"text": text, "accept": shown.context["stamp"]})
    assert accepted["Location"] == "/work-calendar/2027/"
    calendar = working_calendar([2027])
    assert not calendar.is_provisional(2027)
    assert calendar.kind_of(date(2027, 9, 26)) == "makeup"
    assert calendar.kind_of(date(2027, 10, 7)) == "holiday"
    assert CalendarNotice.objects.get().year == 2027
    assert "2027" in client.get("/work-calendar/2027/").content.decode()


def test_a_changed_text_is_previewed_again_instead_of_taken_over(cast, client):
    client.force_login(cast.admin)
    stamp = preview(client, "国庆节：10月1日至7日放假。").context["stamp"]
    other = client.post("/work-calendar/notice/", {"text": "国庆节：10月1日至8日放假。", "accept": stamp})
    assert other.status_code == 200
    assert not CalendarDay.objects.exists()


def test_an_incomplete_notice_is_taken_over_without_making_the_year_final(cast, client):
    client.force_login(cast.admin)
    text = "2040年国庆节：10月1日至7日放假调休，共7天。"
    shown = preview(client, text)
    client.post("/work-calendar/notice/", {"text": text, "accept": shown.context["stamp"]})
    assert CalendarDay.objects.filter(day__year=2040).count() == 7
    assert working_calendar([2040]).is_provisional(2040)


def test_a_notice_of_another_year_is_refused_with_the_reason(cast, client):
    client.force_login(cast.admin)
    shown = preview(client, "2026年\n国庆节：10月1日（周日）至7日放假。")
    assert shown.status_code == 422
    assert shown.context["problems"]
    again = client.post("/work-calendar/notice/", {"text": "x", "accept": "forged"})
    assert again.status_code == 422
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_comes_as_a_file_too(cast, client, encoding):
    client.force_login(cast.admin)
    raw = "日期,类型,名称\n2026-12-31,放假,年会\n2027-01-02,上班,补班\n".encode(encoding)
    shown = client.post("/work-calendar/notice/", {"file": SimpleUploadedFile("days.csv", raw)})
    assert [(row.kind, row.name) for row in shown.context["rows"]] == [
        ("holiday", "年会"),
        ("makeup", "补班"),
    ]


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00\x81", b"PK\x03\x04" + b"\x00" * 50, b"x" * 300_000])
def test_a_file_that_is_no_table_is_refused_in_words(cast, client, raw):
    client.force_login(cast.admin)
    shown = client.post("/work-calendar/notice/", {"file": SimpleUploadedFile("days.csv", raw)})
    assert shown.status_code == 422


@pytest.mark.parametrize("who", ["lin", "chen", "wang", "zhao", "sun"])
def test_only_administrators_change_the_calendar(cast, client, who):
    client.force_login(getattr(cast, who))
    assert set_day(client, "2026-12-31", "holiday").status_code == 403
    assert preview(client, NOTICE).status_code == 403
    assert client.get("/work-calendar/days/new/").status_code == 403


def test_the_year_page_needs_few_queries(cast, client, django_assert_max_num_queries):
    client.force_login(cast.admin)
    client.get("/work-calendar/2026/")
    with django_assert_max_num_queries(15):
        client.get("/work-calendar/2026/")
