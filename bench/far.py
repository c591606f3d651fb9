"""The far side: make-believe Azures behind one address, in a process of its own, each answer held back.

What was asked before is answered from memory, so that it is not the simulator that is measured. The address answers
for itself, at the host `bench`: what it was asked so far, and which options hold.
"""

import asyncio
import json
import math
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from urllib.request import Request as Call
from urllib.request import urlopen

from aiohttp import web

from acimedic.simulator import Simulator
from acimedic.simulator.exchange import Json, Request, Response
from bench.beside import beside, serve, worlds_given

_GRAPH = "/providers/microsoft.resourcegraph/resources"
_SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-fA-F-]{36})")
_HOST = re.compile(r"([a-z0-9]+)\.azurecr\.io")
_BURST, _REFILL = 250.0, 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request. round: how many times everything that was open had been answered before, counted from 1."""

    method: str
    host: str
    target: str
    status: int
    round: int = 0


@dataclass(slots=True, kw_only=True)
class Options:
    """How the far side answers.

    delay: seconds that each answer takes. budget: whether Resource Manager's limit for reads holds, for each
    subscription. quiet: instead of the delay, answers are held until nothing new has come for so many seconds, and
    are then given all at once: so the rounds are counted.
    """

    delay: float = 0.0
    budget: bool = False
    quiet: float = 0.0


class Far:
    """The far side, seen from the benchmark."""

    def __init__(self, url: str) -> None:
        self.url = url

    def set(self, **options: float | bool) -> None:
        """Change options; what was asked is forgotten, and every budget is full."""
        self._call("/set", json.dumps(asdict(Options(**options))).encode())  # type: ignore[arg-type]

    def asked(self) -> list[Asked]:
        """All requests since the options were last set, in the order of their answers."""
        return [Asked(**each) for each in json.loads(self._call("/asked"))]

    def _call(self, path: str, body: bytes | None = None) -> bytes:
        with urlopen(Call(self.url + path, data=body, headers={"Host": "bench"}), timeout=60) as answer:  # noqa: S310 - our own address
            said: bytes = answer.read()
        return said


@contextmanager
def far_side(worlds: list[Json]) -> Iterator[Far]:
    """Worlds behind one address, until the context ends; a request is for the world of the subscription it names."""
    with beside("bench.far", worlds) as url:
        yield Far(url)


class Budget:
    """Resource Manager's limit for reads of one principal: a bucket for each subscription. now: seconds of a clock.

    Source: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, subscription: str) -> int:
        """Take one; 0 where there was one, else after how many seconds it is worth asking again."""
        now = self._now()
        left, since = self._left.get(subscription, (_BURST, now))
        left = min(_BURST, left + (now - since) * _REFILL)
        self._left[subscription] = (left - 1 if left >= 1 else left, now)
        return 0 if left >= 1 else max(1, math.ceil((1 - left) / _REFILL))


class _Side:
    """The server's side."""

    def __init__(self, worlds: list[Json]) -> None:
        self._azures = [Simulator(world) for world in worlds]
        self._by_subscription = {event_subscription(world): number for number, world in enumerate(worlds)}
        self._by_registry: dict[str, int] = {}
        for number, world in enumerate(worlds):
            for body in world["registries"].values():
                self._by_registry.setdefault(body["name"], number)
        self._known: dict[tuple[object, ...], Response] = {}
        self._set(Options())

    def _set(self, options: Options) -> None:
        self.options = options
        self.asked: list[Asked] = []
        self._budget = Budget()
        self._round = 1
        self._gate: asyncio.Event | None = None
        self._came = 0.0

    async def handle(self, call: web.BaseRequest) -> web.StreamResponse:
        body = await call.read()
        host = call.headers.get("Host", "").lower().removesuffix(":443")
        if host == "bench":
            if call.path == "/set":
                self._set(Options(**json.loads(body)))
            return web.json_response([asdict(each) for each in self.asked])
        number = await self._held_back()
        path, _, query = call.raw_path.partition("?")
        request = Request(
            method=call.method,
            host=host,
            path=path,
            query=query,
            headers={name.lower(): value for name, value in call.headers.items()},
            body=body,
        )
        answer = self._refused(request) or self._answer(request)
        self.asked.append(
            Asked(method=call.method, host=host, target=call.raw_path, status=answer.status, round=number)
        )
        payload = answer.payload()
        kind = {"Content-Type": "application/json; charset=utf-8"} if payload else {}
        return web.Response(status=answer.status, body=payload, headers=kind | answer.headers)

    async def _held_back(self) -> int:
        """Wait as the options say; gives back the round."""
        if not self.options.quiet:
            await asyncio.sleep(self.options.delay)
            return 0
        self._came = time.monotonic()
        if self._gate is None:
            self._gate = asyncio.Event()
            self._opening = asyncio.create_task(self._open_when_quiet(self._gate))
        gate, number = self._gate, self._round
        await gate.wait()
        return number

    async def _open_when_quiet(self, gate: asyncio.Event) -> None:
        while (left := self._came + self.options.quiet - time.monotonic()) > 0:  # noqa: ASYNC110 - it is time that passes
            await asyncio.sleep(left)
        self._gate = None
        self._round += 1
        gate.set()

    def _refused(self, request: Request) -> Response | None:
        """429, where the budget of the subscription is used up."""
        found = _SUBSCRIPTION.search(request.path)
        if not self.options.budget or found is None or not request.host.startswith("management."):
            return None
        wait = self._budget.wait(found[1].lower())
        if not wait:
            return None
        error = {
            "error": {"code": "SubscriptionRequestsThrottled", "message": "Number of requests exceeded the limit."}
        }
        return Response(status=429, body=error, headers={"Retry-After": str(wait)})

    def _answer(self, request: Request) -> Response:
        key = (request.method, request.host, request.path, request.query, request.body)
        if key not in self._known:
            everywhere = request.path.lower().endswith(_GRAPH)
            self._known[key] = self._of_all(request) if everywhere else self._of_one(request)
        return self._known[key]

    def _of_one(self, request: Request) -> Response:
        return self._azures[self._world_of(request)].answer(request)

    def _of_all(self, request: Request) -> Response:
        """Resource Graph knows of every subscription."""
        answers = [azure.answer(request) for azure in self._azures]
        rows = [row for answer in answers for row in answer.body["data"]]
        return Response(body={**answers[0].body, "data": rows, "count": len(rows), "totalRecords": len(rows)})

    def _world_of(self, request: Request) -> int:
        found = _SUBSCRIPTION.search(request.path)
        if found is not None:
            return self._by_subscription.get(found[1].lower(), 0)
        named = _HOST.search(request.host) or _HOST.search(request.body.decode("utf-8", "replace"))
        return 0 if named is None else self._by_registry.get(named[1], 0)


def event_subscription(world: Json) -> str:
    """The subscription in which the container groups of a world fail."""
    return str(world["event"]["topic"]).rsplit("/", 1)[-1].lower()


async def _main() -> None:
    await serve(_Side(worlds_given()).handle)


if __name__ == "__main__":
    asyncio.run(_main())
