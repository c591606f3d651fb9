"""The whole examination, over HTTP: one at a time in a process, and what it found is kept for a minute.

It asks Azure dozens of questions, with the budget of requests that diagnoses need as well.
"""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from acimedic.doctor.finding import Finding
from acimedic.doctor.installed import Installed, installed
from acimedic.doctor.whole import whole
from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.tools import Tools
from acimedic.web.limits import TooManyError

if TYPE_CHECKING:
    from acimedic.settings import Settings

_KEPT = 60.0  # seconds
_WAIT = 30
_FOUND: "dict[Settings, tuple[float, tuple[Finding, ...]]]" = {}
_UNDER_WAY: "set[Settings]" = set()


async def examined(tools: Tools, here: Installed) -> tuple[Finding, ...]:
    """What was found, now or within the last minute. Raises TooManyError while somebody else's is under way."""
    settings = tools.settings
    at, found = _FOUND.get(settings, (0.0, ()))
    if found and time.monotonic() - at < _KEPT:
        return found
    if settings in _UNDER_WAY:
        raise TooManyError(_WAIT)
    _UNDER_WAY.add(settings)
    try:
        found = await whole(tools, here)
    finally:
        _UNDER_WAY.discard(settings)
    _FOUND.clear()
    _FOUND[settings] = (time.monotonic(), found)
    return found


async def opened(settings: "Settings", environment: Mapping[str, str]) -> tuple[Finding, ...]:
    """The same for the app that this environment is of. Raises TooManyError, SettingsError, StoreError."""
    async with open_tools(settings) as tools:
        return await examined(tools, installed(environment))
