#!/usr/bin/env python3
"""The doors of the project: one script, standard library only, for people and for continuous integration.

    python3 dev.py run          set everything up, serve a demo department, print the address and log-ins
    python3 dev.py test         prove it: checks, SQLite, PostgreSQL, a real browser
    python3 dev.py --help       the rest

Every set-up step is stamped with a hash of what it reads (`.stamps/`), so a step runs again exactly when
its inputs changed and the second run starts in seconds. Nothing is installed outside the checkout, but
for the browser of the tests on a Debian machine where we are root.
"""

from __future__ import annotations

import argparse
import contextlib
import getpass
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMPS = ROOT / ".stamps"
RESULTS = ROOT / "test-results"
POSTGRES_LOG = RESULTS / "postgresql.log"
HOME = ROOT / ".opsloop"
MINIMUM = (3, 11)
# Seconds after which a run of pytest that hangs is ended, so that its report is seen.
LONGEST_PYTEST = 2400
LANGUAGES = ("zh_Hans", "zh_Hant", "en")
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
# The shell is the same engine without a window: pages cost it less than half the CPU.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)


class StepError(Exception):
    """A step did not succeed; the message tells what to do about it."""


# --- words to the person -------------------------------------------------------------------------------


def say(text: str = "") -> None:
    """Print one line at once, also when output is piped."""
    print(text, flush=True)


def warn(text: str) -> None:
    """Print one line to standard error, for what is not part of a result."""
    print(text, file=sys.stderr, flush=True)


# --- processes -----------------------------------------------------------------------------------------


def environment(**extra: str) -> dict[str, str]:
    """Return the environment of every child: our own programs first, the index of pip for uv too."""
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}", **extra}
    env["VIRTUAL_ENV"] = str(VENV)
    env.pop("PYTHONHOME", None)
    return env


