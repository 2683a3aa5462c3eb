"""The first-run form."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.engines import blocks as engine
from opsloop.engines.blocks import BlockKind, Rule
from opsloop.organisation.actions.organisation import FirstAdmin, Outline
from opsloop.organisation.forms.fields import language_field, time_zone_field
from opsloop.organisation.models import Organisation, Person

USERNAME = RegexValidator(r"^[\w.@+-]+\Z", _("Use letters, digits and . _ - + @, without blanks."))
MOST_DEPARTMENTS = 200


def _day(focus: tuple[int, int], lunch: tuple[time, time], last: tuple[time, time]) -> tuple[Rule, ...]:
    morning, evening = time(focus[0]), last[0]
    return (
        Rule(BlockKind.FOCUS, morning, lunch[0]),
        Rule(BlockKind.FRAGMENT, time(focus[1]), time(focus[1], 30)),
        Rule(BlockKind.LUNCH, *lunch),
        Rule(BlockKind.FOCUS, lunch[1], evening),
        Rule(BlockKind.BUFFER, *last),
    )


# name -> (label, rules). The first is the methodology's own day.
PRESETS: dict[str, tuple[Promise, tuple[Rule, ...]]] = {
    "standard": (_("Standard, 9:00 to 17:30"), engine.DEFAULT_TEMPLATE.rules),
    "late": (
        _("Late start, 10:00 to 19:00"),
        _day((10, 11), (time(12, 30), time(14)), (time(18, 30), time(19))),
    ),
    "early": (
        _("Early start, 8:00 to 17:00"),
        _day((8, 9), (time(12), time(13)), (time(16, 30), time(17))),
    ),
}


class SetUpForm(forms.Form):
    """Everything a new installation has to know, with defaults that suit most."""

    organisation = forms.CharField(label=_("Name of the organisation"), max_length=100)
    mode = forms.ChoiceField(
        label=_("Mode"), choices=Organisation.Mode.choices, widget=forms.RadioSelect, initial="growth"
    )
    departments = forms.CharField(
        label=_("Departments"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_(
            "One a line. Indent a line to put it below the one above. You can change all this later."
        ),
    )
    name = forms.CharField(label=_("Your name"), max_length=60)
    username = forms.CharField(
        label=_("User name"), max_length=60, validators=[USERNAME], initial="admin",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Email"), required=False, help_text=_("Used to log in and to reset the password.")
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=_("At least 8 characters; 15 or more are recommended."),
    )
    language = language_field()
    time_zone = time_zone_field()
    blocks = forms.ChoiceField(
        label=_("Time blocks of a working day"),
        choices=[(key, label) for key, (label, _rules) in PRESETS.items()],
        widget=forms.RadioSelect,
        initial="standard",
    )

    def clean_departments(self) -> list[Outline]:
        """Read the indented lines as a tree."""
        lines = [line for line in self.cleaned_data["departments"].expandtabs(4).splitlines() if line.strip()]
        if len(lines) > MOST_DEPARTMENTS:
            raise ValidationError(_("At most 200 departments can be entered here."))
        outline: list[Outline] = []
        for line in lines:
            # Full-width blanks are what an IME types.
            plain = line.replace("\u3000", "  ")
            name = plain.strip().lstrip("-·•*").strip()
            if not name or len(name) > 60:
                raise ValidationError(_("“%(line)s” is no name of a department."), params={"line": line[:70]})
            outline.append(Outline(name, len(plain) - len(plain.lstrip())))
        _check_unique(outline)
        return outline

    def clean(self) -> dict[str, Any]:
        """Judge the password by the rules, knowing whose it is."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        person = Person(**{key: data.get(key, "") for key in ("username", "name", "email")})
        words = {"organisation": data.get("organisation", "")}
        if data.get("password"):
            try:
                validate_password(data["password"], person)
                if (
                    len(words["organisation"]) >= 4
                    and words["organisation"].lower() in data["password"].lower()
                ):
                    raise ValidationError(_("The password must not contain the name of the organisation."))
            except ValidationError as error:
                self.add_error("password", error)
        return data

    @property
    def admin(self) -> FirstAdmin:
        """The first administrator, from valid data."""
        data = self.cleaned_data
        return FirstAdmin(data["username"], data["name"], data["email"], data["password"])

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the organisation, from valid data."""
        data = self.cleaned_data
        return {"name": data["organisation"]} | {key: data[key] for key in ("mode", "language", "time_zone")}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The chosen time blocks, from valid data."""
        return PRESETS[self.cleaned_data["blocks"]][1]


def _check_unique(outline: list[Outline]) -> None:
    stack: list[tuple[int, str]] = []
    seen: set[tuple[str, ...]] = set()
    for line in outline:
        while stack and stack[-1][0] >= line.depth:
            stack.pop()
        stack.append((line.depth, line.name))
        path = tuple(name for _depth, name in stack)
        if path in seen:
            raise ValidationError(
                _("The department “%(name)s” stands here twice."), params={"name": line.name}
            )
        if len(path) > 10:
            raise ValidationError(_("The tree may have at most 10 levels."))
        seen.add(path)
