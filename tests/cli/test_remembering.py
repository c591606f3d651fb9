"""A diagnosis that was asked for at the terminal is kept on this machine, and nowhere that others read."""

import asyncio

import pytest

import checks
from acimedic.cli.remembering import remember
from acimedic.diagnosis import diagnose
from tests import build


@pytest.mark.parametrize("store", ["https://contoso.table.core.windows.net", "https://contoso.table.core.windows.net/"])
def test_a_store_in_azure_is_left_alone(store: str) -> None:
    """Not even asked for: there is nothing here by which to sign in, and nobody is told of that."""
    diagnosis = diagnose(build.without_role(), checks.ALL)
    assert asyncio.run(remember(diagnosis, {"ACIMEDIC_STORE": store})) is None
