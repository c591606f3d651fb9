"""The short examination, for whoever asks often: settings, policy, and whether the store answers; Azure is left out."""

import asyncio

from acimedic.doctor.configured import judge_policy, judge_settings
from acimedic.doctor.finding import Finding, ok, wrong
from acimedic.doctor.installed import NOWHERE, Installed
from acimedic.doctor.visiting import store_repair
from acimedic.lifecycle.tools import Tools
from acimedic.store.port import Store
from acimedic.store.trouble import StoreError

PATIENCE = 2.0
"""Seconds that the store may take."""


async def glance(tools: Tools, *, here: Installed = NOWHERE, patience: float = PATIENCE) -> tuple[Finding, ...]:
    """What can be told at once."""
    return (
        *judge_settings(tools.settings, here=here),
        *judge_policy(tools.consent),
        await _store(tools.store, patience, store_repair(tools.settings)),
    )


async def _store(store: Store, patience: float, repair: str) -> Finding:
    try:
        async with asyncio.timeout(patience):
            await store.incidents(limit=1)
    except TimeoutError:
        return wrong("store", f"it does not answer within {patience:g} seconds", repair)
    except StoreError as error:
        return wrong("store", f"it does not answer: {error}", repair)
    return ok("store", "it answers")
