"""Many rows in few statements: the same rows as Django writes, on both databases (records/many.py)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from opsloop.activity.models import Event, Submission
from opsloop.records.many import MOST_VALUES, insert_many, update_many

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


def event(number: int, **values: Any) -> Event:
    return Event(
        kind="task.changed", subject_kind="task", subject_id=number, actor_id=number % 2 or None,
        at=AT + timedelta(seconds=number), person_ids=[number], changes={"title": ["旧", f"新'{number}"]}, **values,
    )  # fmt: skip


def stored() -> list[dict[str, Any]]:
    return list(Event.objects.order_by("pk").values())


def test_rows_are_written_as_django_writes_them_and_learn_their_keys_in_order() -> None:
    # More than one statement's worth.
    many = MOST_VALUES // 9 + 5
    rows = [event(number, note="“百分号 %s %%”" if number % 3 else "") for number in range(many)]
    insert_many(rows)
    written = stored()
    assert [row["id"] for row in written] == [row.pk for row in rows]
    Event.objects.all().delete()
    Event.objects.bulk_create([event(number, note=row.note) for number, row in enumerate(rows)])
    assert [{**row, "id": 0} for row in stored()] == [{**row, "id": 0} for row in written]


def test_rows_that_collide_are_passed_over() -> None:
    def answer(key: str) -> Submission:
        return Submission(key=key, person_id=1, at=AT)

    insert_many([answer("a")], passing_over=True)
    insert_many([answer("a"), answer("b")], passing_over=True)
    assert sorted(Submission.objects.values_list("key", flat=True)) == ["a", "b"]


def test_fields_are_written_row_by_row_and_the_others_stay() -> None:
    rows = [event(number) for number in range(3)]
    insert_many(rows)
    for row in rows:
        row.changes, row.note, row.subject_id = {"n": row.pk}, f"第{row.pk}", 0
    update_many(rows, ["changes", "note"])
    assert [(row["changes"], row["note"], row["subject_id"]) for row in stored()] == [
        ({"n": row.pk}, f"第{row.pk}", number) for number, row in enumerate(rows)
    ]


def test_nothing_is_written_of_nothing() -> None:
    insert_many([])
    update_many([], ["note"])
    assert not Event.objects.exists()
