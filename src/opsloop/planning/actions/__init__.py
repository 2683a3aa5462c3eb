"""The verbs of plans, one file a noun. Nothing moves without consent."""

from opsloop.planning.actions.decisions import accept, dismiss, interrupt, propose
from opsloop.planning.actions.placements import undo_placing

__all__ = ["accept", "dismiss", "interrupt", "propose", "undo_placing"]
