"""Real inputs in small, for what is generated to begin with."""

import json
from pathlib import Path
from typing import Any

from tests import build
from tests.fuzz.nasty import words

SHARED = Path(__file__).parents[2].parent / "shared"
"""Recordings that are kept beside the project; a fuzzer begins with them where they are, a check does without."""
DOCS = Path(__file__).parents[2] / "docs"
PERSON = "jane.doe@contoso.example"
"""Stands wherever an event tells of a person, and nowhere else."""

_DEPLOYMENT = f"{build.GROUP_ID.partition('/providers/')[0]}/providers/Microsoft.Resources/deployments/deploy-web"
_CLAIMS = {
    "http://schemas.microsoft.com/identity/claims/objectidentifier": build.OTHER_PRINCIPAL,
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": PERSON,
    "name": PERSON,
    "ipaddr": PERSON,
}


def _data(resource: str, operation: str) -> dict[str, Any]:
    return {
        "authorization": {"scope": resource, "action": operation, "evidence": {}},
        "claims": _CLAIMS,
        "correlationId": build.CORRELATION,
        "httpRequest": {"clientIpAddress": PERSON, "method": "PUT", "url": "https://management.azure.com/"},
        "resourceProvider": "Microsoft.ContainerInstance",
        "resourceUri": resource,
        "operationName": operation,
        "status": "Failed",
    }


def event(resource: str, operation: str) -> dict[str, Any]:
    """A failure in Event Grid's own schema."""
    kind = "Action" if operation.endswith("action") else "Write"
    return {
        "id": "a8d2f600-41c7-4e0b-93fa-d5706b1c2e48",
        "topic": f"/subscriptions/{build.APP}",
        "subject": resource,
        "eventType": f"Microsoft.Resources.Resource{kind}Failure",
        "eventTime": "2026-11-20T08:12:29.8812647Z",
        "data": _data(resource, operation),
        "dataVersion": "2",
    }


