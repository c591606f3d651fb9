"""The worker's side of the pipe: Microsoft's worker library with the app in it, driven by one JSON line a message.

Runs with `-I -S`, so that neither the checkout nor an editable install is importable, and the app comes from its own
folder alone, last on the path, as in Azure. The library's messages are the real protobuf ones, sent through bytes.
"""

import asyncio
import base64
import importlib
import json
import logging
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

NETWORK: list[str] = []


class Records(logging.Handler):
    """Keeps what the host would be sent as logs."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.kept: list[dict[str, str]] = []
        self.setFormatter(logging.Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append({"level": record.levelname, "logger": record.name, "message": self.format(record)})

    def take(self) -> list[dict[str, str]]:
        taken, self.kept = self.kept, []
        return taken


class Host:
    """Sends the host's messages to the library, and gives its answers as JSON values."""

    def __init__(self, site_packages: Path, app: Path) -> None:
        self._app = app
        self._protos = _protos(site_packages)
        self._worker = importlib.import_module("azure_functions_runtime")
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)

    def init(self, _: dict[str, Any]) -> dict[str, Any]:
        request = self._protos.WorkerInitRequest(host_version="4.1040.0", function_app_directory=str(self._app))
        return _status(self._wait(self._send("worker_init_request", worker_init_request=request)))

    def functions(self, _: dict[str, Any]) -> dict[str, Any]:
        request = self._protos.FunctionsMetadataRequest(function_app_directory=str(self._app))
        answer = self._wait(self._send("functions_metadata_request", functions_metadata_request=request))
        found = [
            {"name": item.name, "id": item.function_id, "bindings": [json.loads(raw) for raw in item.raw_bindings]}
            for item in answer.function_metadata_results
        ]
        return _status(answer) | {"functions": found}

    def load(self, asked: dict[str, Any]) -> dict[str, Any]:
        request = self._protos.FunctionLoadRequest(function_id=asked["function"])
        return _status(self._wait(self._send("function_load_request", function_load_request=request)))

    def invoke(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Invocations that are under way together, as a host may have them."""

        async def together() -> list[dict[str, Any]]:
            return await asyncio.gather(*(self._invoke(one) for one in asked["invocations"]))

        return {"answers": self._wait(together())}

    def about(self, _: dict[str, Any]) -> dict[str, Any]:
        files = {name: str(getattr(module, "__file__", None) or "") for name, module in sys.modules.items()}
        return {"modules": files, "network": list(NETWORK)}

    async def _invoke(self, asked: dict[str, Any]) -> dict[str, Any]:
        request = self._protos.InvocationRequest(
            invocation_id=asked["id"],
            function_id=asked["function"],
            input_data=[
                self._protos.ParameterBinding(name=name, data=self._data(kind, value))
                for name, kind, value in asked["inputs"]
            ],
        )
        answer = await self._send("invocation_request", invocation_request=request)
        if not answer.HasField("return_value"):
            return _status(answer) | {"returned": "null"}
        if answer.return_value.WhichOneof("data") != "http":
            return _status(answer) | {"returned": answer.return_value.json}
        http = answer.return_value.http
        body = base64.b64encode(http.body.bytes).decode()
        return _status(answer) | {"http": int(http.status_code), "headers": dict(http.headers), "body": body}

    def _data(self, kind: str, value: Any) -> Any:
        """A value as the host passes it: `json` and `string` as text, `http` as a request."""
        if kind != "http":
            return self._protos.TypedData(**{kind: value})
        body = self._protos.TypedData(bytes=base64.b64decode(value["body"]))
        return self._protos.TypedData(
            http=self._protos.RpcHttp(
                method=value["method"], url=value["url"], headers=value["headers"], params=value["params"], body=body
            )
        )

    async def _send(self, handler: str, **request: Any) -> Any:
        sent = self._protos.StreamingMessage(**request).SerializeToString()
        message = SimpleNamespace(
            request=self._protos.StreamingMessage.FromString(sent),
            properties={"host": "127.0.0.1", "protos": self._protos},
        )
        answer = await getattr(self._worker, handler)(message)
        return type(answer).FromString(answer.SerializeToString())

    def _wait(self, answer: Any) -> Any:
        return self._loop.run_until_complete(answer)


def _status(answer: Any) -> dict[str, Any]:
    # 1 is Success; the message and the stack trace are what the host writes to its log.
    told = answer.result.exception
    return {"ok": answer.result.status == 1, "exception": told.message, "stack": told.stack_trace}


def _protos(site_packages: Path) -> Any:
    """The messages, imported under a name of their own: `tests`, under which they are installed, is also ours."""
    package = ModuleType("functions_rpc")
    package.__path__ = [str(site_packages / "tests" / "protos")]
    sys.modules["functions_rpc"] = package
    found: dict[str, Any] = {}
    for name in ("shared.NullableTypes_pb2", "FunctionRpc_pb2"):
        found |= vars(importlib.import_module(f"functions_rpc.{name}"))
    return SimpleNamespace(**found)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.getaddrinfo"}:
        NETWORK.append(f"{event} {arguments[-1] if event == 'socket.connect' else arguments[0]}")


def main() -> None:
    """Serve the pipe until it is closed."""
    site_packages, app = Path(sys.argv[1]), Path(sys.argv[2])
    pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever is printed goes where the harness looks for it, not into the pipe
    sys.path = [path for path in sys.path if path != str(Path(__file__).parent)] + [str(site_packages), str(app)]
    os.chdir(app)
    records = Records()
    logging.getLogger().addHandler(records)
    logging.getLogger().setLevel(logging.INFO)
    sys.addaudithook(_watch)
    host = Host(site_packages, app)
    for line in sys.stdin:
        asked = json.loads(line)
        answer = getattr(host, asked["ask"])(asked)
        pipe.write(json.dumps(answer | {"logs": records.take()}) + "\n")
        pipe.flush()


if __name__ == "__main__":
    main()
