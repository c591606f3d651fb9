"""Waiting for Microsoft Entra: what was just made is not at once known to each of its servers.

Source: https://learn.microsoft.com/entra/architecture/architecture (data consistency)
"""

from collections.abc import Callable, Mapping

from azure_cli import CliError, RefusedError, pause

_TIMES = 24
_SECONDS = 5.0
# What Graph and az say of what another server has not heard of yet, or already has.
_LATE = (
    "does not exist",
    "doesn't exist",
    "not found",
    "notfound",
    "does not reference a valid application",
    "cannot be found",
    "already in use",
)


def settle(step: Callable[[], str], environment: Mapping[str, str], advice: str) -> None:
    """Take a step until nothing is missing. step: does what it finds missing, and says it; empty where all is so.

    So nothing counts as done that was not read back. Raises RefusedError with the advice after two minutes, CliError
    at once for anything that waiting does not mend.
    """
    missing = ""
    for turn in range(_TIMES):
        if turn:
            pause(environment, _SECONDS)
        try:
            missing = step()
        except CliError as error:
            if not error.tells(*_LATE):
                raise
            missing = error.said
        if not missing:
            return
    raise RefusedError(f"{missing}: {advice}")
