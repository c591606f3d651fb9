"""HEALTHY: the evidence of a failed pull in which everything is in order; and functions that change one thing.

Each function takes the evidence that it changes as `on`, so that changes can be put on top of each other.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import checks
from acimedic.diagnosis import Check, diagnose
from acimedic.errors import parse
from acimedic.model.access import ACR_PULL, Access, Assignment, DenyAssignment, Permission, Role
from acimedic.model.definition import (
    Container,
    ContainerEvent,
    Credential,
    Definition,
    IdentityCredential,
    PasswordCredential,
    UnclearCredential,
)
from acimedic.model.evidence import ErrorSource, Evidence
from acimedic.model.history import Change, History, Precedent
from acimedic.model.incident import Incident, incident_id
from acimedic.model.reading import Absent, Gap
from acimedic.model.registry import Identity, PrivateEndpoint, Registry
from acimedic.model.resource_id import ResourceId
from acimedic.model.testimony import Manifest, Platform, Testimony
from acimedic.model.token import Token
from acimedic.model.verdict import Fail, Verdict

APP = "3f2d8c6a-5b1e-4a97-8c40-9d1e7b62f0a3"
PLATFORM = "b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218"
TENANT = "7c9e6a10-4b3d-4f58-9a2e-d15b80c36f47"
OTHER_TENANT = "11111111-2222-4333-8444-555555555555"
GROUP_ID = (
    f"/subscriptions/{APP}/resourceGroups/rg-orders-prod/providers/Microsoft.ContainerInstance/containerGroups/"
    "cg-web-01"
)
REGISTRY_ID = (
    f"/subscriptions/{PLATFORM}/resourceGroups/rg-platform-registry/providers/Microsoft.ContainerRegistry/"
    "registries/contoso"
)
IDENTITY_ID = (
    f"/subscriptions/{APP}/resourceGroups/rg-orders-prod/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
    "id-pull"
)
SUBNET_ID = (
    f"/subscriptions/{APP}/resourceGroups/rg-orders-prod/providers/Microsoft.Network/virtualNetworks/vnet-orders/"
    "subnets/snet-aci"
)
PRINCIPAL = "5d0a3e92-7c41-4b86-9f1d-28e6c0b7a354"
CLIENT = "e41b97d0-63fa-4c25-8b7e-90d2a5c81f36"
OTHER_PRINCIPAL = "c2f60b18-94ad-4e73-8d5b-3a7e19f6c40d"
ROLE_GROUP = "0e85c4b2-d7f1-4936-b2a8-6c1f93e70d5a"
CORRELATION = "9b7e2f41-0c3d-4a58-b6e9-71d4f8a2c035"
HOST = "contoso.azurecr.io"
IMAGE = f"{HOST}/app/web:1.4.2"
FAILED_AT = datetime(2026, 11, 20, 8, 12, 29, tzinfo=UTC)
BEGAN_AT = FAILED_AT - timedelta(seconds=10)
LONG_AGO = FAILED_AT - timedelta(days=49)
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
CUSTOM_ROLE = "99999999-aaaa-4bbb-8ccc-dddddddddddd"

INACCESSIBLE = (
    "The image '{image}' in container group 'cg-web-01' is not accessible. "
    "Please check the image and registry credential."
)
TEMPLATE = "template of deployment deploy-web (POST deploy-web/exportTemplate?api-version=2022-09-01)"

INCIDENT = Incident(
    id=incident_id(CORRELATION, ResourceId.parse(GROUP_ID)),
    group=ResourceId.parse(GROUP_ID),
    correlation_id=CORRELATION,
    occurred_at=FAILED_AT,
    operation="write",
)
IDENTITY_CREDENTIAL = IdentityCredential(index=0, server=HOST, identity=IDENTITY_ID)
PASSWORD_CREDENTIAL = PasswordCredential(index=0, server=HOST, username="sp-orders-pull", password=True)
WEB = Container(name="web", init=False, image=IMAGE)

DEFINITION = Definition(
    id=GROUP_ID,
    name="cg-web-01",
    origin="template",
    source=TEMPLATE,
    api_version="2023-05-01",
    os_type="Linux",
    containers=(WEB,),
    credentials=(IDENTITY_CREDENTIAL,),
    user_identities=(IDENTITY_ID,),
    system_identity=False,
    subnets=(),
    location="westeurope",
)
REGISTRY = Registry(
    id=REGISTRY_ID,
    name="contoso",
    login_server=HOST,
    sku="Premium",
    location="westeurope",
    mode="legacy",
    public_access="Disabled",
    default_action="Deny",
    ip_rules=(),
    bypass="AzureServices",
    admin_enabled=False,
    anonymous_pull=False,
    private_endpoints=(),
    arm_tokens="enabled",
    quarantine="disabled",
    encryption="disabled",
    provisioning_state="Succeeded",
    status=None,
    tags=(("owner", "platform"),),
    source=f"GET {REGISTRY_ID}?api-version=2025-11-01",
)
IDENTITY = Identity(
    id=IDENTITY_ID,
    name="id-pull",
    principal_id=PRINCIPAL,
    client_id=CLIENT,
    tenant_id=TENANT,
    source=f"GET {IDENTITY_ID}?api-version=2024-11-30",
)


def assignment(
    role: str = ACR_PULL,
    *,
    scope: str = REGISTRY_ID,
    principal: str = PRINCIPAL,
    kind: str | None = "ServicePrincipal",
    condition: str | None = None,
    changed: datetime | None = LONG_AGO,
    name: str = "1c0f7a8e-52d4-4b39-9e6f-a3d84b7021c5",
) -> Assignment:
    """A role given to the pull identity at the registry, weeks ago."""
    return Assignment(
        id=f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        scope=scope,
        role_guid=role,
        role_definition_id=f"/subscriptions/{PLATFORM}/providers/Microsoft.Authorization/roleDefinitions/{role}",
        principal_id=principal,
        principal_type=kind,
        condition=condition,
        changed=changed,
    )


ACCESS = Access(
    principal_id=PRINCIPAL,
    assigned=(assignment(),),
    denied=(),
    everyone=(assignment(),),
    roles=(),
    source=f"GET {REGISTRY_ID}/providers/Microsoft.Authorization/roleAssignments?$filter=assignedTo('{PRINCIPAL}')",
)

MANIFEST = Manifest(
    digest="sha256:9c11e630879ee9aa3d5aac251ed3226dff41c9418fbba92c47299c80e8bcfdf9",
    media_type="application/vnd.docker.distribution.manifest.v2+json",
    index=False,
    platforms=(Platform(os="linux", architecture="amd64"),),
    attestations=False,
    artifact=False,
    size=61_442_117,
    source=f"GET https://{HOST}/v2/app/web/manifests/1.4.2",
)
TOKEN = Token(
    name="orders-token",
    enabled=True,
    expiries=(FAILED_AT + timedelta(days=90), None),
    scope_map="orders-pull",
    actions=("repositories/app/web/content/read", "repositories/app/web/metadata/read"),
    source=f"GET {REGISTRY_ID}/tokens/orders-token?api-version=2025-11-01",
)

HEALTHY = Evidence(
    incident=INCIDENT,
    cloud="AzureCloud",
    error=parse({"error": {"code": "InaccessibleImage", "message": INACCESSIBLE.format(image=IMAGE)}}).for_group(
        GROUP_ID
    ),
    error_source="deployment-operation",
    live=Absent(what="container group cg-web-01", source=f"GET {GROUP_ID}?api-version=2023-05-01"),
    definition=DEFINITION,
    registries=((HOST, REGISTRY),),
    identities=((IDENTITY_ID.lower(), IDENTITY),),
    access=(((REGISTRY_ID.lower(), PRINCIPAL), ACCESS),),
    tenants=((PLATFORM, TENANT),),
    images=((IMAGE, MANIFEST),),
    history=History(since=FAILED_AT - timedelta(days=7), changes=()),
    failed_at=FAILED_AT,
    began_at=BEGAN_AT,
)


# --- the incident, the error, the events ---


def with_incident(*, on: Evidence = HEALTHY, **changes: Any) -> Evidence:
    """Another incident: another group, time or operation."""
    return replace(on, incident=replace(on.incident, **changes))


def with_error(
    code: str | None, message: str, *, source: ErrorSource = "deployment-operation", on: Evidence = HEALTHY
) -> Evidence:
    """Azure said something else."""
    body = {"message": message} if code is None else {"code": code, "message": message}
    chain = parse({"error": body}).for_group(str(on.group))
    return replace(on, error=chain, error_source=source)


def without_error(on: Evidence = HEALTHY) -> Evidence:
    """No error text could be had."""
    gap = Gap(reading="error text", reason="no deployment and no activity-log entry tells it (yet)")
    return replace(on, error=gap, error_source="none")


def naming(image: str, *, on: Evidence = HEALTHY) -> Evidence:
    """The error is InaccessibleImage, and names this image."""
    return with_error("InaccessibleImage", INACCESSIBLE.format(image=image), on=on)


def supplied(*names: str, on: Evidence = HEALTHY) -> Evidence:
    """The caller gave the error or the template."""
    return replace(on, supplied=names)


def event(name: str, message: str, *, minutes: float = 0, kind: str = "Warning") -> ContainerEvent:
    """An event of a container, so many minutes after the failure."""
    when = (FAILED_AT + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    return ContainerEvent(name=name, type=kind, message=message, first=when, last=when, count=1)


def failed_pull(tail: str, *, image: str = IMAGE, minutes: float = 0) -> ContainerEvent:
    """The event of a refused pull, with the registry's words."""
    start = f'Failed to pull image "{image}": rpc error: code = Unknown desc = Error response from daemon: '
    return event("Failed", start + tail, minutes=minutes)


