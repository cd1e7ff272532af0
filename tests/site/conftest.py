"""The reader of the built book: a real browser that is watched while a test uses it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from cyberbudget.load import Document

from ..pinned import LAST

Size = tuple[int, int]  # of a window

AXE = Axe()
SHIFTS = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
# What a browser that keeps nothing does to a script that asks.
BLOCKED = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });
history.replaceState = () => { throw new DOMException("blocked", "SecurityError"); };
"""


class Reader:
    """Opens pages, each in a window of its own, and keeps what they ask for and what they complain about."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.pages: list[Page] = []
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def open(
        self, folder: Path, name: str, view: str = "", script: str = "", size: Size = (1280, 900), **how: Any
    ) -> Page:
        """Open a page from its file, with a script run before its own and the settings of a browser context."""
        page = self.browser.new_page(viewport=dict(zip(("width", "height"), size)), **how)
        self.pages.append(page)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self._hear(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))
        page.add_init_script(SHIFTS + script)
        page.goto((folder / f"{name}.html").as_uri() + view)
        return page

    def _hear(self, said: str) -> None:
        if not said.startswith("Changed to "):  # furo tells of the colours that one chose
            self.complaints.append(said)


@contextmanager
def watched(browser: Browser) -> Iterator[Reader]:
    """A reader; whatever a test does, nothing may fail, ask for anything outside or open a dialog."""
    reader = Reader(browser)
    yield reader
    for page in reader.pages:
        page.close()
    assert reader.complaints == []
    assert [url for url in reader.requests if not url.startswith(("file:", "data:", "blob:"))] == []


@pytest.fixture
def of_its_year(document: Document) -> None:
    """For what is true of the book of one document only: its numbers, names and places."""
    if document.folder.name != LAST:
        pytest.skip(f"{LAST} の本についての期待です（いまの本は {document.folder.name}）")


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reader]:
    with watched(browser) as reader:
        yield reader


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds: the rule and the first places."""
    # No preload of style sheets, which a file keeps; and no list of all that is well, which takes three times as long.
    found = AXE.run(page, options={"preload": False, "resultTypes": ["violations"]}).response
    return [(rule["id"], [node["html"][:120] for node in rule["nodes"]][:3]) for rule in found["violations"]]
