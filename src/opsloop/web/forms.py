"""How every form looks: the renderer, and the attributes that our styles and screen readers need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import normalize_newlines

from opsloop.engines.language.readings import alphabetical, spelled

# Digits of the greatest key that fits every column of both databases.
LONGEST_KEY = 18
_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    # Their class would go to the list around the boxes as well; .choices styles them.
    (forms.RadioSelect, ""),
    (forms.Select, "form-select"),
    (forms.HiddenInput, ""),
    (forms.Widget, "form-control"),
)


def widget_class(widget: forms.Widget) -> str:
    """Return the style class of a widget."""
    return next(css for kind, css in _CLASSES if isinstance(widget, kind))


class StyledField(BoundField):
    """A form field as our templates show it."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Add the style class, and `autocomplete` off where a browser's guess would only cover the page."""
        widget = widget or self.field.widget
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        own = widget_class(widget)
        given = str(attrs.get("class") or widget.attrs.get("class") or "")
        if own and own not in given.split():
            built["class"] = f"{given} {own}".strip()
        return built

    @property
    def is_check(self) -> bool:
        """Whether the label stands beside the box instead of above."""
        return isinstance(self.field.widget, forms.CheckboxInput)


class Renderer(DjangoTemplates):
    """Renders forms by our templates; every template of ours can therefore say `{{ form }}`."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"
    bound_field_class = StyledField


class LongTextField(forms.CharField):
    """Text of several lines, stored with the line ends of Unix whatever the browser sends."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """Return the text with one kind of line end."""
        text: str = normalize_newlines(super().to_python(value) or "")
        return text


def _options(choices: Any) -> Iterator[tuple[Any, SafeString, Any]]:
    """Yield value, attributes and label of each option."""
    pairs = [("" if key is None else key, text) for key, text in choices]
    if getattr(getattr(choices, "queryset", None), "model", None) is not get_user_model():
        yield from ((key, SafeString(""), text) for key, text in pairs)
        return
    yield from ((key, SafeString(""), text) for key, text in pairs if key == "")
    people = ((key, str(text)) for key, text in pairs if key != "")
    for key, name in sorted(people, key=lambda pair: alphabetical(pair[1])):
        yield key, format_html(' data-search="{}"', spelled(name)), name


class LeanSelect(forms.Select):
    """A select for long lists (all people, all projects), upgraded by the script to one with a search box.

    Django renders every option by a template; this writes them in one go, fifty times faster. People stand in the
    order of a phone book and are found by pinyin.
    """

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-picker": "", **(attrs or {})}, choices)

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,  # noqa: ARG002 (part of Django's contract)
    ) -> SafeString:
        """Return the whole element."""
        chosen = set(self.format_value(value))
        options = format_html_join(
            "",
            '<option value="{}"{}{}>{}</option>',
            (
                (one, said, mark_safe(" selected") if str(one) in chosen else "", label)
                for one, said, label in _options(self.choices)
            ),
        )
        built = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        multiple = mark_safe(" multiple") if self.allow_multiple_selected else ""
        return format_html("<select{}{}>{}</select>", built, multiple, options)


def people_options(people: Iterable[Any]) -> SafeString:
    """Return people as the options of a select, in the order of a phone book, to be found by pinyin."""
    return format_html_join(
        "",
        '<option value="{}" data-search="{}">{}</option>',
        (
            (one.pk, spelled(str(one)), str(one))
            for one in sorted(people, key=lambda one: alphabetical(str(one)))
        ),
    )


class SharingSelect(LeanSelect):
    """A select that holds what is chosen alone; the script takes the rest from one template of the page.

    For forms that ask for one of the same people many times: `source` is the id of that template.
    """

    def __init__(self, source: str, known: dict[str, str], empty: str) -> None:
        super().__init__({"data-options": source})
        self.known, self.empty = known, empty

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,  # noqa: ARG002 (part of Django's contract)
    ) -> SafeString:
        """Return the element with what is chosen and the way to choose nobody."""
        chosen = [one for one in self.format_value(value) if one in self.known]
        built = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        options = format_html_join(
            "", '<option value="{}" selected>{}</option>', ((one, self.known[one]) for one in chosen)
        )
        return format_html('<select{}><option value="">{}</option>{}</select>', built, self.empty, options)


class LeanSelectMultiple(forms.SelectMultiple):
    """The same for several choices."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-picker": "", **(attrs or {})}, choices)

    render = LeanSelect.render


class SeveralField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several records of a list. A key too great for the database is no choice, as any other unknown one."""

    def clean(self, value: Any) -> Any:
        """Return the chosen records."""
        for one in value if isinstance(value, (list, tuple)) else ():
            if str(one).isdigit() and len(str(one)) > LONGEST_KEY:
                message = self.error_messages["invalid_choice"]
                raise ValidationError(
                    message, code="invalid_choice", params={"value": str(one)[:LONGEST_KEY]}
                )
        return super().clean(value)


class DateInput(forms.DateInput):
    """A date picked or typed, yyyy-mm-dd on every machine."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """A date with a clock time, picked or typed."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class TimeInput(forms.TimeInput):
    """A clock time, 24 hours."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")
