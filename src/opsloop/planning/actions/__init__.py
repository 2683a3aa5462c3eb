"""The verbs of plans, one file a noun. Nothing moves without consent."""

from opsloop.planning.actions.decisions import accept, dismiss, interrupt, keep_together, propose
from opsloop.planning.actions.placements import undo_placing
from opsloop.planning.actions.splitting import undo_set_in_one_go
from opsloop.planning.actions.styles import set_style, undo_set_style

__all__ = [
    "accept",
    "dismiss",
    "interrupt",
    "keep_together",
    "propose",
    "set_style",
    "undo_placing",
    "undo_set_in_one_go",
    "undo_set_style",
]
