"""Tests that are coroutines run in one loop; Azurite is started once, and stopped at the end."""

import asyncio
import inspect
from collections.abc import Iterator

import pytest

from tests.store.azurite import Azurite


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object:
    """Run a coroutine function in the loop in which its stores were made."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: value for name, value in pyfuncitem.funcargs.items() if name in wanted}
    loop = pyfuncitem.funcargs["runner"]
    assert isinstance(loop, asyncio.Runner)
    loop.run(pyfuncitem.obj(**arguments))
    return True


@pytest.fixture(autouse=True, scope="session")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    """Microsoft's own emulator, over TLS, asking for tokens as Azure does."""
    with Azurite(tmp_path_factory.mktemp("azurite")) as started:
        yield started
