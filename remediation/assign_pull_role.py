"""Assign the pull role to the pull identity's principal id, at the registry.

AcrPull on a legacy registry; Container Registry Repository Reader on an ABAC one, conditioned to the repository.
Blast radius: the identity, and with it every workload that it is attached to, may pull from the registry.
Undo: delete that assignment.
"""

from acimedic.fixes import ROLE_NAMES, role_for
from acimedic.model.diagnosis import Finding
from acimedic.model.plan import RoleGrant, Step
from acimedic.model.reading import Gap
from acimedic.model.resource_id import ResourceId
from acimedic.rbac import assignment_name, conditions
from acimedic.rbac.of_pull import PullRight, pull_right

ANSWERS = ("pull-role-missing", "pull-role-wrong-for-registry-mode", "pull-role-on-wrong-principal")


def steps(finding: Finding) -> tuple[Step, ...]:
    """The assignment that answers the finding; none where a fact is missing or it is not ours to decide."""
    if finding.pull is None:
        return ()
    right = pull_right(finding.pull)
    if not right.mode_known or not _attached(finding, right) or not _same_tenant(finding, right) or _held(right):
        return ()
    try:
        grant = _grant(right)
    except ValueError:
        return ()  # a repository whose name no condition can hold
    who = f"identity '{right.identity.name}' (principal id {grant.principal_id})"
    what = f"repository '{grant.repository}' of" if grant.condition else "every repository of"
    return (
        Step(
            remedy="assign-pull-role",
            target=right.registry.id,
            change=grant,
            before=None,
            after=f"{grant.role_name} for principal {grant.principal_id}"
            + (f", only for repository '{grant.repository}'" if grant.condition else ""),
            undo=f"DELETE {grant.assignment_id}",
            risk=f"{who} may pull {what} registry '{right.registry.name}', and so may every workload that "
            "it is attached to",
            summary=f"assign {grant.role_name} at registry '{right.registry.name}' to {who}",
        ),
    )


def _grant(right: PullRight) -> RoleGrant:
    guid = role_for(right.mode)
    registry = ResourceId.parse(right.registry.id)
    name = assignment_name(right.registry.id, right.identity.principal_id, guid)
    abac = right.mode == "abac"
    return RoleGrant(
        assignment_id=f"{right.registry.id}/providers/Microsoft.Authorization/roleAssignments/{name}",
        registry_id=right.registry.id,
        role_definition_id=f"/subscriptions/{registry.subscription}/providers/Microsoft.Authorization/"
        f"roleDefinitions/{guid}",
        role_name=ROLE_NAMES[guid],
        principal_id=right.identity.principal_id,
        identity_id=right.identity.id,
        condition=conditions.for_repository(right.image.repository) if abac else None,
        mode=right.mode,
        repository=right.image.repository,
    )


def _attached(finding: Finding, right: PullRight) -> bool:
    """Whether the identity is the group's own: else whoever names somebody's registry would be given it."""
    definition = finding.pull.evidence.definition if finding.pull else None
    if definition is None or isinstance(definition, Gap) or isinstance(definition.user_identities, Gap):
        return False
    return right.identity.id.lower() in {key.rstrip("/").lower() for key in definition.user_identities}


def _same_tenant(finding: Finding, right: PullRight) -> bool:
    registry, identity = ResourceId.parse(right.registry.id), ResourceId.parse(right.identity.id)
    if registry.subscription.lower() == identity.subscription.lower():
        return True
    tenant = finding.pull.evidence.tenant(registry.subscription) if finding.pull else None
    return isinstance(tenant, str) and tenant == right.identity.tenant_id


def _held(right: PullRight) -> bool:
    """Whether the identity holds the role at the registry already, with a condition: somebody's decision."""
    if isinstance(right.access.assigned, Gap):
        return True
    wanted, scope = role_for(right.mode), right.registry.id.lower()
    return any(
        item.role_guid == wanted and item.scope.lower() == scope and item.principal_id == right.identity.principal_id
        for item in right.access.assigned
    )
