"""The passes that find the value or the change to reach, and where we stand today."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from opsloop.engines.language.characters import HAN
from opsloop.engines.language.goalcheck import rules
from opsloop.engines.language.goalcheck.forms import any_of, spelled
from opsloop.engines.language.goalcheck.measures import change, stoppers
from opsloop.engines.language.goalcheck.pieces import Reading, Span, matches

# How many characters before a number may lead to it.
_LEAD = 26


def read_value_words(reading: Reading) -> None:
    """Read values in words: 翻一番, in half; and those that name their measure too: 零投诉, 前三名."""
    for section, kinds in (("target.counted", ("target", "measure")), ("target", ("target",))):
        for span in matches(reading.unclaimed, section):
            for kind in kinds:
                reading.add(kind, span)
            reading.strike(span)


@dataclass(frozen=True)
class _Quantity:
    """A number with its unit: `kind` is "percent", "time", "count", "value", "amount" or "bare"."""

    start: int
    end: int
    kind: str
    unit_start: int
    before: str


def read_numbers(reading: Reading) -> None:
    """Read the numbers that are left once dates, rates and names are struck out."""
    folded = reading.unclaimed
    measures = sorted((piece.start, piece.end) for piece in reading.pieces if piece.kind == "measure")
    starts, ends = [start for start, _ in measures], sorted(end for _, end in measures)
    for match in _number().finditer(folded):
        if _is_number(match, folded, ends):
            _read_number(reading, folded, _quantity(match, reading.folded), starts, ends)


def _read_number(
    reading: Reading, folded: str, quantity: _Quantity, starts: list[int], ends: list[int]
) -> None:
    span = Span(quantity.start, _value_end(folded, quantity.end))
    if _stands_today().search(quantity.before):
        reading.add("baseline", span)
        return
    if _belongs_to_measure(reading, quantity, ends):
        return
    noun = _counted_noun(folded, quantity)
    if not _is_target(folded, quantity, noun, starts, ends):
        return
    reading.add("target", Span(_lead_start(quantity), span.end))
    if noun and not (quantity.kind == "count" and _follows(folded, ends, quantity.start)):
        reading.add("measure", noun)
    elif quantity.kind == "percent" and _share().match(folded, quantity.end):
        reading.add("measure", Span(quantity.start, min(quantity.end + 8, len(folded))))


def _belongs_to_measure(reading: Reading, quantity: _Quantity, measure_ends: list[int]) -> bool:
    """Tell whether a number after a rate only says whose measure it is: [每月20篇文章的]平均阅读量."""
    rate = next((rate for rate in reading.rates if rate.end == quantity.start), None)
    owner = _OWNER.match(reading.folded, quantity.end) if rate else None
    if rate is None or owner is None:
        return False
    index = bisect_right(measure_ends, owner.end())
    if index == len(measure_ends) or measure_ends[index] - owner.end() > _OWNED:
        return False
    reading.add("measure", Span(rate.start, measure_ends[index]))
    return True


_OWNER = re.compile(f"[{HAN}]{{0,8}}?的")
# How long the measure behind 的 may be.
_OWNED = 8


# -- numbers and their units ---------------------------------------------------------------------

_KINDS = ("percent", "time", "count", "value")


@cache
def _number() -> re.Pattern[str]:
    multiplier = _bordered(rules.words("units.multiplier"))
    units = "|".join(rf"(?P<{kind}>{_bordered(rules.words(f'units.{kind}'))})" for kind in _KINDS)
    digits = r"\d{1,3}(?:,\d{3})++(?:\.\d++)?|\d++(?:\.\d++)?"
    han = "[一二两三四五六七八九十百千万亿零〇半]{1,9}+"
    english = rf"(?<![a-z]){any_of(rules.words('units.spelled'))}(?![a-z])"
    return re.compile(
        rf"(?P<money>{any_of(rules.words('units.money'))}\s?)?"
        rf"(?:(?P<digits>{digits})|(?P<han>{han})|{english})"
        rf"\+?(?P<multiplier>(?:\s?{multiplier}){{1,2}})?\+?(?:\s?-?(?:{units}))?"
    )


def _bordered(words: Iterable[str]) -> str:
    """Return the pattern of one of `words`; one that ends in a Latin letter ends the English word."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    patterns = (spelled(word) + ("(?![a-z])" if re.search("[a-z]$", word) else "") for word in ordered)
    return f"(?:{'|'.join(patterns)})"


