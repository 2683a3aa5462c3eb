"""Tables of tasks as people write them: from a grid of cells to tasks and named problems, and back.

Pure: values in, values out. Files are opened elsewhere (`opsloop.exchange`).
"""

from opsloop.engines.grid import Cell, Grid, column_letter
from opsloop.engines.sheets.layout import NoHeadingsError
from opsloop.engines.sheets.messages import render
from opsloop.engines.sheets.tasks import Problem, TaskRow, TaskSheet, read_tasks

__all__ = [
    "Cell",
    "Grid",
    "NoHeadingsError",
    "Problem",
    "TaskRow",
    "TaskSheet",
    "column_letter",
    "read_tasks",
    "render",
]
