"""The pass that finds measures: words for something that can be counted or scored."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache

from opsloop.engines.language.characters import HAN
from opsloop.engines.language.goalcheck import rules
from opsloop.engines.language.goalcheck.forms import any_of, whole
from opsloop.engines.language.goalcheck.pieces import STRUCK, Reading, Span, longest

# How far a measure reaches back before its last word.
_REACH = 10
_ENGLISH_REACH = 60
_END = rf"[\s。．.，,；;!！?？、)）（(\]】」”\"{STRUCK}]|$"


def read_measures(reading: Reading) -> None:
    """Read the measures that stand by themselves; things counted after a number come with the number."""
    folded = reading.measurable
    spans = [*_chinese(folded), *_countable(folded)]
    if re.search("[a-z]", folded):
        spans += [*_english(folded), *_english_countable(folded)]
    rates = {position: rate.start for rate in reading.rates for position in range(rate.start, rate.end + 1)}
    for span in longest(spans):
        # A rate right before a measure is part of it: [24小时内]响应率.
        reading.add("measure", Span(min(span.start, rates.get(span.start, span.start)), span.end))


@cache
def change(*names: str) -> str:
    """Return the pattern of any word of the lists called `names`."""
    return any_of(word for name in names for word in rules.words(name))


# -- Chinese -------------------------------------------------------------------------------------


@cache
def stoppers() -> re.Pattern[str]:
    """What a measure phrase may not reach back over: verbs, vague words, 将, 把, 和 …"""
    lists = ("target.raise", "target.lower", "target.reach", "target.baseline")
    verbs = [word for name in lists for word in rules.words(name) if len(word) > 1]
    vague = set(rules.proposals()) - set(rules.words("measure.adjectives"))
    return re.compile(rf"(?:{any_of([*verbs, *vague])}的?|{any_of(rules.words('measure.stop'))})")


@cache
def _endings() -> re.Pattern[str]:
    not_before = any_of(rules.words("measure.not_before"))
    return re.compile(rf"{any_of(rules.words('measure.endings'))}(?!{not_before})")


def _chinese(folded: str) -> Iterator[Span]:
    refused, endings = set(rules.words("measure.not_endings")), set(rules.words("measure.endings"))
    stops = [match.end() for match in stoppers().finditer(folded)]
    for match in _endings().finditer(folded):
        start = _phrase_start(folded, match.start(), stops, belongs=len(match[0]) == 1)
        phrase = folded[start : match.end()]
        # A refused word that is an ending itself (率, 时间) is refused only where it stands alone.
        if not any(phrase == word or (word not in endings and phrase.endswith(word)) for word in refused):
            yield Span(start, match.end())
    for match in rules.word_pattern("measure.words").finditer(folded):
        yield Span(_phrase_start(folded, match.start(), stops), match.end())


def _phrase_start(folded: str, ending: int, stops: list[int], *, belongs: bool = False) -> int:
    """Return where the noun phrase begins whose last word begins at `ending`.

    With `belongs`, a stop word right before the ending is part of the measure: 完成率, 增长率.
    """
    index = (bisect_left if belongs else bisect_right)(stops, ending) - 1
    floor = max(stops[index] if index >= 0 else 0, ending - _REACH)
    start = ending
    while start > floor and re.match(rf"[{HAN}a-z&+]", folded[start - 1]):
        start -= 1
    return start


@cache
def _countable_signs() -> tuple[re.Pattern[str], re.Pattern[str]]:
    verbs = change("target.raise", "target.lower", "target.reach")
    between = rf"(?:{any_of(rules.words('measure.before_change'))}){{0,2}}"
    after = re.compile(rf"{between}\s?(?:{verbs}|[\d≥≤><=¥$]|翻|零|归零|清零|突破|加倍|占)")
    before = re.compile(rf"{change('target.raise', 'target.lower')}[了]?[{HAN}]{{0,4}}$")
    return after, before


def _countable(folded: str) -> Iterator[Span]:
    """Find things that are a measure next to a change or a value: 用户增长20%, 减少投诉."""
    after, before = _countable_signs()
    for match in rules.word_pattern("measure.countable").finditer(folded):
        is_last = re.match(rf"(?:{_END})", folded[match.end() : match.end() + 1])
        changed = is_last and before.search(folded[max(0, match.start() - 8) : match.start()])
        if changed or after.match(folded, match.end()):
            yield Span(*match.span())


# -- English -------------------------------------------------------------------------------------


@cache
def _english_patterns() -> tuple[re.Pattern[str], ...]:
    heads, listed = any_of(rules.words("measure.en.heads")), any_of(rules.words("measure.en.words"))
    not_before = any_of(rules.words("measure.en.not_before"))
    times = any_of(rules.words("measure.en.time_heads"))
    timed = any_of(rules.words("measure.en.time_before"))
    return (
        re.compile(whole(rf"(?P<noun>(?:{timed}|[a-z]{{2,20}}-to-[a-z]{{2,20}})[\s-]{times})")),
        re.compile(whole(rf"(?P<noun>{heads})") + rf"(?!\s{not_before}(?![a-z]))"),
        re.compile(whole(rf"(?P<noun>{listed})")),
    )


@cache
def _changed_plural() -> re.Pattern[str]:
    """A plural that is raised or lowered by something counts: cut refunds by half."""
    verbs = change("target.en.raise", "target.en.lower")
    plural = r"(?P<noun>(?:[a-z-]{2,20}\s){0,3}[a-z-]{2,20}s)"
    amount = r"(?=\s(?:by|to|from|below|under|over|above|in half|at least)\b)"
    return re.compile(whole(rf"{verbs}\s(?:the\s|our\s|its\s|new\s)?{plural}{amount}"))


def _english(folded: str) -> Iterator[Span]:
    refused = {match.end() for match in rules.word_pattern("measure.en.not_words").finditer(folded)}
    not_plural = set(rules.words("measure.en.not_plurals"))
    found = [match for pattern in _english_patterns() for match in pattern.finditer(folded)]
    plurals = (m for m in _changed_plural().finditer(folded) if m["noun"].split()[-1] not in not_plural)
    for match in [*found, *plurals]:
        start, end = match.span("noun")
        if end not in refused:
            yield Span(_english_phrase_start(folded, start), end)


@cache
def _english_stops() -> frozenset[str]:
    lists = [f"target.en.{name}" for name in ("raise", "lower", "produce", "reach", "between", "scope")]
    return frozenset(word for name in [*lists, "measure.en.stop"] for word in rules.words(name))


def _english_phrase_start(folded: str, start: int) -> int:
    """Return where the noun phrase begins whose last word begins at `start`: up to three words back."""
    offset = max(0, start - _ENGLISH_REACH)
    before = [*re.finditer(r"[a-z][a-z'-]*", folded[offset:start])]
    for word in reversed(before[-3:]):
        apart = folded[offset + word.end() : start] != " "
        if apart or word[0] in _english_stops() or word[0] in rules.proposals():
            break
        start = offset + word.start()
    return start


@cache
def _english_countable_signs() -> tuple[re.Pattern[str], re.Pattern[str]]:
    go_on = any_of(rules.words("measure.en.go_on"))
    prepositions = any_of(rules.words("measure.en.prepositions"))
    after = re.compile(rf"\s(?:{go_on}(?![a-z])|{STRUCK}|\d)|[.,;!?{STRUCK}]|$")
    return after, re.compile(rf"\b{prepositions}\s(?:\S{{1,16}}\s){{0,2}}$")


def _english_countable(folded: str) -> Iterator[Span]:
    after, preposition = _english_countable_signs()
    for match in rules.word_pattern("measure.en.countable").finditer(folded):
        before = folded[max(0, match.start() - 44) : match.start()]
        if not preposition.search(before) and after.match(folded, match.end()):
            yield Span(_english_phrase_start(folded, match.start()), match.end())
