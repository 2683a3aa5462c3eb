"""Cold start of `opsloop serve` and what it holds in memory when nobody asks.

    python benchmarks/startup.py [--runs 5] [--json]
    DATABASE_URL=postgres://…/opsloop_bench python benchmarks/startup.py

An installation whose tables are up to date is started anew each time: seconds from the command to the first
answered request, by the clock and in CPU. Memory is the proportional share (PSS) of the parent, two web
workers and the worker for long jobs after each web worker has answered pages. The CPU is scaled by the fixed
work of yardstick.py. The exit code is 1 when a start takes more than 2 s of scaled CPU, or parent and web
workers hold more than 150 MiB.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from yardstick import REFERENCE_MS, fixed_ms

ROOT = Path(__file__).resolve().parent.parent
OPSLOOP = Path(sys.executable).parent / "opsloop"
GOAL_SECONDS, GOAL_MIB = 2.0, 150
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, address: str) -> int:
    """Return the status of one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", address)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def family(pid: int) -> list[int]:
    """Return a process and everything below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def cpu_seconds(pids: list[int]) -> float:
    """Return the CPU that processes have used so far."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def share_mib(pid: int) -> float:
    """Return the proportional share of memory of one process."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    assert found, text
    return int(found[1]) / 1024


def command_of(pid: int) -> str:
    """Return the command line of a process, for telling the job worker from the web."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def start(home: Path, port: int, *options: str) -> subprocess.Popen[bytes]:
    """Start the server with nothing on the screen."""
    env = {**os.environ, "OPSLOOP_HOME": str(home), "OPSLOOP_DEBUG": "0"}
    command = [str(OPSLOOP), "serve", "--port", str(port), "--workers", "2", *options]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(home: Path, *options: str) -> dict[str, Any]:
    """Start once, measure, stop."""
    port = free_port()
    fixed = fixed_ms()
    started = time.monotonic()
    server = start(home, port, *options)
    try:
        while True:
            with suppress(OSError, http.client.HTTPException):
                if get(port, "/healthz") == 200:
                    break
            if time.monotonic() - started > 60 or server.poll() is not None:
                raise SystemExit("the server did not start")
            time.sleep(0.01)
        seconds = time.monotonic() - started
        pids = family(server.pid)
        cpu = cpu_seconds(pids)
        for _again in range(30):
            get(port, "/accounts/login/")
        time.sleep(1)
        memory = {pid: share_mib(pid) for pid in family(server.pid)}
        return {
            "seconds": round(seconds, 2), "cpu": round(cpu, 2), "scaled": round(cpu * REFERENCE_MS / fixed, 2),
            "mib": round(sum(memory.values()), 1),
            "processes": {f"{pid} {command_of(pid)[:60]}": round(mib, 1) for pid, mib in memory.items()},
        }  # fmt: skip
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def main() -> int:
    """Prepare an installation, start it several times with and without the job worker, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        env = {**os.environ, "OPSLOOP_HOME": folder}
        subprocess.run([str(OPSLOOP), "migrate"], env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        web = [measure(home, "--no-worker") for _ in range(options.runs)]
        whole = [measure(home) for _ in range(options.runs)]
    facts = {
        "web": middle(web), "with_jobs": middle(whole), "processes": whole[-1]["processes"],
        "goals": {"seconds": GOAL_SECONDS, "web_mib": GOAL_MIB},
    }  # fmt: skip
    print(json.dumps(facts, ensure_ascii=False, indent=None if options.json else 1))
    return int(facts["web"]["scaled"] > GOAL_SECONDS or facts["web"]["mib"] > GOAL_MIB)


def middle(runs: list[dict[str, Any]]) -> dict[str, float]:
    """Return the median of each figure."""
    return {
        name: statistics.median(run[name] for run in runs) for name in ("seconds", "cpu", "scaled", "mib")
    }


if __name__ == "__main__":
    sys.exit(main())
