"""The door through which both sides go in: Azure's names over TLS, behind a proxy, with a make-believe Azure inside.

Resource Manager and registries are the far side of the other benchmarks; sign-in and Graph are this one's own. All
hold each answer back for the same time. Setting up a connection is not held back.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from acimedic.simulator.exchange import Json
from bench.authority import GRAPH, SIGN_IN, Application, Authority
from bench.far import Far, far_side
from bench.proxy import Proxy
from bench.tls import authority as certificates

T = TypeVar("T")

MANAGEMENT = "management.azure.com"
# Whatever the machine has of its own would lead elsewhere, or be believed in too.
_OTHERS = ("NO_PROXY", "HTTP_PROXY", "ALL_PROXY", "SSL_CERT_DIR", "CURL_CA_BUNDLE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where it is. root: the certificate that callers must believe in."""

    proxy: str
    root: Path
    far: Far
    authority: Authority

    def environment(self, mine: Mapping[str, str]) -> dict[str, str]:
        """An environment in which every request goes through the door, and no other certificate is believed in."""
        kept = {name: value for name, value in mine.items() if name.upper() not in (*_OTHERS, "HTTPS_PROXY")}
        trust = {"SSL_CERT_FILE": str(self.root), "REQUESTS_CA_BUNDLE": str(self.root)}
        return kept | trust | {"HTTPS_PROXY": self.proxy}

    def set(self, delay: float) -> None:
        """How many seconds each answer takes from now on; what was asked is forgotten."""
        self.far.set(delay=delay)
        self.authority.delay = delay
        self.authority.asked.clear()

    def asked(self) -> list[tuple[str, str, int]]:
        """(host, path and query, status) of every request: at first those for sign-in and Graph."""
        return [*self.authority.asked, *((one.host, one.target, one.status) for one in self.far.asked())]


@contextmanager
def door(world: Json, application: Application) -> Iterator[Door]:
    """Open one onto a world, until the context ends."""
    hosts = (MANAGEMENT, *registry_hosts(world))
    signing = Authority(application, principals(world))
    with far_side([world]) as far, certificates([*hosts, SIGN_IN, GRAPH]) as trust, _loop() as loop:
        runner, own = loop.run(_started(signing))
        proxy = Proxy(trust.server, dict.fromkeys(hosts, far.url) | {SIGN_IN: own, GRAPH: own})
        try:
            yield Door(proxy=loop.run(proxy.start()), root=trust.root, far=far, authority=signing)
        finally:
            loop.run(proxy.stop())
            loop.run(runner.cleanup())


def registry_hosts(world: Json) -> list[str]:
    """The login servers of a world's registries, and where these keep their data."""
    found: list[str] = []
    for registry in world["registries"].values():
        found += [registry["properties"]["loginServer"], *registry["properties"].get("dataEndpointHostNames", [])]
    return [name.lower() for name in found]


def principals(world: Json) -> dict[str, str]:
    """The service principals that a world tells of: application ids by object id."""
    identities = (each["properties"] for each in world["identities"].values())
    return {each["principalId"]: each["clientId"] for each in identities}


class _Loop:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)


@contextmanager
def _loop() -> Iterator[_Loop]:
    """An event loop in a thread of its own: whoever measures waits for other processes meanwhile."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="door", daemon=True)
    thread.start()
    try:
        yield _Loop(loop)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _started(signing: Authority) -> tuple[web.ServerRunner, str]:
    runner = web.ServerRunner(web.Server(signing.handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"
