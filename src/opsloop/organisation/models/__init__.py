"""The nouns of the organisation, one file a topic."""

from opsloop.organisation.models.calendar import BlockRule, BlockTemplate, CalendarDay, CalendarNotice, Leave
from opsloop.organisation.models.numbering import NumberCounter, NumberPattern
from opsloop.organisation.models.people import Invitation, Person, PersonSkill, RoleAssignment, Skill
from opsloop.organisation.models.structure import Department, Organisation

__all__ = [
    "BlockRule",
    "BlockTemplate",
    "CalendarDay",
    "CalendarNotice",
    "Department",
    "Invitation",
    "Leave",
    "NumberCounter",
    "NumberPattern",
    "Organisation",
    "Person",
    "PersonSkill",
    "RoleAssignment",
    "Skill",
]
