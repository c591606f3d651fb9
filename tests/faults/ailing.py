"""The make-believe Azure behind a server that does one thing wrong, and a stranger to whom nothing may be said.

Both live in the caller's event loop. Everything asked is kept.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self

from acimedic.simulator import gateway
from acimedic.simulator.exchange import Request
from acimedic.simulator.state import State

How = Literal["whole", "late", "reset", "cut", "trickle", "silence"]
_LATE = 3.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is said to one request.

    how: `whole` at once, `late` after seconds, `reset` ends the connection, `cut` ends it after half of the body,
    `trickle` sends half of the body and then nothing more, `silence` says nothing.
    """

    status: int = 200
    payload: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    how: How = "whole"

    @property
    def json(self) -> Any:
        """The body, None where it is no JSON."""
        try:
            return json.loads(self.payload)
        except ValueError:
            return None


Spoil = Callable[[Request, Reply], Reply]


class Ailing:
    """Serves a world, and spoils what it answers. Used as `async with`, within an event loop."""

    def __init__(self, world: dict[str, Any], spoil: Spoil) -> None:
        self.asked: list[Request] = []
        self._state = State(world)
        self._spoil = spoil
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """Host and port."""
        assert self._server is not None
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def reply(self, request: Request) -> Reply:
        """Answer as Azure would, but for what is spoilt."""
        self.asked.append(request)
        true = gateway.answer(self._state, request)
        headers = {"Content-Type": "application/json; charset=utf-8"} | true.headers
        return self._spoil(request, Reply(status=true.status, payload=true.payload(), headers=headers))

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._begin, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._serve(reader, writer):
                    pass
        finally:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection stays."""
        reply = self.reply(await _request(reader))
        if reply.how == "silence":
            await asyncio.Event().wait()
        if reply.how == "reset":
            linger = struct.pack("ii", 1, 0)  # a connection that does not linger ends with a reset
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            return False
        if reply.how == "late":
            await asyncio.sleep(_LATE)
        lines = [f"HTTP/1.1 {reply.status} -", *(f"{name}: {value}" for name, value in reply.headers.items())]
        lines += [f"Content-Length: {len(reply.payload)}", "", ""]
        halved = reply.how in {"cut", "trickle"}
        writer.write("\r\n".join(lines).encode() + reply.payload[: len(reply.payload) // 2 if halved else None])
        await writer.drain()
        if reply.how == "trickle":
            await asyncio.Event().wait()
        if reply.how == "cut":
            writer.close()
            await writer.wait_closed()
        return not halved


class Stranger:
    """A server at another host. `heard` is everything that came, encrypted or not; it must stay empty."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """Host and port."""
        assert self._server is not None
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._listen, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append(await reader.read(65536))
        writer.transport.abort()


async def _request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    path, _, query = target.partition("?")
    return Request(
        method=method,
        host=headers.get("host", "").lower().removesuffix(":443"),
        path=path,
        query=query,
        headers=dict(headers),
        body=await reader.readexactly(int(headers.get("content-length", 0))),
    )
