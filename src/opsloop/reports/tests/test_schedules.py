"""Reports that are sent by themselves: once, when due and handed in; left out, paused, asked for in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from opsloop.activity.models import Undo
from opsloop.background import running
from opsloop.channels.models import Channel, Letter
from opsloop.channels.tests.servers import Mailbox, Robot
from opsloop.inbox.models import Notification
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.paper import fonts
from opsloop.paper.tests.reading import read, words
from opsloop.reports.actions import reminding, reports, sendings
from opsloop.reports.actions.reports import Values
from opsloop.reports.models import Posting, Report, Schedule, Sending
from opsloop.reports.queries.facts import facts_of
from opsloop.reports.queries.subjects import Which
from opsloop.reports.tests.conftest import HTMX, SHANGHAI, said
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db
LogIn = Callable[[Person], Client]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an hour of November in Shanghai."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def form(cast: Cast, **fields: Any) -> dict[str, Any]:
    """Return what the form of a schedule sends: 内容组's week, Fridays at six, to the director, as PDF."""
    return {
        "kind": "week", "day": "4", "at": "18:00", "on_free_day": "previous", "looks_back": "0", "shape": "pdf",
        "remind_hours": "4", "people": [cast.zhao.pk], "channels": [], **fields,
    }  # fmt: skip


@pytest.fixture
def scheduled(cast: Cast, log_in: LogIn) -> Callable[..., Schedule]:
    """Return a function that makes a schedule in the browser of 陈敏, who leads 内容组."""

    def made(**fields: Any) -> Schedule:
        answer = log_in(cast.chen).post(f"/reports/schedules/new/d{cast.content.pk}/", form(cast, **fields))
        assert answer.status_code == 303, said(answer)
        return Schedule.objects.latest("pk")

    return made


def come(travel: Any, moment: datetime) -> None:
    """Let the clock come to `moment`, and what is due be done: twice, as two workers would."""
    travel.move_to(moment)
    for _worker in range(2):
        sendings.send_due(at=moment)
        reminding.remind_due(at=moment)
    running.drain()


def hand_in(cast: Cast, moment: datetime, summary: str = "主视觉定稿") -> Report:
    """Hand the report of 内容组's week in."""
    from opsloop.engines.reviewing import period_of

    which = Which(cast.chen, period_of("week", moment.astimezone(SHANGHAI).date()), cast.content)
    found = which.find()
    values = Values(words={"summary": summary})
    facts = facts_of(found or which.unwritten(moment), zone=SHANGHAI, at=moment).to_json()
    kept, _undo = reports.submit(
        which=which, values=values, facts=facts, goals=[], by=cast.chen, at=moment,
        version=found.version if found else 0,
    )  # fmt: skip
    return kept


def test_a_report_that_is_handed_in_goes_once_when_it_is_due(
    scheduled: Callable[..., Schedule],
    post: Channel,
    mailbox: Mailbox,
    cast: Cast,
    travel: Any,
    week: dict[str, Task],
) -> None:
    scheduled()
    hand_in(cast, at(27, 16))
    come(travel, at(27, 17, 59))
    assert not mailbox.mails
    come(travel, at(27, 18, 1))
    come(travel, at(27, 18, 6))
    (mail,) = mailbox.mails
    assert mail["To"] == "zhaoqian@example.cn"
    assert "内容组" in mail["Subject"]
    assert "2026-W48" in mail["Subject"]
    (file,) = mail.iter_attachments()
    assert file.get_filename() == "周报-内容组-2026-W48.pdf"
    assert "主视觉定稿" in words(read(file.get_content()))
    text = mail.get_body(("plain",)).get_content()
    report = Report.objects.get()
    assert f"https://ops.example.cn/reports/{report.pk}/" in text
    sending = Sending.objects.get()
    assert (sending.state, sending.report) == ("sent", report)
    assert Posting.objects.get().letter.state == "sent"
    # Who got it by mail is not told by the inbox again.
    assert not Notification.objects.filter(reason="report_for_you").exists()


