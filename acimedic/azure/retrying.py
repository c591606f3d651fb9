"""How long Azure asks us to wait before the next try, and whether that is worth it."""

import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from azure.core.pipeline import PipelineResponse
from azure.core.pipeline.policies import AsyncRetryPolicy

# Names, and how many of their units are a second.
_HEADERS = (("retry-after", 1.0), ("retry-after-ms", 1000.0), ("x-ms-retry-after-ms", 1000.0))


def seconds_asked(headers: Mapping[str, str]) -> float | None:
    """Seconds for which an answer asks us to wait; None where it does not say so in a way that makes sense.

    headers: looked up whatever their case. A date counts from the answer's own `Date`, since our clock may be wrong.
    Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    for name, units in _HEADERS:
        said = headers.get(name)
        if said:
            seconds = _number(said, units)
            return _until(said, headers.get("date", "")) if seconds is None else seconds
    return None


def _number(said: str, units: float) -> float | None:
    try:
        seconds = float(said) / units
    except ValueError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until(said: str, now: str) -> float | None:
    try:
        return max(0.0, (parsedate_to_datetime(said) - parsedate_to_datetime(now)).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


class Retry(AsyncRetryPolicy[Any, Any]):
    """Tries again three times, after a while. longest: seconds; whoever is to wait for longer is refused instead.

    After a 429 it is `acimedic.azure.backoff` that waits, with all the others.
    """

    def __init__(self, longest: float) -> None:
        super().__init__(retry_total=3, retry_backoff_factor=0.4, retry_backoff_max=4)
        self._longest = longest

    def get_retry_after(self, response: PipelineResponse[Any, Any]) -> float | None:
        """Seconds for which an answer asks us to wait, None where it does not say."""
        return seconds_asked(response.http_response.headers)

    async def sleep(
        self, settings: dict[str, Any], transport: Any, response: PipelineResponse[Any, Any] | None = None
    ) -> None:
        """Wait before the next try."""
        if response is None or response.http_response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
            await super().sleep(settings, transport, response)

    def is_retry(self, settings: dict[str, Any], response: PipelineResponse[Any, Any]) -> bool:
        """Whether to try again after this answer."""
        return (self.get_retry_after(response) or 0.0) <= self._longest and super().is_retry(settings, response)
