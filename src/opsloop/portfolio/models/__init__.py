"""What stands around a project, one file a topic."""

from collections.abc import Mapping

from opsloop.portfolio.models.around import Around
from opsloop.portfolio.models.budget import Budget, Expense
from opsloop.portfolio.models.nodes import KeyNode
from opsloop.portfolio.models.risks import Risk
from opsloop.portfolio.models.updates import HealthCall, ProjectUpdate

# What records are called in events, undo steps and addresses.
KINDS: Mapping[str, type[Around]] = {
    "node": KeyNode, "risk": Risk, "expense": Expense, "update": ProjectUpdate,
}  # fmt: skip

__all__ = ["KINDS", "Budget", "Expense", "HealthCall", "KeyNode", "ProjectUpdate", "Risk"]
