"""How work comes round again, in English: every Monday, every 2 weeks, weekdays, the 15th of every month."""

from __future__ import annotations

import re
from dataclasses import replace

from opsloop.engines.language.quickadd.clocks import clock_at
from opsloop.engines.language.quickadd.english import (
    ENGLISH_MONTHS,
    ENGLISH_WEEKDAYS,
    MONTH_WORD,
    POSITIONS,
    WEEKDAY_WORD,
)
from opsloop.engines.language.quickadd.line import Line
from opsloop.engines.language.quickadd.numerals import ENGLISH_NUMBER, whole
from opsloop.engines.language.quickadd.pieces import RulePiece
from opsloop.engines.language.quickadd.rules import WORKDAYS, Frequency, Rule

_END = "(?![a-z0-9_])"
_WORKDAY = "(?:weekdays?|work(?:ing)? ?days?|business days?)"
_UNIT = "(?P<unit>days?|weeks?|months?|quarters?|years?)"
_ORDINAL = "(?P<nth>first|second|third|fourth|last|1st|2nd|3rd|4th)"
_WORKDAYS = re.compile(f"(?:(?:every|each|on) {_WORKDAY}|weekdays){_END}")
_WEEKENDS = re.compile(f"(?:every|each) weekend{_END}")
_EVERY = re.compile(
    f"(?:every|each) (?:(?P<other>other) |(?P<n>[0-9]{{1,2}}|{ENGLISH_NUMBER}) )?"
    f"(?:{_UNIT}|(?P<w>{WEEKDAY_WORD})s?){_END}"
)
_EVERY_PART = re.compile("(?:every|each) (?=morning|afternoon|evening|night)")
_ADVERBS: dict[str, tuple[Frequency, int]] = {
    "daily": ("DAILY", 1), "weekly": ("WEEKLY", 1), "monthly": ("MONTHLY", 1), "quarterly": ("MONTHLY", 3),
    "yearly": ("YEARLY", 1), "annually": ("YEARLY", 1), "fortnightly": ("WEEKLY", 2),
}  # fmt: skip
_ADVERB = re.compile(f"(?P<word>{'|'.join(_ADVERBS)}){_END}")
_PLURAL = re.compile(f"(?:on )?(?P<w>{'|'.join(ENGLISH_WEEKDAYS)})s{_END}")
_MORE = re.compile(f" ?(?:,|/|&|and|, and)? ?(?:every )?(?P<w>{WEEKDAY_WORD})s?{_END}")
_THROUGH = re.compile(f" ?(?:-|to|through) ?(?P<w>{WEEKDAY_WORD})s?{_END}")
_ON_WEEKDAY = re.compile(f" (?:on )?(?P<w>{WEEKDAY_WORD})s?{_END}")
_NTH_DAY = f"{_ORDINAL} (?:(?P<work>{_WORKDAY})|(?P<w>{WEEKDAY_WORD}))"
_TH = "(?:st|nd|rd|th)"
_ON_DAY = re.compile(f" on (?:the )?(?:(?P<d>[0-9]{{1,2}}){_TH}?|(?P<last>last day)|{_NTH_DAY}){_END}")
_ON_DATE = re.compile(
    f" on (?:(?P<m>{MONTH_WORD}) (?P<d>[0-9]{{1,2}})|(?P<d2>[0-9]{{1,2}}) (?P<m2>{MONTH_WORD})){_TH}?{_END}"
)
_EVERY_DAY_OF_MONTH = re.compile(
    f"(?:every|each) (?:the )?(?P<d>[0-9]{{1,2}}){_TH}(?: of (?:the|every|each) month)?{_END}"
)
_OF_MONTH = re.compile(
    f"(?:every |the |on the )?(?:(?P<last>last day)|(?P<d>[0-9]{{1,2}}){_TH}|{_NTH_DAY})"
    f" (?:of )?(?P<each>every|each|the) month{_END}"
)
_FREQUENCIES: dict[str, tuple[Frequency, int]] = {
    "day": ("DAILY", 1), "week": ("WEEKLY", 1), "month": ("MONTHLY", 1), "quarter": ("MONTHLY", 3),
    "year": ("YEARLY", 1),
}  # fmt: skip
# "daily" goes before the work it describes; with one of these behind, it is the name of a document or event.
_TIME_AHEAD = re.compile(" ?(?:$|at |on |from |by |for |@|#|\\+|!|[0-9]|,|noon)")