def test_one_that_is_not_handed_in_waits_and_goes_then(
    scheduled: Callable[..., Schedule], post: Channel, mailbox: Mailbox, cast: Cast, travel: Any
) -> None:
    scheduled(shape="docx")
    come(travel, at(27, 18, 1))
    assert Sending.objects.get().state == "waiting"
    assert not mailbox.mails
    travel.move_to(at(28, 10))
    hand_in(cast, at(28, 10))
    running.drain()
    (mail,) = mailbox.mails
    (file,) = mail.iter_attachments()
    assert file.get_filename().endswith(".docx")
    # Taking it back and handing it in again sends nothing twice.
    report = Report.objects.get()
    reports.take_back(report=report, by=cast.chen, at=at(28, 11), version=report.version)
    hand_in(cast, at(28, 12), "改了")
    running.drain()
    assert len(mailbox.mails) == 1


def test_one_that_nobody_handed_in_is_given_up_when_the_next_is_due(
    scheduled: Callable[..., Schedule], cast: Cast, travel: Any
) -> None:
    scheduled()
    come(travel, at(27, 18, 1))
    come(travel, datetime(2026, 12, 4, 18, 1, tzinfo=SHANGHAI))
    assert list(Sending.objects.order_by("due_at").values_list("state", "why")) == [
        ("skipped", "missing"), ("waiting", ""),
    ]  # fmt: skip


def test_without_mail_it_is_found_in_the_inbox_and_may_be_read(
    scheduled: Callable[..., Schedule], cast: Cast, travel: Any, log_in: LogIn
) -> None:
    scheduled(people=[cast.zhou.pk])
    report = hand_in(cast, at(27, 16))
    assert log_in(cast.zhou).get(f"/reports/{report.pk}/").status_code == 404
    come(travel, at(27, 18, 1))
    assert Notification.objects.get(reason="report_for_you").person == cast.zhou
    assert "主视觉定稿" in said(log_in(cast.zhou).get(f"/reports/{report.pk}/"))
    assert log_in(cast.outsider).get(f"/reports/{report.pk}/").status_code == 404


def test_a_group_gets_the_numbers_the_summary_and_a_link(
    scheduled: Callable[..., Schedule], group: Callable[..., Channel], robot: Robot, cast: Cast, travel: Any,
    make: Callable[..., Task],
) -> None:  # fmt: skip
    channel = group("dingtalk", topics=["named"])
    make("周中海报", 25, 24)
    scheduled(people=[], channels=[channel.pk])
    hand_in(cast, at(27, 16))
    come(travel, at(27, 18, 1))
    (sent,) = robot.posts
    text = sent.json["markdown"]["text"]
    assert "主视觉定稿" in text
    assert "1/1" in text
    assert f"https://ops.example.cn/reports/{Report.objects.get().pk}/" in text
    assert Posting.objects.get().letter.state == "sent"


def test_the_whole_report_can_stand_in_the_mail(
    scheduled: Callable[..., Schedule], post: Channel, mailbox: Mailbox, cast: Cast, travel: Any,
    make: Callable[..., Task],
) -> None:  # fmt: skip
    make("周中<b>海报</b>", 25, 24)
    scheduled(shape="text")
    hand_in(cast, at(27, 16))
    come(travel, at(27, 18, 1))
    (mail,) = mailbox.mails
    assert not list(mail.iter_attachments())
    page = mail.get_body(("html",)).get_content()
    assert "周中&lt;b&gt;海报&lt;/b&gt;" in page
    assert "完成事项" in mail.get_body(("plain",)).get_content()