_GROUPS = "Microsoft.ContainerInstance/containerGroups"
_WRITE = event(build.GROUP_ID, f"{_GROUPS}/write")
EVENTS: tuple[Any, ...] = (
    _WRITE,
    [event(f"{build.GROUP_ID}/restart", f"{_GROUPS}/restart/action")],
    event(_DEPLOYMENT, "Microsoft.Resources/deployments/write"),
    {
        "id": "1",
        "source": "/subscriptions/s",
        "subject": build.GROUP_ID,
        "type": "Microsoft.Resources.ResourceActionFailure",
        "time": "2026-11-20T08:12:29Z",
        "specversion": "1.0",
        "data": json.dumps(_data(build.GROUP_ID, f"{_GROUPS}/start/action")),
    },
)
VALIDATION = {
    "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
    "data": {"validationCode": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6", "validationUrl": "https://x.example/"},
}

_INACCESSIBLE = (
    "The image 'contoso.azurecr.io/app/web:1.4.2' in container group 'cg-web-01' is not accessible. Please check the "
    "image and registry credential."
)
_CORE = {"error": {"code": "InaccessibleImage", "message": _INACCESSIBLE}}
_DEPLOYMENT_FAILED = {
    "code": "DeploymentFailed",
    "target": _DEPLOYMENT,
    "message": "At least one resource deployment operation failed.",
    "details": [{"code": "Conflict", "message": json.dumps(_CORE)}, {"code": "BadRequest", "target": build.GROUP_ID}],
    "innererror": {"code": "X", "innererror": {"message": "y"}},
}
ERRORS: tuple[Any, ...] = (
    _CORE,
    {"status": "Failed", "error": _DEPLOYMENT_FAILED},
    {"error": json.dumps({"status": "Failed", "error": _DEPLOYMENT_FAILED})},
    {"properties": {"statusCode": "Conflict", "statusMessage": json.dumps(_CORE), "eventCategory": "Administrative"}},
    {"properties": {"provisioningState": "Failed", "statusMessage": _CORE, "targetResource": {"id": build.GROUP_ID}}},
    {"errors": [{"code": "UNAUTHORIZED", "message": "authentication required", "detail": [{"Type": "repository"}]}]},
    {
        "events": [
            {"count": 3, "firstTimestamp": "2026-11-20T08:12:00Z", "lastTimestamp": "2026-11-20T08:12:29Z"}
            | {"name": "Failed", "message": 'Failed to pull image "contoso.azurecr.io/a:1": denied', "type": "Warning"},
            {"name": "Pulling", "message": 'pulling image "contoso.azurecr.io/a:1"', "type": "Normal"},
        ]
    },
)
ERROR_TEXTS: tuple[str, ...] = (
    f"(InaccessibleImage) {_INACCESSIBLE}\nCode: InaccessibleImage\nMessage: {_INACCESSIBLE}\nTarget: x",
    f"\x1b[91mERROR: {json.dumps(_CORE)}\x1b[0m\r\n",
    'Failure sending request: StatusCode=400 -- Original Error: Code="InaccessibleImage" Message="'
    f'{_INACCESSIBLE}" Details=[{{"code":"X","message":"y"}}]',
    '│ Error: creating Container Group (Subscription: "s"\n│ Status: "Failed"\n│ Code: "InaccessibleImage"\n'
    f'│ Message: "{_INACCESSIBLE}"\n╵',
    f"##[error]New-AzResourceGroupDeployment: \n     | 08.14.33 - Status Message: {_INACCESSIBLE} "
    f"(Code:InaccessibleImage)\n     | CorrelationId: {build.CORRELATION}",
    "curl -u me:pw https://me:pw@contoso.azurecr.io?sig=hunter2 Bearer eyJhbGciOiJIUzI1NiJ9.e30.x me@x.example",
    f"The client 'jane@x.example' with object id '{build.PRINCIPAL}' does not have authorization",
)
ERROR_WORDS = words(
    "error code message details innererror statusMessage properties records target id events name lastTimestamp type "
    "InaccessibleImage DeploymentFailed Warning errorCode error_description statusCode"
)

_DIGEST = "sha256:" + "0" * 64
_PLATFORM = {"os": "linux", "architecture": "amd64", "os.version": "10.0.17763.1"}
_ENTRY = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 7, "digest": _DIGEST}
MANIFESTS: tuple[Any, ...] = (
    {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 7, "digest": _DIGEST},
        "layers": [{"mediaType": "layer", "size": 12, "digest": _DIGEST}],
    },
    {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [
            _ENTRY | {"platform": _PLATFORM},
            _ENTRY
            | {"platform": {"os": "unknown", "architecture": "unknown"}}
            | {"annotations": {"vnd.docker.reference.type": "attestation-manifest"}},
        ],
    },
    {
        "schemaVersion": 1,
        "architecture": "amd64",
        "fsLayers": [{"blobSum": _DIGEST}],
        "history": [{"v1Compatibility": '{"os": "windows", "architecture": "amd64"}'}],
    },
    {"mediaType": "application/vnd.oci.artifact.manifest.v1+json", "artifactType": "x/y", "blobs": []},
    {**_PLATFORM, "rootfs": {"type": "layers", "diff_ids": []}},
)
MANIFEST_WORDS = words(
    "schemaVersion mediaType manifests layers config fsLayers history blobs artifactType platform os architecture "
    "os.version annotations size digest v1Compatibility"
)


def documented(name: str) -> Any:
    """The example of a document that the documentation gives."""
    return json.loads((DOCS / name).read_text("utf-8"))


def recorded(folder: str, ending: str, *, largest: int) -> tuple[bytes, ...]:
    """The recordings in a folder, without those that are too large; none where they are not kept."""
    paths = sorted((SHARED / folder).rglob(f"*{ending}")) if SHARED.is_dir() else []
    return tuple(path.read_bytes() for path in paths if path.stat().st_size <= largest)