def english_rule_at(line: Line, start: int) -> RulePiece | None:
    """Return the recurrence written in English at `start`, if there is one."""
    if not "a" <= line.norm[start] <= "z":
        return None
    norm = line.norm
    if match := _WORKDAYS.match(norm, start):
        return RulePiece(start, match.end(), Rule("WEEKLY", weekdays=WORKDAYS))
    if match := _WEEKENDS.match(norm, start):
        return RulePiece(start, match.end(), Rule("WEEKLY", weekdays=(5, 6)))
    if (match := _EVERY_PART.match(norm, start)) and clock_at(line, match.end(), after_day=True):
        return RulePiece(start, match.end(), Rule("DAILY"))
    return _of_month(norm, start) or _every(norm, start) or _plural(norm, start) or _adverb(norm, start)


def _of_month(norm: str, start: int) -> RulePiece | None:
    match = _EVERY_DAY_OF_MONTH.match(norm, start)
    if match and 1 <= int(match["d"]) <= 31:
        return RulePiece(start, match.end(), Rule("MONTHLY", month_days=(int(match["d"]),)))
    match = _OF_MONTH.match(norm, start)
    # "the last day of the month" is one day; only "every" makes it come round.
    if match is None or (match["each"] == "the" and not match[0].startswith("every")):
        return None
    return _on(RulePiece(start, start, Rule("MONTHLY")), match)


def _on(piece: RulePiece, match: re.Match[str]) -> RulePiece | None:
    rule = piece.rule
    if match["d"]:
        if not 1 <= int(match["d"]) <= 31:
            return None
        rule = replace(rule, month_days=(int(match["d"]),))
    elif match["last"]:
        rule = replace(rule, month_days=(-1,))
    elif match["work"]:
        rule = replace(rule, weekdays=WORKDAYS, set_position=POSITIONS[match["nth"]])
    else:
        rule = replace(rule, weekdays=(ENGLISH_WEEKDAYS[match["w"]],), nth=POSITIONS[match["nth"]])
    return RulePiece(piece.start, match.end(), rule)


def _every(norm: str, start: int) -> RulePiece | None:
    match = _EVERY.match(norm, start)
    number = (2 if match["other"] else whole(match["n"]) if match["n"] else 1) if match else None
    if match is None or not number:
        return None
    if match["w"]:
        rule = Rule("WEEKLY", number, weekdays=(ENGLISH_WEEKDAYS[match["w"]],))
        return _more_days(norm, RulePiece(start, match.end(), rule))
    frequency, interval = _FREQUENCIES[match["unit"].removesuffix("s")]
    return _narrowed(norm, RulePiece(start, match.end(), Rule(frequency, interval * number)))


def _narrowed(norm: str, piece: RulePiece) -> RulePiece:
    if piece.rule.frequency == "WEEKLY" and (match := _ON_WEEKDAY.match(norm, piece.end)):
        rule = replace(piece.rule, weekdays=(ENGLISH_WEEKDAYS[match["w"]],))
        return _more_days(norm, RulePiece(piece.start, match.end(), rule))
    if piece.rule.frequency == "MONTHLY" and (match := _ON_DAY.match(norm, piece.end)):
        return _on(piece, match) or piece
    if piece.rule.frequency == "YEARLY" and (match := _ON_DATE.match(norm, piece.end)):
        month, day = ENGLISH_MONTHS[match["m"] or match["m2"]], int(match["d"] or match["d2"])
        return RulePiece(piece.start, match.end(), replace(piece.rule, months=(month,), month_days=(day,)))
    return piece


def _more_days(norm: str, piece: RulePiece) -> RulePiece:
    days, end = list(piece.rule.weekdays), piece.end
    if match := _THROUGH.match(norm, end):
        days, end = list(range(days[0], ENGLISH_WEEKDAYS[match["w"]] + 1)) or days, match.end()
    while match := _MORE.match(norm, end):
        days, end = [*days, ENGLISH_WEEKDAYS[match["w"]]], match.end()
    return RulePiece(piece.start, end, replace(piece.rule, weekdays=tuple(sorted(set(days)))))


def _plural(norm: str, start: int) -> RulePiece | None:
    match = _PLURAL.match(norm, start)
    if match is None or match["w"] in ("sun", "sat", "wed", "tue", "thur"):
        return None
    # "two Sundays" are a number of days.
    if start and not match[0].startswith("on ") and not norm.startswith((" at ", " 1", " 2"), match.end()):
        return None
    return _more_days(
        norm, RulePiece(start, match.end(), Rule("WEEKLY", weekdays=(ENGLISH_WEEKDAYS[match["w"]],)))
    )


def _adverb(norm: str, start: int) -> RulePiece | None:
    """daily at 9am; but "weekly report" is a kind of report."""
    match = _ADVERB.match(norm, start)
    if match is None:
        return None
    ahead = _TIME_AHEAD.match(norm, match.end())
    first_daily = start == 0 and match["word"] == "daily" and not norm.startswith(" report", match.end())
    piece = RulePiece(start, match.end(), Rule(*_ADVERBS[match["word"]]))
    narrowed = _narrowed(norm, piece)
    return narrowed if ahead or first_daily or narrowed.end > piece.end else None
