"""What all tests share: the choice of database, no silent skips in CI, and a browser.

The database is the one that DATABASE_URL names, else SQLite in memory. A test that makes sense
on one of the two alone is marked `only_on("postgresql")` or `only_on("sqlite")`; on the other
it is left out of the selection, which is no skip.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    """Start every test in the product's own language, whatever the one before it spoke."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only", action="store_true", help="only the tests that touch the database"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = [item for item in items if is_wanted(item, config)]
    left_out = [item for item in items if not is_wanted(item, config)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = chosen


def is_wanted(item: pytest.Item, config: pytest.Config) -> bool:
    only = item.get_closest_marker("only_on")
    if only and connection.vendor not in only.args:
        return False
    return touches_database(item) or not config.getoption("--database-only")


def touches_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db"):
        return True
    if DATABASE_FIXTURES & set(getattr(item, "fixturenames", [])):
        return True
    test_class = getattr(item, "cls", None)
    return isinstance(test_class, type) and issubclass(test_class, TransactionTestCase)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """In CI a skipped test is a failed one: every tool it could want must be there."""
    report = yield
    if not hasattr(report, "wasxfail"):
        refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    """The same for a whole file that is skipped while it is read (`importorskip`)."""
    report = yield
    refuse_skip(report)
    return report


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"


def chromium_path() -> str | None:
    """The browser of the system: $CHROMIUM, or one of the usual names on the path."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all browser tests of a worker."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    # Playwright runs an event loop in this thread, which Django takes for an asynchronous view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture
def browsing(browser: Browser) -> Iterator[BrowserContext]:
    """A person's browser without cookies, in Chinese and on Chinese time."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(browsing: BrowserContext) -> Page:
    """An empty tab, as wide as a desk's screen; `set_viewport_size` makes it a phone."""
    page = browsing.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    return page
