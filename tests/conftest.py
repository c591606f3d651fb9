"""What every test has: a home of its own, so that nothing is kept where whoever runs the tests keeps things.

And what all have in common: how many run side by side, in which order, and a place for what is made only once.
"""

import os
from collections.abc import Iterator

import pytest

from tests import once

_FIRST = (
    "tests/scenarios/test_scenarios.py",  # the others read what it makes
    "tests/whole/",
    "tests/rights/",
    "tests/faults/test_matrix.py",
    "tests/browser/",
    "tests/worker/",
    "tests/store/",
    "tests/lifecycle/test_crash.py",
    "tests/infra/",
)
"""What takes long begins first, so that the processes which share the tests end together."""


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: one or the other waits for Azurite, Chromium or the disk."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long in front; within it, and behind it, the order stays."""
    items.sort(key=lambda item: next((at for at, name in enumerate(_FIRST) if item.nodeid.startswith(name)), 99))


@pytest.fixture(autouse=True, scope="session")
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Processes side by side have one folder above their own; it is theirs alone, and new in every run."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        once.keep_in(tmp_path_factory.getbasetemp().parent / "made once")


@pytest.fixture(autouse=True, scope="session")
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        for name in ("ACIMEDIC_STORE", "ACIMEDIC_MODE", "ACIMEDIC_POLICY", "ACIMEDIC_SUBSCRIPTIONS"):
            patch.delenv(name, raising=False)
        yield
