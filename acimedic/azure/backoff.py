"""Backing off for all: once Azure has refused one request as too many, the others of its kind wait as well.

Resource Manager counts the reads, and apart from them the writes, of a principal in a subscription: a bucket that fills
again at a steady rate. Requests that do not know of a refusal use up what has come in again, and are refused in turn.
Source: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy, AsyncRetryPolicy

from acimedic.azure.transport import Pause

Lane: TypeAlias = tuple[bool, str]  # whether it only reads; and the subscription, or the provider without one

READS, WRITES = 25, 10  # a second: at which the buckets of a subscription fill again
_FULL_AGAIN = 10.0  # seconds; after which the largest bucket is full, and nobody need wait
_UNSAID = 1.0  # seconds; where Azure does not say when to come again
_PLACE = re.compile(r"/(?:subscriptions|providers)/([^/]+)", re.IGNORECASE)


class ThrottledError(Exception):
    """Azure wants to be left alone for longer than anybody here can wait.

    It is none of azure-core's, whose policies would try again.
    """


@dataclass(slots=True)
class _Hold:
    """since: counts the refusals. free: when the next request may go, by the clock."""

    since: int
    free: float


class Backoff:
    """What is known of Azure's refusals. clock: seconds. pause: waits for some. longest: seconds that waiting is worth.

    One for everything that shares a sign-in, since Azure counts by principal.
    """

    def __init__(self, pause: Pause, clock: Callable[[], float], longest: float) -> None:
        self._pause = pause
        self._clock = clock
        self._longest = longest
        self._holds: dict[Lane, _Hold] = {}

    async def turn(self, lane: Lane) -> None:
        """Wait until a request of this kind may go. Raises ThrottledError where that is too long."""
        while (hold := self._holds.get(lane)) is not None:
            now = self._clock()
            if now - hold.free > _FULL_AGAIN:
                del self._holds[lane]
                return
            at, since = max(now, hold.free), hold.since
            if at - now > self._longest:
                said = f"{HTTPStatus.TOO_MANY_REQUESTS.value}: Azure asks to wait {at - now:.0f} s for all requests"
                raise ThrottledError(said)
            hold.free = at + 1 / (READS if lane[0] else WRITES)
            if at > now:
                await self._pause(at - now)
            if hold.since == since:
                return

    def refused(self, lane: Lane, seconds: float | None) -> None:
        """Azure has refused a request of this kind. seconds: until it wants the next; None where it does not say."""
        now = self._clock()
        hold = self._holds.setdefault(lane, _Hold(0, now))
        hold.since += 1
        # Whoever waits for a place that was given out before takes a new one.
        hold.free = now + (_UNSAID if seconds is None else seconds)


class BackoffPolicy(AsyncHTTPPolicy[Any, Any]):
    """Lets no request go before its turn; stands below the policy that tries again, so that each try waits."""

    def __init__(self, backoff: Backoff, retry: "AsyncRetryPolicy[Any, Any]") -> None:
        self._backoff = backoff
        self._retry = retry

    async def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Wait, send, and note a refusal. Raises ThrottledError."""
        lane = lane_of(request.http_request.method, request.http_request.url)
        await self._backoff.turn(lane)
        response = await self.next.send(request)
        if response.http_response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            self._backoff.refused(lane, self._retry.get_retry_after(response))
        return response


def lane_of(method: str, url: str) -> Lane:
    """What a request is counted with."""
    place = _PLACE.match(urlsplit(url).path)
    return method in {"GET", "HEAD"}, "" if place is None else place[1].lower()
