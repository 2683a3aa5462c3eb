"""Looks over every page's shoulder: errors nobody shows fail the test, and clicks and keys are counted."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, Response

# Answers that are part of a conversation: a stale edit and a form with errors.
CONVERSATION = frozenset({412, 422})

# Runs before the page's own scripts. Counts what a person does, over page loads too.
OBSERVE = """
addEventListener('securitypolicyviolation', event =>
  console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))
if (top === window) {
  const count = name => event => {
    if (event.isTrusted) sessionStorage.setItem(name, Number(sessionStorage.getItem(name)) + 1)
  }
  addEventListener('pointerdown', count('test:clicks'), true)
  addEventListener('keydown', count('test:keys'), true)
}
"""


@dataclass
class Watch:
    """What went wrong in the pages of one test; `expected` are the refusals that belong to it."""

    expected: set[int] = field(default_factory=lambda: set(CONVERSATION))
    troubles: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Listen to all pages of a context, now and later."""
        context.add_init_script(OBSERVE)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._add(f"uncaught: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _add(self, text: str) -> None:
        self.troubles.append(text)

    def _console(self, message: ConsoleMessage) -> None:
        # The answers themselves are looked at below, where the status is known.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._add(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # Leaving a page and typing on abort what is under way.
        if request.failure != "net::ERR_ABORTED":
            self._add(f"{request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self._add(f"{response.request.method} {response.url}: {response.status}")


@dataclass(frozen=True)
class Effort:
    """How much a person did on a page's tab so far."""

    clicks: int
    keys: int


def effort(page: Page) -> Effort:
    """Return the clicks and key presses of this tab so far, also while it goes on to another page."""
    told = "['clicks', 'keys'].map(name => Number(sessionStorage.getItem(`test:${name}`)))"
    try:
        counts = page.evaluate(told)
    except Error:
        settled(page)
        counts = page.evaluate(told)
    return Effort(*counts)


def settled(page: Page) -> None:
    """Wait until the page's scripts have started; before that a click is a plain link."""
    try:
        page.wait_for_selector("html[data-ready]", state="attached")
    except Error as error:
        raise AssertionError(f"{page.url} did not come to life") from error
