"""Cut a line into pieces, from left to right, and let go of those that are part of a longer word."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from opsloop.engines.language.quickadd.clocks import clock_at
from opsloop.engines.language.quickadd.days import day_at
from opsloop.engines.language.quickadd.durations import amount_at
from opsloop.engines.language.quickadd.frame import Frame
from opsloop.engines.language.quickadd.line import Line
from opsloop.engines.language.quickadd.names import is_subject, past_at
from opsloop.engines.language.quickadd.pieces import (
    ClockPiece,
    DayPiece,
    DurationPiece,
    Kept,
    MomentPiece,
    Piece,
)
from opsloop.engines.language.quickadd.recurrence import rule_at
from opsloop.engines.language.quickadd.words import either

_NUMERALS = frozenset("零一二两三四五六七八九十百千")
_DIGIT_BEFORE = re.compile("[0-9][.:/-]$")
_CALENDAR_GAP = re.compile("[ ]?[,，]?[ ]{0,3}(?:的|都|at |on |@ ?|from )?[ ]{0,2}")
# Signs that can begin a piece; everything else is passed over without a try.
_FIRST = frozenset(
    "0123456789零一二两三四五六七八九十百千廿卅半今明后大前昨上下这本当周星礼每隔逢工月年季第农次首去过未最近连接往刚"
    "中正早晚凌清晨午傍夜深双abcdefghijklmnopqrstuvwxyz@"
)
# Behind these a number of hours or days is not how long the work takes.
_NOT_EFFORT = re.compile(
    # 前3小时 is a stretch, but 周五前 3小时 a deadline and a length; 每场2小时 is a rate.
    "(?:[0-9一二两三四五六七八九十半个] ?[-~到至x×*]|每[^ 天日周月年季度早晚]|(?<![周日号月天点])[前后](?! )|"
    + either(
        "提前 延期 延后 推迟 延长 顺延 延迟 延误 逾期 超时 超期 连续 近 过去 最近 未来 第 每 超 超过",
        "满 达 达到 不足 少于 多于 大于 小于 至少 最多",
        "不超 不超过 倒计时 有效期 为期 账期 周期 工期 期限 保质期",
        "试用 试用期 间隔 还剩 剩 剩余 仅剩 逾 隔 质保 赔付 滞留 库龄 活动期 冷却期 共 加 减 + ¥ ￥ $",
        "than per once twice times",
    )
    + ")的? ?$"
)
_SAID = either("预计 预估 估时 估计 耗时 用时 需时 时长 工时 历时 需 需要 花 花费 用 大约 大概 约")
_EFFORT = re.compile(f"(?:(?<![a-z])for |{_SAID})[:是为]? ?$")
# three minutes to eight, two days before launch; three posts a day.
_NOT_EFFORT_AHEAD = re.compile(
    " (?:from|to|before|after|ago|old|late|early|per|an? (?:day|week|month))(?![a-z])"
)
_RATE = re.compile("an? (?:day|minute)(?![a-z])")
_ROUGHLY = re.compile(" ?(?:左右|上下)")
_HAN_EFFORT = re.compile("(?:^|[ ,;。、(])(?:花费?|用)$")


def pieces_of(line: Line, frame: Frame, kept: Sequence[Piece]) -> list[Piece]:
    """Return the pieces of the line in order, none overlapping. `kept` spans are jumped over."""
    found: list[Piece] = []
    starts, position = [span.start for span in kept], 0
    while position < len(line):
        inside = bisect_right(starts, position) - 1
        if inside >= 0 and position < kept[inside].end:
            position = kept[inside].end
            continue
        piece = _piece_at(line, position, frame, found)
        if piece is not None and inside + 1 < len(kept) and piece.end > kept[inside + 1].start:
            piece = None
        if piece is not None:
            found.append(piece)
        position = piece.end if piece else position + 1
    return found


def _piece_at(line: Line, start: int, frame: Frame, found: list[Piece]) -> Piece | None:
    previous = found[-1] if found else None
    adjacent = previous is not None and previous.end == start
    if line.norm[start] not in _FIRST or (not adjacent and _inside_word(line, start)):
        return None
    after_day = previous is not None and not isinstance(previous, Kept) and follows(line, previous.end, start)
    if adjacent and isinstance(previous, Kept) and previous.greedy:
        clock = clock_at(line, start, after_day=True) or day_at(line, start, frame)
        if clock:
            return Kept(start, clock.end)
    past = past_at(line.norm, start)
    rule = rule_at(line, start)
    choices: list[Piece | None] = [
        past,
        rule,
        None if rule else day_at(line, start, frame),
        _effort_at(line, start),
    ]
    choices.append(clock_at(line, start, after_day=after_day))
    piece = max((choice for choice in choices if choice), key=lambda choice: choice.end, default=None)
    if isinstance(piece, (DayPiece, MomentPiece)) and not _stands(line, piece):
        # What is no date of the task is not to be read as a part of one either.
        return Kept(piece.start, piece.end, greedy=True)
    if piece is not None and not isinstance(piece, Kept) and is_subject(line.norm, start):
        return Kept(piece.start, piece.end, greedy=True)
    return piece


def follows(line: Line, end: int, start: int) -> bool:
    """Tell whether nothing but a gap that belongs to a date lies between two positions."""
    if start < end or start - end > 10:
        return False
    match = _CALENDAR_GAP.match(line.norm, end, start)
    return match is not None and match.end() == start


def _inside_word(line: Line, start: int) -> bool:
    """Tell whether a number or Latin word has already begun before `start`."""
    if start == 0:
        return False
    sign, before = line.norm[start], line.norm[start - 1]
    if sign.isascii() and sign.isalnum():
        glued = before.isascii() and (before.isalnum() or before == "_")
        return glued or (
            sign.isdigit()
            and (before == "+" or bool(_DIGIT_BEFORE.search(line.norm[max(0, start - 2) : start])))
        )
    return sign in _NUMERALS and before in _NUMERALS


def _stands(line: Line, piece: DayPiece | MomentPiece) -> bool:
    """A weak word is a date only if nothing touches it on one side: 月底 盘点, but not 写年底总结."""
    weak = isinstance(piece, DayPiece) and piece.weak
    return not weak or line.breaks_before(piece.start) or _ends(line, piece.end)


def _ends(line: Line, end: int) -> bool:
    if line.breaks_at(end) or clock_at(line, end, after_day=True):
        return True
    return line.norm.startswith(("前", "之前", "以前", "截止", "截至"), end) and not line.norm.startswith(
        "前端", end
    )


def _effort_at(line: Line, start: int) -> DurationPiece | Kept | None:
    """Return how long the work takes, if the amount of time written here can mean that."""
    amount = amount_at(line.norm, start)
    minutes = amount.work_minutes if amount else None
    if amount is None or not minutes:
        return Kept(start, amount.end) if amount and amount.unit in ("day", "minute") else None
    end, before = amount.end, line.norm[max(0, start - 6) : start]
    said = _EFFORT.search(before)
    if (_NOT_EFFORT.search(before) and not said) or line.raw[start : amount.end] in ("2D", "3D"):
        return Kept(start, end)
    roughly = _ROUGHLY.match(line.norm, end)
    end = roughly.end() if roughly else end
    if _NOT_EFFORT_AHEAD.match(line.norm, end) or (_RATE.match(line.norm, start) and not said):
        return Kept(start, end)
    closed = line.breaks_at(end) and line.norm[end : end + 1] not in ("%", "/", "+")
    if closed or _begins_date(line, end) or _HAN_EFFORT.search(before):
        return DurationPiece(start, end, minutes)
    return Kept(start, amount.end)


def _begins_date(line: Line, start: int) -> bool:
    """Tell whether a recurrence or a clock time goes on right behind."""
    return rule_at(line, start) is not None or isinstance(clock_at(line, start, after_day=False), ClockPiece)
