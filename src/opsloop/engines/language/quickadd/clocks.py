"""Clock times and ranges of them: 下午3点半, 九点一刻, 14:00-15:30, 2-4pm, 晚上10点到2点.

How a day part moves the hour is `_PARTS`. Without a day part, 14:00 and 9:30 are the 24-hour clock;
3点 with 1 to 6 is the afternoon, for nobody plans work at three in the morning without saying so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from opsloop.engines.language.quickadd.line import Line
from opsloop.engines.language.quickadd.numerals import whole
from opsloop.engines.language.quickadd.pieces import ClockPiece
from opsloop.engines.language.quickadd.words import either

Style = Literal["colon", "han", "latin", "number", "word"]
_HOUR, _DAY = 3600, 86_400

# Day part -> (words, {hour: hour on the 24-hour clock}); hours not listed stay, 24 and more are the next day.
_AFTERNOON = {h: h + 12 for h in range(1, 12)}
_PARTS: dict[str, dict[int, int]] = {
    "凌晨|清晨": {12: 0},
    "大清早|一早|清早|早晨|早上|早间|上午|早|晨": {},
    "中午|正午|午间": {h: h + 12 for h in range(1, 4)},
    "下午|午后|傍晚": _AFTERNOON,
    "半夜|午夜": {8: 20, 9: 21, 10: 22, 11: 23, 12: 24},
    "晚上|晚间|夜里|夜间|夜晚|深夜|晚|夜": {h: h + 12 for h in range(5, 13)} | {h: h + 24 for h in range(5)},
    "am|a\\.m\\.?|morning": {12: 0},
    "pm|p\\.m\\.?|afternoon": _AFTERNOON,
    "evening|night": {h: h + 12 for h in range(5, 13)},
}
_PART_TABLE = [(re.compile(words), hours) for words, hours in _PARTS.items()]
HAN_PART = f"(?:{'|'.join(list(_PARTS)[:6])})"
_LATIN_PART = "(?:am|pm|a\\.m\\.?|p\\.m\\.?)(?![a-z0-9_])"
_ENGLISH_PART = "(?P<part>morning|afternoon|evening|night)"
_SMALL = "(?:[0-9]{1,2}|[零一二两三四五六七八九十廿]{1,4})"
# What may follow 3点20 if 20 are minutes: not 3点20个人, 3点30分钟.
_COUNTED = either("个 人 名 份 篇 条 家 场 次 万 千 百 元 块 点 分 小时 天 日 号 月 周 秒 件 项 位 组 台 页")
_NOT_COUNTED = f"(?![0-9零一二两三四五六七八九十.:/%-]| ?(?:h|min|m|d)(?![a-z])|{_COUNTED})"
# 9点15分钟 are a time and a length; in 9点5分红 there is no minute.
_NOT_MINUTE = "(?![钟享析组发类配工公部店数销润红成期])"
_MINUTES = (
    "(?:(?P<half>半)(?!小时|个|天|年(?![会终度货])|月(?![度报会底饼]))|(?P<quarter>[一1三3])刻"
    f"|(?P<m>零?[0-9]{{1,2}}|[零一二三四五六七八九十]{{1,3}}) ?分{_NOT_MINUTE}"
    f"(?:(?P<s>{_SMALL})秒)?"
    f"|(?P<m2>[0-5][0-9]|零[一二三四五六七八九]|[一二三四五]?十[一二三四五六七八九]?){_NOT_COUNTED}|整(?![理合改顿体套个])|钟)?"
)
_COLON = re.compile(
    f"(?P<h>[0-9]{{1,2}}):(?P<m>[0-5][0-9])(?::(?P<s>[0-5][0-9]))?(?![0-9:%])(?: ?(?P<part>{_LATIN_PART}))?"
)
_HAN = re.compile(
    f"(?P<h>{_SMALL}) ?(?:点|时(?!代|尚|装|间|效|长|段|期|机|候|刻|常|事|薪|光|区|差|限)){_MINUTES}"
)
_LATIN = re.compile(f"(?P<h>[0-9]{{1,2}})(?:[:.](?P<m>[0-5][0-9]))? ?(?P<part>{_LATIN_PART})")
_IN_THE = re.compile(f"(?P<h>[0-9]{{1,2}})(?::(?P<m>[0-5][0-9]))? (?:in the|at) {_ENGLISH_PART}(?![a-z])")
# evening at 8: the number alone is the hour.
_HOUR_ALONE = re.compile("(?P<h>[0-9]{1,2})(?![0-9a-z:.%])")
_O_CLOCK = re.compile("(?P<h>[0-9]{1,2}) ?o'?clock(?![a-z])")
_NUMBER = re.compile(f"(?P<h>{_SMALL})")
_WORD = re.compile("(?P<twelve>12 )?(?P<word>noon|midday|midnight)(?![a-z0-9_])")
_STYLES: tuple[tuple[re.Pattern[str], Style], ...] = (
    (_LATIN, "latin"),
    (_IN_THE, "latin"),
    (_COLON, "colon"),
    (_HAN, "han"),
    (_O_CLOCK, "han"),
    (_WORD, "word"),
)
_PART_BEFORE = re.compile(
    f"(?P<part>{HAN_PART}) ?|(?P<english>morning|afternoon|evening|night),?(?P<at> at)? (?=[0-9])"
)
_AT = re.compile("(?:at ?|@ ?)(?=[0-9nm])")
# by noon is a time, noon alone is a word.
_BY = re.compile("(?:^|[ ,])(?:by|before|until|due) $")
_TO = re.compile(" {0,2}(?:-{1,2}|~|到|至|to(?= )|until(?= )|till?(?= )) {0,2}(?:at )?")
_AND = re.compile(" and ")
_ANNOUNCED = ("between ", "from ")
# 3点建议 are three suggestions.
_POINTS = re.compile(
    " ?"
    + either(
        "建议 意见 要求 问题 思考 总结 注意 原因 经验 不足 想法 内容 优化 改进 反馈 说明 结论",
        "理由 好处 感悟 心得 提醒 共识 变化 差异 亮点 收获 启示",
        "支撑 论据 补充 修改 调整 需求 方法 原则 目标 儿 点",
    )
)
_COUNTING = re.compile("(?:[提列这那有第几差早晚]|反馈|总结|梳理|整理|分析|归纳|提炼|提出|补充|以下|如下)$")


@dataclass(frozen=True)
class _Reading:
    end: int
    hour: int
    minute: int = 0
    second: int = 0
    part: dict[int, int] | None = None
    style: Style = "colon"
    padded: bool = False
    clear: bool = False

    @property
    def rest(self) -> int:
        return self.minute * 60 + self.second


def clock_at(line: Line, start: int, *, after_day: bool) -> ClockPiece | None:
    """Return the clock time or range written from `start` on.

    `after_day` says that a day or a recurrence stands right before, which settles unclear wordings.
    """
    norm = line.norm
    at = _AT.match(norm, start)
    begin = at.end() if at else start
    ranged = _range_at(norm, start, begin)
    if ranged is not None and _is_meant(line, ranged, after_day=after_day):
        return ranged
    reading = _one_at(norm, begin)
    if reading is None or (at and norm[start] == "@" and not _ends_word(line, reading.end)):
        return _at_number(line, start, begin, after_day=after_day) if at else None
    bare = reading.style == "han" and reading.part is None and not reading.clear
    piece = ClockPiece(
        start, reading.end, _settle(reading), bare=bare and at is None, assumed=_is_assumed(reading)
    )
    said = at or after_day or norm.startswith("12 ", begin) or _BY.search(norm[max(0, start - 8) : start])
    word_alone = reading.style == "word" and not said
    return piece if not word_alone and _is_meant(line, piece, after_day=after_day) else None


def _single(start: int, reading: _Reading, *, bare: bool = False) -> ClockPiece:
    return ClockPiece(start, reading.end, _settle(reading), bare=bare, assumed=_is_assumed(reading))


def has_day_part(norm: str, start: int) -> bool:
    """Tell whether 早, 晚上 or the like is written at `start`, for 明早9点."""
    return _PART_BEFORE.match(norm, start) is not None


def _one_at(norm: str, start: int, *, loose: bool = False) -> _Reading | None:
    before = _PART_BEFORE.match(norm, start)
    begin, part = (before.end(), before["part"] or before["english"]) if before else (start, None)
    for pattern, style in _STYLES:
        match = pattern.match(norm, begin)
        reading = _read(match, part, style) if match else None
        if reading is not None:
            return reading
    match = _HOUR_ALONE.match(norm, begin) if before and before["at"] else None
    match = match or (_NUMBER.match(norm, begin) if loose else None)
    return _read(match, part, "number") if match else None


def _read(match: re.Match[str], part: str | None, style: Style) -> _Reading | None:
    groups = match.groupdict()
    if style == "word":
        return _Reading(match.end(), 24 if groups["word"] == "midnight" else 12, style="word", clear=True)
    hour, minute, second = whole(groups["h"]), _minute(groups), whole(groups.get("s") or "0")
    if hour is None or minute is None or second is None:
        return None
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        return None
    # 早一点 and 晚一点 mean a little earlier or later.
    if part in ("早", "晚") and match[0] in ("一点", "1点"):
        return None
    hours = _hours_of(part or groups.get("part"))
    clear = bool(groups.get("half") or groups.get("quarter") or groups.get("m") or groups.get("m2"))
    clear = clear or match[0].endswith(("整", "钟", "clock")) or hour > 12 or hour == 0
    padded = len(groups["h"]) == 2 and groups["h"][0] in "0零"
    return _Reading(match.end(), hour, minute, second, hours, style, padded, clear)


def _minute(groups: dict[str, str | None]) -> int | None:
    if groups.get("half"):
        return 30
    quarter = groups.get("quarter")
    if quarter:
        return 15 if quarter in "一1" else 45
    return whole((groups.get("m") or groups.get("m2") or "0").removeprefix("零") or "0")


def _hours_of(part: str | None) -> dict[int, int] | None:
    if part is None:
        return None
    return next(hours for words, hours in _PART_TABLE if words.fullmatch(part))


def _settle(reading: _Reading) -> int:
    """Return the seconds after midnight of a time that stands alone or begins a range."""
    hour = reading.hour
    if reading.part is not None:
        hour = reading.part.get(hour, hour)
    elif _is_assumed(reading):
        hour += 12
    return hour * _HOUR + reading.rest


def _is_assumed(reading: _Reading) -> bool:
    """Tell whether the afternoon is taken though nobody wrote it: 3点, but not 03:00 or 零三点."""
    unclear = reading.part is None and reading.style in ("han", "number") and not reading.padded
    return unclear and 1 <= reading.hour <= 6


def _range_at(norm: str, start: int, begin: int) -> ClockPiece | None:
    first = _one_at(norm, begin, loose=True)
    link = _TO.match(norm, first.end) if first else None
    if first and link is None and norm[max(0, start - 8) : start].endswith("between "):
        link = _AND.match(norm, first.end)
    if first is None or link is None:
        return None
    second = _one_at(norm, link.end())
    announced = norm.startswith("from ", start) or norm[max(0, start - 8) : start].endswith(_ANNOUNCED)
    if second is None or (first.style == "number" and second.style not in ("han", "latin") and not announced):
        return None
    return _join(start, first, second)


def _join(start: int, first: _Reading, second: _Reading) -> ClockPiece:
    bare = second.style == "han" and not (first.part or second.part or first.clear or second.clear)
    if first.part is None and second.part is not None and first.style != "han" and not first.padded:
        begin, until = _shared_part(first, second)
        return ClockPiece(start, second.end, begin, until=until)
    begin = _settle(first)
    until = _after(begin, second)
    return ClockPiece(start, second.end, begin, until=until, bare=bare, assumed=_is_assumed(first))


def _shared_part(first: _Reading, second: _Reading) -> tuple[int, int]:
    """2-4pm: both in the afternoon; 11-1pm: the first before noon."""
    until = _settle(second)
    shared = _settle(replace(first, part=second.part))
    alone = first.hour * _HOUR + first.rest
    begin = shared if shared < until else alone
    return begin, until if until > begin else until + _DAY


def _after(begin: int, second: _Reading) -> int:
    """Return the first moment after `begin` that the end of a range can mean."""
    if second.part is not None or second.style == "word":
        settled = _settle(second)
        return settled if settled > begin else settled + _DAY
    written = second.hour * _HOUR + second.rest
    half_day = second.hour <= 12 and not second.padded
    choices = [written + n * _DAY // 2 for n in range(4) if half_day or n % 2 == 0]
    return next(choice for choice in choices if choice > begin)


def _at_number(line: Line, start: int, begin: int, *, after_day: bool) -> ClockPiece | None:
    """at 3, but not "look at 3 reports"."""
    match = _NUMBER.match(line.norm, begin)
    if match is None or not match[0].isascii() or line.norm[start] == "@":
        return None
    if not (_ends_word(line, match.end()) and (after_day or line.skip_spaces(match.end()) == len(line))):
        return None
    reading = _read(match, None, "number")
    return _single(start, reading) if reading else None


def _ends_word(line: Line, end: int) -> bool:
    return line.breaks_at(end) and line.norm[end : end + 1] not in ("%", ":", "/")


def _is_meant(line: Line, piece: ClockPiece, *, after_day: bool) -> bool:
    """Tell whether the text is a time and not, say, three points of advice."""
    if not piece.bare or after_day:
        return True
    if _POINTS.match(line.norm, piece.end):
        return False
    written = line.norm[piece.start : piece.end]
    if not written.isascii() and line.norm[piece.start] in "一二两三四五六七八九" and len(written) == 2:
        settled = line.breaks_at(piece.end) or line.norm[piece.end] in "前开到至"
    else:
        settled = True
    return settled and not _COUNTING.search(line.norm[max(0, piece.start - 4) : piece.start])
