"""What the steps of a plan rest on, in words that can be compared and shown (pure).

Each step rests on what was asked for and on what makes the step the answer: for a role the registry's mode, the
identity and the assignments that bear on the pull; for the firewall the registry's network rules.
"""

from collections.abc import Iterable, Iterator

from acimedic.model.access import Assignment, DenyAssignment
from acimedic.model.definition import (
    Credential,
    Definition,
    IdentityCredential,
    PasswordCredential,
    UnclearCredential,
    UnreadCredential,
)
from acimedic.model.evidence import Evidence
from acimedic.model.plan import BypassSwitch, PlanFact, RoleGrant, Step
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Identity, Registry
from acimedic.model.resource_id import ResourceId
from acimedic.rbac import PullAccess, pull_access

_UNKNOWN = "not known"
_NONE = "none"


def facts_of(evidence: Evidence, steps: tuple[Step, ...]) -> tuple[PlanFact, ...]:
    """The facts that these steps rest on, each once. The same evidence gives the same facts in the same order."""
    facts = [*_asked_for(evidence)]
    for step in steps:
        match step.change:
            case RoleGrant() as grant:
                facts += _of_grant(grant, evidence)
            case BypassSwitch() as switch:
                facts += _of_switch(switch, evidence)
    return tuple(dict.fromkeys(facts))


def changed_by(step: Step) -> str:
    """What the one fact is about that carrying out a step changes."""
    match step.change:
        case RoleGrant() as grant:
            return _roles_about(_named(grant.registry_id), grant)
        case BypassSwitch() as switch:
            return _bypass_about(_named(switch.registry_id))


def _asked_for(evidence: Evidence) -> Iterator[PlanFact]:
    definition = evidence.definition
    group = f"container group '{evidence.group.name}'"
    if not isinstance(definition, Definition):
        yield PlanFact(f"what was asked for of {group}", _UNKNOWN)
        return
    yield PlanFact(f"the images of {group}", _images(definition))
    yield PlanFact(f"the registry credentials of {group}", _credentials(definition.credentials))
    identities = definition.user_identities
    yield PlanFact(
        f"the identities of {group}", _UNKNOWN if isinstance(identities, Gap) else _listed(map(_id, identities))
    )


def _of_grant(grant: RoleGrant, evidence: Evidence) -> Iterator[PlanFact]:
    registry, name = _registry(grant.registry_id, evidence)
    mode = _UNKNOWN if registry is None or isinstance(registry.mode, Gap) else registry.mode
    yield PlanFact(f"the role assignment mode of {name}", mode)
    identity = evidence.identity(grant.identity_id)
    who = f"identity {_id(grant.identity_id)}"
    match identity:
        case Identity():
            told = f"principal {identity.principal_id.lower()} of tenant {identity.tenant_id.lower()}"
        case Absent():
            told = "gone"
        case Gap():
            told = _UNKNOWN
    yield PlanFact(who, told)
    subscription = ResourceId.parse(grant.registry_id).subscription
    tenant = evidence.tenant(subscription)
    if not isinstance(tenant, Gap):
        yield PlanFact(f"the tenant of {name}", tenant.lower())
    yield from _roles(grant, name, evidence)


def _roles(grant: RoleGrant, name: str, evidence: Evidence) -> Iterator[PlanFact]:
    """The assignments and denials that bear on these pulls; others may come and go."""
    access = evidence.access_of(grant.registry_id, grant.principal_id)
    roles = _roles_about(name, grant)
    denials = f"deny assignments at {name} that bear on the pull by principal {grant.principal_id}"
    if isinstance(access, Gap):
        yield PlanFact(roles, _UNKNOWN)
        yield PlanFact(denials, _UNKNOWN)
        return
    found = [
        pull_access(access, mode=grant.mode, repository=repository, registry_id=grant.registry_id)
        for repository in grant.repositories
    ]
    bearing = [_assignment(item) for each in found for item in _bearing(each)]
    refusing = [_denial(item) for each in found for item in _refusing(each)]
    yield PlanFact(roles, _UNKNOWN if isinstance(access.assigned, Gap) else _listed(bearing))
    yield PlanFact(denials, _UNKNOWN if isinstance(access.denied, Gap) else _listed(refusing))


