from __future__ import annotations

import json

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from opsloop.records.refusals import VersionMissing
from opsloop.web import versions
from opsloop.web.tests.urls import NOW_STORED, NoteForm

THEIRS = NoteForm(initial=NOW_STORED)
BASE = {"title": ["old"], "tone": ["1"], "is_done": []}


def found(mine, base=BASE):
    return {one.name: one for one in versions.differences(base=base, mine=mine, theirs=THEIRS)}


def test_it_reads_the_version_from_the_form_and_from_the_header():
    factory = RequestFactory()
    assert versions.read_version(factory.post("/", {"version": "7"})) == 7
    assert versions.read_version(factory.post("/", headers={"If-Match": 'W/"12"'})) == 12
    assert versions.read_version(factory.delete("/?version=3")) == 3


@pytest.mark.parametrize("stated", ["", "x", "-1", "1.5", "٣", "9" * 40])
def test_it_refuses_a_write_without_a_whole_number(stated):
    with pytest.raises(VersionMissing):
        versions.read_version(RequestFactory().post("/", {"version": stated}))


def test_it_keeps_what_only_they_changed():
    one = found({"title": ["old"], "tone": ["1"], "is_done": []})["title"]
    assert (one.is_clash, one.winner, one.merged) == (False, "theirs", ["theirs"])


def test_it_keeps_what_only_i_changed():
    base = {**BASE, "title": ["theirs"]}
    one = found({"title": ["mine"], "tone": ["2"], "is_done": ["on"]}, base)["title"]
    assert (one.is_clash, one.winner, one.merged) == (False, "mine", ["mine"])


def test_a_field_left_empty_on_both_sides_is_no_difference():
    untouched = found({"title": [""], "tone": ["2"], "is_done": ["on"]}, {**BASE, "title": []})["title"]
    assert (untouched.is_clash, untouched.winner, untouched.merged) == (False, "theirs", ["theirs"])
    empty = versions.differences(base={}, mine={"title": [""], "tone": [""]}, theirs=NoteForm(initial={}))
    assert [one.name for one in empty if one.name == "title"] == []


def test_line_ends_of_the_browser_are_no_change():
    stored = NoteForm(initial={**NOW_STORED, "title": "one\ntwo"})
    sent = {"title": ["one\r\ntwo"], "tone": ["2"], "is_done": ["on"]}
    assert versions.differences(base={}, mine=sent, theirs=stored) == []


def test_it_asks_about_what_both_changed():
    assert found({"title": ["mine"], "tone": ["2"], "is_done": ["on"]})["title"].is_clash


def test_it_leaves_out_what_agrees():
    assert set(found({"title": ["theirs"], "tone": ["2"], "is_done": ["on"]})) == set()


def test_it_asks_about_everything_when_the_form_did_not_say_how_it_was_opened():
    assert all(one.is_clash for one in found({"title": ["mine"], "tone": ["1"], "is_done": []}, {}).values())


def test_it_shows_the_words_of_a_choice():
    one = found({"title": ["theirs"], "tone": ["1"], "is_done": ["on"]})["tone"]
    assert (one.theirs_text, one.mine_text) == ("loud", "calm")


def test_a_form_with_errors_keeps_the_base_it_was_opened_with():
    opened = json.dumps({"title": ["first"]})
    assert versions.base_of(NoteForm({"title": "", "record_base": opened})) == opened


@given(st.text())
def test_a_mangled_base_counts_as_none(text):
    read = versions.read_base(RequestFactory().post("/", {"record_base": text}))
    assert isinstance(read, dict)


@given(mine=st.text(), opened=st.text())
def test_a_merge_never_invents_a_value(mine, opened):
    base = {**BASE, "title": [opened]}
    for one in found({"title": [mine], "tone": ["2"], "is_done": ["on"]}, base).values():
        assert list(one.merged) in ([mine], ["theirs"])
