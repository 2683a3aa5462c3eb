from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import engines
from django.utils import translation

from opsloop.web import assets
from opsloop.web.forms import DateTimeInput
from opsloop.web.templatetags import web

NOW = datetime(2026, 12, 4, 2, 0, tzinfo=UTC)


@dataclass
class Somebody:
    name: str


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def render(source: str, **context) -> str:
    return engines["django"].from_string(source).render(context)


@pytest.mark.parametrize("table", [web.PRIORITIES, web.STATUSES, web.QUADRANTS])
def test_every_sign_has_a_tone_an_icon_and_a_word(table):
    for tone, icon, word in table.values():
        assert tone in {"red", "orange", "gold", "green", "cyan", "blue", "purple", "grey"}
        assert icon in assets.icon_names()
        assert str(word)


def test_the_style_sheet_draws_every_sign_as_the_icon_of_its_name():
    styles = Path(__file__).parents[4] / "frontend" / "src" / "styles" / "_components.scss"
    listed = styles.read_text("utf-8").partition("$signs: (")[2].partition(");")[0]
    drawn = dict(re.findall(r"'([\w-]+)': '([\w-]+)'", listed))
    icons = json.loads((Path(web.__file__).parents[1] / "icons.json").read_text("utf-8"))
    assert drawn == {name: icons[name] for name in {*web.SIGNS, "edit"}}


def test_a_priority_shows_icon_and_word():
    page = render('{% priority "urgent" %}')
    assert "sign-urgent" in page
    assert "Urgent" in page


def test_a_priority_that_is_not_set_shows_nothing():
    assert render("{% priority value %}", value=None) == ""


def test_an_unknown_icon_is_an_error_of_the_programmer():
    with pytest.raises(ValueError, match=r"icons\.json"):
        web.icon("nonsense")


@pytest.mark.parametrize(
    ("name", "shown"), [("李晓雯", "雯"), ("张伟", "伟"), ("Anna Schmidt", "AS"), ("anna", "A"), ("", "?")]
)
def test_an_avatar_shows_what_it_has_room_for(name, shown):
    assert web.initials(name) == shown


def test_a_name_is_escaped():
    page = render("{% person who %}", who=Somebody("<script>alert(1)</script>"))
    assert "<script>" not in page


def test_nobody_is_said_in_words():
    assert "Nobody yet" in render("{% person who %}", who=None)


def test_too_much_is_said_in_words_and_not_by_colour_alone():
    page = render("{% capacity 520 450 %}")
    assert "1 h 10 min too much" in page
    assert "meter-over" in page


def test_a_bar_never_leaves_its_frame():
    for value in (-5, 0, 50, 250):
        assert 'width="100.0%"' in render("{% progress v 100 %}", v=250)
        assert (
            "-"
            not in render("{% progress v 100 %}", v=value)
            .split("meter-fill")[1]
            .split("height")[0]
            .split("width=")[1]
        )


def test_a_late_date_carries_a_word():
    page = render("{% when day late=True %}", day=NOW, request=SimpleNamespace(now=NOW))
    assert "late" in page


def test_numbers_have_separators():
    assert render("{{ n|number }} {{ m|minutes }}", n=1234567, m=135) == "1,234,567 2 h 15 min"


class SampleForm(forms.Form):
    title = forms.CharField(label="Title", help_text="One sentence.")
    due = forms.DateTimeField(required=False, widget=DateTimeInput())
    tone = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    agree = forms.BooleanField(required=False)


def test_a_field_stands_under_its_label_with_error_and_hint_tied_to_it():
    page = str(SampleForm({"title": ""}))
    assert (
        page.index("Title")
        < page.index('name="title"')
        < page.index("id_title_error")
        < page.index('id="id_title_helptext"')
    )
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_title_helptext id_title_error"' in page


def test_fields_carry_the_class_of_their_kind():
    page = str(SampleForm())
    assert 'class="form-control"' in page
    assert 'type="datetime-local"' in page
    assert 'class="form-check-input"' in page


def test_an_error_of_the_whole_form_stands_first():
    form = SampleForm({"title": "x", "tone": "a"})
    form.add_error(None, "These do not fit together.")
    page = str(form)
    assert page.index("These do not fit together.") < page.index('name="title"')


def test_a_page_without_built_files_still_renders(monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "_manifest", assets.Manifest(tmp_path / "missing.json"))
    assert assets.url("src/app.ts") == ""
    assert "<svg" in web.icon("add")
