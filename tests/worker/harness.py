"""Plays the Functions host: starts the worker on a copy of what ships, indexes it, and fires its triggers."""

import base64
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest

from tests.worker import shipping
from tests.worker.extension import NO_ENDPOINT, DurableEndpoint

SITE_PACKAGES = Path(sysconfig.get_path("purelib"))
_PROCESS = Path(__file__).with_name("worker_process.py")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the worker answered to one invocation. returned: JSON text, of functions that return a value."""

    ok: bool
    exception: str
    stack: str
    logs: list[dict[str, str]]
    returned: str = "null"
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines that the web layer logged."""
        return self.lines_of("acimedic.web")

    def lines_of(self, logger: str) -> list[dict[str, Any]]:
        """The JSON lines that went to this logger."""
        return [json.loads(record["message"]) for record in self.logs if record["logger"] == logger]

    @property
    def written(self) -> str:
        """All that leaves the worker because of this invocation."""
        headers = json.dumps(self.headers)
        return "\n".join([self.exception, self.stack, json.dumps(self.logs), headers, self.body.decode()])


class Worker:
    """A worker process with the app in it.

    durable: plays the Durable extension for the functions that have a client of it. function_app: in the place of the
    real one.
    """

    def __init__(
        self,
        folder: Path,
        settings: dict[str, str],
        *,
        durable: DurableEndpoint | None = None,
        function_app: Path | None = None,
    ) -> None:
        app = folder / "app"
        if not app.exists():
            copy_app(app)
        if function_app is not None:
            shutil.copyfile(function_app, app / "function_app.py")
        self._errors = (folder / f"stderr-{uuid4()}.txt").open("w+", encoding="utf-8")
        # A bare environment: no credential, no CONTAINER_NAME, which would have the library think itself in Azure.
        environment = {"PATH": os.defpath, "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"} | settings
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_PROCESS), str(SITE_PACKAGES), str(app)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
        )
        self.app = app
        self.durable = durable
        self.started = self.ask("init")
        self.functions = {item["name"]: item for item in self.ask("functions")["functions"]}

    def ask(self, what: str, **more: Any) -> dict[str, Any]:
        """Send one message and wait for its answer."""
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        assert pipe_in is not None
        assert pipe_out is not None
        pipe_in.write(json.dumps({"ask": what} | more) + "\n")
        pipe_in.flush()
        line = pipe_out.readline()
        if not line:
            pytest.fail(f"the worker ended:\n{self.stderr}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    @property
    def stderr(self) -> str:
        """All that was printed in the worker."""
        self._errors.flush()
        return Path(self._errors.name).read_text(encoding="utf-8")

    def event(self, event: object) -> Outcome:
        """Deliver one event to `on_failure`, as the Event Grid extension does."""
        return self.events([event])[0]

    def events(self, events: list[Any]) -> list[Outcome]:
        """Deliver events of which none waits for another."""
        calls = [[["event", "json", json.dumps(event)], self._client()] for event in events]
        return self._together("on_failure", calls)

    def nightfall(self) -> Outcome:
        """Fire the timer `retention`."""
        timer = {"IsPastDue": False, "Schedule": {"AdjustForDST": True}}
        return self._together("retention", [[["timer", "json", json.dumps(timer)], self._client()]])[0]

    def post(self, body: bytes | dict[str, Any], *, content_type: str | None = "application/json") -> Outcome:
        """`POST /api/diagnose`."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {} if content_type is None else {"content-type": content_type}
        return self._request("on_request", "POST", "/api/diagnose", headers, raw)

    def page(self, path: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> Outcome:
        """Ask for a page or the API, as App Service lets it through."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._request("on_page", method, path, named, body)

    def _request(self, function: str, method: str, path: str, headers: dict[str, str], body: bytes) -> Outcome:
        query = dict(parse_qsl(urlsplit(path).query))
        request = {
            "method": method,
            "url": f"https://app.example{path}",
            "headers": headers,
            "params": query,
            "body": base64.b64encode(body).decode(),
        }
        return self._together(function, [[["req", "http", request], self._client()]])[0]

    def trigger(self, function: str, parameter: str, text: str) -> Outcome:
        """Fire a trigger whose data and whose answer are JSON text: an orchestration's, an activity's."""
        return self._together(function, [[[parameter, "string", text]]])[0]

    def _client(self) -> list[str]:
        return ["client", "string", NO_ENDPOINT if self.durable is None else self.durable.binding]

    def _together(self, function: str, calls: list[list[list[Any]]]) -> list[Outcome]:
        """Invoke a function, the logs of all being those of each: nothing in a record tells them apart."""
        known = self.functions[function]["id"]
        assert self.ask("load", function=known)["ok"]
        invocations = [{"id": str(uuid4()), "function": known, "inputs": inputs} for inputs in calls]
        said = self.ask("invoke", invocations=invocations)
        return [
            Outcome(
                ok=one["ok"],
                exception=one["exception"],
                stack=one["stack"],
                logs=said["logs"],
                returned=one.get("returned", "null"),
                status=one.get("http"),
                headers=one.get("headers", {}),
                body=base64.b64decode(one.get("body", "")),
            )
            for one in said["answers"]
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()
        self._errors.close()


def copy_app(target: Path) -> None:
    """Copy what ships, and nothing else."""
    for path in shipping.repository():
        if shipping.ships(path):
            copied = target / path
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shipping.ROOT / path, copied)


def need_library() -> None:
    """Skip where Microsoft's worker library is not installed; fail where it is required."""
    messages = SITE_PACKAGES / "tests" / "protos" / "FunctionRpc_pb2.py"
    if importlib.util.find_spec("azure_functions_runtime") and importlib.util.find_spec("google") and messages.exists():
        return
    reason = "azure-functions-runtime, azure-functions-runtime-v1 and protobuf are not installed"
    if os.environ.get("ACIMEDIC_REQUIRE"):
        pytest.fail(reason)
    pytest.skip(reason)
