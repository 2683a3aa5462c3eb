#!/usr/bin/env python3
"""Makes the pictures of the README: docs/screenshots/*.png, from a sample department of its own.

    python3 dev.py screenshots [-- NAME ...]

The sample has a clock and a content that never change, so a picture differs only when the product does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from opsloop.sample.content import PASSWORD  # noqa: E402
from tests.conftest import BROWSER_FLAGS, find_browser  # noqa: E402
from tests.journeys.installation import installation  # noqa: E402
from tests.shared import OPSLOOP, Prepared  # noqa: E402

PICTURES = ROOT / "docs" / "screenshots"
LARGEST = 250_000
LARGEST_OF_ALL = 1_500_000
SHEET = (
    ("内容组十月补充事项", "", "", "", "", ""),
    ("事项", "责任人", "目标关联度", "紧急程度", "预估工时", "截止日期"),
    ("返场页文案三版", "顾一鸣", 4, "高", "2.5小时", "2026/9/22"),
    ("双十一选题库", "苏念", 5, "中", "1.5天", "2026.10.16"),
    ("达人合作脚本", "叶蓁", 4, "中", "90min", "10月20日"),
    ("直播间背景图更新", "叶蓁", 3, "高", "很久", "9月24日"),
    ("十月栏目排期表", "林知夏", 4, "中", "3h", "9月33日"),
    ("直播间物料清单", "何小满", 2, "低", "2h", "2026/10/9"),
    ("合计", "", "", "", "", ""),
)


@dataclass(frozen=True)
class Picture:
    """One picture: whose page, where, and what is done before the shutter."""

    name: str
    path: str
    person: str = "lin"
    width: int = 1280
    height: int = 800
    dark: bool = False
    prepare: Callable[[Page], None] = lambda _page: None


def propose(page: Page) -> None:
    """Ask for a plan of the week and stop before it is accepted."""
    page.locator(".page-header button.btn-primary").click()
    page.locator("[name=decision][value=all]").wait_for()
    settle(page)


def open_a_notice(page: Page) -> None:
    """Read the notice that waits to be confirmed."""
    page.get_by_role("link", name="中秋大促分工与节点").click()
    page.locator(".notice-paper").wait_for()


def open_a_request(page: Page) -> None:
    """Look at what another department asked for and somebody is doing."""
    page.get_by_role("link", name="栏目看板加完播率").click()
    page.locator(".page-header").wait_for()
    settle(page)


def enter_a_meeting(page: Page) -> None:
    """Go into the meeting that is running."""
    page.get_by_role("link", name="优惠券事故复盘会").click()
    page.get_by_role("link", name="进入会议").click()
    page.locator("#run-head .run-whole").wait_for()
    settle(page)


def see_the_charts(page: Page) -> None:
    """Wait for the numbers and for what comes after them."""
    page.locator(".chart-plot").nth(5).wait_for()
    page.locator(".dashboard-attention").wait_for()


def bring_a_sheet(page: Page) -> None:
    """Upload a sheet with two cells that cannot be read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "内容组十月补充事项.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("事项")
            for number, row in enumerate(SHEET):
                sheet.write_row(number, 0, row)
        page.locator("input[type=file]").set_input_files(path)
        page.locator(".form-actions button[type=submit]").click()
        page.wait_for_url("**/tables/import/*/")
    settle(page)


ALL = (
    Picture("today", "/"),
    Picture("tasks", "/tasks/?scope=team"),
    Picture("week", "/plan/", person="ye", prepare=propose),
    Picture("goals", "/goals/", person="shen"),
    Picture("dashboard", "/dashboard/", person="shen", prepare=see_the_charts),
    Picture("notice", "/notices/", person="su", prepare=open_a_notice),
    Picture("request", "/requests/?box=all", person="lu", prepare=open_a_request),
    Picture("meeting", "/meetings/", person="xu", prepare=enter_a_meeting),
    Picture("import", "/tables/import/", prepare=bring_a_sheet),
    Picture("today-dark", "/", dark=True),
    Picture("today-phone", "/", person="su", width=390, height=844),
)


def settle(page: Page) -> None:
    """Wait until the page has come to life and its fonts and icons are drawn."""
    page.wait_for_selector("html[data-ready]", state="attached")
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("load")


def take(browser: Browser, address: str, picture: Picture) -> int:
    """Take one picture; return its bytes."""
    context = browser.new_context(
        base_url=address,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(picture.person)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(picture.path)
    settle(page)
    picture.prepare(page)
    page.mouse.move(0, 0)
    taken = page.screenshot(path=PICTURES / f"{picture.name}.png", animations="disabled", caret="hide")
    context.close()
    return len(taken)


def sample(home: Path) -> Prepared:
    """Make a sample department in `home`."""
    subprocess.run(
        [OPSLOOP, "demo"], env={**os.environ, "OPSLOOP_HOME": str(home)}, check=True, capture_output=True
    )
    return Prepared(home, "")


def main() -> int:
    """Take the pictures that were asked for, or all; return 1 when one is too heavy for a README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these pictures")
    names = set(parser.parse_args().names)
    # A picture shows what everybody sees, whatever this machine is set to.
    os.environ |= {"OPSLOOP_DEVELOPER": "0", "DATABASE_URL": ""}
    PICTURES.mkdir(parents=True, exist_ok=True)
    sizes = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        installation(Path(folder) / "home", "screenshots", sample(Path(folder) / "sample")) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_FLAGS))
        for picture in ALL:
            if not names or picture.name in names:
                sizes[picture.name] = take(browser, address, picture)
                print(f"{picture.name:<12} {sizes[picture.name] / 1000:6.0f} kB")
        browser.close()
    total = sum(file.stat().st_size for file in PICTURES.glob("*.png"))
    print(f"{'all':<12} {total / 1000:6.0f} kB")
    return 1 if total > LARGEST_OF_ALL or any(size > LARGEST for size in sizes.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
