"""`opsloop bench`: how strong the engines are, measured on data of yours or on public sets."""

from __future__ import annotations

import click

from opsloop.cli.main import LazyGroup

# Name of the benchmark -> "module:attribute" of its command.
BENCHES: dict[str, str] = {
    "forecast": "opsloop.cli.bench_forecast:forecast",
    "planner": "opsloop.cli.bench_planner:planner",
}


@click.group("bench", cls=LazyGroup, commands_table=BENCHES)
def bench() -> None:
    """Measure the engines on data of yours or on public sets."""
