"""The nouns of work, one file a topic."""

from opsloop.work.models.acceptance import DELIVERY_LIFECYCLE, Delivery
from opsloop.work.models.checklist import ChecklistItem
from opsloop.work.models.customs import CustomField, CustomValue
from opsloop.work.models.projects import Project
from opsloop.work.models.roles import Responsibility
from opsloop.work.models.tasks import Category, Dependency, Tag, Task

__all__ = [
    "DELIVERY_LIFECYCLE",
    "Category",
    "ChecklistItem",
    "CustomField",
    "CustomValue",
    "Delivery",
    "Dependency",
    "Project",
    "Responsibility",
    "Tag",
    "Task",
]