def call(*command: str | Path, cwd: Path = ROOT, quiet: bool = False, **extra: str) -> None:
    """Run a command; raise StepError with its output when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment(**extra),
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode:
        name = " ".join(str(part) for part in command)
        raise StepError(f"{name}\n{(done.stdout or '').rstrip()}\nexit code {done.returncode}")


# --- stamps --------------------------------------------------------------------------------------------


def fingerprint(*paths: Path, words: str = "") -> str:
    """Return a hash over the content of files and, for folders, of every file below them."""
    digest = hashlib.sha256(words.encode())
    for path in paths:
        below = sorted(entry for entry in path.rglob("*") if entry.is_file()) if path.is_dir() else [path]
        for entry in below:
            digest.update(str(entry.relative_to(ROOT)).encode())
            digest.update(entry.read_bytes() if entry.is_file() else b"-")
    return digest.hexdigest()


def is_fresh(name: str, mark: str) -> bool:
    """Say whether the step called `name` last succeeded on the inputs behind `mark`."""
    stamp = STAMPS / name
    return stamp.is_file() and stamp.read_text() == mark


def stamp(name: str, mark: str) -> None:
    """Remember that the step called `name` succeeded on the inputs behind `mark`."""
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(mark)


def step(name: str, mark: str, work, *, present: bool = True) -> None:
    """Do `work()` unless its stamp is fresh and its outputs are `present`; say how long it took."""
    if present and is_fresh(name, mark):
        return
    say(f"→ {name} …")
    started = time.monotonic()
    work()
    stamp(name, mark)
    say(f"✓ {name} {time.monotonic() - started:.1f} s")


# --- set-up --------------------------------------------------------------------------------------------


def venv_works() -> bool:
    """Say whether `.venv` holds a working Python of the same version as the one running this script."""
    if not PYTHON.exists():
        return False
    asked = [str(PYTHON), "-c", "import sys, pip; print(sys.version_info[:2])"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    return told.returncode == 0 and told.stdout.strip() == str(tuple(sys.version_info[:2]))


def make_venv() -> None:
    """Create `.venv`, or keep a working one; say what to install where Python comes without venv."""
    if venv_works():
        return
    shutil.rmtree(STAMPS, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise StepError(
            f"{made.stdout}{made.stderr}\n"
            "Python cannot make a virtual environment here. On Debian or Ubuntu install its package:\n"
            f"    apt-get install python3-venv        (or python{version}-venv)\n"
            "and run the same command again."
        )


def pip_index() -> dict[str, str]:
    """Return for uv the package index and certificates that pip is told to use, so that mirrors work."""
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    settings = {}
    for line in listed.stdout.splitlines():
        key, separator, value = line.partition("=")
        if separator:
            settings[key.rpartition(".")[2]] = value.strip("'\"")
    found = {}
    if settings.get("index-url") and "UV_DEFAULT_INDEX" not in os.environ:
        found["UV_DEFAULT_INDEX"] = settings["index-url"]
    if settings.get("cert") and "SSL_CERT_FILE" not in os.environ:
        found["SSL_CERT_FILE"] = settings["cert"]
    return found


def install_requirements(locked: Path) -> None:
    """Install what a hashed lock file lists, with uv where it can be had and with pip where not."""
    hashed = ("install", "--quiet", "--require-hashes")
    with_pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", *hashed)
    try:
        if not any((BIN / name).exists() for name in ("uv", "uv.exe")):
            call(*with_pip, "-r", ROOT / "requirements" / "uv.txt", quiet=True)
        call(PYTHON, "-m", "uv", "pip", *hashed, "-r", locked, quiet=True, **pip_index())
    except StepError as trouble:
        warn(f"  uv could not do it, so pip does: {' '.join(str(trouble).splitlines()[-3:])}")
        call(*with_pip, "-r", locked)


def install_package() -> None:
    """Install the package itself as a link to `src/`; its dependencies are there already."""
    call(
        PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--no-deps", "--no-build-isolation", "--editable", ".", quiet=True,
    )  # fmt: skip


def set_up(*, tests: bool = False) -> None:
    """Bring the checkout to the state in which the programs in `.venv` work.

    Steps: virtual environment, Python packages, the package itself, the kernel of the planner, node modules,
    front end, catalogues.
    With `tests` the tools of the checks come too; once there, they are kept up to date.
    """
    version = ".".join(map(str, sys.version_info[:2]))
    step("environment", fingerprint(words=f"{version} {VENV}"), make_venv, present=PYTHON.exists())
    with_tools = tests or (STAMPS / "packages-dev").is_file()
    name = "packages-dev" if with_tools else "packages"
    locked = ROOT / "requirements" / ("dev.txt" if with_tools else "run.txt")
    mark = fingerprint(locked)
    step(name, mark, lambda: install_requirements(locked))
    step("opsloop", fingerprint(ROOT / "pyproject.toml"), install_package)
    # The kernel keeps a core busy for some seconds, the node modules the network.
    with ThreadPoolExecutor(1) as beside:
        compiled = beside.submit(kernel)
        front_end()
        compiled.result()
    catalogues()


def kernel() -> None:
    """Compile the inner loop of the planner, when it changed; where that fails it runs as Python."""
    folder = ROOT / "src" / "opsloop" / "engines" / "scheduling"
    made = any(folder.glob("kernel.*.so")) or (ROOT / "build" / "kernel" / "uncompiled").is_file()
    mark = fingerprint(folder / "kernel.py", words=f"{sys.version_info[:2]} {sys.platform}")
    step("kernel", mark, lambda: built("kernel", quiet=False), present=made)


def front_end() -> None:
    """Install the node modules and build the islands and styles, each when its inputs changed."""
    folder = ROOT / "frontend"
    modules = [folder / "package.json", folder / "package-lock.json", folder / ".npmrc"]
    lock_mark = fingerprint(*modules)
    step("node_modules", lock_mark, lambda: built("node_modules"), present=(folder / "node_modules").is_dir())
    sources = [path for path in sorted(folder.iterdir()) if path.name != "node_modules"]
    sources.append(ROOT / "src" / "opsloop" / "web" / "icons.json")
    output = ROOT / "src" / "opsloop" / "web" / "static" / "dist"
    step(
        "front end", fingerprint(*sources, words=lock_mark), lambda: built("assets"), present=output.is_dir()
    )


def built(name: str, *args: str, quiet: bool = True) -> None:
    """Do one step of hatch_build.py, the implementation that the package build uses too."""
    call(PYTHON, ROOT / "hatch_build.py", name, *args, quiet=quiet)


def catalogues() -> None:
    """Compile the translations, when one changed."""
    sources = sorted((ROOT / "src").glob("**/locale/*/LC_MESSAGES/*.po"))
    compiled = all(path.with_suffix(".mo").is_file() for path in sources)
    step("catalogues", fingerprint(*sources), lambda: built("catalogues"), present=compiled)


# --- run -----------------------------------------------------------------------------------------------


def free_port(wanted: int) -> int:
    """Return `wanted` when nothing listens there on loopback, else a free port near it."""
    for port in [*range(wanted, wanted + 50), 0]:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StepError("No free port was found on 127.0.0.1.")


def demo_data() -> str:
    """Fill a new database with the demo department once; return its log-ins as lines for a person."""
    kept = HOME / "demo.json"
    if not kept.is_file():
        say("→ demo department …")
        started = time.monotonic()
        command = [str(BIN / "opsloop"), "demo", "--reset", "--json"]
        env = environment(**run_environment())
        made = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=False)
        if made.returncode:
            raise StepError(f"opsloop demo --reset: {made.stdout}exit code {made.returncode}")
        kept.write_text(made.stdout, encoding="utf-8")
        say(f"✓ demo department {time.monotonic() - started:.1f} s")
    demo = json.loads(kept.read_text(encoding="utf-8"))
    people = [f"  {one['username']:<8} {one['name']} · {one['title']}" for one in demo["log_ins"]]
    return "\n".join(["示例账号 Demo log-ins", *people, f"  密码 password: {demo['password']}"])


def run_environment() -> dict[str, str]:
    """Return the variables of a development run: data inside the checkout, developer pages on."""
    return {"OPSLOOP_HOME": str(HOME), "OPSLOOP_DEBUG": os.environ.get("OPSLOOP_DEBUG", "1")}


def run(options: argparse.Namespace) -> int:
    """Set up, fill the demo, serve until Ctrl+C."""
    set_up()
    if options.fresh and HOME.exists():
        shutil.rmtree(HOME)
    HOME.mkdir(exist_ok=True)
    logins = demo_data()
    port = free_port(options.port)
    if port != options.port:
        say(f"Port {options.port} is taken; using {port}.")
    say(f"\n{logins}\n\nOpsloop 有序 → http://127.0.0.1:{port}/   (Ctrl+C stops)\n")
    command = [str(BIN / "opsloop"), "serve", "--port", str(port)]
    env = environment(**run_environment())
    os.chdir(ROOT)
    if os.name == "posix":
        # The server takes this process over: signals reach it directly and nothing can be orphaned.
        sys.stdout.flush()
        os.execve(command[0], command, env)
    try:
        return subprocess.call(command, env=env)
    except KeyboardInterrupt:
        return 0


# --- what the tests need from the machine --------------------------------------------------------------


def find_browser() -> str | None:
    """Return the path of an installed Chromium or Chrome, or None."""
    named = os.environ.get("OPSLOOP_BROWSER")
    if named:
        return named if Path(named).is_file() else None
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    return playwright_browser()


def playwright_browser() -> str | None:
    """Return the browser that Playwright itself installed for this user, or None."""
    code = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: print(p.chromium.executable_path)"
    )
    if not PYTHON.exists():
        return None
    told = subprocess.run(
        [str(PYTHON), "-c", code], capture_output=True, text=True, env=environment(), check=False
    )
    path = told.stdout.strip()
    return path if told.returncode == 0 and Path(path).is_file() else None


def set_up_browser() -> str | None:
    """Return a browser for the tests, installing one where that is possible; None when there is none."""
    found = find_browser()
    if found:
        return found
    debian_root = shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0
    try:
        say("→ browser …")
        if debian_root:
            install_debian_browser()
        else:
            call(PYTHON, "-m", "playwright", "install", "chromium", quiet=True)
    except StepError as trouble:
        warn(f"  no browser could be installed: {str(trouble).splitlines()[-1]}")
    return find_browser()


def install_debian_browser() -> None:
    """Install the shell of Chromium and Chinese letters; where Debian has no such package, Chromium itself."""
    calm = {"DEBIAN_FRONTEND": "noninteractive"}
    get = ("apt-get", "install", "-qq", "-y", "--no-install-recommends", "fonts-noto-cjk")
    call("apt-get", "update", "-qq", quiet=True, **calm)
    try:
        call(*get, "chromium-headless-shell", quiet=True, **calm)
    except StepError:
        call(*get, "chromium", quiet=True, **calm)


def find_postgres() -> tuple[str | None, str]:
    """Return (URL, "") of a PostgreSQL where we may create databases, else (None, the reason).

    `OPSLOOP_TEST_POSTGRES` names another server than 127.0.0.1:5432. The database name carries a hash of
    the checkout, so two checkouts can be tested at the same time.
    """
    own = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    base = os.environ.get("OPSLOOP_TEST_POSTGRES", f"postgres://{getpass.getuser()}@127.0.0.1:5432")
    code = (
        "import psycopg, sys\n"
        "with psycopg.connect(sys.argv[1], connect_timeout=3) as c:\n"
        "    row = c.execute('select rolcreatedb or rolsuper from pg_roles where rolname = current_user')\n"
        "    sys.exit(0 if row.fetchone()[0] else 'this role may not create databases')"
    )
    asked = subprocess.run(
        [str(PYTHON), "-c", code, f"{base}/postgres"], capture_output=True, text=True, check=False
    )
    if asked.returncode == 0:
        return f"{base}/opsloop_{own}", ""
    return None, (asked.stderr.strip().splitlines() or ["no answer"])[-1]


# --- test ----------------------------------------------------------------------------------------------


class Report:
    """Collects every step of a test run: its name, result and seconds."""

    def __init__(self) -> None:
        """Start with nothing done."""
        self.lines: list[tuple[str, str, float]] = []
        self.tests = {"passed": 0, "failed": 0, "skipped": 0}
        self.lock = threading.Lock()

    def add(self, name: str, result: str, seconds: float) -> None:
        """Record one step; `result` is "passed", "FAILED" or "skipped: reason"."""
        with self.lock:
            self.lines.append((name, result, seconds))

    def count(self, junit: Path) -> None:
        """Add the tests of one run of pytest, from the file it wrote."""
        if not junit.is_file():
            return
        for suite in ElementTree.parse(junit).getroot().iter("testsuite"):
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped = int(suite.get("skipped", 0))
            with self.lock:
                self.tests["failed"] += failed
                self.tests["skipped"] += skipped
                self.tests["passed"] += int(suite.get("tests", 0)) - failed - skipped

    @property
    def failed(self) -> bool:
        """Say whether any step failed."""
        return any(result.startswith("FAILED") for _, result, _ in self.lines)

    def show(self) -> None:
        """Print the summary."""
        say("\n" + "─" * 72)
        for name, result, seconds in self.lines:
            mark = {"p": "✓", "F": "✗"}.get(result[0], "–")
            say(f"{mark} {name:<28} {seconds:6.1f} s  {result}")
        say("─" * 72)
        if any(self.tests.values()):
            say(", ".join(f"{number} {word}" for word, number in self.tests.items()))


def checks() -> list[tuple[str, list[str]]]:
    """Return the static checks as (name, command); each must exit 0."""
    python = str(PYTHON)
    return [
        ("ruff check", [python, "-m", "ruff", "check", "."]),
        ("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        ("import contracts", [str(BIN / "lint-imports"), "--no-cache"]),
        ("templates (djlint)", [str(BIN / "djlint"), "src", "--lint", "--quiet"]),
        ("types (mypy)", [python, "-m", "mypy"]),
        ("types (TypeScript)", [python, "hatch_build.py", "npm", "run", "--silent", "check"]),
        ("islands (vitest)", [python, "hatch_build.py", "islands"]),
    ]


def lower_priority() -> None:
    """Let the tests, which watch the clock, go before the checks that share their cores."""
    os.nice(5)


def run_checks(report: Report, *, show: bool) -> None:
    """Run every static check one after the other, keep each output, show those that failed.

    With `show` the output of all is printed as it comes.
    """
    RESULTS.mkdir(exist_ok=True)
    for name, command in checks():
        started = time.monotonic()
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
            preexec_fn=lower_priority if os.name == "posix" and not show else None,
        )
        output = done.stdout.decode(errors="replace")
        (RESULTS / f"{name.split(' (')[0].replace(' ', '-')}.log").write_text(output, encoding="utf-8")
        report.add(name, "FAILED" if done.returncode else "passed", time.monotonic() - started)
        if show or done.returncode:
            say(f"\n── {name}: {'FAILED' if done.returncode else 'passed'}\n{output.rstrip()}")


def end(running: subprocess.Popen) -> None:
    """End a process and everything it started."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
    elif running.poll() is None:
        running.kill()
    running.wait()


