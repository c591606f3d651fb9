"""The gateway: one address for every host of the make-believe cloud."""

from . import arm, faults, registry_hosts, tokens
from .exchange import Request, Response, error
from .state import State


def answer(state: State, request: Request) -> Response:
    """Answer a request by the host it was meant for; 502 NameNotResolved where there is no such host."""
    with state.lock:
        planned = faults.planned(state, request)
        if planned is not None:
            return planned
        if request.host in arm.HOSTS.values():
            return arm.answer(state, request)
        if request.host in tokens.LOGIN_HOSTS.values():
            return tokens.sign_in(state, request)
        found = registry_hosts.answer(state, request)
    if found is not None:
        return found
    message = f"The name '{request.host}' could not be resolved."
    return error(502, "NameNotResolved", message, x_ms_error_code="NameNotResolved")
