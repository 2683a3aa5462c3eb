"""A department's sheet of tasks becomes each person's week: sheet in, problem, plan, tables and data out.

Pure: values in, values out. `opsloop plan` reads the file, calls this, and writes the file.
"""

from opsloop.engines.weeksheet import words
from opsloop.engines.weeksheet.answer import as_data, summary
from opsloop.engines.weeksheet.tables import tables
from opsloop.engines.weeksheet.week import Week, parse_week
from opsloop.engines.weeksheet.weekplan import WeekPlan, plan_week

__all__ = ["Week", "WeekPlan", "as_data", "parse_week", "plan_week", "summary", "tables", "words"]
