"""Who could take a task over: each part of the score, and who stands last."""

from __future__ import annotations

import pytest

from opsloop.engines.delegation import Candidate, Why, match, score


def somebody(key: int, **facts: object) -> Candidate:
    usual = {"skills": {}, "alike": 0, "available": 600, "free": 600, "in_department": False}
    return Candidate(id=key, **{**usual, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("skill", "words", "fit"),
    [
        ("文案", ["双十一文案"], 1.0),
        ("SQL", ["sql 取数"], 1.0),
        ("渠道谈判", ["渠道投放"], 0.5),
        ("直播", ["写周报", ""], 0.0),
        ("Excel", ["exhibition"], 0.0),
    ],
)
def test_a_skill_fits_wholly_by_two_characters_or_not_at_all(skill, words, fit):
    assert match(skill, words) == fit


def test_skill_practice_room_and_team_add_up():
    skilled = somebody(1, skills={"文案": 5}, alike=9, in_department=True)
    found = score([somebody(2), skilled], words=["文案"], minutes=60)
    assert [one.id for one in found] == [1, 2]
    assert found[0].score == 100
    assert [reason.why for reason in found[0].reasons] == [Why.SKILL, Why.ALIKE, Why.ROOM, Why.TEAM]


def test_who_is_away_stands_last_whatever_they_can_do():
    away = somebody(1, skills={"文案": 5}, alike=9, in_department=True, available=0, free=0)
    found = score([away, somebody(2, in_department=True)], words=["文案"], minutes=60)
    assert [one.id for one in found] == [2, 1]
    assert Why.AWAY in {reason.why for reason in found[1].reasons}


def test_too_little_room_counts_in_part_and_says_what_lacks():
    (found,) = score([somebody(1, free=30)], words=[], minutes=120)
    assert found.score == 25 / 4
    assert (found.reasons[0].why, found.reasons[0].number) == (Why.TIGHT, 90)


def test_load_that_is_hidden_counts_nothing_and_free_time_alone_makes_nobody_fit():
    hidden, free = score(
        [somebody(1, available=None, free=None, alike=1), somebody(2)], words=[], minutes=60
    )[::-1]
    assert Why.HIDDEN in {reason.why for reason in hidden.reasons}
    assert hidden.speaks_for
    assert not free.speaks_for
