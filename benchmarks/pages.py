"""Measures pages in a real browser against the budgets of the house (docs, README "Numbers").

    python benchmarks/pages.py http://127.0.0.1:8000 --user NAME --password PASSWORD /today/ /tasks/

For every page, cold and without throttling ("desktop", 1440x900) and with CPU 4x slower on 1.6 Mbps and
150 ms round trip ("mobile", 390x844): compressed bytes of scripts and styles, requests, other hosts, first
and largest paint, layout shift, blocked time, DOM size; and what axe finds in the light and in the dark
theme. Prints a table, or JSON with --json; the exit code is 1 when a budget is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SETTLE_MS = 1200

# Installed before the page's own scripts: collects what the browser measures by itself.
OBSERVE = """
window.measured = {lcp: 0, cls: 0, tbt: 0, lastLong: 0, shifts: []};
const named = node => node?.nodeType === 1
  ? `${node.localName}#${node.id}.${node.className}`.slice(0, 60) : node?.nodeName;
new PerformanceObserver(list => { for (const e of list.getEntries()) measured.lcp = e.startTime })
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) {
  measured.cls += e.value
  measured.shifts.push(`${Math.round(e.startTime)} ms ${e.value.toFixed(3)}: ` + e.sources.slice(0, 3).map(one =>
    `${named(one.node)} ${Math.round(one.previousRect.y)}→${Math.round(one.currentRect.y)}`).join(', ')) } })
  .observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) {
  measured.tbt += Math.max(0, e.duration - 50); measured.lastLong = e.startTime + e.duration } })
  .observe({type: 'longtask', buffered: true});
"""


@dataclass(frozen=True)
class Device:
    """How a page is loaded. `slow`: CPU four times slower, 1.6 Mbps, 150 ms round trip."""

    name: str
    width: int
    height: int
    slow: bool


@dataclass(frozen=True)
class Budget:
    """The most that a page may need; times in ms, sizes in bytes."""

    script_bytes: int
    style_bytes: int
    html_bytes: int
    requests: int
    lcp: float
    fcp: float
    cls: float
    tbt: float
    dom_nodes: int


DEVICES = (Device("desktop", 1440, 900, slow=False), Device("mobile", 390, 844, slow=True))
BUDGETS = {
    "desktop": Budget(80_000, 40_000, 60_000, 25, 1200, 1000, 0.05, 100, 1500),
    "mobile": Budget(80_000, 40_000, 60_000, 25, 2500, 1800, 0.05, 200, 1500),
}


@dataclass
class Measured:
    """What one page needed on one device."""

    page: str
    device: str
    script_bytes: int = 0
    style_bytes: int = 0
    html_bytes: int = 0
    requests: int = 0
    other_hosts: list[str] = field(default_factory=list)
    lcp: float = 0
    fcp: float = 0
    cls: float = 0
    tbt: float = 0
    dom_nodes: int = 0
    # What moved, when and by how much.
    shifts: list[str] = field(default_factory=list)
    axe: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def broken(self) -> list[str]:
        """Return the budgets this page breaks, in words."""
        limits = asdict(BUDGETS[self.device])
        over = [
            f"{name} {getattr(self, name)} > {most}"
            for name, most in limits.items()
            if getattr(self, name) > most
        ]
        if not (self.style_bytes and self.script_bytes and self.html_bytes):
            over.append("nothing was counted: the page came from a cache")
        if self.cls > limits["cls"]:
            over += [f"shift at {line}" for line in self.shifts]
        return over + [f"other host {host}" for host in self.other_hosts] + self.axe + self.errors


def browser_path() -> str | None:
    """Return an installed Chromium; None lets Playwright use its own."""
    return os.environ.get("OPSLOOP_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)


def log_in(context: BrowserContext, base: str, user: str, password: str) -> None:
    """Log in by the form that everybody uses."""
    page = context.new_page()
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url, timeout=15_000)
    page.close()


def watch(page: Page, base: str, device: Device, result: Measured) -> None:
    """Count what goes over the wire, compressed, and slow page and network down for a mobile device."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    if device.slow:
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        wire = {
            "offline": False,
            "latency": 150,
            "downloadThroughput": 1.6e6 / 8,
            "uploadThroughput": 750e3 / 8,
        }
        session.send("Network.emulateNetworkConditions", wire)
    kinds: dict[str, str] = {}
    host = urlsplit(base).netloc

    def answered(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]
        url = urlsplit(event["response"]["url"])
        if url.scheme in {"data", "blob"}:
            return
        result.requests += 1
        if event["response"]["status"] >= 400 and event["type"] != "Document":
            result.errors.append(f"HTTP {event['response']['status']} {url.path}")
        if url.netloc != host:
            result.other_hosts.append(url.netloc)

    def loaded(event: dict[str, Any]) -> None:
        size = int(event["encodedDataLength"])
        match kinds.get(event["requestId"]):
            case "Script":
                result.script_bytes += size
            case "Stylesheet":
                result.style_bytes += size
            case "Document":
                result.html_bytes += size

    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", loaded)


