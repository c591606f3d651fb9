"""Start, restart and stop of a container group, and the operations that they and PUT leave behind."""

from copy import deepcopy

from . import pull
from .container_groups import accept, not_found, run
from .exchange import Request, Response, error
from .ids import last_segment
from .state import State


def pull_again(state: State, request: Request) -> Response:
    """Start or restart: the images are pulled anew, so it can fail as a PUT can.

    204 with Azure-AsyncOperation as in sdk-containerinstance-7.0.0 (restart). The passwords are those of the PUT.
    """
    group = state.find("groups", request.path.rstrip("/").rpartition("/")[0])
    if group is None:
        return not_found(state, request)
    asked = deepcopy(group.get("x-definition") or group)
    refused = pull.refusal(state, asked, request.api_version)
    if refused:
        return refused
    run(state, group)
    return Response(status=204, headers={"Azure-AsyncOperation": accept(state, request, group)})


def stop(state: State, request: Request) -> Response:
    """Stop a group: 204."""
    group = state.find("groups", request.path.rstrip("/").rpartition("/")[0])
    if group is None:
        return not_found(state, request)
    group["properties"]["instanceView"] = {"events": [], "state": "Stopped"}
    return Response(status=204)


def operation(state: State, request: Request) -> Response:
    """Tell how far an operation is: Pending, then Succeeded with the events of the pull."""
    found = state.operations.get(last_segment(request.path))
    if found is None or "events" not in found:
        return error(404, "OperationNotFound", f"The operation '{last_segment(request.path)}' could not be found.")
    done = found["polls"] <= 0
    found["polls"] -= 1
    return Response(
        body={
            "id": found["id"],
            "status": "Succeeded" if done else "Pending",
            "startTime": found["startTime"],
            "properties": {"events": found["events"] if done else []},
        }
    )