def _of_switch(switch: BypassSwitch, evidence: Evidence) -> Iterator[PlanFact]:
    registry, name = _registry(switch.registry_id, evidence)
    if registry is None:
        yield PlanFact(f"the network rules of {name}", _UNKNOWN)
        return
    bypass = _UNKNOWN if isinstance(registry.bypass, Gap) else registry.bypass
    subnets = evidence.service_endpoint_rules(registry.id)
    yield PlanFact(f"publicNetworkAccess of {name}", registry.public_access.lower())
    yield PlanFact(f"networkRuleSet.defaultAction of {name}", registry.default_action.lower())
    yield PlanFact(f"the address rules of {name}", _listed(registry.ip_rules))
    yield PlanFact(_bypass_about(name), bypass.lower())
    yield PlanFact(
        f"the virtual network rules of {name}", _UNKNOWN if isinstance(subnets, Gap) else _listed(map(_id, subnets))
    )


def _registry(registry_id: str, evidence: Evidence) -> tuple[Registry | None, str]:
    known = [item for _, item in evidence.registries if isinstance(item, Registry) and _id(item.id) == _id(registry_id)]
    return (known[0] if known else None), _named(registry_id)


def _named(registry_id: str) -> str:
    return f"registry {_id(registry_id)}"


def _roles_about(registry: str, grant: RoleGrant) -> str:
    return f"role assignments at {registry} that bear on the pull by principal {grant.principal_id}"


def _bypass_about(registry: str) -> str:
    return f"networkRuleBypassOptions of {registry}"


def _images(definition: Definition) -> str:
    if isinstance(definition.containers, Gap):
        return _UNKNOWN
    return "; ".join(
        f"{'init container ' if item.init else ''}{item.name}: "
        f"{_UNKNOWN if isinstance(item.image, Gap) else item.image}"
        for item in definition.containers
    )


def _credentials(credentials: Reading[tuple[Credential, ...]]) -> str:
    if isinstance(credentials, Gap):
        return _UNKNOWN
    return _listed(f"{_server(item.server)} with {_signs_in(item)}" for item in credentials)


def _server(server: Reading[str | None]) -> str:
    return _UNKNOWN if isinstance(server, Gap) else (server or "no server").lower()


def _signs_in(credential: Credential) -> str:
    match credential:
        case IdentityCredential(identity=identity):
            return "an identity that is not known" if isinstance(identity, Gap) else _id(identity)
        case PasswordCredential():
            return "a user name and password"
        case UnclearCredential(both=both):
            return "both a user name and an identity" if both else "neither user name nor identity"
        case UnreadCredential():
            return _UNKNOWN


def _bearing(access: PullAccess) -> Iterator[Assignment]:
    yield from (grant.assignment for grant in (*access.grants, *access.excluded))
    yield from (assignment for assignment, _ in access.wrong_mode)
    yield from (doubt.about for doubt in access.undecided if isinstance(doubt.about, Assignment))


def _refusing(access: PullAccess) -> Iterator[DenyAssignment]:
    yield from access.denied
    yield from (doubt.about for doubt in access.undecided_denials if isinstance(doubt.about, DenyAssignment))


def _assignment(item: Assignment) -> str:
    condition = f" on the condition {item.condition}" if item.condition else ""
    return f"role {item.role_guid} for {item.principal_id.lower()} at {_id(item.scope)}{condition}"


def _denial(item: DenyAssignment) -> str:
    return f"'{item.name}' at {_id(item.scope)}"


def _listed(items: Iterable[str]) -> str:
    return "; ".join(sorted(set(items))) or _NONE


def _id(text: str) -> str:
    return text.strip().rstrip("/").lower()