def run_pytest(
    report: Report, name: str, arguments: list[str], *, beside: Path | None = None, **variables: str
) -> None:
    """Run pytest once with its output on the screen.

    With `beside` it runs beside another that goes first, and writes to that file.
    """
    if not beside:
        say(f"\n── pytest on {name}")
    started = time.monotonic()
    own = name.split()[0].lower()
    home, counted = RESULTS / f"home-{own}", RESULTS / f"{own}.xml"
    home.mkdir(parents=True, exist_ok=True)
    counted.unlink(missing_ok=True)
    # Of its own, because pytest-playwright empties the folder at every start.
    pictures = f"--output={RESULTS / f'browser-{own}'}"
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(beside.open("wb")) if beside else None
        running = subprocess.Popen(
            [str(PYTHON), "-m", "pytest", f"--junit-xml={counted}", pictures, *arguments],
            cwd=ROOT,
            env=environment(OPSLOOP_HOME=str(home), PYTHONDONTWRITEBYTECODE="", **variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=os.name == "posix",
            preexec_fn=lower_priority if os.name == "posix" and beside else None,
        )
    try:
        code = running.wait(LONGEST_PYTEST)
        result = "passed" if code == 0 else f"FAILED (pytest exit code {code})"
    except subprocess.TimeoutExpired:
        result = f"FAILED: not finished within {LONGEST_PYTEST} s"
    finally:
        end(running)
    report.add(f"pytest on {name}", result, time.monotonic() - started)
    report.count(counted)


def missing(report: Report, name: str, reason: str) -> None:
    """Record what this machine lacks: a failure in continuous integration, plainly told elsewhere."""
    text = f"FAILED: {reason}" if CI else f"skipped: {reason}"
    say(f"\n── {name} {text}")
    report.add(name, text, 0.0)


def test(options: argparse.Namespace) -> int:
    """Run everything that must hold; return 0 only if it does."""
    report = Report()
    started = time.monotonic()
    set_up(tests=True)
    browser = None if options.quick else set_up_browser()
    report.add("set-up", "passed", time.monotonic() - started)
    if options.quick:
        run_pytest(report, "SQLite", pytest_arguments(options, "not browser and not load"), DATABASE_URL="")
        report.show()
        return 1 if report.failed else 0
    variables = {"OPSLOOP_BROWSER": browser} if browser else {}
    url, reason = find_postgres()

    def run_beside() -> None:
        run_checks(report, show=False)
        if url:
            run_on_postgres(report, options, url, **variables)

    with ThreadPoolExecutor(1) as pool:
        # They take what the browser leaves of two cores while it waits: a third of the time.
        beside = pool.submit(run_beside)
        # PostgreSQL is the strictest about random input: where there is one it alone gets it; with `load` both do.
        marks = "not load and not fuzz" if url else "not load"
        run_pytest(report, "SQLite", pytest_arguments(options, marks), DATABASE_URL="", **variables)
        beside.result()
    if url:
        say(f"\n── pytest on PostgreSQL\n{POSTGRES_LOG.read_text('utf-8', 'replace').rstrip()}")
    else:
        missing(report, "pytest on PostgreSQL", reason)
    if not browser:
        missing(report, "browser tests", "no Chromium or Chrome was found, and none could be installed")
    report.add("everything", "FAILED" if report.failed else "passed", time.monotonic() - started)
    report.show()
    return 1 if report.failed else 0


def run_on_postgres(report: Report, options: argparse.Namespace, url: str, **variables: str) -> None:
    """Run the tests that know the database; what knows none gives its answer in the run on SQLite."""
    arguments = ["-p", "tools.only_database", *pytest_arguments(options, "not load")]
    # No test asks what a power cut leaves, so none waits for the disk.
    variables["PGOPTIONS"] = f"{os.environ.get('PGOPTIONS', '')} -c synchronous_commit=off".strip()
    run_pytest(report, "PostgreSQL", arguments, beside=POSTGRES_LOG, DATABASE_URL=url, **variables)


def pytest_arguments(options: argparse.Namespace, marks: str) -> list[str]:
    """Return the arguments of one pytest run: both cores, the marked kind of tests, and the person's own."""
    # A second try tells a fault of ours from a moment of the machine; the report names each test that needed one.
    return ["-n", "2", "--dist", "worksteal", "-ra", "--reruns", "1", "-m", marks, *options.pytest]


def load(options: argparse.Namespace) -> int:
    """Run the long load, kill and fuzz tests on both databases, one test at a time."""
    report = Report()
    set_up(tests=True)
    arguments = ["-ra", "-m", "load or fuzz", *options.pytest]
    fresh = {"OPSLOOP_NEW_EXAMPLES": "1"}
    run_pytest(report, "SQLite (load)", arguments, DATABASE_URL="", **fresh)
    url, reason = find_postgres()
    if url:
        run_pytest(report, "PostgreSQL (load)", arguments, DATABASE_URL=url, **fresh)
    else:
        missing(report, "pytest on PostgreSQL (load)", reason)
    report.show()
    return 1 if report.failed else 0


# --- the smaller doors ---------------------------------------------------------------------------------


def lint(options: argparse.Namespace) -> int:
    """Run the static checks; with --fix let ruff and djlint repair what they can first."""
    set_up(tests=True)
    if options.fix:
        subprocess.call([str(PYTHON), "-m", "ruff", "check", "--fix", "--quiet", "."], cwd=ROOT)
        subprocess.call([str(PYTHON), "-m", "ruff", "format", "."], cwd=ROOT)
    report = Report()
    run_checks(report, show=True)
    report.show()
    return 1 if report.failed else 0


def lock(options: argparse.Namespace) -> int:
    """Write requirements/*.txt and frontend/package-lock.json anew: hashes, and no host names."""
    import tomllib

    set_up(tests=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = ["# Written from pyproject.toml by `python3 dev.py lock`.", *project["project"]["dependencies"]]
    lines += ["# The build needs node without a node on the machine.", *project["build-system"]["requires"]]
    folder = ROOT / "requirements"
    (folder / "run.in").write_text("\n".join(lines) + "\n", encoding="utf-8")
    upgrade = ["--upgrade"] if options.upgrade else []
    for name in ("uv", "run", "dev"):
        call(
            PYTHON, "-m", "uv", "pip", "compile", "--quiet", "--python-version", "3.11", "--universal",
            "--generate-hashes", "--no-emit-index-url", "--no-header", *upgrade,
            f"{name}.in", "-o", f"{name}.txt", cwd=folder, **pip_index(),
        )  # fmt: skip
        say(f"✓ requirements/{name}.txt")
    built("npm", "update" if options.upgrade else "install", "--package-lock-only", "--ignore-scripts")
    no_hosts(ROOT / "frontend" / "package-lock.json")
    return 0


def no_hosts(lockfile: Path) -> None:
    """Check that an npm lock file names no registry, so that mirrors work and none is favoured."""
    packages = json.loads(lockfile.read_text(encoding="utf-8"))["packages"]
    named = [name for name, entry in packages.items() if str(entry.get("resolved", "")).startswith("http")]
    if named:
        raise StepError(f"{lockfile.name} holds addresses for {len(named)} packages, first {named[0]}.")
    say(f"✓ {lockfile.relative_to(ROOT)}")


def build(_options: argparse.Namespace) -> int:
    """Build the wheel into dist/; it holds the front end and the catalogues."""
    set_up()
    call(PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", ROOT / "dist")
    return 0


def browser(_options: argparse.Namespace) -> int:
    """Find or install the browser of the tests and print its path."""
    set_up(tests=True)
    path = set_up_browser()
    say(path or "no browser")
    return 0 if path else 1


def screenshots(options: argparse.Namespace) -> int:
    """Make the pictures of the README from a demo server."""
    set_up(tests=True)
    path = set_up_browser()
    if not path:
        raise StepError("Screenshots need Chromium or Chrome.")
    env = environment(OPSLOOP_BROWSER=path)
    return subprocess.call([str(PYTHON), "tools/screenshots.py", *options.rest], cwd=ROOT, env=env)


def messages(_options: argparse.Namespace) -> int:
    """Collect the texts of the sources into the catalogues, count what is missing, derive zh_Hant, compile."""
    set_up(tests=True)
    env = environment(**run_environment())
    collected = subprocess.call([str(PYTHON), "-m", "tools.messages", *LANGUAGES], cwd=ROOT, env=env)
    return collected or subprocess.call([str(PYTHON), "-m", "tools.traditional"], cwd=ROOT, env=env)


# --- the front door ------------------------------------------------------------------------------------


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    whole = argparse.ArgumentParser(
        prog="dev.py", description="Set up, run, test and build Opsloop from a checkout."
    )
    doors = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def door(name: str, work, text: str) -> argparse.ArgumentParser:
        one = doors.add_parser(name, help=text, description=text)
        one.set_defaults(work=work)
        return one

    one = door("run", run, "serve a demo department; print the address and the log-ins")
    one.add_argument("--port", type=int, default=8000, help="wanted port (default 8000; a taken one is left)")
    one.add_argument("--fresh", action="store_true", help="throw the data of earlier runs away first")
    one = door("test", test, "run every check and test, on SQLite, PostgreSQL and in a browser")
    one.add_argument("--quick", action="store_true", help="only pytest on SQLite, without the browser")
    one.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    one = door("load", load, "run the long load, kill and fuzz tests")
    one.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    one = door("lint", lint, "run the static checks alone")
    one.add_argument("--fix", action="store_true", help="repair what can be repaired first")
    one = door("lock", lock, "write the lock files anew from pyproject.toml and package.json")
    one.add_argument("--upgrade", action="store_true", help="take newer versions where the ranges allow")
    door("build", build, "build the wheel, front end included, into dist/")
    door("browser", browser, "find or install the browser of the tests")
    one = door("screenshots", screenshots, "make docs/screenshots/*.png from a demo server")
    one.add_argument("rest", nargs="*", help="arguments for tools/screenshots.py, after --")
    door("messages", messages, "collect new texts into the catalogues and compile them")
    return whole


def newer_python() -> str | None:
    """Return an interpreter on PATH that is new enough, or None."""
    for minor in range(19, MINIMUM[1] - 1, -1):
        path = shutil.which(f"python3.{minor}")
        if path and subprocess.call([path, "-c", "import venv, ensurepip"], stderr=subprocess.DEVNULL) == 0:
            return path
    return None


def main() -> int:
    """Answer the command line."""
    if sys.version_info < MINIMUM:
        path = newer_python()
        if path is None:
            warn(f"Opsloop needs Python {'.'.join(map(str, MINIMUM))} or newer (this is older).")
            return 2
        return subprocess.call([path, __file__, *sys.argv[1:]])
    for stream in (sys.stdout, sys.stderr):
        # A machine without a locale must still be able to print Chinese names.
        stream.reconfigure(encoding="utf-8", errors="replace")
    if os.name == "posix":
        # What asks us to stop must also stop what we started.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    known, rest = parser().parse_known_args()
    if rest and not hasattr(known, "pytest"):
        parser().parse_args()
    if hasattr(known, "pytest"):
        known.pytest = [*known.pytest, *rest]
    try:
        return int(known.work(known))
    except StepError as trouble:
        warn(f"\n✗ {trouble}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
