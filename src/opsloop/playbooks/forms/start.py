"""The form by which a template is started."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.playbooks.models import Playbook
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused
from opsloop.web.forms import DateInput, LeanSelect, SharingSelect, people_options

# The template of the page that holds everybody.
PEOPLE = "role-people"


class StartForm(forms.Form):
    """Name, days, department, and a person for each role."""

    name = forms.CharField(label=_("Name"), max_length=120)
    start = forms.DateField(label=_("Starts"), widget=DateInput)
    due = forms.DateField(
        label=_("Ends"), required=False, widget=DateInput,
        help_text=_("Leave it empty to take as long as the steps need."),
    )  # fmt: skip
    department = forms.ModelChoiceField(Department.objects.none(), label=_("Department"), widget=LeanSelect)

    def __init__(
        self, data: Any = None, *, playbook: Playbook, person: Person, people: dict[str, Person], start: date
    ) -> None:
        """Offer `person` sensible values: the next working day, and whom they chose the last time."""
        self.roles = [role.name for role in playbook.roles.all()]
        departments = _departments(playbook, person)
        home = next((one for one in departments if one.pk == person.department_id), None)
        initial = {
            "name": playbook.name, "start": start, "department": home or (departments[0] if departments else None),
            **{f"role-{place}": people.get(role) for place, role in enumerate(self.roles)},
        }  # fmt: skip
        super().__init__(data, initial=initial)
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Department.objects.filter(pk__in=[one.pk for one in departments])
        offered = Person.objects.visible_to(person).filter(is_active=True).only("name")
        self.offered = list(offered) if self.roles else []
        known = {str(one.pk): str(one) for one in self.offered}
        for place, role in enumerate(self.roles):
            widget = SharingSelect(PEOPLE, known, str(_("Nobody yet")))
            self.fields[f"role-{place}"] = forms.ModelChoiceField(
                offered, label=role, required=False, widget=widget
            )

    @property
    def people_template(self) -> SafeString:
        """Everybody who can be chosen, once for all roles."""
        return format_html('<template id="{}">{}</template>', PEOPLE, people_options(self.offered))

    @property
    def role_fields(self) -> list[Any]:
        """The fields of the roles, bound."""
        return [self[f"role-{place}"] for place in range(len(self.roles))]

    def clean(self) -> dict[str, Any]:
        """Check that the end does not come first."""
        cleaned: dict[str, Any] = super().clean() or {}
        start, due = cleaned.get("start"), cleaned.get("due")
        for name in ("start", "due"):
            if not is_plausible(cleaned.get(name)):
                self.add_error(name, _("Choose a date between 2000 and 2100."))
        if start and due and due < start:
            self.add_error("due", _("It ends before it starts. Move one of the dates."))
        return cleaned

    def people(self) -> dict[str, Person]:
        """Return role -> the person chosen, as far as they are valid."""
        found = getattr(self, "cleaned_data", {})
        chosen = {role: found.get(f"role-{place}") for place, role in enumerate(self.roles)}
        return {role: person for role, person in chosen.items() if person is not None}

    def refuse(self, refused: Refused) -> None:
        """Show why the rules do not allow it, under the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


def _departments(playbook: Playbook, person: Person) -> list[Department]:
    """Return where the person may start it: for a project the departments they lead, else any that is open."""
    rows = Department.objects.visible_to(person).filter(closed_at__isnull=True)
    if playbook.is_project:
        reach = person.reaches.departments(Permission.PROJECT_EDIT)
        rows = rows if reach is None else rows.filter(Q(pk__in=reach))
    return list(rows)
