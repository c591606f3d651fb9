"""Azure's own names on this machine: a proxy that connects to nobody, and ends TLS itself for the names that it knows.

What comes out of the encryption goes on, byte by byte, to the plain address that stands for the name; whatever host is
not on its list is refused. So callers need no switch of their own: they have a proxy and a root certificate, as in
many a company. Source of CONNECT: RFC 9110, section 9.3.6.
"""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

_CHUNK = 65_536
_MOST_HEADERS = 100


class Proxy:
    """Takes CONNECT alone. ways: the plain address (http://host:port) that stands for each name."""

    def __init__(self, tls: ssl.SSLContext, ways: Mapping[str, str]) -> None:
        self._tls = tls
        self._ways = ways
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self) -> str:
        """Serve on this machine alone, at a free port; gives back the address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """End serving, and every connection."""
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            with suppress(OSError, EOFError, ValueError, ssl.SSLError):  # a caller that hangs up, or speaks no HTTP
                await self._let_through(reader, writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _let_through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, _ = (await reader.readline()).decode("ascii").split()
        for _ in range(_MOST_HEADERS):
            if await reader.readline() in (b"\r\n", b"\n", b""):
                break
        name, _, port = target.lower().rpartition(":")
        way = self._ways.get(name)
        if method != "CONNECT" or port != "443" or way is None:
            status = b"405 Method Not Allowed" if method != "CONNECT" else b"403 Forbidden"
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.start_tls(self._tls)
        there = urlsplit(way)
        far_reader, far_writer = await asyncio.open_connection(there.hostname, there.port)
        self._open.add(far_writer)
        try:
            await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))
        finally:
            self._open.discard(far_writer)
            far_writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything that comes, until nothing does; then the other side is hung up on too."""
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
