"""Backing off for all: once Azure has refused one request as too many, the others of its kind wait as well.

Resource Manager counts the reads, and apart from them the writes, of a principal in a subscription: a bucket that fills
again at a steady rate. Requests that do not know of a refusal use up what has come in again, and are refused in turn.
Source: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy

from acimedic.azure.retrying import seconds_asked
from acimedic.azure.transport import Pause

Lane: TypeAlias = tuple[bool, str]
"""Whether it only reads; and the subscription, or the provider without one. `subscription/provider` is the provider's
own limit there."""

READS, WRITES = 25, 10  # a second: at which the buckets of a subscription fill again
_FULL_AGAIN = 10.0  # seconds; after which the largest bucket is full, and nobody need wait
_UNSAID = 1.0  # seconds; where Azure does not say when to come again
_LONGEST = 300.0  # seconds; after which it is asked again, whatever it has said
_LATE = 0.2  # seconds; by which a clock may wake us too late without a place being lost
_CROWD = 10  # waiting requests: with more, and at a few turns for a diagnosis, its time runs out
_LOOK, _PATIENCE = 0.2, 60.0  # seconds; between two looks whether there is room, and for all of them
_PLACE = re.compile(r"/(subscriptions|providers)/([^/]+)", re.IGNORECASE)


class ThrottledError(Exception):
    """Azure wants to be left alone for longer than anybody here can wait.

    It is none of azure-core's, whose policies would try again.
    """


@dataclass(slots=True)
class _Hold:
    """What a refusal has left behind in a lane.

    free: when the next request may go, by the clock. refusals: so far. waiting: how many requests do. first: held by
    the one whose turn it is; door: by the one who comes in next.
    """

    free: float
    refusals: int = 0
    waiting: int = 0
    first: asyncio.Lock = field(default_factory=asyncio.Lock)
    door: asyncio.Lock = field(default_factory=asyncio.Lock)


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
        self._forget_old()
        hold = self._holds.get(lane)
        if hold is None:
            return
        rate = _rate(lane)
        self._ensure_worth(hold, hold.waiting / rate)
        hold.waiting += 1
        try:
            # Who gives up leaves the row, and costs nobody a place.
            async with hold.first:
                await self._freed(hold)
                hold.free = max(hold.free, self._clock() - _LATE) + 1 / rate
        finally:
            hold.waiting -= 1

    @property
    def empty(self) -> bool:
        """Whether there is no refusal that still counts."""
        self._forget_old()
        return not self._holds

    async def room(self, lane: Lane) -> None:
        """Wait until few requests of this kind wait: for whoever will make many, in a time that is short.

        One comes in after the other, and everybody within a minute.
        """
        self._forget_old()
        hold = self._holds.get(lane)
        if hold is None:
            return
        until = self._clock() + _PATIENCE
        async with hold.door:
            for _ in range(round(_PATIENCE / _LOOK)):
                await self._pause(_LOOK)
                left = hold.free - self._clock()
                if self._clock() >= until or left > _PATIENCE or (hold.waiting <= _CROWD and left <= _UNSAID):
                    return

    def refused(self, lane: Lane, seconds: float | None) -> None:
        """Azure has refused a request of this kind. seconds: until it wants the next; None where it does not say."""
        now = self._clock()
        hold = self._holds.setdefault(lane, _Hold(now))
        hold.refusals += 1
        hold.free = max(hold.free, now + min(_UNSAID if seconds is None else seconds, _LONGEST))

    async def _freed(self, hold: _Hold) -> None:
        """Wait until the lane is free; anew, where Azure has refused another meanwhile. Raises ThrottledError."""
        seen = -1
        while seen != hold.refusals:
            seen = hold.refusals
            self._ensure_worth(hold, 0.0)
            left = hold.free - self._clock()
            if left > 0:
                await self._pause(left)

    def _ensure_worth(self, hold: _Hold, others: float) -> None:
        """Raise ThrottledError where it takes too long. others: seconds that those take who came before."""
        seconds = max(0.0, hold.free - self._clock()) + others
        if seconds > self._longest:
            said = f"{HTTPStatus.TOO_MANY_REQUESTS.value}: Azure asks to wait, which takes all requests {seconds:.0f} s"
            raise ThrottledError(said)

    def _forget_old(self) -> None:
        now = self._clock()
        old = [lane for lane, hold in self._holds.items() if now - hold.free > _FULL_AGAIN and not hold.waiting]
        for lane in old:
            del self._holds[lane]


class BackoffPolicy(AsyncHTTPPolicy[Any, Any]):
    """Lets no request go before its turn; stands below the policy that tries again, so that each try waits."""

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff

    async def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Wait, send, and note a refusal. Raises ThrottledError."""
        lanes = lanes_of(request.http_request.method, request.http_request.url)
        for lane in reversed(lanes):
            await self._backoff.turn(lane)
        response = await self.next.send(request)
        answer = response.http_response
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            lane = lanes[-1] if _has_some_left(answer.headers) else lanes[0]
            self._backoff.refused(lane, seconds_asked(answer.headers))
        return response


def lanes_of(method: str, url: str) -> tuple[Lane, ...]:
    """What a request is counted with: by Resource Manager first, then by the provider that answers it."""
    path, reads = urlsplit(url).path.lower(), method in {"GET", "HEAD"}
    found = _PLACE.match(path)
    if found is None:
        return ((reads, ""),)
    place, provider = found[2], path.rpartition("/providers/")[2].partition("/")[0]
    if found[1] == "providers" or "/providers/" not in path:
        return ((reads, place),)
    return (reads, place), (reads, f"{place}/{provider}")


def _rate(lane: Lane) -> int:
    return READS if lane[0] else WRITES


def _has_some_left(headers: Mapping[str, str]) -> bool:
    """Whether it was not Resource Manager that refused: its own count for the subscription was not used up.

    Source: https://learn.microsoft.com/troubleshoot/azure/virtual-machines/troubleshooting-throttling-errors
    """
    left = (headers.get(f"x-ms-ratelimit-remaining-subscription-{kind}", "") for kind in ("reads", "writes", "deletes"))
    return any(each.isascii() and each.isdigit() and int(each[:9]) > 0 for each in left)
