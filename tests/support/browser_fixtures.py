"""A real Chromium, and the invented clinic to open in it. Loads a browser's library only for who asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.databases import close
from tests.support.invented import Invented, serving
from tests.support.speeds import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.support.browser import Clinic, Open


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "SCREENING_TESTS_NEED_BROWSER is set, and no Chromium is installed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


@pytest.fixture
def clinic(tmp_path: Path, invented: Invented) -> Iterator[Clinic]:
    from tests.support.browser import Clinic

    # Playwright keeps an event loop in this thread, beside which the application does not want to work.
    with ThreadPoolExecutor(1) as pool:
        app, tokens = pool.submit(invented.open, tmp_path).result()
        with serving(app) as port:
            yield Clinic(app, tokens, f"http://localhost:{port}")
        pool.submit(close, app).result()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    from tests.support.browser import PHONE, no_request_fails

    contexts = []

    def start(size: dict[str, int] = PHONE, *, script: bool = True, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport=size,  # type: ignore[arg-type]
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            locale="en-GB",
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("requestfailed", no_request_fails)
        return page

    yield start
    for context in contexts:
        context.close()
