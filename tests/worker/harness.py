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
from uuid import uuid4

import pytest

from tests.worker import shipping

SITE_PACKAGES = Path(sysconfig.get_path("purelib"))
_PROCESS = Path(__file__).with_name("worker_process.py")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the worker answered to one invocation."""

    ok: bool
    exception: str
    stack: str
    logs: list[dict[str, str]]
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines that our own code logged."""
        return [json.loads(record["message"]) for record in self.logs if record["logger"] == "acimedic.web"]

    @property
    def written(self) -> str:
        """All that leaves the worker because of this invocation."""
        headers = json.dumps(self.headers)
        return "\n".join([self.exception, self.stack, json.dumps(self.logs), headers, self.body.decode()])


class Worker:
    """A worker process with the app in it."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        app = folder / "app"
        if not app.exists():
            copy_app(app)
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
        return self._invoke("on_failure", "event", json=json.dumps(event))

    def post(self, body: bytes | dict[str, Any], *, content_type: str | None = "application/json") -> Outcome:
        """`POST /api/diagnose`."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {} if content_type is None else {"content-type": content_type}
        return self._invoke("diagnose", "req", http={"headers": headers, "body": base64.b64encode(raw).decode()})

    def _invoke(self, function: str, parameter: str, **data: Any) -> Outcome:
        known = self.functions[function]["id"]
        assert self.ask("load", function=known)["ok"]
        said = self.ask("invoke", function=known, id=str(uuid4()), parameter=parameter, **data)
        return Outcome(
            ok=said["ok"],
            exception=said["exception"],
            stack=said["stack"],
            logs=said["logs"],
            status=said.get("http"),
            headers=said.get("headers", {}),
            body=base64.b64decode(said.get("body", "")),
        )

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
