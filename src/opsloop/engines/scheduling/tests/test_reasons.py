"""The table of sentences."""

from __future__ import annotations

import re

import pytest

from opsloop.engines.scheduling import Code
from opsloop.engines.scheduling.reasons import SENTENCES
from opsloop.engines.scheduling.reasons import length as said_length
from opsloop.engines.scheduling.reasons import moment as said_moment
from opsloop.engines.scheduling.tests.problems import at


def test_every_code_has_its_sentence() -> None:
    """In all three languages, with the same values in each."""
    assert {code.value for code in Code} <= set(SENTENCES)
    for name, texts in SENTENCES.items():
        slots = [set(re.findall(r"{(\w+)}", text)) for text in texts]
        assert slots[0] == slots[1] == slots[2], name


@pytest.mark.parametrize(
    ("minutes", "said"), [(15, " 15 分钟"), (60, " 1 小时"), (135, " 2.25 小时"), (6600, " 110 小时")]
)
def test_a_length_is_said_in_hours_from_one_hour_on(minutes: int, said: str) -> None:
    """Below that in minutes."""
    assert said_length(minutes, "zh-Hans") == said


def test_a_midnight_is_a_day() -> None:
    """The end of the day before for a due date, the beginning of its own for a start."""
    assert said_moment(at(3), "zh-Hans") == "11月25日周三"
    assert said_moment(at(3), "zh-Hans", begins=True) == "11月26日周四"
    assert said_moment(at(3, 14), "en") == "Thu 26 Nov 14:00"
