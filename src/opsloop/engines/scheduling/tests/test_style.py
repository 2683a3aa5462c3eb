"""What matters more, in steps: usual steps change nothing, each leaning scales its own weights."""

from __future__ import annotations

import pytest

from opsloop.engines.scheduling import LEANINGS, Style, Weights
from opsloop.engines.scheduling.style import TERMS


def test_the_usual_style_leaves_the_weights_as_they_are() -> None:
    assert Style().weights() == Weights()


@pytest.mark.parametrize("leaning", LEANINGS)
def test_a_leaning_scales_its_own_weights_and_no_other(leaning: str) -> None:
    usual, more = Weights(), Style(**{leaning: 4}).weights()
    for terms_of, terms in TERMS.items():
        for term in terms:
            factor = 8 if terms_of == leaning else 1
            assert getattr(more, term) == getattr(usual, term) * factor
