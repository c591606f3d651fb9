"""A town of registries behind one gateway: a function answers, everything asked is kept, credentials are followed.

Whatever a test is about, leaving the town fails if a secret was sent to any host but those that may see it.
"""

import json
import re
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlsplit

AAD, REFRESH, ACCESS = "stand-in", "hush-refresh-0001", "hush-access-0001"
SECRETS = (AAD, REFRESH, ACCESS)
ACR = "contoso.azurecr.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """fault: `cut` sends half, `endless` never stops sending, `silence` says nothing until the town is left."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Literal["none", "cut", "endless", "silence"] = "none"

    @property
    def payload(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    method: str
    host: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    @property
    def authorization(self) -> str | None:
        return self.headers.get("authorization")

    def holds(self, text: str) -> bool:
        return (
            text in self.target or text.encode() in self.body or any(text in value for value in self.headers.values())
        )


Answering = Callable[[Call], Reply]


class Town:
    """The server, used as a context manager."""

    def __init__(self, answering: Answering, *, trusted: str = ACR) -> None:
        self.calls: list[Call] = []
        self.released = threading.Event()
        self.sent = 0
        self._answering = answering
        self._trusted = trusted
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.town = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def hosts(self) -> set[str]:
        return {call.host for call in self.calls}

    @property
    def asked(self) -> list[tuple[str, str, str]]:
        return [(call.method, call.host, call.path) for call in self.calls]

    def answer(self, call: Call) -> Reply:
        self.calls.append(call)
        return self._answering(call)

    def misled(self) -> list[Call]:
        """Calls that showed a secret to a host that is not trusted, or any credential to one that gives none."""
        return [
            call for call in self.calls if call.host != self._trusted and any(call.holds(secret) for secret in SECRETS)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()
        assert self.misled() == []


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    town: Town

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
    server: _Server

    def _answer(self) -> None:
        town = self.server.town
        length = int(self.headers.get("Content-Length") or 0)
        call = Call(
            method=self.command,
            host=self.headers.get("Host", "").lower(),
            target=self.requestline.split(" ")[1],
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
        )
        reply = town.answer(call)
        if reply.fault == "silence":
            town.released.wait()
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in ({"Content-Type": "application/json"} | dict(reply.headers)).items():
            self.send_header(name, value)
        if reply.fault == "endless":
            self._send_without_end()
            return
        self.send_header("Content-Length", str(len(reply.payload)))
        self.end_headers()
        cut = reply.fault == "cut"
        self.close_connection = self.close_connection or cut
        self.wfile.write(reply.payload[: len(reply.payload) // 2] if cut else reply.payload)

    def _send_without_end(self) -> None:
        self.close_connection = True
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        piece = b"[" * 65536
        while not self.server.town.released.is_set():
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.server.town.sent += len(piece)

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - what http.server looks up

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Say nothing: `Town.calls` is the log."""


def refusal(status: int, code: str, message: str = "no", headers: Mapping[str, str] | None = None) -> Reply:
    """An error as registries word it."""
    return Reply(status=status, body={"errors": [{"code": code, "message": message}]}, headers=headers or {})


def challenge(realm: str, service: str = "registry") -> Reply:
    """A registry's 401 that says where tokens are made."""
    return refusal(401, "UNAUTHORIZED", headers={"WWW-Authenticate": f'Bearer realm="{realm}",service="{service}"'})


def routes(*answers: tuple[str, Reply]) -> Answering:
    """Answers by a regular expression on `METHOD host/path?query`; the first that fits."""

    def answering(call: Call) -> Reply:
        whole = f"{call.method} {call.host}{call.target}"
        return next((reply for pattern, reply in answers if re.search(pattern, whole)), refusal(418, "NO_SUCH_ROUTE"))

    return answering


def azure(*answers: tuple[str, Reply]) -> Answering:
    """An Azure registry that lets us in: manifests need the access token that it made."""
    let_in = routes(
        (r"POST \S+/oauth2/exchange", Reply(body={"refresh_token": REFRESH})),
        (r"POST \S+/oauth2/token", Reply(body={"access_token": ACCESS})),
        *answers,
    )

    def answering(call: Call) -> Reply:
        if call.host == ACR and call.method == "GET" and call.authorization != f"Bearer {ACCESS}":
            return challenge("https://evil.example.com/token")
        return let_in(call)

    return answering
