"""The worker's side of the pipe, for orchestrations: as in `tests/worker`, and what a trigger returns is told too."""

import importlib.util
import json
from pathlib import Path
from typing import Any

_PATH = Path(__file__).parents[1] / "worker" / "worker_process.py"
_SPEC = importlib.util.spec_from_file_location("worker_process", _PATH)
assert _SPEC is not None
assert _SPEC.loader is not None
worker_process = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(worker_process)


class Host(worker_process.Host):  # type: ignore[name-defined,misc]
    def trigger(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Fire a trigger whose data and whose answer are JSON text."""
        request = self._protos.InvocationRequest(
            invocation_id=asked["id"],
            function_id=asked["function"],
            input_data=[
                self._protos.ParameterBinding(
                    name=asked["parameter"], data=self._protos.TypedData(string=asked["text"])
                )
            ],
        )
        answer = self._send("invocation_request", invocation_request=request)
        said = answer.return_value.json if answer.HasField("return_value") else ""
        return worker_process._status(answer) | {"returned": said or json.dumps(None)}


if __name__ == "__main__":
    worker_process.Host = Host
    worker_process.main()
