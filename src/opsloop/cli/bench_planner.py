"""`opsloop bench planner`: how strong the search is on projects of the literature, which anybody can fetch."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from opsloop.engines.scheduling import multiskill, rcpsp

UNUSABLE = 2
READERS: dict[str, Callable[[str, str], rcpsp.Instance | multiskill.Staffing]] = {
    ".sm": rcpsp.read_psplib,
    ".rcp": rcpsp.read_patterson,
    ".def": multiskill.read_imopse,
}


@click.command("planner")
@click.option(
    "--psplib",
    "folder",
    type=click.Path(exists=True, path_type=Path),
    required=True,
    metavar="DIR",
    help="A file or a folder with .sm (PSPLIB), .rcp (Patterson) or .def (iMOPSE) files.",
)
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def planner(*, folder: Path, seconds: float, seed: int, as_json: bool) -> None:
    """Solve every instance of DIR, each within so many seconds; print makespan and seconds used.

    Exit status: 0, or 2 if there is no instance or one cannot be read; the others are solved all the same.
    """
    rows = list(_solved(_files(folder), seconds, seed))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for row in rows:
            click.echo("  ".join(f"{name} {value}" for name, value in row.items()))
    if not rows or any("error" in row for row in rows):
        click.echo("no instance" if not rows else "some instances cannot be read", err=True)
        raise SystemExit(UNUSABLE)


def _files(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in READERS)


def _solved(files: list[Path], seconds: float, seed: int) -> Iterator[dict[str, Any]]:
    for path in files:
        reader = READERS.get(path.suffix.lower(), rcpsp.read_psplib)
        begun = time.perf_counter()
        try:
            instance = reader(path.read_text(encoding="utf-8", errors="replace"), path.stem)
        except (rcpsp.ReadingError, OSError) as error:
            yield {"instance": path.stem, "error": str(error)}
            continue

        def left(begun: float = begun) -> float:
            return 1 - (time.perf_counter() - begun) / seconds

        found = (
            multiskill.solve(instance, seed=seed, left=left)
            if isinstance(instance, multiskill.Staffing)
            else rcpsp.solve(instance, seed=seed, left=left)
        )
        yield {
            "instance": path.stem,
            "makespan": found.makespan,
            "seconds": round(time.perf_counter() - begun, 3),
            "bound": found.bound,
        }
