"""The table of SQLite versions (reliability.md, R3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines import sqlite_versions
from opsloop.engines.sqlite_versions import Version

versions = st.tuples(st.just(3), st.integers(0, 60), st.integers(0, 12))


@pytest.mark.parametrize(
    "version",
    [(3, 7, 0), (3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 0), (3, 51, 2), (3, 6, 23)],
)
def test_it_refuses_a_library_with_the_wal_reset_bug(version: Version) -> None:
    assert not sqlite_versions.is_safe(version)


@pytest.mark.parametrize("version", [(3, 44, 6), (3, 44, 7), (3, 50, 7), (3, 51, 3), (3, 53, 0), (4, 0, 0)])
def test_it_accepts_a_repaired_library(version: Version) -> None:
    assert sqlite_versions.is_safe(version)


@given(versions)
def test_a_later_patch_of_a_safe_line_stays_safe(version: Version) -> None:
    major, minor, patch = version
    if sqlite_versions.is_safe(version):
        assert sqlite_versions.is_safe((major, minor, patch + 1))


@given(versions)
def test_only_two_old_lines_were_repaired(version: Version) -> None:
    if version < sqlite_versions.FIXED and sqlite_versions.is_safe(version):
        assert version[:2] in {(3, 44), (3, 50)}