def test_without_a_chinese_font_a_word_file_goes_and_says_why(
    scheduled: Callable[..., Schedule], post: Channel, mailbox: Mailbox, cast: Cast, travel: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(fonts, "SIMPLIFIED", ("A font nobody has",))
    monkeypatch.setattr(fonts, "TRADITIONAL", ())
    scheduled()
    report = hand_in(cast, at(27, 16))
    come(travel, at(27, 18, 1))
    (mail,) = mailbox.mails
    (file,) = mail.iter_attachments()
    assert file.get_filename().endswith(".docx")
    assert "没有中文字体" in mail.get_body(("plain",)).get_content()
    client = Client()
    client.force_login(cast.chen)
    answer = client.get(f"/reports/{report.pk}/file/")
    assert answer.status_code == 409
    assert "fonts-noto-cjk" in said(answer)


def test_the_last_working_day_follows_make_up_days(
    scheduled: Callable[..., Schedule], cast: Cast, travel: Any
) -> None:
    from opsloop.organisation.models import CalendarDay

    CalendarDay.objects.create(day="2026-11-28", kind="makeup", name="调休")
    row = scheduled(day="last")
    come(travel, at(27, 18, 1))
    assert not row.sendings.exists()
    come(travel, at(28, 18, 1))
    assert row.sendings.get().due_at == at(28, 18)


def test_one_moment_can_be_left_out_and_a_pause_makes_up_for_nothing(
    scheduled: Callable[..., Schedule], cast: Cast, travel: Any, log_in: LogIn
) -> None:
    row = scheduled()
    page, client = f"/reports/schedules/{row.pk}/", log_in(cast.chen)
    assert client.post(f"{page}skip/", {"version": row.version, "left_out": "1"}).status_code == 303
    assert "已跳过" in said(client.get(page))
    hand_in(cast, at(27, 16))
    come(travel, at(27, 18, 1))
    assert (Sending.objects.get().state, Sending.objects.get().why) == ("skipped", "wish")
    row.refresh_from_db()
    assert client.post(f"{page}pause/", {"version": row.version - 1}).status_code == 412
    assert client.post(f"{page}pause/", {"version": row.version}).status_code == 303
    come(travel, datetime(2026, 12, 4, 18, 1, tzinfo=SHANGHAI))
    row.refresh_from_db()
    # A week later one logs in again.
    client = log_in(cast.chen)
    assert client.post(f"{page}skip/", {"version": row.version, "left_out": "1"}).status_code == 409
    assert client.post(f"{page}resumption/", {"version": row.version}).status_code == 303
    come(travel, datetime(2026, 12, 4, 18, 20, tzinfo=SHANGHAI))
    assert Sending.objects.count() == 1


def test_every_step_of_a_schedule_can_be_taken_back(
    cast: Cast, log_in: LogIn, travel: Any, scheduled: Callable[..., Schedule]
) -> None:
    made, client = scheduled(), log_in(cast.chen)

    def now() -> tuple[Any, ...]:
        row = Schedule.objects.get()
        return (
            row.state,
            row.skips,
            row.day,
            row.at,
            row.shape,
            sorted(row.people.values_list("pk", flat=True)),
        )

    def step(verb: str, **fields: Any) -> None:
        sent = {"version": Schedule.objects.get().version, **fields}
        answer = client.post(f"/reports/schedules/{made.pk}/{verb}/", sent)
        assert answer.status_code == 303, said(answer)

    def undo(who: Client = client) -> int:
        return who.post(f"/undo/{Undo.objects.latest('pk').pk}/", headers=HTMX).status_code

    before = now()
    steps: list[tuple[str, dict[str, Any]]] = [
        ("skip", {"left_out": "1"}),
        ("edit", form(cast, day="2", at="09:30", shape="link", people=[cast.wang.pk])),
        ("pause", {}),
        ("removal", {}),
    ]
    for verb, fields in steps:
        step(verb, **fields)
        assert now() != before, verb
        assert undo() == 204, verb
        assert now() == before, verb
    # What waited for a report waits again.
    waiting = Sending.objects.create(schedule=made, due_at=at(27, 18), starts_on="2026-11-23")
    step("pause")
    waiting.refresh_from_db()
    assert waiting.state == "skipped"
    assert undo() == 204
    waiting.refresh_from_db()
    assert (waiting.state, waiting.why) == ("waiting", "")
    # Somebody has written it since: nothing is overwritten.
    step("pause")
    step("resumption")
    first = Undo.objects.order_by("pk").filter(used_at=None).first()
    assert first is not None
    assert client.post(f"/undo/{first.pk}/", headers=HTMX).status_code == 409
    assert now()[0] == "active"


def test_who_writes_it_is_asked_in_time_once_and_not_when_it_is_in(
    scheduled: Callable[..., Schedule], cast: Cast, travel: Any
) -> None:
    scheduled()
    come(travel, at(27, 13))
    assert not Notification.objects.filter(reason="report_due").exists()
    for minute in (1, 6, 11):
        come(travel, at(27, 14, minute))
    assert [one.person for one in Notification.objects.filter(reason="report_due")] == [cast.chen]
    hand_in(cast, at(27, 16))
    assert Notification.objects.get(reason="report_due").done_at is not None
    hand_in(cast, datetime(2026, 12, 3, 16, tzinfo=SHANGHAI))
    come(travel, datetime(2026, 12, 4, 14, 1, tzinfo=SHANGHAI))
    assert Notification.objects.filter(reason="report_due").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("people", []),
        ("day", "m5"),
        ("day", "31"),
        ("at", "25:00"),
        ("kind", "year"),
        ("people", ["999999"]),
        ("shape", "gif"),
    ],
)
def test_a_schedule_that_lacks_something_is_refused_beside_its_field(
    cast: Cast, log_in: LogIn, field: str, value: Any
) -> None:
    client = log_in(cast.chen)
    address = f"/reports/schedules/new/d{cast.content.pk}/"
    answer = client.post(address, form(cast, **{field: value}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Schedule.objects.exists()
    assert client.post(address, form(cast)).status_code == 303


def test_only_who_writes_a_report_schedules_it(
    cast: Cast, log_in: LogIn, scheduled: Callable[..., Schedule]
) -> None:
    page = f"/reports/schedules/{scheduled().pk}/"
    for other in (cast.lin, cast.zhou, cast.outsider):
        client = log_in(other)
        assert client.get(page).status_code == 404
        assert client.post(f"{page}removal/", {"version": 1}).status_code == 404
        assert client.post(f"/reports/schedules/new/d{cast.content.pk}/", form(cast)).status_code == 404
        assert page not in said(client.get("/reports/schedules/"))
    assert log_in(cast.wang).get(page).status_code == 200
    edit = {**form(cast, at="17:30"), "version": Schedule.objects.get().version}
    assert log_in(cast.chen).post(f"{page}edit/", edit).status_code == 303
    assert f"{Schedule.objects.get().at:%H:%M}" == "17:30"
    assert log_in(cast.chen).post(f"{page}removal/", {"version": 2}).status_code == 303
    assert log_in(cast.chen).get(page).status_code == 404


def test_a_group_of_another_department_is_not_offered(
    cast: Cast, log_in: LogIn, group: Callable[..., Channel]
) -> None:
    theirs = group("dingtalk", name="用户群", department=cast.users)
    ours = group("feishu", name="内容群", department=cast.content)
    address = f"/reports/schedules/new/d{cast.content.pk}/"
    page = said(log_in(cast.chen).get(address))
    assert "内容群" in page
    assert "用户群" not in page
    assert log_in(cast.chen).post(address, form(cast, channels=[theirs.pk])).status_code == 422
    assert log_in(cast.chen).post(address, form(cast, channels=[ours.pk])).status_code == 303


def test_a_letter_whose_report_was_taken_back_meanwhile_is_not_sent(
    scheduled: Callable[..., Schedule], post: Channel, mailbox: Mailbox, cast: Cast, travel: Any
) -> None:
    scheduled()
    report = hand_in(cast, at(27, 16))
    travel.move_to(at(27, 18, 1))
    sendings.send_due(at=at(27, 18, 1))
    reports.take_back(report=report, by=cast.chen, at=at(27, 18, 1), version=report.version)
    running.drain()
    assert not mailbox.mails
    assert Letter.objects.get().state == "dropped"
