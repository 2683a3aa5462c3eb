"""The doors of the checkout: a step runs when its inputs change, and only then."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

import dev


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that dev.py takes for its checkout."""
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "STAMPS", tmp_path / ".stamps")
    return tmp_path


def times_run(source: Path, *, present: bool = True) -> int:
    """Do one step that reads `source`; return how often its work was done: 0 or 1."""
    done: list[int] = []
    dev.step("example", dev.fingerprint(source), lambda: done.append(1), present=present)
    return len(done)


def test_a_step_runs_again_when_its_input_changes_and_only_then(checkout: Path) -> None:
    source = checkout / "source"
    source.write_text("one")
    assert times_run(source) == 1
    assert times_run(source) == 0
    source.write_text("two")
    assert times_run(source) == 1


def test_a_step_runs_again_when_its_output_is_gone(checkout: Path) -> None:
    source = checkout / "source"
    source.write_text("one")
    assert times_run(source) == 1
    assert times_run(source, present=False) == 1


def test_a_step_that_failed_is_not_taken_for_done(checkout: Path) -> None:
    source = checkout / "source"
    source.write_text("one")

    def break_down() -> None:
        raise dev.StepError("no room")

    with pytest.raises(dev.StepError):
        dev.step("example", dev.fingerprint(source), break_down)
    assert times_run(source) == 1


def test_a_renamed_file_changes_the_fingerprint_of_its_folder(checkout: Path) -> None:
    folder = checkout / "folder"
    folder.mkdir()
    (folder / "a").write_text("same")
    before = dev.fingerprint(folder)
    (folder / "a").rename(folder / "b")
    assert dev.fingerprint(folder) != before


def test_a_taken_port_is_left_alone() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert dev.free_port(port) != port


def test_a_lock_file_that_names_a_registry_is_refused(checkout: Path) -> None:
    lock = checkout / "package-lock.json"
    lock.write_text(json.dumps({"packages": {"": {}, "node_modules/a": {"integrity": "sha512-x"}}}))
    dev.no_hosts(lock)
    # A name that can never exist, so that no address stands here either.
    resolved = "https://registry.invalid/a"
    lock.write_text(json.dumps({"packages": {"node_modules/a": {"resolved": resolved}}}))
    with pytest.raises(dev.StepError, match="node_modules/a"):
        dev.no_hosts(lock)


def test_the_locks_of_this_checkout_hold_hashes_and_no_addresses() -> None:
    root = Path(dev.__file__).parent
    dev.no_hosts(root / "frontend" / "package-lock.json")
    for name in ("uv", "run", "dev"):
        text = (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        assert "://" not in text
        pins = [line for line in text.splitlines() if "==" in line]
        assert pins
        assert all(line.endswith("\\") for line in pins), "every pin is followed by its hashes"


def test_a_missing_database_server_fails_only_in_continuous_integration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for ci in (False, True):
        monkeypatch.setattr(dev, "CI", ci)
        report = dev.Report()
        dev.missing(report, "pytest on PostgreSQL", "no answer")
        assert report.failed is ci


def test_the_totals_are_those_that_pytest_wrote(tmp_path: Path) -> None:
    written = tmp_path / "sqlite.xml"
    suite = '<testsuite tests="9" failures="2" errors="1" skipped="3"/>'
    written.write_text(f"<testsuites>{suite}</testsuites>", encoding="utf-8")
    report = dev.Report()
    report.count(written)
    report.count(tmp_path / "never-written.xml")
    assert report.tests == {"passed": 3, "failed": 3, "skipped": 3}
