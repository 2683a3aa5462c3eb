"""What matters more: six leanings in steps, and the weights of the planner they stand for."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from opsloop.engines.scheduling.model import Weights

# From "hardly" to "above all"; the step in the middle leaves the weights as they are.
FACTORS = (1 / 8, 1 / 3, 1.0, 3.0, 8.0)
USUAL = 2


@dataclass(frozen=True)
class Style:
    """How much each term of a plan matters, in steps from 0 (hardly) to 4 (above all); 2 is usual.

    `on_time` weighs due dates, `complete` that all finds a place, `calm` that little moves, `fitting` that work
    stands in blocks meant for it, `unbroken` that it is done in few parts, `early` that it is done soon.
    """

    on_time: int = USUAL
    complete: int = USUAL
    calm: int = USUAL
    fitting: int = USUAL
    unbroken: int = USUAL
    early: int = USUAL

    def weights(self, usual: Weights | None = None) -> Weights:
        """Return the weights of this style, from the `usual` ones."""
        usual = usual or Weights()
        found = {
            term: getattr(usual, term) * FACTORS[getattr(self, leaning)]
            for leaning, terms in TERMS.items()
            for term in terms
        }
        return replace(usual, **found)


# leaning -> the weights it scales
TERMS: dict[str, tuple[str, ...]] = {
    "on_time": ("missed", "tardiness"),
    "complete": ("unplaced",),
    "calm": ("moved_task", "moved", "moved_person"),
    "fitting": ("misfit", "misfit_urgent", "spare", "reserve"),
    "unbroken": ("split", "split_day", "split_night"),
    "early": ("earliness",),
}
LEANINGS = tuple(one.name for one in fields(Style))
