"""Make-believe Azures behind one address, in a process of its own, that live: what is changed in them shows.

A request is for the world that it names a subscription or a registry of. The address answers for itself, at the host
`bench`: what time it is there.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request as Call
from urllib.request import urlopen

from aiohttp import web

from acimedic.simulator import Simulator
from acimedic.simulator.exchange import Json, Request
from bench.beside import beside, serve, worlds_given

_SUBSCRIPTION = re.compile(r"[0-9a-f]{8}-0000-4000-8000-[0-9a-f]{12}", re.IGNORECASE)
_REGISTRY = re.compile(r"contoso[0-9]{2}")


class Living:
    """The far side, seen from who uses it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def tell(self, now: str) -> None:
        """What time it is there, as Azure writes it."""
        with urlopen(Call(f"{self.url}/now", data=now.encode(), headers={"Host": "bench"}), timeout=60):  # noqa: S310 - our own address
            pass


@contextmanager
def living(worlds: list[Json]) -> Iterator[Living]:
    """Worlds behind one address, until the context ends."""
    with beside("bench.living", worlds) as url:
        yield Living(url)


class _Side:
    """The server's side."""

    def __init__(self, worlds: list[Json]) -> None:
        self._worlds: dict[str, int] = {}
        for number, world in enumerate(worlds):
            text = json.dumps(world).lower()
            for name in {*_SUBSCRIPTION.findall(text), *_REGISTRY.findall(text)}:
                self._worlds.setdefault(name, number)
        # Who asks which subscriptions there are names none: each world knows of them all.
        seen = {f"{n}-{name}": each for n, world in enumerate(worlds) for name, each in world["subscriptions"].items()}
        self._azures = [Simulator(world | {"subscriptions": seen}) for world in worlds]

    async def handle(self, call: web.BaseRequest) -> web.StreamResponse:
        body = await call.read()
        host = call.headers.get("Host", "").lower().removesuffix(":443")
        if host == "bench":
            for azure in self._azures:
                azure.world["now"] = body.decode()
                azure.requests.clear()
            return web.Response()
        path, _, query = call.raw_path.partition("?")
        headers = {name.lower(): value for name, value in call.headers.items()}
        request = Request(method=call.method, host=host, path=path, query=query, headers=headers, body=body)
        answer = self._azures[self._of(request)].answer(request)
        payload = answer.payload()
        kind = {"Content-Type": "application/json; charset=utf-8"} if payload else {}
        return web.Response(status=answer.status, body=payload, headers=kind | answer.headers)

    def _of(self, request: Request) -> int:
        for text in (request.host, request.path, request.query, request.body.decode("utf-8", "replace")):
            for name in (*_REGISTRY.findall(text.lower()), *_SUBSCRIPTION.findall(text.lower())):
                if name in self._worlds:
                    return self._worlds[name]
        return 0


async def _main() -> None:
    await serve(_Side(worlds_given()).handle)


if __name__ == "__main__":
    asyncio.run(_main())
