"""R15: hostile files cost bounded memory and time, are answered in words, and reach nothing outside."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from opsloop.exchange import isolation, limits, reading
from opsloop.exchange.tests import hostile
from opsloop.exchange.unreadable import LANGUAGES, ReadError

resource = pytest.importorskip("resource")
TODAY = date(2026, 11, 23)
CORPUS = list(hostile.corpus())


def answer(one: hostile.Hostile) -> str:
    """Return the code that refuses a file, or "read"; check that time and memory stay within the limits."""
    begun = time.monotonic()
    try:
        reading.read_file(one.data, one.filename, today=TODAY)
        code = "read"
    except ReadError as error:
        code = error.code
        for language in LANGUAGES:
            sentence = error.message(language)
            assert len(sentence) > 10
            assert "{" not in sentence
    assert time.monotonic() - begun <= limits.WALL_SECONDS
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 <= limits.MEMORY_BYTES
    return code


def test_the_corpus_has_every_kind() -> None:
    assert len(CORPUS) >= 60
    assert len({one.tries for one in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("one", CORPUS, ids=lambda one: one.tries.replace(" ", "-")[:60])
def test_it_answers_a_hostile_file_in_words(one: hostile.Hostile) -> None:
    assert answer(one) in one.codes


def test_it_reads_no_file_that_an_entity_names(tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("never read this", encoding="utf-8")
    declared = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{canary.as_uri()}">]>'
    rows = f'<row r="1">{hostile.text_cell("A1", "&e;")}</row>'
    with pytest.raises(ReadError) as refused:
        reading.read_workbook(hostile.book(sheet=hostile.sheet_xml(rows, before=declared)), "a.xlsx")
    assert refused.value.code == "xml_entities"
    assert "never read this" not in refused.value.message("en")


def test_it_names_the_cell_that_lies_too_far_out() -> None:
    rows = hostile.GOOD_ROWS + f'<row r="3">{hostile.text_cell("XFD1048576", "x")}</row>'
    with pytest.raises(ReadError, match="XFD1048576"):
        reading.read_workbook(hostile.book(sheet=hostile.sheet_xml(rows)), "a.xlsx")


def test_a_process_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(limits, "WALL_SECONDS", 0.001)
    with pytest.raises(ReadError) as refused:
        reading.read_workbook(hostile.book(), "a.xlsx")
    assert refused.value.code == "too_slow"


def test_a_process_without_memory_says_so() -> None:
    assert isolation._stopped(-6).code == "too_hard"
    assert isolation._stopped(-24).code == "too_slow"
    assert isolation._stopped(1).code == "corrupt"


def test_the_process_gets_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    monkeypatch.setenv("SECRET_KEY", "secret")
    assert "secret" not in str(isolation._environment())


def _mutants(seed: int, count: int) -> Iterator[hostile.Hostile]:
    """Yield good and hostile files with bytes changed, cut out, doubled or mixed."""
    chance = random.Random(seed)
    bases = [one for one in CORPUS if 30 < len(one.data) < 200_000]
    for number in range(count):
        one = chance.choice(bases)
        data = bytearray(one.data)
        for _ in range(chance.choice((1, 3, 20))):
            place = chance.randrange(len(data))
            kind = chance.randrange(4)
            if kind == 0:
                data[place] = chance.randrange(256)
            elif kind == 1:
                del data[place : place + chance.randrange(1, 64)]
            elif kind == 2:
                data[place:place] = data[place : place + chance.randrange(1, 64)]
            else:
                data[place:place] = chance.randbytes(4)
            if not data:
                data = bytearray(b"x")
        name = chance.choice((one.filename, "a.xlsx", "a.xls", "a.csv", "a"))
        yield hostile.Hostile(f"{one.tries} mutant {number}", name, bytes(data), frozenset())


@pytest.mark.load
def test_it_answers_hundreds_of_mutants() -> None:
    codes = [answer(one) for one in _mutants(20261123, 400)]
    assert len(codes) == 400
    assert len(set(codes)) > 5
