"""Chromium of the system, driven through Playwright: no browser is downloaded."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.npm import absent

Scheme = Literal["light", "dark"]
WIDE, PHONE = (1280, 900), (390, 844)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window. Skips where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        absent("chromium is not installed: apt-get install chromium")
    # As root, as in a container, Chromium has no sandbox of its own.
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"] if root else [])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A tab, and what was seen of it: messages on its console, and addresses that it asked for."""

    page: Page
    console: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def to(self, address: str) -> int:
        """Open an address; gives back the status."""
        response = self.page.goto(address)
        assert response is not None
        return response.status

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return self.page.locator("main").inner_text()


@contextmanager
def visit(
    browser: Browser, *, scheme: Scheme = "light", size: tuple[int, int] = WIDE, scale: float = 1
) -> Iterator[Visit]:
    """A fresh tab, without memory of any other."""
    viewport = {"width": size[0], "height": size[1]}
    context: BrowserContext = browser.new_context(
        viewport=viewport,  # type: ignore[arg-type]  # a plain dict is what it takes
        color_scheme=scheme,
        device_scale_factor=scale,
        locale="en-GB",
        timezone_id="UTC",
    )
    try:
        visiting = Visit(context.new_page())
        visiting.page.on("console", lambda message: visiting.console.append(_told(message)))
        visiting.page.on("pageerror", lambda error: visiting.console.append(str(error)))
        context.on("request", lambda request: visiting.asked.append(request.url))
        yield visiting
    finally:
        context.close()


def _told(message: ConsoleMessage) -> str:
    return f"{message.type}: {message.text}"
