"""How long work will take, from how long work took: the door to forecasting.

- `advise(history, features) -> Advice | None`: from like titles, for a task that nobody has estimated yet.
- `reserve(pairs) -> Reserve`: one's own past error.
- `pooled_reserve(tasks)`: what several tasks of a person need together, over their estimates.
- `Forecaster`: what a task with an estimate may take (p10 to p90, and why), learning as tasks close.
- `sums.quantiles`: what several tasks of a person take together.
- `simulate(works, calendars) -> Simulation`: when a plan will be done, and which tasks decide it. Needs NumPy, which
  is loaded at the first call.
- `throughput.outlook(series, weeks)`: how much gets done in the next weeks.
- `backtest.measure(entries)` says how good all of it would have been on a record (`opsloop bench forecast`).
"""

from __future__ import annotations

from opsloop.engines.forecasting.dates import Calendar, Decider, Simulation, Work, simulate
from opsloop.engines.forecasting.likeness import (
    FEWEST_PAIRS,
    Advice,
    Basis,
    Done,
    Features,
    Like,
    Reserve,
    advise,
    grams,
    reserve,
)
from opsloop.engines.forecasting.ratios import Entry, Forecast, Forecaster, Reason, Scope, pooled_reserve
from opsloop.engines.forecasting.throughput import Outlook, outlook

__all__ = [
    "FEWEST_PAIRS",
    "Advice",
    "Basis",
    "Calendar",
    "Decider",
    "Done",
    "Entry",
    "Features",
    "Forecast",
    "Forecaster",
    "Like",
    "Outlook",
    "Reason",
    "Reserve",
    "Scope",
    "Simulation",
    "Work",
    "advise",
    "grams",
    "outlook",
    "pooled_reserve",
    "reserve",
    "simulate",
]
