"""How long work will take, from how long like work took: the door to forecasting.

`advise(history, features) -> Advice | None` and `reserve(pairs) -> Reserve` are the whole interface; a better
forecaster replaces what is behind it.
"""

from __future__ import annotations

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

__all__ = [
    "FEWEST_PAIRS",
    "Advice",
    "Basis",
    "Done",
    "Features",
    "Like",
    "Reserve",
    "advise",
    "grams",
    "reserve",
]
