"""One tap, whatever comes at the same time; corrections, withdrawals, closing, questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsloop.activity.models import Event
from opsloop.background import running
from opsloop.inbox.models import Notification
from opsloop.notices.actions import correcting, questions
from opsloop.notices.models import Notice, Receipt
from opsloop.notices.queries.notices import history
from opsloop.notices.tests.conftest import HOUR, WORDS, receipt_of, tap
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.records.refusals import Forbidden, Refused, StaleVersion

pytestmark = pytest.mark.django_db


def correct(notice: Notice, by: Person, ask: str = "auto", why: str = "改时间", **values: Any) -> Notice:
    """Correct a notice and let the worker tell everybody."""
    notice.refresh_from_db()
    given_values = {**WORDS, "signature": notice.signature, "due_at": notice.due_at, **values}
    correcting.correct(
        notice=notice,
        values=given_values,
        responsible=[],
        why=why,
        ask=ask,
        by=by,
        at=NOW + HOUR,
        version=notice.version,
    )
    running.drain()
    notice.refresh_from_db()
    return notice


def open_rows(person: Person, notice: Notice) -> int:
    return Notification.objects.filter(
        person=person, subject_kind="notice", subject_id=notice.pk, lane=1, done_at=None
    ).count()


def test_one_tap_confirms_and_takes_it_out_of_the_inbox(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent()
    assert open_rows(cast.lin, notice) == 1
    assert tap(notice, cast.lin) is True
    assert tap(notice, cast.lin, NOW + HOUR) is False, "a second tap is no news"
    row = receipt_of(notice, cast.lin)
    assert (row.is_open, row.confirmed_at, row.way) == (False, NOW, "page")
    assert open_rows(cast.lin, notice) == 0
    assert open_rows(cast.zhou, notice) == 1, "the others still have it"
    assert Event.objects.filter(kind="notice.confirmed").count() == 1


def test_when_the_last_one_confirms_the_author_hears_it_once(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent()
    for one in (cast.lin, cast.zhou, cast.chen, cast.chen):
        tap(notice, one)
    notice.refresh_from_db()
    assert notice.complete_at == NOW
    assert Notification.objects.filter(person=cast.wang, reason="notice_done").count() == 1


def test_nobody_outside_the_audience_and_no_copy_can_confirm(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent(by=cast.zhao, importance="important", audience={"people": [cast.lin.pk]})
    for one in (cast.outsider, cast.chen):
        with pytest.raises(Refused):
            tap(notice, one)
    assert not Receipt.objects.exclude(confirmed_at=None).exists()


def test_a_material_correction_is_confirmed_again_with_what_changed(
    cast: Cast, sent: Callable[..., Notice]
) -> None:
    notice = sent()
    tap(notice, cast.lin)
    correct(notice, cast.wang, demands="1. 每组报三人")
    assert (notice.state, notice.edition, notice.asked_edition) == ("corrected", 2, 2)
    assert receipt_of(notice, cast.lin).is_open
    assert Notification.objects.filter(person=cast.lin, reason="notice_again", done_at=None).exists()
    with pytest.raises(Refused):
        tap(notice, cast.lin, edition=1)
    assert tap(notice, cast.lin, edition=2)
    newest = history(notice)[0]
    assert newest.edition.why == "改时间"
    pieces = [(piece.kind, piece.text) for piece in newest.changes[0].pieces if piece.kind != "same"]
    assert pieces == [("gone", "两"), ("new", "三")]


def test_a_correction_of_the_occasion_only_informs(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent()
    tap(notice, cast.lin)
    correct(notice, cast.wang, cause="大促期间需要值班")
    assert (notice.edition, notice.asked_edition) == (2, 1)
    assert not receipt_of(notice, cast.lin).is_open
    assert receipt_of(notice, cast.zhou).is_open
    assert Notification.objects.filter(person=cast.lin, reason="notice_changed", lane=3).exists()


@pytest.mark.parametrize(("ask", "asked"), [("yes", 2), ("no", 1)])
def test_the_author_has_the_last_word_on_confirming_again(
    cast: Cast, sent: Callable[..., Notice], ask: str, asked: int
) -> None:
    notice = correct(sent(), cast.wang, ask=ask, demands="1. 每组报三人")
    assert notice.asked_edition == asked


def test_telling_of_a_correction_again_changes_nothing(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = correct(sent(), cast.wang, demands="1. 每组报三人")
    tap(notice, cast.lin, NOW + 2 * HOUR, edition=2)
    before = Notification.objects.count()
    for _again in range(3):
        correcting.tell_again.call(notice.pk, 2, cast.wang.pk, (NOW + HOUR).isoformat(), True)
    assert Notification.objects.count() == before
    assert not receipt_of(notice, cast.lin).is_open


@pytest.mark.parametrize(("why", "values"), [("", {"demands": "x"}), ("改", {})])
def test_a_correction_needs_a_reason_and_a_change(
    cast: Cast, sent: Callable[..., Notice], why: str, values: dict[str, str]
) -> None:
    notice = sent()
    with pytest.raises(Refused):
        correct(notice, cast.wang, why=why, **values)
    notice.refresh_from_db()
    assert notice.edition == 1


def test_of_two_who_correct_at_the_same_time_one_is_told(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent()
    other = Notice.objects.get(pk=notice.pk)
    correct(notice, cast.wang, demands="1. 甲")
    with pytest.raises(StaleVersion):
        correcting.correct(
            notice=other, values={**WORDS, "demands": "1. 乙"}, responsible=[], why="x", ask="auto", by=cast.zhao,
            at=NOW, version=other.version,
        )  # fmt: skip
    assert Notice.objects.get().demands == "1. 甲"


def test_a_withdrawn_one_stays_readable_and_asks_nothing(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent()
    tap(notice, cast.lin)
    correcting.withdraw(notice=notice, why="发错了", by=cast.wang, at=NOW + HOUR, version=notice.version)
    running.drain()
    assert open_rows(cast.zhou, notice) == 0
    assert Notification.objects.filter(reason="notice_off").count() == 3
    with pytest.raises(Refused):
        tap(notice, cast.zhou)
    assert Notice.objects.visible_to(cast.zhou).filter(pk=notice.pk).exists()


def test_a_closed_one_lists_who_did_not_confirm_and_asks_nothing(
    cast: Cast, sent: Callable[..., Notice]
) -> None:
    notice = sent()
    correcting.close(notice=notice, by=cast.wang, at=NOW, version=notice.version)
    with pytest.raises(Refused):
        tap(notice, cast.lin)
    assert open_rows(cast.lin, notice) == 0
    for verb in (correcting.close, lambda **given_: correcting.withdraw(why="x", **given_)):
        with pytest.raises(Refused):
            verb(notice=notice, by=cast.wang, at=NOW, version=notice.version)


def test_only_who_steers_it_corrects_withdraws_and_closes(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent()
    for one in (cast.lin, cast.chen, cast.sun):
        with pytest.raises(Forbidden):
            correcting.close(notice=notice, by=one, at=NOW, version=notice.version)
    correcting.close(notice=notice, by=cast.zhao, at=NOW, version=notice.version)


def test_a_question_is_answered_once_for_everybody(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent()
    asked = questions.ask(notice=notice, text=" 周末也要吗？ ", by=cast.lin, at=NOW)
    assert open_rows(cast.wang, notice) == 1
    questions.answer(question=asked, text="要", by=cast.wang, at=NOW)
    assert open_rows(cast.wang, notice) == 0
    assert Notification.objects.filter(person=cast.lin, reason="notice_told").exists()
    with pytest.raises(Refused):
        questions.answer(question=asked, text="不要", by=cast.zhao, at=NOW)
    with pytest.raises(Forbidden):
        questions.answer(
            question=questions.ask(notice=notice, text="？", by=cast.zhou, at=NOW),
            text="x",
            by=cast.lin,
            at=NOW,
        )
    for text in ("", "  ", "长" * 1001):
        with pytest.raises(Refused):
            questions.ask(notice=notice, text=text, by=cast.lin, at=NOW)


STEPS = st.lists(
    st.sampled_from(["lin", "zhou", "chen", "material", "plain", "worker", "stale"]), min_size=1, max_size=14
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_in_any_order_who_is_open_has_not_confirmed_what_is_asked(
    cast: Cast, sent: Callable[..., Notice], steps: list[str]
) -> None:
    """Taps, corrections and the worker interleave; at the end nobody is asked for what they confirmed, or spared."""
    notice, at = sent(), NOW
    for number, step in enumerate(steps):
        at += HOUR
        notice = Notice.objects.get(pk=notice.pk)
        if step in {"lin", "zhou", "chen"}:
            tap(notice, getattr(cast, step), at, edition=notice.edition)
        elif step == "stale" and notice.asked_edition > 1:
            with pytest.raises(Refused):
                tap(notice, cast.lin, at, edition=1)
        elif step == "worker":
            running.drain()
        elif step in {"material", "plain"}:
            changed = {"demands": f"{number}"} if step == "material" else {"cause": f"{number}"}
            values = {
                name: getattr(notice, name) for name in ("title", "cause", "demands", "timing", "signature")
            }
            correcting.correct(
                notice=notice, values={**values, **changed}, responsible=[], why="改", ask="auto", by=cast.wang,
                at=at, version=notice.version,
            )  # fmt: skip
    running.drain()
    notice = Notice.objects.get(pk=notice.pk)
    for row in Receipt.objects.filter(notice=notice, kind="to"):
        assert row.is_open == (row.confirmed_edition < notice.asked_edition), (row.person.name, steps)
        waiting = open_rows(row.person, notice)
        assert bool(waiting) == row.is_open, (row.person.name, steps)
