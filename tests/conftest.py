"""Fixtures shared by the tests."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from cyberbudget.load import Document, books, load

from .pinned import DATA, ROOT

HTML = ROOT / "_build" / "html"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "msedge", "microsoft-edge")
settings.register_profile("book", deadline=None)  # no test depends on the clock
settings.load_profile("book")
# Nothing but the page under test: no updates, no telemetry.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]

LONGEST = ("machines", "site", "briefing")  # rooms that begin first, so that no core ends up alone with them
PINNED = ("analysis", "briefing", "data", "show")
WRITTEN = (
    "test_office",
    "test_slides",
    "test_word",
    "test_workbook",
)  # modules that read all briefings in all formats


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {ROOT / "tests" / room: number for number, room in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.parent, len(order)))


class Shares(LoadScopeScheduling):
    """What one core does in one go: a module, the modules that share the written briefings, one whole machine."""

    def _split_scope(self, nodeid: str) -> str:
        module, room = nodeid.split("::")[0], nodeid.split("/")[1]
        if Path(module).stem in WRITTEN:
            return "written"
        return nodeid if room == "machines" else module


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Shares:
    return Shares(config, log)


def flat(text: str) -> str:
    """Without white space, which is what line breaks and columns leave."""
    return re.sub(r"\s", "", text)


def needs(found: object, what: str) -> None:
    """Skip where a user's machine lacks something; in CI that is an error."""
    if not found:
        message = f"{what} がありません"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(autouse=True)
def the_documents_of_the_literals(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads the newest document reads the one that the literals belong to, but for the chapters and the built book."""
    if request.path.parent.name in PINNED:
        monkeypatch.setenv("CYBERBUDGET_DATA", str(DATA))


@pytest.fixture(scope="session")
def document() -> Document:
    """The newest document of the repository."""
    return load(books(ROOT / "data")[-1])


@pytest.fixture(scope="session")
def doc() -> Document:
    """The document of fiscal 2024, to which every literal in the tests belongs, whatever newer ones there are."""
    return load(DATA / "fy2024")


@pytest.fixture
def data_copy(tmp_path: Path) -> Path:
    """A copy of data/ that a test may break."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


@pytest.fixture(scope="session")
def html() -> Path:
    """The built book."""
    needs((HTML / "index.html").exists(), "組んだ本（make book）")
    return HTML


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser, headless; the machine's own, none is downloaded."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    needs(path, "ブラウザー（Chromium）")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=QUIET)
        yield chromium
        chromium.close()