def with_event(
    *events: ContainerEvent, state: str | None = "Waiting", container: str = "web", on: Evidence = HEALTHY
) -> Evidence:
    """The group was accepted and failed later: it is live, and a container of it has these events."""
    definition = _definition(on)
    containers = tuple(
        replace(item, events=events, state=state) if item.name == container else item for item in _containers(on)
    )
    live = replace(
        definition,
        origin="live",
        source=f"GET {GROUP_ID}?api-version=2023-05-01",
        provisioning_state="Failed",
        containers=containers,
    )
    return replace(on, live=live, definition=live)


# --- what was asked for ---


def with_definition(*, on: Evidence = HEALTHY, **changes: Any) -> Evidence:
    """The definition says something else."""
    return replace(on, definition=replace(_definition(on), **changes))


def without_definition(on: Evidence = HEALTHY) -> Evidence:
    """Nobody could say what was asked for."""
    return replace(on, definition=TEMPLATE_GAP)


TEMPLATE_GAP = Gap(
    reading="template of deployment deploy-web",
    reason="403 AuthorizationFailed",
    permission="Microsoft.Resources/deployments/exportTemplate/action",
    scope=f"/subscriptions/{APP}/resourceGroups/rg-orders-prod",
)


def with_image(image: str | Gap, *, on: Evidence = HEALTHY) -> Evidence:
    """The (first) container asks for another image; the error names that one too."""
    first, *others = _containers(on)
    changed = with_definition(containers=(replace(first, image=image), *others), on=on)
    return naming(image, on=changed) if isinstance(image, str) and not isinstance(on.error, Gap) else changed


