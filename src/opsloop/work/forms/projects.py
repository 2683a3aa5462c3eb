"""The form of a project."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsloop.goals.models import Goal
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Refused
from opsloop.web.forms import DateInput, LeanSelect, LeanSelectMultiple, LongTextField, SeveralField
from opsloop.work.models import Project

FIELDS = (
    "name", "owner", "department", "members", "goal", "status", "starts_on", "due_on", "description",
)  # fmt: skip


class ProjectForm(forms.Form):
    """Everything of a project."""

    name = forms.CharField(label=_("Project"), max_length=120)
    owner = forms.ModelChoiceField(Person.objects.none(), label=_("Owner"), required=False, widget=LeanSelect)
    department = forms.ModelChoiceField(Department.objects.none(), label=_("Department"), widget=LeanSelect)
    members = SeveralField(
        Person.objects.none(), label=_("Takes part"), required=False, widget=LeanSelectMultiple,
        help_text=_("They see the project and all its tasks."),
    )  # fmt: skip
    goal = forms.ModelChoiceField(Goal.objects.none(), label=_("Goal"), required=False, widget=LeanSelect)
    status = forms.ChoiceField(
        label=_("Stage"),
        choices=Project.Status.choices,
        initial=Project.Status.ACTIVE,
        widget=forms.RadioSelect,
    )
    starts_on = forms.DateField(label=_("Starts"), required=False, widget=DateInput)
    due_on = forms.DateField(label=_("Due"), required=False, widget=DateInput)
    description = LongTextField(
        label=_("Description"), required=False, max_length=20000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(
        self,
        data: Any = None,
        *,
        person: Person,
        project: Project | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """Offer `person` the fields, filled from `project`."""
        values = {name: getattr(project, name) for name in FIELDS if name != "members"} if project else {}
        if project:
            values["members"] = list(project.members.all())
        super().__init__(data, initial={**values, **(initial or {})})
        kept = [project.owner_id, *(one.pk for one in values["members"])] if project else []
        people = Person.objects.visible_to(person).filter(
            Q(is_active=True) | Q(pk__in=[pk for pk in kept if pk])
        )
        goals = Goal.objects.visible_to(person).alive().filter(status=Goal.Status.ACTIVE)
        offers = {
            "owner": people.only("name"),
            "members": people.only("name"),
            "department": _departments(person, project),
            "goal": Goal.objects.filter(
                Q(pk__in=goals.values("pk")) | Q(pk=project.goal_id if project else None)
            ).order_by("-pk"),
        }
        for name, queryset in offers.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = queryset

    def refuse(self, refused: Refused) -> None:
        """Show why the rules do not allow it, under the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


def _departments(person: Person, project: Project | None) -> Any:
    """Return where the person may run projects, and where this one is."""
    reach = person.reaches.departments(Permission.PROJECT_EDIT)
    open_ones = Q(closed_at__isnull=True) if reach is None else Q(closed_at__isnull=True, pk__in=reach)
    return Department.objects.visible_to(person).filter(
        open_ones | Q(pk=project.department_id if project else None)
    )
