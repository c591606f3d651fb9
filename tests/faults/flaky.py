"""A way to a server that can be shut: connections are refused, or cut when something has been asked."""

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Literal, Self

Away = Literal["refused", "cut"]
_GREETED = 900  # bytes that a client sends until it asks something: the handshake of TLS, as a rule, and not a request


class Way:
    """A port on this machine that leads to another one. Use as `async with`."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._server: asyncio.Server | None = None
        self._flows: set[asyncio.Task[None]] = set()
        self._cuts = False
        self.port = 0

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.shut("refused")

    async def open(self) -> None:
        """Let everything through again."""
        await self.shut("refused")
        self._cuts = False
        await self._listen()

    async def shut(self, how: Away) -> None:
        """Cut what flows, and let nothing through."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for flow in self._flows:
            flow.cancel()
        await asyncio.gather(*self._flows, return_exceptions=True)
        if how == "cut":
            self._cuts = True
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._come, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._flows.add(task)
        task.add_done_callback(self._flows.discard)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
            try:
                await _both(_flow(reader, back, _GREETED if self._cuts else None), _flow(there, writer))
            finally:
                back.transport.abort()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()


async def _both(*flows: Coroutine[None, None, None]) -> None:
    """Until one of them ends: then it is over for the other as well."""
    tasks = [asyncio.create_task(flow) for flow in flows]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: int | None = None) -> None:
    """Let flow what comes, and no more bytes than that."""
    flown = 0
    while taken := await reader.read(65536):
        flown += len(taken)
        if most is not None and flown > most:
            return
        writer.write(taken)
        await writer.drain()
