"""A server on the loopback address that answers from a list, as a gateway to the whole of Azure would."""

import json
import re
import socket
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

Fault = Literal["none", "reset", "cut", "silence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said to one request.

    body: JSON, or the bytes themselves. fault: `reset` ends the connection without an answer, `cut` sends half of
    the body, `silence` says nothing until the server stops.
    """

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault = "none"

    @property
    def payload(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass(frozen=True, slots=True)
class Route:
    """Answers to requests of a method whose path and query match, one after the other; the last one stays."""

    method: str
    pattern: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came over the wire; `target` is the path and query, byte for byte."""

    method: str
    target: str
    host: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def route(method: str, pattern: str, *answers: Answer) -> Route:
    return Route(method, pattern, answers)


def error(status: int, code: str, message: str = "no", headers: Mapping[str, str] | None = None) -> Answer:
    """A refusal as Azure Resource Manager words it."""
    return Answer(status=status, body={"error": {"code": code, "message": message}}, headers=headers or {})


def recorded_routes(exchanges: Iterable[Mapping[str, Any]]) -> tuple[Route, ...]:
    """The exchanges of a recording: what was asked at one address several times is answered in that order."""
    found: dict[tuple[str, str], list[Answer]] = {}
    for exchange in exchanges:
        key = (exchange["method"], urlsplit(exchange["uri"]).path)
        # Every poll of the recording goes on at once.
        headers = {name: value for name, value in exchange["headers"].items() if name in _KEPT} | {"retry-after": "0"}
        answer = Answer(status=exchange["status"], body=exchange["response_body"], headers=headers)
        found.setdefault(key, []).append(answer)
    return tuple(
        Route(method, f"{re.escape(path)}(\\?|$)", tuple(answers)) for (method, path), answers in found.items()
    )


_KEPT = {"azure-asyncoperation", "location"}


class Replay:
    """The server, used as a context manager. `asked` is everything that was asked of it."""

    def __init__(self, *routes: Route) -> None:
        self.asked: list[Asked] = []
        self.unanswered: list[Asked] = []
        self._routes = routes
        self._used: dict[int, int] = {}
        self._lock = threading.Lock()
        self.released = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.replay = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def hosts(self) -> set[str]:
        return {asked.host for asked in self.asked}

    def sent(self, *methods: str) -> list[Asked]:
        """What was asked with one of these methods."""
        return [asked for asked in self.asked if asked.method in methods]

    def answer(self, asked: Asked) -> Answer:
        with self._lock:
            self.asked.append(asked)
            for number, each in enumerate(self._routes):
                if each.method == asked.method and re.match(each.pattern, asked.target, re.IGNORECASE):
                    turn = self._used.get(number, 0)
                    self._used[number] = turn + 1
                    return each.answers[min(turn, len(each.answers) - 1)]
            self.unanswered.append(asked)
        return error(418, "NotRecorded", f"{asked.method} {asked.target} is not in the list")

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = True
    request_queue_size = 128
    replay: Replay

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._open: set[socket.socket] = set()
        self._empty = threading.Condition()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._empty:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
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
            self._empty.wait_for(lambda: not self._open, timeout=5)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up in the middle is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write for head and body
    server: _Server

    def _answer(self) -> None:
        replay = self.server.replay
        length = int(self.headers.get("Content-Length") or 0)
        asked = Asked(
            method=self.command,
            target=self.requestline.split(" ")[1],  # self.path has its leading slashes folded
            host=self.headers.get("Host", ""),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
        )
        answer = replay.answer(asked)
        if answer.fault == "silence":
            replay.released.wait()
        if answer.fault in {"silence", "reset"}:
            self.close_connection = True
            return
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        payload = answer.payload
        self.send_response(answer.status)
        for name, value in ({"Content-Type": "application/json; charset=utf-8"} | dict(answer.headers)).items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if answer.fault == "cut":
            payload = payload[: len(payload) // 2]
            self.close_connection = True
        if answer.status != 204 and self.command != "HEAD":
            self.wfile.write(payload)
        self.wfile.flush()

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - what http.server looks up

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Say nothing: `Replay.asked` is the log."""
