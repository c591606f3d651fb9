"""Where the commands that know incidents work: the store and the stories of this machine, or a store in Azure."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from acimedic.approval import ApprovalError
from acimedic.azure.standing import RefusedError
from acimedic.cli.own_store import settings_with_store
from acimedic.cli.trouble import CannotRunError
from acimedic.connection import NoAzureError
from acimedic.lifecycle.history import BusyError
from acimedic.lifecycle.keeping import NoIncidentError
from acimedic.lifecycle.local import history_of
from acimedic.lifecycle.looking import BusyError as AzureBusyError
from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.permit import NotOurTurnError
from acimedic.lifecycle.tools import Tools
from acimedic.settings import Settings, SettingsError
from acimedic.store.opening import file_of, is_account
from acimedic.store.trouble import StoreError


def run(work: Callable[[Tools], Awaitable[int]]) -> int:
    """Open what the settings say, work, close. Raises CannotRunError for whatever kept it from working."""
    with refusals(), _quiet():
        return asyncio.run(_run(work, settings_with_store(os.environ)))


@contextmanager
def _quiet() -> Iterator[None]:
    """Without our own log: what it would say is told here in words."""
    log = logging.getLogger("acimedic")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


@contextmanager
def refusals() -> Iterator[None]:
    """What keeps a command from running, as one line."""
    try:
        yield
    except BusyError as error:
        said = f"{error}: 'acimedic serve' carries its incidents on; decide on its pages, or stop it"
        raise CannotRunError(said) from error
    except (SettingsError, StoreError, NoAzureError, AzureBusyError, NoIncidentError, ApprovalError) as error:
        raise CannotRunError(str(error)) from error
    except sqlite3.DatabaseError as error:  # full, locked, read-only, damaged
        raise CannotRunError(f"the stories of this machine can be neither read nor written now: {error}") from error
    except (RefusedError, NotOurTurnError) as error:
        raise CannotRunError(f"{error}; the same command goes on from where this stopped") from error


def told_in_azure(tools: Tools) -> bool:
    """Whether the stories of this store are told by the app in Azure: this machine can neither tell nor wake them."""
    return is_account(tools.settings.store or "")


def stories_of(tools: Tools) -> Path:
    """The file of the stories that are told on this machine. Raises CannotRunError where they are told in Azure."""
    if told_in_azure(tools):
        raise CannotRunError("the incidents of a storage account are carried on by the app in Azure, not here")
    return history_of(file_of(tools.settings.store or ""))


async def _run(work: Callable[[Tools], Awaitable[int]], settings: Settings) -> int:
    async with open_tools(settings) as tools:
        return await work(tools)
