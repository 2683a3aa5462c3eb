"""What the tests of plans share: weeks that were read by one test are not those of the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from opsloop.planning import recent


@pytest.fixture(autouse=True)
def _nothing_read_before() -> Iterator[None]:
    recent.forget()
    yield
    recent.forget()