def container(name: str, image: str | Gap, *, init: bool = False) -> Container:
    """One more container."""
    return Container(name=name, init=init, image=image)


def with_containers(*containers: Container, on: Evidence = HEALTHY) -> Evidence:
    """The group has these containers."""
    return with_definition(containers=containers, on=on)


def with_credentials(*credentials: Credential, on: Evidence = HEALTHY) -> Evidence:
    """The group has these registry credentials, numbered in this order."""
    numbered = tuple(replace(item, index=index) for index, item in enumerate(credentials))
    return with_definition(credentials=numbered, on=on)


def with_server(server: str | Gap | None, *, on: Evidence = HEALTHY) -> Evidence:
    """The identity credential is for another server."""
    return with_credentials(replace(IDENTITY_CREDENTIAL, server=server), on=on)


def with_credential_identity(identity: str | Gap, *, on: Evidence = HEALTHY) -> Evidence:
    """The credential names another identity."""
    return with_credentials(replace(IDENTITY_CREDENTIAL, identity=identity), on=on)


def with_password(username: str | Gap = "sp-orders-pull", *, server: str = HOST, on: Evidence = HEALTHY) -> Evidence:
    """The image is pulled with a user name and password."""
    credential = replace(PASSWORD_CREDENTIAL, username=username, server=server)
    return with_definition(user_identities=(), on=with_credentials(credential, on=on))


