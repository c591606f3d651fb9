"""Deployments: their list, their operations, their template."""

import re

from . import ids, paging
from .exchange import Json, Request, Response, error, gateway_error
from .state import State, shown

FILTER = re.compile(r"\s*provisioningState\s+eq\s+'(\w+)'\s*", re.IGNORECASE)


def list_at(state: State, request: Request) -> Response:
    """List the deployments of exactly this scope, newest first; ``$filter=provisioningState eq '..'`` is honoured."""
    scope = request.path.rstrip("/")
    found = [shown(body) for body in state.section("deployments").values() if ids.same(_parent(body["id"]), scope)]
    wanted = request.parameter("$filter")
    if wanted:
        matched = FILTER.fullmatch(wanted)
        if not matched:
            return gateway_error(
                400, "InvalidFilterInQueryString", f"Invalid $filter '{wanted}' specified in the query string."
            )
        found = [body for body in found if _state_of(body).lower() == matched[1].lower()]
    found.sort(key=lambda body: str(body["properties"].get("timestamp", "")), reverse=True)
    top = request.parameter("$top")
    return paging.page(state, request, found[: int(top)] if top else found)


def get(state: State, request: Request) -> Response:
    """Give one deployment; it holds no template."""
    found = state.find("deployments", request.path)
    return Response(body=shown(found)) if found else _missing(request.path)


def operations(state: State, request: Request) -> Response:
    """List a deployment's operations; ``/deployments/x/operations`` without a provider is the same list."""
    deployment = _of(request.path)
    found = state.find("deployments", deployment)
    if not found:
        return _missing(deployment)
    return paging.page(state, request, [shown(each) for each in found.get("x-operations", [])])


def operation(state: State, request: Request) -> Response:
    """Give one operation of a deployment."""
    found = state.find("deployments", _of(request.path)) or {}
    wanted = request.path.rstrip("/").rsplit("/", 1)[-1]
    for each in found.get("x-operations", []):
        if str(each["operationId"]).lower() == wanted.lower():
            return Response(body=shown(each))
    return gateway_error(404, "DeploymentOperationNotFound", f"Deployment operation '{wanted}' could not be found.")


def export_template(state: State, request: Request) -> Response:
    """Give the template of a deployment as it was sent, expressions and all.

    A deployment made by link has no template of its own: then ``template`` is null beside the link.
    """
    deployment = request.path.rstrip("/").rpartition("/")[0]
    found = state.find("deployments", deployment)
    if not found:
        return _missing(deployment)
    if "x-template" in found:
        return Response(body={"template": found["x-template"]})
    link = found["properties"].get("templateLink")
    if link:
        return Response(body={"template": None, "templateLink": link})
    return error(404, "DeploymentTemplateNotFound", f"The template of deployment '{found['name']}' could not be found.")


def _parent(deployment: str) -> str:
    return deployment.rstrip("/").rpartition("/")[0]


def _state_of(body: Json) -> str:
    return str(body["properties"].get("provisioningState", ""))


def _of(path: str) -> str:
    whole = re.split(r"/operations(?:/|$)", path.rstrip("/"), maxsplit=1, flags=re.IGNORECASE)[0]
    if "/providers/" in whole:
        return whole
    return re.sub(r"/deployments/", "/providers/Microsoft.Resources/deployments/", whole, flags=re.IGNORECASE)


def _missing(deployment: str) -> Response:
    name = deployment.rstrip("/").rsplit("/", 1)[-1]
    return gateway_error(404, "DeploymentNotFound", f"Deployment '{name}' could not be found.")