def measure(context: BrowserContext, base: str, address: str, device: Device) -> Measured:
    """Load one page once, cold."""
    result = Measured(address, device.name)
    page = context.new_page()
    page.add_init_script(OBSERVE)
    page.on("pageerror", lambda error: result.errors.append(f"script error: {error}"))
    watch(page, base, device, result)
    answer = page.goto(base + address, wait_until="load")
    if answer is None or not answer.ok:
        result.errors.append(f"HTTP {answer.status if answer else 'nothing'}")
    page.wait_for_timeout(SETTLE_MS)
    measured = page.evaluate("measured")
    paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    result.fcp = round(page.evaluate(paint))
    result.lcp, result.tbt = round(measured["lcp"]), round(measured["tbt"])
    result.cls, result.shifts = round(measured["cls"], 4), measured["shifts"]
    result.dom_nodes = page.evaluate("document.querySelectorAll('*').length")
    page.close()
    return result


def axe(context: BrowserContext, base: str, address: str, theme: str) -> list[str]:
    """Return what axe finds on a page in one theme, one line a rule."""
    page = context.new_page()
    page.goto(base + address, wait_until="load")
    page.evaluate("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme)
    page.wait_for_timeout(400)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", AXE_RULES)
    page.close()
    return [
        f"axe {theme}: {one['id']} ({len(one['nodes'])}) {one['nodes'][0]['html'][:120]}"
        for one in found["violations"]
    ]


def open_context(browser: Browser, device: Device) -> BrowserContext:
    """Open a fresh profile of this device; axe is injected, hence the bypass.

    Without our service worker: what it hands over counts as nothing sent, and no budget could be broken. With
    gzip, of which the budgets are and which browsers get where there is no https.
    """
    return browser.new_context(
        viewport={"width": device.width, "height": device.height},
        bypass_csp=True,
        locale="zh-CN",
        service_workers="block",
        extra_http_headers={"Accept-Encoding": "gzip"},
    )


def on_device(browser: Browser, options: argparse.Namespace, device: Device) -> list[Measured]:
    """Measure every page on one device: the median of the runs for times, the worst for the rest."""
    context = open_context(browser, device)
    if options.user:
        log_in(context, options.base, options.user, options.password)
    results = []
    for address in options.pages:
        runs = [measure(context, options.base, address, device) for _run in range(options.runs)]
        middle = runs[-1]
        for name in ("lcp", "fcp", "tbt"):
            setattr(middle, name, statistics.median(getattr(run, name) for run in runs))
        worst = max(runs, key=lambda run: run.cls)
        middle.cls, middle.shifts = worst.cls, worst.shifts
        middle.axe = [
            line for theme in ("light", "dark") for line in axe(context, options.base, address, theme)
        ]
        results.append(middle)
    context.close()
    return results


COLUMNS = ("script_bytes", "style_bytes", "html_bytes", "requests", "fcp", "lcp", "cls", "tbt", "dom_nodes")


def show(results: list[Measured]) -> None:
    """Print a table, then every broken budget."""
    heads = ("page", "device", *COLUMNS, "axe")
    rows = [
        (one.page, one.device, *(getattr(one, name) for name in COLUMNS), len(one.axe)) for one in results
    ]
    widths = [max(len(str(row[at])) for row in [heads, *rows]) for at in range(len(heads))]
    for row in [heads, *rows]:
        print("  ".join(str(cell).rjust(width) for cell, width in zip(row, widths, strict=True)))
    for one in results:
        for line in one.broken():
            print(f"OVER {one.page} {one.device}: {line}")


def run(playwright: Playwright, options: argparse.Namespace) -> list[Measured]:
    """Measure all pages on all devices."""
    browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
    results = [one for device in DEVICES for one in on_device(browser, options, device)]
    browser.close()
    return results


def main() -> int:
    """Read the command line, measure, report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("base", help="address of a running Opsloop, such as http://127.0.0.1:8000")
    parser.add_argument("pages", nargs="+", help="paths to measure")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default=os.environ.get("OPSLOOP_PASSWORD", ""))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    options.base = options.base.rstrip("/")
    with sync_playwright() as playwright:
        results = run(playwright, options)
    if options.json:
        print(
            json.dumps(
                [{**asdict(one), "broken": one.broken()} for one in results], ensure_ascii=False, indent=1
            )
        )
    else:
        show(results)
    return 1 if any(one.broken() for one in results) else 0


if __name__ == "__main__":
    sys.exit(main())
