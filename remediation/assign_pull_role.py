"""Assign the pull role to the pull identity's principal id, at the registry.

AcrPull on a legacy registry; Container Registry Repository Reader on an ABAC one, conditioned to the repositories.
Blast radius: the identity, and with it every workload that it is attached to, may pull from the registry.
Undo: delete that assignment.
"""

from acimedic.fixes import ROLE_NAMES, role_for
from acimedic.model.diagnosis import Finding
from acimedic.model.plan import RoleGrant, Step
from acimedic.model.reading import Gap, NotKnownError
from acimedic.model.resource_id import ResourceId
from acimedic.model.verdict import DoesNotApplyError
from acimedic.rbac import assignment_name, conditions
from acimedic.rbac.of_pull import PullRight, pull_right
from remediation.whose import is_attached, is_of_same_tenant

ANSWERS = ("pull-role-missing", "pull-role-wrong-for-registry-mode", "pull-role-on-wrong-principal")


def steps(findings: tuple[Finding, ...]) -> tuple[Step, ...]:
    """One assignment for each identity at each registry; none where a fact is missing or it is not ours to decide."""
    together: dict[tuple[str, str], list[PullRight]] = {}
    for finding in findings:
        right = _right(finding)
        if right is not None:
            together.setdefault((right.registry.id.lower(), right.identity.principal_id), []).append(right)
    return tuple(step for rights in together.values() for step in _assignment(rights))


def _right(finding: Finding) -> PullRight | None:
    """The right that is missing, where it may be proposed to give it."""
    if finding.pull is None:
        return None
    try:
        right = pull_right(finding.pull)
    except (NotKnownError, DoesNotApplyError):
        return None
    registry, identity, evidence = right.registry, right.identity, right.evidence
    ours = is_attached(identity, evidence) and is_of_same_tenant(registry, identity, evidence)
    return right if right.mode_known and ours and not _held(right) else None


def _assignment(rights: list[PullRight]) -> tuple[Step, ...]:
    right = rights[0]
    repositories = tuple(dict.fromkeys(item.image.repository for item in rights))
    try:
        grant = _grant(right, repositories)
    except ValueError:
        return ()  # a repository whose name no condition can hold
    who = f"identity '{right.identity.name}' (principal id {grant.principal_id})"
    named = ("repository " if len(repositories) == 1 else "repositories ") + ", ".join(
        f"'{each}'" for each in repositories
    )
    what = f"{named} of" if grant.condition else "every repository of"
    only = f", only for {named}" if grant.condition else ""
    return (
        Step(
            remedy="assign-pull-role",
            target=right.registry.id,
            change=grant,
            before=None,
            after=f"{grant.role_name} for principal {grant.principal_id}{only}",
            undo=f"DELETE {grant.assignment_id}",
            risk=f"{who} may pull {what} registry '{right.registry.name}', and so may every workload that it is "
            "attached to",
            summary=f"assign {grant.role_name} at registry '{right.registry.name}' to {who}",
        ),
    )


def _grant(right: PullRight, repositories: tuple[str, ...]) -> RoleGrant:
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
        condition=conditions.for_repository(*repositories) if abac else None,
        mode=right.mode,
        repositories=repositories,
    )


def _held(right: PullRight) -> bool:
    """Whether the identity holds the role at the registry already, with a condition: somebody's decision."""
    if isinstance(right.access.assigned, Gap):
        return True
    wanted, scope = role_for(right.mode), right.registry.id.lower()
    return any(
        item.role_guid == wanted and item.scope.lower() == scope and item.principal_id == right.identity.principal_id
        for item in right.access.assigned
    )
