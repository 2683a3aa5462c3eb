"""Addresses and constant texts are what Django's own tags would give, only sooner."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.safestring import mark_safe

from opsloop.web.templatetags import web
from opsloop.web.templatetags.quick import address


def rendered(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


def test_an_address_of_numbers_is_the_one_django_gives():
    for pk in (1, 42, 9_999_999_999):
        assert address("work:task", pk) == reverse("work:task", args=[pk])
        assert rendered('{% url "work:task" pk %}', pk=pk) == reverse("work:task", args=[pk])
    assert address("work:dependency", 7, 8) == reverse("work:dependency", args=[7, 8])
    assert rendered('{% url "work:tasks" %}') == reverse("work:tasks")


def test_an_address_of_words_goes_the_long_way():
    assert rendered('{% url "work:field" 3 "status" %}') == reverse("work:field", args=[3, "status"])
    assert rendered('{% url "work:task" pk=3 as it %}{{ it }}') == reverse("work:task", args=[3])


@pytest.mark.parametrize("value", [-1, "x", None, True])
def test_what_is_no_number_is_refused_as_django_refuses_it(value):
    with pytest.raises(NoReverseMatch):
        rendered('{% url "work:task" pk %}', pk=value)
    with pytest.raises(NoReverseMatch):
        address("no:such")


def test_a_constant_text_follows_the_language_of_each_render():
    template = Template('{% translate "Tasks" %}')
    for language in ("en", "zh-hans", "en"):
        with translation.override(language):
            assert template.render(Context()) == translation.gettext("Tasks")


def test_a_text_that_varies_is_looked_up_each_time():
    template = Template("{% translate word %}")
    with translation.override("en"):
        assert template.render(Context({"word": "Tasks"})) == "Tasks"
        assert template.render(Context({"word": "<b>"})) == "&lt;b&gt;"


def test_a_cached_badge_never_lends_its_safety_to_the_same_text_of_a_person():
    assert web.badge(mark_safe("<b>x</b>")).count("<b>") == 1
    assert "<b>" not in web.badge("<b>x</b>")
    assert "<b>" not in web.icon("check", "", "<b>")
    assert "<b>" not in web.avatar(type("P", (), {"name": "<b>Li</b>"})())


def test_a_row_box_escapes_its_label():
    assert '"><' not in web.row_select(1, '"><img>')