def _quantity(match: re.Match[str], folded: str) -> _Quantity:
    kind = next((kind for kind in _KINDS if match[kind]), "")
    if not kind:
        kind = "amount" if match["money"] or match["multiplier"] else "bare"
    unit_start = match.start(kind) if kind in _KINDS else match.end()
    before = folded[max(0, match.start() - _LEAD) : match.start()]
    return _Quantity(match.start(), match.end(), kind, unit_start, before)


def _is_number(match: re.Match[str], folded: str, measure_ends: list[int]) -> bool:
    """Tell a quantity from digits inside a name (5g, v2, op-001) and 一 inside a word (统一, 一个)."""
    start, end = match.span()
    if folded[max(0, start - 1) : start] == "第":
        return False
    if match["han"]:
        return _is_chinese_number(match, folded)
    glued = re.search(r"[a-z_#/]$|[a-z]-$", folded[max(0, start - 2) : start])
    if glued and not match["money"] and not _contains(measure_ends, start):
        return False
    return not (re.match("[a-z]", folded[end : end + 1]) and folded[end - 1].isdigit())


def _is_chinese_number(match: re.Match[str], folded: str) -> bool:
    start, end = match.span()
    if folded[max(0, start - 1) : start] in rules.words("units.not_after"):
        return False
    if _articles().match(folded, start):
        return False
    return any(match[kind] for kind in _KINDS) or (end - start > 1 and folded[end - 1] in "百千万亿")


@cache
def _articles() -> re.Pattern[str]:
    return re.compile(any_of(rules.words("units.articles")))


def _contains(ordered: list[int], value: int) -> bool:
    index = bisect_left(ordered, value)
    return index < len(ordered) and ordered[index] == value


# -- is it a value to reach? ---------------------------------------------------------------------


def _is_target(
    folded: str, quantity: _Quantity, noun: Span | None, starts: list[int], ends: list[int]
) -> bool:
    if quantity.kind == "percent":
        return True
    if quantity.kind == "count" or (noun and quantity.kind in ("amount", "bare")):
        # 控制在3个 is a value, 在3个城市 says where.
        return bool(_bounded_by().search(quantity.before)) or not _scope().search(quantity.before)
    if _lead().search(quantity.before) or _follows(folded, ends, quantity.start):
        return True
    index = bisect_left(starts, quantity.end)
    measured_next = index < len(starts) and starts[index] - quantity.end <= 3
    return (quantity.kind == "amount" and measured_next) or (
        bool(ends) and bool(_after_bound().match(folded, quantity.end))
    )


def _follows(folded: str, measure_ends: list[int], start: int) -> bool:
    """Tell whether a measure ends right before `start`, with at most a colon or 为 between."""
    index = bisect_right(measure_ends, start) - 1
    return index >= 0 and bool(_LINK.fullmatch(folded, measure_ends[index], start))


_LINK = re.compile(r"[\s:：=为是达约至到的高于低]{0,4}")


@cache
def _between() -> tuple[str, str]:
    chinese = rf"\s?(?:{change('target.between')}\s?){{0,3}}"
    return chinese, rf"\s{{1,2}}(?:{change('target.en.between')}\s{{1,2}}){{0,2}}"


