"""Text that is never taken apart: quotations, addresses, names with a date in them, and the past."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from opsloop.engines.language.quickadd.english import WEEKDAY_WORD
from opsloop.engines.language.quickadd.line import Line
from opsloop.engines.language.quickadd.numerals import DECIMAL, NUMBER
from opsloop.engines.language.quickadd.pieces import Kept, Piece

_PAIRS = {
    "“": "”",
    "「": "」",
    "『": "』",
    "《": "》",
    "‘": "’",
    '"': '"',
    "'": "'",
    "`": "`",
    "„": "“",
    "«": "»",
}
_ADDRESS = re.compile(
    "(?:[a-z][a-z0-9+.-]{1,12}://|www\\.)[!-~]+|[a-z0-9._-]{1,64}@[a-z0-9-]{1,63}(?:\\.[a-z0-9-]{1,63}){1,5}"
)
_NAMES = re.compile(
    "双(?:十[一二]|1[12]|旦|九|[0-9])|黑色星期[一二三四五六日]|今日(?:头条|资本|份)|明日(?:方舟|之后|之星|之子)"
    "|后天性|七日年化|(?<![0-9])(?:3[./]?15|618|1111|1212)(?=晚会|大促|活动|购物|狂欢|年中)"
    "|[0-9]/[0-9]{1,2}(?=妇女|大促|女神|女王)"
)
_UNIT = "(?:个?半?(?:小时|钟头)|分钟?|秒|个?工作日|天|日|个?周|个?星期|个?礼拜|个?月|年|个?季度)"
_LAST = "上+(?:一?个)?"
_PAST = re.compile(
    "昨[天日晚早夜儿]|大?前天|前晚|刚才|[去前]年(?!底|初)|去年[底初末]"
    f"|{_LAST}(?:周|星期|礼拜)(?:[一二三四五六日天](?!次|报|活|常))?"
    f"|{_LAST}(?:月份?|季度?|半年|工作日)[底初末中]?"
)
_PAST_TAIL = re.compile(
    f"(?:{NUMBER}月)?(?:{NUMBER}[日号])|{NUMBER}月份?|的?第?{NUMBER}季度|q[1-4]|双十一"
    "|(?:最后一|第一)[个天](?:工作日|周[一二三四五])?"
)
_AGO = re.compile(f"(?:{DECIMAL}|半) ?{_UNIT}半?(?:之前|以前|前(?!后|台|端|往|置))")
_SPAN = re.compile(
    f"(?:(?:过去|未来|最近|近|连续|接下来|今后|往后)的?(?: ?{NUMBER} ?|半|几)|[前后](?:{NUMBER} ?|半|几)){_UNIT}半?"
)
_ENGLISH_UNIT = "(?:minutes?|mins?|hours?|h|days?|weeks?|months?|quarters?|years?)"
_ENGLISH_PAST = re.compile(
    f"(?:yesterday|last (?:night|weekend|{WEEKDAY_WORD}|{_ENGLISH_UNIT})"
    f"|[0-9]{{1,3}} ?{_ENGLISH_UNIT} ago|(?:last|past|next) [0-9]{{1,3}} {_ENGLISH_UNIT})(?![a-z])"
)
_ABOUT = re.compile("(?:关于|有关|对于|对比|相比|倒计时)$")


def kept_spans(line: Line, keep: Collection[str]) -> list[Kept]:
    """Return what stays as it is, in order: quotations, the pieces in `keep`, and addresses."""
    return _without_overlap([*_quotations(line), *_asked(line, keep), *_matches(_ADDRESS, line)])


def name_spans(line: Line) -> list[Kept]:
    """Return the names that look like a date or time: 双十一, 今日头条."""
    return _matches(_NAMES, line)


def merged(spans: Iterable[Piece]) -> list[Piece]:
    """Return `spans` in order, those that overlap made one."""
    return [*_without_overlap(spans)]


def _matches(pattern: re.Pattern[str], line: Line) -> list[Kept]:
    return [Kept(match.start(), match.end()) for match in pattern.finditer(line.norm)]


def past_at(norm: str, start: int) -> Kept | None:
    """Return the words for a time that is over, or for a stretch of time (近7天), written at `start`."""
    match = _PAST.match(norm, start)
    if match:
        tail = _PAST_TAIL.match(norm, match.end())
        return Kept(start, tail.end() if tail else match.end(), greedy=True)
    match = _AGO.match(norm, start) or _SPAN.match(norm, start)
    if match:
        return Kept(start, match.end())
    match = _ENGLISH_PAST.match(norm, start)
    return Kept(start, match.end(), greedy=True) if match else None


def is_subject(norm: str, start: int) -> bool:
    """Tell whether what begins at `start` is what the work is about: 关于下周五…."""
    return _ABOUT.search(norm[max(0, start - 3) : start]) is not None


def _quotations(line: Line) -> Iterator[Kept]:
    position, never = 0, set[str]()
    while position < len(line):
        closing = _PAIRS.get(line.raw[position].replace("＂", '"').replace("＇", "'"))
        opens = closing is not None and closing not in never and _opens(line, position, closing)
        end = _closed(line, position, closing) if closing and opens else -1
        if end > 0:
            yield Kept(position, end)
        elif closing and opens:
            # What closes nothing here closes nothing further on: keeps the search linear.
            never.add(closing)
        position = end if end > 0 else position + 1


def _opens(line: Line, start: int, closing: str) -> bool:
    """Tell whether a quotation may begin here: the ' of Tom's opens none."""
    if closing not in "'`":
        return True
    return line.breaks_before(start) or line.is_han(start - 1)


def _closed(line: Line, start: int, closing: str) -> int:
    """Return where the quotation that opens at `start` ends, or -1 if nothing closes it."""
    end = line.norm.find(closing, start + 1)
    while end > 0 and closing == "'" and not line.breaks_at(end + 1) and not line.is_han(end + 1):
        end = line.norm.find(closing, end + 1)
    return end + 1


def _asked(line: Line, keep: Collection[str]) -> Iterator[Kept]:
    """Find the pieces the user took back, but not 2h inside 12h."""
    for piece in sorted({text.strip() for text in keep if text.strip()}, key=len, reverse=True):
        start = line.raw.find(piece)
        while start >= 0:
            end = start + len(piece)
            if not (_sticks(line, start) or _sticks(line, end)):
                yield Kept(start, end)
            start = line.raw.find(piece, end)


def _sticks(line: Line, index: int) -> bool:
    """Tell whether two Latin letters or digits meet at `index`."""
    around = line.norm[max(0, index - 1) : index + 1]
    return 0 < index < len(line) and around.isascii() and around.isalnum()


def _without_overlap(spans: Iterable[Piece]) -> list[Kept]:
    chosen: list[Kept] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not chosen or span.start >= chosen[-1].end:
            chosen.append(Kept(span.start, span.end))
        elif span.end > chosen[-1].end:
            chosen[-1] = Kept(chosen[-1].start, span.end)
    return chosen
