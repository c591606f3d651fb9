"""The simulator itself: a world behind an HTTP server on the loopback address."""

import socket
import sys
import threading
import time
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from . import gateway
from .exchange import Json, Request, Response
from .state import State

Recorded = tuple[str, str, str, int]


class SimulatorError(RuntimeError):
    """The simulator has a fault of its own, or was given a world that it cannot read."""


class Simulator:
    """A make-believe Azure at ``url``, used as a context manager.

    ``world`` is the live state, a copy of what was given; ``requests`` holds (method, host, path and query, status)
    of everything asked so far; ``delay`` is how long each answer takes, in seconds. A request that makes the simulator
    itself crash is cut off, noted in ``failures``, and raised when the context ends.
    """

    def __init__(self, world: Json, *, delay: float = 0.0, port: int = 0) -> None:
        self.state = State(deepcopy(world))
        self.delay = delay
        self.requests: list[Recorded] = []
        self.failures: list[BaseException] = []
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.simulator = self
        self._thread = threading.Thread(target=self._serve, name="acimedic-simulator", daemon=True)
        self._thread.start()

    @property
    def world(self) -> Json:
        """The world as it stands now; changing it changes what is answered next."""
        return self.state.world

    @property
    def url(self) -> str:
        """The address of the gateway."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, request: Request) -> Response:
        """Answer a request and note it, without the network."""
        response = gateway.answer(self.state, request)
        target = request.path + (f"?{request.query}" if request.query else "")
        self.requests.append((request.method, request.host, target, response.status))
        return response

    def stop(self) -> None:
        """Stop serving and close every connection; doing so twice is allowed."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server.hang_up()

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.01)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self.failures and raised is None:
            raise SimulatorError("a request made the simulator crash") from self.failures[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    simulator: Simulator

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._open: set[socket.socket] = set()
        self._empty = threading.Condition()

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        if isinstance(request, socket.socket):
            with self._empty:
                self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        super().shutdown_request(request)
        if isinstance(request, socket.socket):
            with self._empty:
                self._open.discard(request)
                self._empty.notify_all()

    def hang_up(self) -> None:
        """End the connections that callers keep alive, and wait for their threads."""
        with self._empty:
            for each in self._open:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the caller was faster
            self._empty.wait_for(lambda: not self._open, timeout=2)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002  # the signature is given
        """Note a crash of the simulator; a caller that hangs up in the middle is none."""
        raised = sys.exc_info()[1]
        if raised is not None and not isinstance(raised, ConnectionError):
            self.simulator.failures.append(raised)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write for head and body
    server: _Server

    def _answer(self) -> None:
        simulator = self.server.simulator
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            host=self.headers.get("Host", "").lower().removesuffix(":443").removesuffix(":80"),
            path=path,
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
        )
        if simulator.delay:
            time.sleep(simulator.delay)
        self._send(simulator.answer(request))

    def _send(self, response: Response) -> None:
        if response.status == 0:
            self.close_connection = True
            return
        payload = response.payload()
        self.send_response(response.status)
        headers = {"Content-Type": "application/json; charset=utf-8"} if payload else {}
        for name, value in {**headers, **response.headers}.items():
            self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if self.command != "HEAD" and response.status != 204:
            self.wfile.write(payload)
        self.wfile.flush()

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815  # what http.server looks up

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the standard library's
        """Say nothing: ``Simulator.requests`` is the log."""
