"""The lifecycle needs Microsoft's library."""

import pytest

from tests.lifecycle.lab import need_durable


@pytest.fixture(autouse=True, scope="session")
def durable() -> None:
    need_durable()
