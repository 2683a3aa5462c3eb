"""A form that is sent twice makes one record, and gets one answer (R7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from opsloop.activity import actions, submissions
from opsloop.activity.events import DomainEvent
from opsloop.activity.models import SUBMISSION_DAYS, Event, Submission
from opsloop.activity.submissions import once
from opsloop.records.refusals import Refused

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


class Noted(DomainEvent):
    """An event of this test."""

    kind: ClassVar[str] = "test.noted"
    subject_kind: ClassVar[str] = "test"


def note() -> None:
    with transaction.atomic():
        actions.record(Noted(subject_id=1, by_id=None, at=NOW))


def send(view: Callable[..., Any], key: str = "k", path: str = "/notes/") -> Any:
    request = RequestFactory().post(path, {submissions.FIELD: key})
    request.user, request.now = AnonymousUser(), NOW
    return view(request)


@once
def made(request: Any) -> HttpResponse:
    note()
    return HttpResponse(f"{Event.objects.count()}", status=201, headers={"HX-Trigger": "{}", "X-Other": "1"})


def test_a_repeated_form_gets_the_first_answer_and_changes_nothing() -> None:
    first, second = send(made), send(made)
    assert (second.status_code, second.content) == (first.status_code, first.content) == (201, b"1")
    assert second["HX-Trigger"] == "{}"
    assert "X-Other" not in second
    assert Event.objects.count() == 1


def test_another_key_or_another_address_is_another_form() -> None:
    assert [send(made, *one).content for one in (("k",), ("l",), ("k", "/others/"))] == [b"1", b"2", b"3"]


def test_a_form_without_a_key_is_handled_as_it_comes() -> None:
    assert [send(made, "").content, send(made, "").content] == [b"1", b"2"]


def test_a_refused_form_can_be_mended_and_sent_again_with_its_key() -> None:
    answers = iter([422, 201])

    @once
    def view(request: Any) -> HttpResponse:
        status = next(answers)
        if status == 201:
            note()
        return HttpResponse(status=status)

    assert [send(view).status_code for _turn in range(3)] == [422, 201, 201]
    assert Event.objects.count() == 1


def test_a_change_that_is_taken_back_takes_its_key_along() -> None:
    @once
    def view(request: Any) -> HttpResponse:
        with transaction.atomic():
            note()
            transaction.set_rollback(True)
        return HttpResponse(status=409)

    send(view)
    assert not Submission.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_view_thinks() -> None:
    seen: list[bool] = []

    @once
    def view(request: Any) -> HttpResponse:
        seen.append(connection.in_atomic_block)
        note()
        seen.append(connection.in_atomic_block)
        return HttpResponse()

    send(view)
    assert seen == [False, False]


@pytest.mark.django_db(transaction=True)
def test_a_key_is_claimed_in_the_transaction_of_its_change() -> None:
    @once
    def view(request: Any) -> HttpResponse:
        submissions.claim()
        return HttpResponse()

    with pytest.raises(RuntimeError):
        send(view)


def test_who_sends_it_while_the_first_is_being_answered_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(submissions, "PATIENCE", 0.1)
    answers: list[Any] = []

    @once
    def view(request: Any) -> HttpResponse:
        note()
        if not answers:
            answers.append(None)
            with pytest.raises(Refused, match=r"\w"):
                send(view)
        return HttpResponse("done")

    assert send(view).content == b"done"
    assert send(view).content == b"done"
    assert Event.objects.count() == 1


def test_who_overtakes_the_first_wins_and_the_first_gets_its_answer() -> None:
    turns: list[int] = []

    @once
    def view(request: Any) -> HttpResponse:
        turns.append(len(turns))
        mine = turns[-1]
        if mine == 0:  # while the first still reads its file, the second comes and is done
            assert send(view).content == b"1"
        note()
        return HttpResponse(f"{mine}")

    assert send(view).content == b"1"
    assert Event.objects.count() == 1


def test_a_crash_between_change_and_answer_is_told_as_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "PATIENCE", 0.1)

    @once
    def view(request: Any) -> HttpResponse:
        note()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        send(view)
    with pytest.raises(Refused):
        send(view)
    assert Event.objects.count() == 1


def test_old_keys_are_swept_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "SWEEP_EVERY", 1)
    Submission.objects.create(key="old", path="/", at=NOW - timedelta(days=SUBMISSION_DAYS, seconds=1))
    send(made)
    assert not Submission.objects.filter(key="old").exists()
