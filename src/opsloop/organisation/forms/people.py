"""Forms about people, their roles and their links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.forms.fields import DepartmentField, language_field, time_zone_field
from opsloop.organisation.forms.setup import USERNAME
from opsloop.organisation.models import Department, Person
from opsloop.organisation.queries.people import assignable_departments
from opsloop.organisation.roles import Permission, Role

MOST_INVITED = 100


class PersonForm(forms.Form):
    """What the directory says about a person."""

    name = forms.CharField(label=_("Full name"), max_length=60)
    username = forms.CharField(
        label=_("User name"), max_length=60, validators=[USERNAME],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )  # fmt: skip
    email = forms.EmailField(label=_("Email"), required=False)
    department = DepartmentField(label=_("Department"), empty_label=_("None"), required=False)
    title = forms.CharField(label=_("Position"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        help_text=_("Shown to the person and to their leads."),
    )

    def __init__(self, *arguments: Any, by: Person, person: Person | None = None, **options: Any) -> None:
        options.setdefault("initial", _initial(person, self.base_fields) if person else {})
        super().__init__(*arguments, **options)
        field: Any = self.fields["department"]
        offered = assignable_departments(by, Permission.PEOPLE_MANAGE)
        field.offer(offered, keep=person.department if person else None)
        field.required = by.reaches.departments(Permission.PEOPLE_MANAGE) is not None


class NewPersonForm(PersonForm):
    """A new person and their first role."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.MEMBER)

    def __init__(self, *arguments: Any, by: Person, **options: Any) -> None:
        super().__init__(*arguments, by=by, **options)
        if not by.may(Permission.ROLES_GRANT):
            role: Any = self.fields["role"]
            role.choices = [(Role.MEMBER.value, Role.MEMBER.label)]


def _initial(person: Person, fields: Any) -> dict[str, Any]:
    return {name: getattr(person, name) for name in fields if hasattr(person, name)}


class RoleForm(forms.Form):
    """A role to grant, and for which department."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    department = DepartmentField(
        label=_("Department"), required=False, empty_label=_("Whole organisation"),
        help_text=_("Directors, auditors and administrators hold their role for the whole organisation."),
    )  # fmt: skip

    def __init__(self, *arguments: Any, by: Person, person: Person, **options: Any) -> None:
        options.setdefault("initial", {"role": Role.MEMBER, "department": person.department})
        super().__init__(*arguments, **options)
        field: Any = self.fields["department"]
        if by.may(Permission.ROLES_GRANT):
            field.offer(Department.objects.visible_to(by).filter(closed_at__isnull=True))
            return
        field.offer(assignable_departments(by, Permission.PEOPLE_MANAGE))
        role: Any = self.fields["role"]
        role.choices = [(Role.MEMBER.value, Role.MEMBER.label)]


class SkillsForm(forms.Form):
    """Skills, one a line with a level."""

    skills = forms.CharField(
        label=_("Skills"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line with a level from 1 (learning) to 5 (teaches it), such as “Copywriting 4”."),
    )

    def clean_skills(self) -> dict[str, int]:
        """Read the lines; a line without a level counts as 3."""
        levels: dict[str, int] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["skills"].splitlines())):
            match = re.fullmatch(r"(?P<name>.+?)[\s:：,，]+(?P<level>\d+)", line)
            name = (match["name"] if match else line).strip(" \t:：,，")
            level = int(match["level"][:3]) if match else 3
            if not 1 <= level <= 5:
                raise ValidationError(
                    _("“%(line)s”: a level is a number from 1 to 5."), params={"line": line[:60]}
                )
            if not name or len(name) > 40:
                raise ValidationError(
                    _("“%(line)s”: a skill has a name of at most 40 characters."), params={"line": line[:60]}
                )
            levels[name] = level
        return levels


@dataclass(frozen=True)
class Invited:
    """One line of a pasted list."""

    name: str
    email: str


class InviteManyForm(forms.Form):
    """Several people at once: a pasted list of names and addresses."""

    people = forms.CharField(
        label=_("Names and email addresses"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("One person a line, such as “Li Na, lina@example.com”. The address may be left out."),
    )
    department = DepartmentField(label=_("Department"), empty_label=_("Choose a department"))

    def __init__(self, *arguments: Any, by: Person, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field: Any = self.fields["department"]
        field.offer(assignable_departments(by, Permission.PEOPLE_MANAGE))

    def clean_people(self) -> list[Invited]:
        """Read the list; every bad line is named."""
        lines = [line.strip() for line in self.cleaned_data["people"].splitlines() if line.strip()]
        if len(lines) > MOST_INVITED:
            raise ValidationError(_("At most 100 people at once."))
        problems: list[str] = []
        rows = [self._row(number, line, problems) for number, line in enumerate(lines, start=1)]
        if problems:
            raise ValidationError(problems)
        return [row for row in rows if row]

    def _row(self, number: int, line: str, problems: list[str]) -> Invited | None:
        words = [
            word.strip("<>《》()（）\"'")
            for word in re.split(r"[,，;；\t]+|\s+(?=\S*@)|(?<=\S)\s*(?=<)", line)
        ]
        email = next((word for word in words if "@" in word), "").lower()
        name = " ".join(word for word in words if word and "@" not in word) or email.partition("@")[0]
        try:
            if email:
                EmailValidator()(email)
        except ValidationError:
            problems.append(
                _now("Line %(number)d: “%(text)s” is no email address.")
                % {"number": number, "text": email[:60]}
            )
            return None
        if len(name) > 60:
            problems.append(_now("Line %(number)d: the name is too long.") % {"number": number})
            return None
        return Invited(name, email)


class AcceptForm(forms.Form):
    """The first password of an invited person."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
        help_text=password_validators_help_text_html,
    )
    again = forms.CharField(
        label=_("Password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *arguments: Any, person: Person, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._person = person

    def clean_password(self) -> str:
        """Judge the password by the rules."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self._person)
        return password

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "password" in data and data["password"] != data.get("again"):
            self.add_error("again", _("The two passwords are not the same."))
        return data


class PreferencesForm(forms.Form):
    """One's own settings."""

    language = language_field()
    time_zone = time_zone_field()
    theme = forms.ChoiceField(label=_("Appearance"), choices=Person.Theme.choices)
    density = forms.ChoiceField(label=_("Row height"), choices=Person.Density.choices)
    start_page = forms.ChoiceField(
        label=_("First page after logging in"), required=False,
        choices=[("", _("As usual for my role")), *Person.StartPage.choices],
    )  # fmt: skip
    title = forms.CharField(label=_("Position"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, help_text=_("Shown to you and to your leads.")
    )
    reserve_percent = forms.IntegerField(
        label=_("Own reserve in percent"), required=False, min_value=0, max_value=50,
        help_text=_("Added to your estimates when your week is planned. Empty: worked out from your past."),
    )  # fmt: skip

    def __init__(self, *arguments: Any, person: Person, **options: Any) -> None:
        options.setdefault("initial", _initial(person, self.base_fields))
        super().__init__(*arguments, **options)
