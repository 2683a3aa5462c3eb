"""Django's `url`, `translate` and `date`, with what is the same every time worked out once. Built in by settings.

A list of 50 rows holds 200 addresses that differ in a number, and as many words that do not differ at all;
Django looks each of them up anew, which took half of the time of the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.template.defaultfilters import date as django_date
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.templatetags.i18n import TranslateNode, do_translate
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language

register = template.Library()
# Stand for the numbers of an address while its pattern is found; no address holds these digits otherwise.
_PLACEHOLDERS = (987_654_301, 987_654_302, 987_654_303)


# Text is kept as it is only if nothing in it needs another spelling in an address: names of fields, of weeks.
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,29}")
# Each argument of an address as it stands in the key of its pattern: "" for a number, or the word itself.
Shape = tuple[str, ...]


@lru_cache(maxsize=1024)
def _pattern(name: str, shape: Shape, _prefix: str, _root: str) -> str:
    """Return the address `name` with %d for each of its numbers."""
    numbers = iter(_PLACEHOLDERS)
    args = [word or next(numbers) for word in shape]
    address = reverse(name, args=args).replace("%", "%%")
    for placeholder in args:
        if isinstance(placeholder, int):
            address = address.replace(str(placeholder), "%d", 1)
    return address


def address(name: str, *args: int | str) -> str:
    """Return `reverse(name, args=args)` for at most three whole numbers and plain words, quickly.

    Raises:
        NoReverseMatch: there is no such address.
    """
    shape = tuple("" if isinstance(arg, int) else arg for arg in args)
    pattern = _pattern(name, shape, get_script_prefix(), settings.ROOT_URLCONF)
    return pattern % tuple(arg for arg in args if isinstance(arg, int))


def _is_plain(arg: Any) -> bool:
    return (type(arg) is int and arg >= 0) or (type(arg) is str and _WORD.fullmatch(arg) is not None)


class QuickURLNode(URLNode):
    """`{% url %}`; only addresses of at most three whole numbers or plain words take the short way."""

    def render(self, context: Context) -> str:
        """Return the address."""
        args = [arg.resolve(context) for arg in self.args]
        name = self.view_name.resolve(context)
        is_short = not self.kwargs and not self.asvar and len(args) <= len(_PLACEHOLDERS)
        if not is_short or not all(map(_is_plain, args)):
            return super().render(context)
        return address(name, *args)


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """Django's `{% url %}`."""
    node = django_url(parser, token)
    return QuickURLNode(node.view_name, node.args, node.kwargs, node.asvar)


class QuickTranslateNode(TranslateNode):
    """`{% translate %}` of a constant text: looked up once for each language."""

    def render(self, context: Context) -> str:
        """Return the text in the active language."""
        key = (get_language(), context.autoescape)
        known: dict[Any, str] = self.__dict__.setdefault("_known", {})
        if key not in known:
            known[key] = super().render(context)
        return known[key]


def _is_constant(expression: FilterExpression | None) -> bool:
    if expression is None:
        return True
    return not expression.filters and getattr(expression.var, "literal", None) is not None


@register.tag
def translate(parser: Parser, token: Token) -> TranslateNode:
    """Django's `{% translate %}`."""
    node = do_translate(parser, token)
    if node.asvar or node.noop or not _is_constant(node.filter_expression):
        return node
    if not _is_constant(node.message_context):
        return node
    node.__class__ = QuickTranslateNode
    return node


# The formats that rows repeat; Django reads the format anew for each date.
_FORMATS: Mapping[str | None, Callable[[Any], str]] = {
    "Y-m-d": lambda day: f"{day.year:04}-{day.month:02}-{day.day:02}",
    "m-d": lambda day: f"{day.month:02}-{day.day:02}",
    "H:i": lambda moment: f"{moment.hour:02}:{moment.minute:02}",
    "m-d H:i": lambda moment: f"{moment.month:02}-{moment.day:02} {moment.hour:02}:{moment.minute:02}",
}


@register.filter("date", expects_localtime=True, is_safe=False)
def formatted(value: Any, form: str | None = None) -> str:
    """Django's `date`."""
    short = _FORMATS.get(form)
    if short is None or not (type(value) is datetime or (type(value) is date and "H" not in str(form))):
        return django_date(value, form)
    return short(value)