def _leading(chinese: Iterable[str], english: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for one of these words right before a number."""
    between, between_en = _between()
    return re.compile(rf"(?:{any_of(chinese)}{between}|(?<![a-z]){any_of(english)}{between_en})$")


def _listed(section: str, *names: str) -> list[str]:
    return [word for name in names for word in rules.words(f"{section}.{name}")]


@cache
def _lead() -> re.Pattern[str]:
    """What leads to a value to reach: a verb of change, a bound, work that brings things into being."""
    names = ("reach", "raise", "lower", "produce")
    return _leading(_listed("target", *names), _listed("target.en", *names))


@cache
def _produced() -> re.Pattern[str]:
    return _leading(_listed("target", "produce", "raise"), _listed("target.en", "produce", "raise"))


@cache
def _bounded_by() -> re.Pattern[str]:
    """A verb or bound of two or more characters: one alone (在, 有) may be a preposition."""
    scope = set(rules.words("target.scope"))
    words = [word for word in _listed("target", "reach", "produce") if len(word) > 1 and word not in scope]
    return re.compile(rf"{any_of(words)}{_between()[0]}$")


@cache
def _scope() -> re.Pattern[str]:
    chinese, english = change("target.scope"), change("target.en.scope")
    return re.compile(
        rf"(?:{chinese}(?:[的了这那约]|全部|另外)?\s?|(?<![a-z]){english}\s(?:(?:the|all|our)\s)?)$"
    )


@cache
def _stands_today() -> re.Pattern[str]:
    """A word for today's value, with nothing after it that leads on to the value to reach."""
    resting = set(rules.words("target.not_moving"))
    moves = any_of(word for word in _listed("target", "reach", "raise", "lower") if word not in resting)
    quiet = rf"(?:(?!{moves})[^，。；,;！!]){{0,12}}"
    quiet_en = r"(?:(?!\b(?:to|by|reach|below|above|over|under)\b)[^,;.]){0,14}"
    chinese, english = change("target.baseline"), change("target.en.baseline")
    return re.compile(rf"(?:{chinese}{quiet}|(?<![a-z]){english}\s{quiet_en})$")


# -- the words around it -------------------------------------------------------------------------


@cache
def _after_bound() -> re.Pattern[str]:
    return re.compile(rf"\s?{any_of(rules.words('target.bounds'))}(?!的)")


def _value_end(folded: str, end: int) -> int:
    bound = _after_bound().match(folded, end)
    return bound.end() if bound else end


def _lead_start(quantity: _Quantity) -> int:
    """Return where the words begin that lead to the number, for display: 提升至90分."""
    lead = _lead().search(quantity.before)
    return quantity.start - len(quantity.before) + lead.start() if lead else quantity.start


@cache
def _share() -> re.Pattern[str]:
    shared, refused = any_of(rules.words("measure.shared")), any_of(rules.words("measure.not_shared"))
    return re.compile(rf"\s?{shared}(?!{refused})|\s{any_of(rules.words('measure.en.shared'))}(?![a-z])")


def _counted_noun(folded: str, quantity: _Quantity) -> Span | None:
    """Return the thing counted: 3场[直播], 1,000 new [followers]; None if only a value stands there."""
    if quantity.kind == "count":
        return _noun_after_unit(folded, quantity)
    if quantity.kind not in ("amount", "bare"):
        return None
    english = _english_noun().match(folded, quantity.end)
    if english and english["noun"] not in rules.words("measure.en.not_plurals"):
        return Span(quantity.end + 1, english.end())
    chinese = re.match(rf"\s?[{HAN}]{{2,6}}", folded[quantity.end : quantity.end + 8])
    goes_on = _change_follows().match(folded, quantity.end)
    if chinese and not goes_on and _produced().search(quantity.before):
        return Span(quantity.end, quantity.end + chinese.end())
    return None


def _noun_after_unit(folded: str, quantity: _Quantity) -> Span | None:
    noun = re.match(rf"\s?[{HAN}a-z]{{1,8}}", folded[quantity.end : quantity.end + 10])
    if noun:
        return Span(quantity.end, _noun_end(folded, quantity.end, quantity.end + noun.end()))
    named = re.search(rf"[{HAN}]{{2}}\S{{0,3}}$|[a-z]{{3}}\s$", quantity.before)
    is_named = named or _produced().search(quantity.before)
    return Span(quantity.unit_start, quantity.end) if is_named else None


def _noun_end(folded: str, start: int, end: int) -> int:
    """Return where a noun that begins at `start` ends: before the next verb, at `end` at the latest."""
    stop = stoppers().search(folded, start + 1, end + 4)
    return min(end, stop.start()) if stop else end


@cache
def _change_follows() -> re.Pattern[str]:
    return re.compile(change("target.raise", "target.lower", "target.reach"))


@cache
def _english_noun() -> re.Pattern[str]:
    skipped = any_of(rules.words("measure.en.not_counted"))
    uncounted = any_of(rules.words("measure.en.uncounted"))
    adjectives = rf"(?:(?!{skipped}\s)[a-z-]{{2,20}}\s){{0,3}}?"
    return re.compile(rf"\s{adjectives}(?P<noun>[a-z-]{{2,20}}s|{uncounted})(?![a-z])")
