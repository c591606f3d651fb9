"""One party before the policy: is it named, exactly enough, with all that it would gain?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from acimedic.ids import folded, same_id
from acimedic.model.access import ACR_PULL, REPOSITORY_READER
from acimedic.model.evidence import Evidence
from acimedic.model.plan import BypassSwitch, RoleGrant, RunMode, Step
from acimedic.model.reading import Gap
from acimedic.model.resource_id import ResourceId
from acimedic.policy.document import Pair, Policy
from acimedic.policy.parties import Party, attached
from acimedic.rbac import assignment_name, conditions

Kind: TypeAlias = Literal[
    "no-policy",
    "policy-invalid",
    "mode-observe",
    "remedy-not-listed",
    "pair-not-listed",
    "repository-not-listed",
    "subscription-not-served",
    "quiet-hours",
    "hourly-limit",
    "tag",
    "cross-tenant",
    "auto-needs-identity",
    "identity-not-attached",
    "not-a-remedy",
    "not-known",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not allowed. until: when that passes by itself, where it does."""

    kind: Kind
    said: str
    until: datetime | None = None


def matched(party: Party, policy: Policy, mode: RunMode, evidence: Evidence) -> tuple[list[str], list[Reason]]:
    """The entries of the policy that consent to what a party gains, and what is against it."""
    registry, identity = ResourceId.parse(party.registry.id), ResourceId.parse(party.identity.id)
    who = f"identity '{party.identity.name}' and registry '{party.registry.name}'"
    reasons: list[Reason] = []
    if not attached(party.identity, evidence):
        said = f"identity '{party.identity.name}' is not attached to container group '{evidence.group.name}'"
        reasons.append(Reason("identity-not-attached", said))
    foreign = _foreign(party, registry, identity, evidence)
    if foreign is not None:
        reasons.append(foreign)
    pairs = [pair for pair in policy.pairs if pair.names(registry, identity)]
    if not pairs:
        return [], [*reasons, Reason("pair-not-listed", f"the policy does not name {who} as a pair")]
    exact = [pair for pair in pairs if pair.exact]
    if mode == "auto" and not exact:
        said = f"mode auto needs the identity itself in the policy, which names only the resource group for {who}"
        reasons.append(Reason("auto-needs-identity", said))
    usable = exact if mode == "auto" and exact else pairs
    rules, unlisted = _repositories(party, usable)
    return rules, [*reasons, *unlisted]


def rightly_drawn(step: Step) -> str | None:
    """Why a step is not one that a remedy would draw; None where it is one.

    Plans are kept between being drawn and being carried out; whatever became of one there, it gives no more than a
    pull role, to a service principal, at the registry that it names.
    """
    change = step.change
    if not same_id(step.target, change.registry_id):
        return f"the step's target is {step.target}, and it changes {change.registry_id}"
    match change:
        case RoleGrant():
            good = step.remedy == "assign-pull-role" and _pull_role_alone(change)
        case BypassSwitch():
            good = step.remedy == "enable-trusted-services" and change.after == "AzureServices"
    return None if good else f"no remedy does what the step '{step.summary}' does"


def _pull_role_alone(grant: RoleGrant) -> bool:
    guid = ACR_PULL if grant.mode == "legacy" else REPOSITORY_READER
    try:
        condition = conditions.for_repository(*grant.repositories) if grant.mode == "abac" else None
        subscription = ResourceId.parse(grant.registry_id).subscription
    except ValueError:
        return False
    role = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
    name = assignment_name(grant.registry_id, grant.principal_id, guid)
    return (
        grant.condition == condition
        and folded(grant.role_definition_id) == folded(role)
        and grant.assignment_id == f"{grant.registry_id}/providers/Microsoft.Authorization/roleAssignments/{name}"
    )


def _foreign(party: Party, registry: ResourceId, identity: ResourceId, evidence: Evidence) -> Reason | None:
    """A registry of another tenant is nobody's here to open."""
    if folded(registry.subscription) == folded(identity.subscription):
        return None
    tenant = evidence.tenant(registry.subscription)
    if isinstance(tenant, Gap):
        return Reason("not-known", f"the tenant of registry '{party.registry.name}' is not known: {tenant.reason}")
    if folded(tenant) != folded(party.identity.tenant_id):
        said = f"identity '{party.identity.name}' and registry '{party.registry.name}' are in different tenants"
        return Reason("cross-tenant", said)
    return None


def _repositories(party: Party, pairs: list[Pair]) -> tuple[list[str], list[Reason]]:
    """The pairs that consent to every repository which the party gains."""
    whole = [pair.path for pair in pairs if not pair.repositories]
    name = party.registry.name
    if whole and party.mode == "legacy":
        return whole[:1], []
    if party.everything:
        said = f"registry '{name}' is in legacy mode: its pull role opens every repository, and the policy names some"
        return [], [Reason("repository-not-listed", said)]
    rules: list[str] = []
    reasons: list[Reason] = []
    for repository in party.repositories:
        listed = [pair.path for pair in pairs if pair.lists(repository)]
        rules += listed[:1]
        if not listed:
            said = f"the policy does not list repository '{repository}' of registry '{name}' for this pair"
            reasons.append(Reason("repository-not-listed", said))
    return rules, reasons
