"""Put pieces together to phrases: a day with its time, and the small words that belong to both.

在下周五下午3点之前 is one phrase: the day, the time, and that it is a deadline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from opsloop.engines.language.quickadd.line import Line
from opsloop.engines.language.quickadd.pieces import (
    ClockPiece,
    DayPiece,
    DurationPiece,
    Kept,
    MomentPiece,
    Piece,
    RulePiece,
)
from opsloop.engines.language.quickadd.scan import follows
from opsloop.engines.language.quickadd.words import either

_DUE_WORDS = either("截止 截至 最晚 最迟 不晚于 不迟于 赶在 限 交期 限期 期限")
_DUE_DATE = "(?:截止|截至|交付|提交|到期|完成)(?:日期|时间|日|期)"
_DUE_ENGLISH = (
    "(?<![a-z])(?:ddl|deadline|due(?: date| by| on)?|by|before|no later than|until|till"
    "|(?:by )?(?:eod|cob|end of day|close of business)(?: on|,)?)"
)
_DUE_BEFORE = re.compile(f"(?:{_DUE_DATE}|{_DUE_WORDS}|{_DUE_ENGLISH}) ?:? ?(?:是|为|到|至|于|在|the )? ?$")
_AT_BEFORE = re.compile(
    "(?:(?<![现正存所实内潜好自旨])在|(?<![关由对至属位处等大小高低优鉴终基归敢善])于|定于|定在|安排在|计划于|计划在|约在"
    "|(?<![预邀签合违节相面制大])约|大约|大概|(?<![a-z])(?:on|at|from|starting|around|about)):? ?$"
)
_FROM_BEFORE = re.compile("(?:(?<![服听自])从|(?<!来)自|(?<![a-z])between) ?$")
# 周五前端评审 and 周五前往上海 are no deadlines; 活动前2天 counts from the event.
_NO_BEFORE = (
    "(?![端台期往置线厅瞻景来沿锋辈]|后(?![台端续勤期])|面(?![试谈访签])"
    "|[0-9一二两三四五六七八九十]{1,3} ?(?:天|个?小时|分钟|周))"
)
_DUE_AFTER = re.compile(
    f" ?(?:\\(含(?:当[天日])?\\))?(?:或?之前|或?以前|(?:左右)?前{_NO_BEFORE}|截止|截至|为止|到期|deadline(?![a-z]))"
)
_TODAY_AFTER = re.compile("(?:之内|以内|内)(?![容部测参购训存页卷在外涵])")
_ABOUT_AFTER = re.compile(" ?(?:左右|前后(?!台)|准时|整(?![理合改顿体套个]))")
# 周五开始 says from when; 周五开始投放 says what to do.
_SINCE = "(?:起|开始)(?=[^\\w]|$|每|工作日)"
_SINCE_AFTER = re.compile(f" ?(?:{_SINCE})")
_LATER_AFTER = re.compile(f" ?(?:之后|以后|以来|后(?![台端续期勤置果备视天]|面(?![试谈访签]))|{_SINCE})")
_OF_AFTER = re.compile(" ?的")
_NOON = re.compile(" ?(?:正|中)午(?=之前|以前|前)")
_TO = re.compile(" {0,2}(?:-{1,2}|~|到|至|to |until |till |through ) {0,2}")
_OR = re.compile(" ?(?:、|/|和|或者?|及|与|以及|&|and |or ) ?")
_AGREES = re.compile(" ?[,，]? ?[(（]? ?")
_DURATION_BEFORE = re.compile(
    "(?:(?<![a-z])for |预计|预估|估时|估计|耗时|用时|需时|时长|工时|历时|(?<![必急])需要?|大约|大概"
    "|(?:(?<=[ ,;。、(])|^)(?:花费?|用)|(?<![预邀签合])约):? ?(?:是|为|要|大约|大概|约)? ?$"
)
# 每月5号前: the rule names the day it is due.
_RULE_AFTER = re.compile(f" ?(?:都要?|的|[之以]前|前{_NO_BEFORE})")


@dataclass(frozen=True)
class Phrase(Piece):
    """A day, a clock time or both (or a moment), from the first small word to the last.

    `since` marks 从周一起, which only means something with a recurrence.
    """

    day: DayPiece | None = None
    clock: ClockPiece | None = None
    moment: MomentPiece | None = None
    deadline: bool = False
    since: bool = False
    free: bool = True


def phrases_of(line: Line, pieces: Sequence[Piece]) -> list[Phrase]:
    """Return the phrases of the line in order, without those that are lists, stretches or unsure."""
    merged = _merged(line, [piece for piece in pieces if not isinstance(piece, (DurationPiece, RulePiece))])
    unsure = _linked(line, merged)
    phrases = [
        _dressed(line, phrase)
        for n, phrase in enumerate(merged)
        if n not in unsure and not isinstance(phrase, Kept)
    ]
    return [phrase for phrase in phrases if phrase is not None]


def dressed_rule(line: Line, piece: RulePiece) -> RulePiece:
    """Take along the small words around a recurrence: on …, …都, …的."""
    before = _AT_BEFORE.search(line.norm[max(0, piece.start - 12) : piece.start])
    start = piece.start - len(before[0]) if before else piece.start
    after = _RULE_AFTER.match(line.norm, piece.end)
    return replace(piece, start=start, end=after.end() if after else piece.end)


def dressed_duration(line: Line, piece: DurationPiece) -> DurationPiece:
    """Take along the words before an estimate: 预计2小时, for 2 hours."""
    before = _DURATION_BEFORE.search(line.norm[max(0, piece.start - 14) : piece.start])
    return replace(piece, start=piece.start - len(before[0])) if before else piece


def _merged(line: Line, pieces: Sequence[Piece]) -> list[Phrase | Kept]:
    result: list[Phrase | Kept] = []
    for piece in pieces:
        last = result[-1] if result else None
        joined = _join(line, last, piece) if isinstance(last, Phrase) else None
        if joined is not None:
            result[-1] = joined
        else:
            result.append(_alone(line, piece))
    return result


def _alone(line: Line, piece: Piece) -> Phrase | Kept:
    if isinstance(piece, DayPiece):
        noon = _NOON.match(line.norm, piece.end)
        if noon:
            clock = ClockPiece(piece.end, noon.end(), 12 * 3600)
            return Phrase(piece.start, noon.end(), day=piece, clock=clock)
        return Phrase(piece.start, piece.end, day=piece, deadline=piece.deadline)
    if isinstance(piece, ClockPiece):
        return Phrase(piece.start, piece.end, clock=piece)
    if isinstance(piece, MomentPiece):
        return Phrase(piece.start, piece.end, moment=piece, deadline=piece.deadline)
    return Kept(piece.start, piece.end)


def _join(line: Line, last: Phrase, piece: Piece) -> Phrase | None:
    """Join a day with the clock time behind it, or with the weekday that says the same day again."""
    if isinstance(piece, ClockPiece) and last.day and not last.clock and follows(line, last.end, piece.start):
        return replace(last, end=piece.end, clock=piece)
    if isinstance(piece, DayPiece) and last.clock and not last.day and not last.moment:
        gap = line.norm[last.end : piece.start].strip(" ,")
        if gap in ("", "on", "of") and line.norm[piece.start].isascii():
            return replace(last, end=piece.end, day=piece)
    if isinstance(piece, DayPiece) and last.day and not last.clock:
        return _same_day(line, last, piece)
    return None


def _same_day(line: Line, last: Phrase, piece: DayPiece) -> Phrase | None:
    """12月5日（周六）, 周六 12月5日: the fuller wording names the day."""
    gap = _AGREES.match(line.norm, last.end)
    if last.day is None or gap is None or gap.end() != piece.start:
        return None
    bracket = any(sign in "(（" for sign in gap[0])
    end = piece.end + (bracket and line.norm[piece.end : piece.end + 1] in (")", "）"))
    if bracket and end == piece.end:
        return None
    if piece.weekday is not None and last.day.weekday is None:
        agrees = last.day.day.weekday() == piece.weekday
        closed = bracket or line.breaks_at(piece.end) or not gap[0].strip(" ")
        return replace(last, end=end) if (agrees or bracket or "," in gap[0]) and closed else None
    if last.day.weekday is not None and piece.weekday is None and piece.day.weekday() == last.day.weekday:
        return replace(last, end=end, day=piece)
    return None


def _linked(line: Line, phrases: Sequence[Phrase | Kept]) -> set[int]:
    """Return the phrases that form a stretch (12月1日到3日) or a list (周一、周三): unsure, so they stay."""
    unsure: set[int] = set()
    for n in range(len(phrases) - 1):
        first, second = phrases[n], phrases[n + 1]
        if isinstance(first, Kept) or isinstance(second, Kept):
            continue
        if not (first.day or second.day):
            continue
        if any(_spans(pattern, line.norm, first.end, second.start) for pattern in (_TO, _OR)):
            unsure |= {n, n + 1}
    return unsure


def _spans(pattern: re.Pattern[str], norm: str, start: int, end: int) -> bool:
    match = pattern.match(norm, start)
    return match is not None and match.end() == end


def _dressed(line: Line, phrase: Phrase) -> Phrase | None:
    """Take along the small words on both sides, or return None if they say it is no time for the work."""
    phrase = _dressed_behind(line, phrase)
    phrase = _dressed_before(line, phrase)
    plain_day = phrase.day and phrase.clock is None and not phrase.deadline and not phrase.since
    if plain_day and _LATER_AFTER.match(line.norm, phrase.end):
        return None
    free = line.breaks_before(phrase.start)
    of = _OF_AFTER.match(line.norm, phrase.end)
    if of and not free and not phrase.deadline and not phrase.clock:
        # 准备明天的会议: tomorrow is when the meeting is.
        return None
    phrase = replace(phrase, end=of.end()) if of else phrase
    return replace(phrase, free=free or line.breaks_at(phrase.end))


def _dressed_behind(line: Line, phrase: Phrase) -> Phrase:
    norm, end = line.norm, phrase.end
    about = _ABOUT_AFTER.match(norm, end)
    end = about.end() if about and phrase.clock else end
    due = _DUE_AFTER.match(norm, end)
    if due is None and phrase.day and not phrase.clock:
        due = _TODAY_AFTER.match(norm, end)
    if due and not phrase.moment:
        return replace(phrase, end=due.end(), deadline=True)
    since = _SINCE_AFTER.match(norm, end)
    if since and not phrase.moment:
        return replace(phrase, end=since.end(), since=phrase.clock is None)
    return replace(phrase, end=end)


def _dressed_before(line: Line, phrase: Phrase) -> Phrase:
    for _ in range(3):
        before = line.norm[max(0, phrase.start - 20) : phrase.start]
        due, at = _DUE_BEFORE.search(before), _AT_BEFORE.search(before) or _FROM_BEFORE.search(before)
        match = due or at
        if match is None or (phrase.moment and due):
            break
        phrase = replace(
            phrase, start=phrase.start - len(match[0]), deadline=phrase.deadline or due is not None
        )
    return phrase
