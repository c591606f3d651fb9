"""The one way out to the network.

Every request of every client goes through a `Transport`. With a gateway set, requests go there over
plain HTTP instead, path and query unchanged, the host that was asked for in the `Host` header; the
rewriting sits below all policies, so that these see and guard the real address.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, cast
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

from aiohttp import ClientSession, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import DefaultResolver
from azure.core.exceptions import ServiceRequestError
from azure.core.pipeline.transport import AioHttpTransport
from yarl import URL

from acimedic.azure.resolving import Reach, Resolver

Pause: TypeAlias = Callable[[float], Awaitable[None]]

_CONNECT_SECONDS = 5
_READ_SECONDS = 15
_UNSENDABLE = re.compile(r"[^!-~]+")


class Transport(AioHttpTransport):
    """aiohttp under azure-core, with short time-outs, and a gateway in place of the network if one is set.

    pause: waits for some seconds; azure-core's retries and polls of a long operation wait through it. names: looks
    names up; None for the system's way.
    """

    def __init__(
        self, gateway: str | None = None, pause: Pause = asyncio.sleep, names: AbstractResolver | None = None
    ) -> None:
        super().__init__(connection_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, use_env_settings=False)
        self._gateway = gateway
        self._pause = pause
        self._names = names
        self._resolver: Resolver | None = None

    async def open(self) -> None:
        """Open the connections, whose names are looked up here alone."""
        if self._resolver is None:
            self._resolver = Resolver(self._names or DefaultResolver())
            # No answer of a look-up is kept: what was within one request's reach may not be within another's.
            connector = TCPConnector(resolver=self._resolver, use_dns_cache=False)
            self.session = ClientSession(connector=connector, cookie_jar=DummyCookieJar(), auto_decompress=False)
        await super().open()

    async def sleep(self, duration: float) -> None:
        """Wait before the next try, or the next poll."""
        await self._pause(duration)

    async def send(self, request: Any, **config: Any) -> Any:
        """Send a request. Raises azure-core's ServiceRequestError or ServiceResponseError.

        reach: of `acimedic.azure.resolving`, where the request may go; a gateway is always within it.
        """
        asked, reach = request.url, cast(Reach, config.pop("reach", "anywhere"))
        if self._gateway is None:
            request.url = _as_written(asked)
            config.setdefault("proxy", _proxy(asked))
            await self._limit(reach, asked, proxied=config["proxy"] is not None)
        else:
            parts = urlsplit(asked)
            request.url = _as_written(
                f"{self._gateway}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
            )
            request.headers["Host"] = parts.netloc
        try:
            return await super().send(request, **config)
        finally:
            request.url = asked  # the policies above, paging and polling must never see the gateway

    async def _limit(self, reach: Reach, url: str, *, proxied: bool) -> None:
        """Let what is sent next go within this reach. Where a proxy connects, its name is judged before."""
        await self.open()
        if self._resolver is None:
            return
        self._resolver.limit(reach)
        if proxied and reach != "anywhere":
            try:
                await self._resolver.resolve(urlsplit(url).hostname or "", 443, socket.AF_UNSPEC)
            except OSError as error:
                raise ServiceRequestError(error, error=error) from error
            self._resolver.limit("anywhere")


def _proxy(url: str) -> str | None:
    """The proxy that the environment names, if any.

    aiohttp would look it up itself, but then it also signs requests with what `~/.netrc` holds for their host.
    """
    parts = urlsplit(url)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)


def _as_written(url: str) -> URL:
    """An address that aiohttp leaves as it is: of itself it takes escapes away and follows `..`.

    What cannot stand in a request line, as a next link may hold it, is escaped.
    """
    return URL(_UNSENDABLE.sub(lambda found: quote(found[0]), url), encoded=True)