def unclear(*, both: bool, server: str | None = HOST) -> UnclearCredential:
    """An entry with both, or neither, of username and identity."""
    return UnclearCredential(index=0, server=server, both=both)


def unreadable(reading: str) -> Gap:
    """A part of a template that could not be evaluated."""
    return Gap(reading=reading, reason="parameter 'x' has no value that Azure would tell")


# --- the registry and the identity ---


def with_registry(*, on: Evidence = HEALTHY, **changes: Any) -> Evidence:
    """The registry is another way."""
    registry = replace(_registry(on), **changes)
    kept = tuple((host, item) for host, item in on.registries if host != HOST)
    return replace(on, registries=((registry.login_server.lower(), registry), *kept))


def and_registry(registry: Registry, *, on: Evidence = HEALTHY) -> Evidence:
    """There is one more registry."""
    return replace(on, registries=(*on.registries, (registry.login_server.lower(), registry)))


def open_registry(*, on: Evidence = HEALTHY, **changes: Any) -> Evidence:
    """The registry is reachable from everywhere."""
    return with_registry(on=on, public_access="Enabled", default_action="Allow", **changes)


def abac_registry(*, on: Evidence = HEALTHY, **changes: Any) -> Evidence:
    """The registry is in ABAC mode."""
    return with_registry(on=on, mode="abac", **changes)


def without_registry(reading: Gap | Absent | None = None, *, on: Evidence = HEALTHY) -> Evidence:
    """The registry is not visible to us; or (Absent) it does not exist."""
    gap = Gap(
        reading=f"registry {HOST}",
        reason="it is in none of the 2 subscriptions that we may see",
        permission="Microsoft.ContainerRegistry/registries/read",
        scope="the registry's subscription",
    )
    return replace(on, registries=((HOST, reading or gap),))


def endpoint(status: str = "Approved") -> PrivateEndpoint:
    """A private endpoint connection."""
    scope = REGISTRY_ID.split("/providers/")[0]
    return PrivateEndpoint(endpoint_id=f"{scope}/providers/Microsoft.Network/privateEndpoints/pe", status=status)


def with_identity(*, on: Evidence = HEALTHY, **changes: Any) -> Evidence:
    """The pull identity is another way."""
    identity = replace(IDENTITY, **changes)
    return replace(on, identities=((identity.id.lower(), identity),))


def without_identity(reading: Gap | None = None, *, on: Evidence = HEALTHY) -> Evidence:
    """The pull identity does not exist; or (a Gap) it could not be read."""
    gone = Absent(what="identity id-pull", source=IDENTITY.source)
    return replace(on, identities=((IDENTITY_ID.lower(), reading or gone),))


def in_cloud(cloud: str, *, on: Evidence = HEALTHY) -> Evidence:
    """The group is deployed to another cloud."""
    return replace(on, cloud=cloud)


def with_testimony(said: Testimony, *, image: str = IMAGE, on: Evidence = HEALTHY) -> Evidence:
    """The registry says something else of an image."""
    kept = tuple(item for item in on.images if item[0] != image)
    return replace(on, images=((image, said), *kept))


def with_manifest(*, on: Evidence = HEALTHY, **changes: Any) -> Evidence:
    """The image in the registry is another way."""
    return with_testimony(replace(MANIFEST, **changes), on=on)


def with_token(*, on: Evidence = HEALTHY, **changes: Any) -> Evidence:
    """The image is pulled from the open registry with a token of it."""
    token = replace(TOKEN, **changes)
    key = (REGISTRY_ID.lower(), token.name.lower())
    return replace(with_password(token.name, on=open_registry(on=on)), tokens=((key, token),))


