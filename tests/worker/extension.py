"""Plays the Durable extension's local endpoint: starts, asks after, tells and purges orchestrations, and runs none.

The answers are those of `HttpApiHandler` in the extension: 202 for a start, 409 where one of that id is pending or
running; 404 with nothing in it for one that is not there; 410 for an event that comes too late; 412 for the purge of
one that has not ended.
https://github.com/Azure/azure-functions-durable-extension/blob/dev/src/WebJobs.Extensions.DurableTask/HttpApiHandler.cs
"""

import asyncio
import json
import re
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from azure.durable_functions import DurableOrchestrationClient  # type: ignore[import-untyped]
from azure.durable_functions.models.utils import http_utils  # type: ignore[import-untyped]

from acimedic.lifecycle.durable import Durable

_LIVING = {"Pending", "Running", "Suspended"}
_ORCHESTRATORS = re.compile(r"/durabletask/orchestrators/([^/]+)/([^/]+)")
_INSTANCES = re.compile(r"/durabletask/instances/([^/]*)(?:/([^/]+))?(?:/([^/]+))?")
_Answer = tuple[int, object]
_NOTHING = object()


def binding(url: str) -> str:
    """What the host passes to a function that has a durable client, as JSON text."""
    management = {
        name: f"https://app.example/runtime/webhooks/durabletask/instances/INSTANCEID{tail}"
        for name, tail in (("statusQueryGetUri", ""), ("sendEventPostUri", "/raiseEvent/{eventName}"))
    }
    creation = "https://app.example/runtime/webhooks/durabletask/orchestrators/{functionName}[/{instanceId}]"
    return json.dumps(
        {
            "taskHubName": "AciMedic",
            "creationUrls": {"createNewInstancePostUri": creation},
            "managementUrls": management | {"id": "INSTANCEID"},
            "baseUrl": "https://app.example/runtime/webhooks/durabletask",
            "requiredQueryStringParameters": "code=none",
            "rpcBaseUrl": f"{url}/durabletask/",
        }
    )


NO_ENDPOINT = binding("http://127.0.0.1:9")  # the discard port, at which nobody listens


@dataclass(kw_only=True)
class Instance:
    """An orchestration. given: the body with which it was started. events: name and body of what it was told."""

    name: str
    given: str
    status: str = "Pending"
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    events: list[tuple[str, str]] = field(default_factory=list)

    @property
    def input(self) -> Any:
        """What the orchestrator gets: the client encodes it twice, and the extension decodes it once."""
        return json.loads(json.loads(self.given))


class DurableEndpoint:
    """The endpoint, used as a context manager.

    instances: by id; a test may change them. asked: method and target of every request. broken: the status of every
    answer to a start, for as long as it is not None. before_start: happens before a start is looked into.
    """

    def __init__(self) -> None:
        self.instances: dict[str, Instance] = {}
        self.asked: list[tuple[str, str]] = []
        self.purged: list[str] = []
        self.broken: int | None = None
        self.before_start: Callable[[], object] = lambda: None
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.endpoint = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def binding(self) -> str:
        """What the host passes to a function that has a client of this endpoint."""
        return binding(f"http://127.0.0.1:{self._server.server_address[1]}")

    def started(self, instance: str) -> int:
        """How often a start of this id was asked for."""
        return self.asked.count(("POST", f"/durabletask/orchestrators/story/{instance}"))

    def answer(self, method: str, target: str, body: str) -> _Answer:
        """Answer a request, and note it."""
        self.asked.append((method, target))
        parts = urlsplit(target)
        if method == "POST" and (found := _ORCHESTRATORS.fullmatch(parts.path)):
            return self._start(found[1], found[2], body)
        if not (found := _INSTANCES.fullmatch(parts.path)):
            return 404, _NOTHING
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if method == "DELETE" and not found[1]:
            return self._purge_old(query)
        instance = self.instances.get(found[1])
        if instance is None:
            return 404, _NOTHING
        if method == "GET":
            return (202 if instance.status in _LIVING else 200), _status(found[1], instance)
        if method == "DELETE":
            return self._purge(found[1], instance)
        if instance.status not in _LIVING:
            return 410, _NOTHING
        if found[2] == "terminate":
            instance.status = "Terminated"
        elif found[2] == "raiseEvent":
            instance.events.append((found[3], body))
        return 202, _NOTHING

    def _start(self, name: str, instance: str, body: str) -> _Answer:
        self.before_start()
        if self.broken is not None:
            return self.broken, {"Message": "Something went wrong while processing your request"}
        there = self.instances.get(instance)
        if there is not None and there.status in _LIVING:
            return 409, {"Message": f"An Orchestration instance with the status {there.status} already exists."}
        self.instances[instance] = Instance(name=name, given=body)
        return 202, {"id": instance}

    def _purge(self, name: str, instance: Instance) -> _Answer:
        if instance.status in _LIVING:
            return 412, "Only orchestrations in a terminal state can be purged"
        del self.instances[name]
        self.purged.append(name)
        return 200, {"instancesDeleted": 1}

    def _purge_old(self, query: dict[str, str]) -> _Answer:
        since, until = (datetime.fromisoformat(query[key]) for key in ("createdTimeFrom", "createdTimeTo"))
        wanted = query["runtimeStatus"].split(",")
        old = [
            name
            for name, instance in self.instances.items()
            if since <= instance.begun <= until and instance.status in wanted
        ]
        for name in old:
            self._purge(name, self.instances[name])
        return (200, {"instancesDeleted": len(old)}) if old else (404, _NOTHING)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _status(name: str, instance: Instance) -> dict[str, object]:
    moment = instance.begun.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "name": instance.name,
        "instanceId": name,
        "runtimeStatus": instance.status,
        "input": None,
        "customStatus": None,
        "output": None,
        "createdTime": moment,
        "lastUpdatedTime": moment,
    }


def speak(endpoint: DurableEndpoint, work: Callable[[Durable], Awaitable[None]]) -> None:
    """Do something as the Function App does, through the library's own client of this endpoint."""

    async def speaking() -> None:
        try:
            await work(Durable(DurableOrchestrationClient(endpoint.binding)))
        finally:
            await http_utils._close_session()  # it outlives the client, for the worker's sake

    asyncio.run(speaking())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a worker keeps its connections alive for longer than a test
    request_queue_size = 128
    endpoint: DurableEndpoint


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        with self.server.endpoint.lock:
            status, said = self.server.endpoint.answer(self.command, self.path, body)
        payload = b"" if said is _NOTHING else json.dumps(said).encode()
        self.send_response(status)
        if payload:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)
        self.wfile.flush()

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815  # what http.server looks up

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the standard library's
        """Say nothing: `DurableEndpoint.asked` is the log."""
