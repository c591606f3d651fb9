from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.browsing import chromium
from tests.browser.house import House, house


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house for tests that only look."""
    with house(tmp_path_factory.mktemp("reading")) as at:
        yield at


@pytest.fixture
def deciding(tmp_path: Path) -> Iterator[House]:
    """A house for one test that decides."""
    with house(tmp_path) as at:
        yield at
