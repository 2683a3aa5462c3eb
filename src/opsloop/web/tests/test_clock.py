"""The clock of an installation."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from opsloop.web import clock

START = datetime(2026, 9, 16, 1, 5, tzinfo=UTC)


@pytest.fixture
def file(settings: Any, tmp_path: Path) -> Path:
    settings.OPSLOOP_CLOCK_FILE = tmp_path / "clock"
    return tmp_path / "clock"


def test_it_is_the_real_one_without_a_file(file: Path) -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert not clock.is_sample()


@pytest.mark.real_clock
def test_it_goes_on_from_what_a_file_written_now_says(file: Path) -> None:
    file.write_text(START.isoformat(), "ascii")
    assert START <= clock.now() < START + timedelta(seconds=30)
    assert clock.is_sample()
    file.unlink()
    assert not clock.is_sample()


def test_an_old_file_counts_from_the_start_of_the_process(file: Path) -> None:
    file.write_text(START.isoformat(), "ascii")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    running = datetime.now(UTC) - clock._PROCESS_BEGAN
    assert abs(clock.now() - START - running) < timedelta(seconds=5)
