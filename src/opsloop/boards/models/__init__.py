"""The nouns of boards: saved views, what layouts open with, and baselines."""

from opsloop.boards.models.baselines import Baseline
from opsloop.boards.models.habits import Habit
from opsloop.boards.models.saved import SavedView

__all__ = ["Baseline", "Habit", "SavedView"]