def worked_before(*changes: Change, same: bool = True, on: Evidence = HEALTHY) -> Evidence:
    """The group was deployed a day ago; since then these things were changed."""
    when = FAILED_AT - timedelta(days=1)
    earlier = Precedent(when=when, same_definition=same, source="GET deployments")
    return replace(on, precedent=earlier, history=History(since=when, changes=changes))


# --- who may do what ---


def with_access(*, on: Evidence = HEALTHY, **changes: Any) -> Evidence:
    """Something else counts at the registry for the pull identity."""
    key, access = on.access[0]
    return replace(on, access=((key, replace(access, **changes)),))


def with_roles(*assignments: Assignment, on: Evidence = HEALTHY) -> Evidence:
    """The pull identity has these roles and no others."""
    return with_access(assigned=assignments, everyone=assignments, on=on)


def without_role(on: Evidence = HEALTHY) -> Evidence:
    """The pull identity has no role at all."""
    return with_roles(on=on)


def with_custom_role(*blocks: Permission, on: Evidence = HEALTHY) -> Evidence:
    """The pull identity has one role, made by the customer."""
    role = Role(guid=CUSTOM_ROLE, name="Orders puller", permissions=blocks, custom=True, source="GET role")
    return with_access(roles=((CUSTOM_ROLE, role),), on=with_roles(assignment(CUSTOM_ROLE), on=on))


def unread_roles(on: Evidence = HEALTHY) -> Evidence:
    """The role assignments may not be read by us."""
    return with_access(assigned=ROLES_GAP, everyone=ROLES_GAP, on=on)


ROLES_GAP = Gap(
    reading="role assignments",
    reason="403 AuthorizationFailed",
    permission="Microsoft.Authorization/roleAssignments/read",
    scope=REGISTRY_ID,
)


def denial(
    *,
    principals: tuple[str, ...] = (PRINCIPAL,),
    excluded: tuple[str, ...] = (),
    everyone: bool = False,
    actions: tuple[str, ...] = ("*",),
    scope: str = f"/subscriptions/{PLATFORM}",
    exact: bool = False,
    types: tuple[tuple[str, str], ...] = (),
) -> DenyAssignment:
    """A deny assignment that covers the pull identity and everything it could do."""
    return DenyAssignment(
        id=f"{scope}/providers/Microsoft.Authorization/denyAssignments/6f1c",
        name="stack-locks-registry",
        scope=scope,
        permissions=(Permission(actions=actions, data_actions=("*",)),),
        principals=principals,
        excluded=excluded,
        everyone=everyone,
        exact_scope_only=exact,
        condition=None,
        principal_types=types,
    )


# --- what the checks say ---


def verdicts(check: Check, evidence: Evidence) -> dict[str | None, Verdict]:
    """The verdicts of one check by container, as the pipeline gives them."""
    return {finding.container: finding.verdict for finding in diagnose(evidence, [check]).findings}


def verdict(check: Check, evidence: Evidence) -> Verdict:
    """The one verdict of a check."""
    (only,) = verdicts(check, evidence).values()
    return only


def fault(check: Check, evidence: Evidence) -> Fail:
    """The check's one verdict, which blames something."""
    found = verdict(check, evidence)
    assert isinstance(found, Fail), found
    return found


def faults(evidence: Evidence, among: Sequence[Check] = checks.ALL) -> list[str]:
    """The ids of all checks that blame something."""
    found = diagnose(evidence, among).findings
    return [finding.check for finding in found if isinstance(finding.verdict, Fail)]


def said(found: Fail) -> str:
    """Everything that a finding tells a person, in one text."""
    facts = " ".join(f"{fact.fact} {fact.value} {fact.source}" for fact in found.evidence)
    return " ".join((found.summary, found.fix.text, *found.fix.az, found.fix.bicep or "", facts))


def _definition(evidence: Evidence) -> Definition:
    assert isinstance(evidence.definition, Definition)
    return evidence.definition


def _containers(evidence: Evidence) -> tuple[Container, ...]:
    containers = _definition(evidence).containers
    assert not isinstance(containers, Gap)
    return containers


def _registry(evidence: Evidence) -> Registry:
    registry = evidence.registry(HOST)
    assert isinstance(registry, Registry)
    return registry
