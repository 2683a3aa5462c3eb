"""CPU of a request to a running `opsloop serve`, server process and PostgreSQL's backends apart, by address.

    python benchmarks/served.py [--runs 200] [--home DIR] [--json] [/healthz /tasks/?scope=all …]

request_cpu.py asks inside one process and leaves out what serving costs: the event loop, the threads of a request,
the connection to the database. Here a server with one web worker, over the data of generate.py, is asked for the same
address again and again by one browser that stays connected, and the CPU of its processes is divided by the requests;
"scaled" as in startup.py. `opsloop serve` chooses its database by DATABASE_URL; the CPU of a database server is not
counted.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

import generate
from startup import OPSLOOP, ROOT, cpu_seconds, family, free_port, get
from yardstick import REFERENCE_MS, fixed_ms

ADDRESSES = ("/healthz", "/", "/tasks/?scope=all", "/inbox/")
WARM_UP = 10


def cookie_of(person: Any) -> str:
    """Return the header by which a browser of `person` is known."""
    from django.test import Client

    client = Client()
    client.force_login(person)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def ask(connection: http.client.HTTPConnection, address: str, cookie: str, times: int) -> None:
    """Ask for one address several times on one connection; any answer but 200 ends the run."""
    for _turn in range(times):
        connection.request("GET", address, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{address}: {answer.status}")


def measure(server: int, port: int, address: str, cookie: str, runs: int) -> dict[str, Any]:
    """Return the mean CPU of a request in ms, and the mean of the clock."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    ask(connection, address, cookie, WARM_UP)
    before, since, fixed = cpu_seconds(family(server)), time.monotonic(), fixed_ms()
    ask(connection, address, cookie, runs)
    milliseconds = (cpu_seconds(family(server)) - before) / runs * 1000
    scaled = milliseconds * REFERENCE_MS * 2 / (fixed + fixed_ms())
    clock = (time.monotonic() - since) / runs * 1000
    connection.close()
    return {
        "address": address, "cpu": round(milliseconds, 1), "scaled": round(scaled, 1), "clock": round(clock, 1)
    }  # fmt: skip


def serve(home: str, port: int) -> subprocess.Popen[bytes]:
    """Start a server with one web worker, and return when it answers."""
    env = {**os.environ, "OPSLOOP_HOME": home, "OPSLOOP_DEBUG": "0"}
    command = [str(OPSLOOP), "serve", "--port", str(port), "--workers", "1", "--no-worker"]
    server = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError, http.client.HTTPException):
            if get(port, "/healthz") == 200:
                return server
        time.sleep(0.05)
    server.kill()
    raise SystemExit("the server did not start")


def main() -> int:
    """Serve the data, ask, print."""
    parser = generate.arguments(__doc__ or "")
    parser.add_argument("addresses", nargs="*", default=ADDRESSES)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--as", dest="role", default="member")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    generate.prepare(options, quiet=options.json)
    cookie, port = cookie_of(generate.cast()[options.role]), free_port()
    server = serve(str(options.home), port)
    try:
        found = [measure(server.pid, port, one, cookie, options.runs) for one in options.addresses]
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        for one in found:
            print(
                f"{one['address']:40} {one['scaled']:6} scaled {one['cpu']:6} CPU {one['clock']:6} clock, ms"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
