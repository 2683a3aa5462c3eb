"""Quick-add: one line such as 明天下午3点 写周报 2h !高 @小张 read as a task, in Chinese and English."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from opsloop.engines.language.quickadd.assemble import read
from opsloop.engines.language.quickadd.frame import Frame
from opsloop.engines.language.quickadd.model import Chip, ChipKind, Priority, QuickAdd
from opsloop.engines.workcalendar import WorkCalendar

__all__ = ["Chip", "ChipKind", "Priority", "QuickAdd", "parse"]


def parse(
    text: str, *, now: datetime, calendar: WorkCalendar | None = None, keep: Collection[str] = ()
) -> QuickAdd:
    """Read one line of text as a task, as seen at `now`.

    Args:
        text: what the user typed, any length; quoted and unknown text stays in the title.
        now: the moment of typing. Answers are in its zone; a naive `now` gets naive answers.
        calendar: for 下个工作日, 周末前 and the like; mainland China's if not given.
        keep: pieces of `text` that the user un-parsed; they stay in the title.

    Never raises for any text.
    """
    return read(text, Frame(now, calendar), keep)
