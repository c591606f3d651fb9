"""Every right that ACI Medic may be given: who uses it, where, and what fails without it. The one table.

The roles in `infra/` hold these actions and no others; tests compare the two, and both with what is really sent.
There is nothing of Microsoft Graph: what only Graph could tell is a `Gap`. Nor does Azure Resource Graph need a right
of its own: it answers with what the other rights let one read
(https://learn.microsoft.com/azure/governance/resource-graph/overview#permissions-in-azure-resource-graph).
Source of the actions: https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from acimedic.azure import read_access, read_activity, read_deployments, read_details, read_groups, read_registries
from acimedic.rbac.actions import CONTENT_READ, METADATA_READ, PULL

Module: TypeAlias = Literal["access-read", "access-write", "access-images"]
"""The file in `infra/` that gives the right."""

Scope: TypeAlias = Literal["subscription", "registry"]
"""Where it is given: at each subscription that is served or holds its registries, or at single registries."""

ASSIGN = "Microsoft.Authorization/roleAssignments/write"
UNASSIGN = "Microsoft.Authorization/roleAssignments/delete"
SWITCH = "Microsoft.ContainerRegistry/registries/write"
FOLLOW_SWITCH = "Microsoft.ContainerRegistry/registries/operationStatuses/read"
OWN = "Microsoft.Authorization/permissions/read"
"""What it takes to be told what one may do oneself; nothing else implies it.
https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group"""
TOPICS = "Microsoft.EventGrid/systemTopics/read"
LISTENERS = "Microsoft.EventGrid/systemTopics/eventSubscriptions/read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One action, or data action.

    used_by: the readings, remedies or commands that need it, as reports name them.
    without: what fails, in a sentence.
    only_if: the parameter of the module without which it is not given; None where it always is.
    """

    action: str
    module: Module
    scope: Scope
    used_by: tuple[str, ...]
    without: str
    data: bool = False
    only_if: str | None = None


def _read(action: str, used_by: tuple[str, ...], without: str) -> Right:
    return Right(action=action, module="access-read", scope="subscription", used_by=used_by, without=without)


DIAGNOSING = (
    _read(
        read_access.DENIALS_PERMISSION,
        ("deny assignments",),
        "It cannot be ruled out that a deny assignment forbids the pull.",
    ),
    _read(
        read_access.ASSIGNMENTS_PERMISSION,
        ("role assignments", "assign-pull-role", "undo"),
        "It is not known who may pull: no finding about roles, and no role is ever proposed or taken back.",
    ),
    _read(
        read_access.ROLES_PERMISSION,
        ("role definition",),
        "A custom role cannot be looked into, so it is not known whether it lets its holder pull. Built-in roles are "
        "known without it.",
    ),
    _read(
        read_groups.PERMISSION,
        ("container group", "verify"),
        "Container events are not seen: what failed after Azure had accepted the group may be taken for something "
        "else, a group that no deployment made has no definition, and a repair is never proved.",
    ),
    _read(
        read_registries.PERMISSION,
        ("registry", "virtual network rules of the registry", "enable-trusted-services", "undo"),
        "The registry is not found, nor asked about its images; its network, its mode and every role at it stay "
        "unknown, and no change is proposed.",
    ),
    _read(
        read_details.SCOPE_MAPS_PERMISSION,
        ("scope map of the token",),
        "It is not known which repositories a token of the registry may pull.",
    ),
    _read(
        read_details.TOKENS_PERMISSION,
        ("token of the registry",),
        "It is not known whether a user name is a token of the registry, nor whether that is disabled or has expired.",
    ),
    _read(
        read_activity.PERMISSION,
        ("activity log",),
        "A failure without a deployment has no error text; nor is it known when it last worked, or what changed since.",
    ),
    _read(
        read_access.IDENTITY_PERMISSION,
        ("identity", "assign-pull-role"),
        "The principal id of the pull identity is not known, so neither are its roles, and no role is proposed.",
    ),
    _read(
        read_details.ENDPOINTS_PERMISSION,
        ("private endpoint",),
        "It is not known whether the registry's private endpoint lies in the subnet of the container group.",
    ),
    _read(
        read_deployments.EXPORT_PERMISSION,
        ("template of deployment",),
        "A group that Azure refused to make leaves its definition in the template alone: without it, credentials and "
        "identities that were asked for are unknown, and no change is proposed.",
    ),
    _read(
        read_deployments.OPERATIONS_PERMISSION,
        ("operations of deployment (at a subscription)",),
        "Of a deployment at the subscription it is not known which container group failed, nor with which error.",
    ),
    _read(
        read_deployments.LIST_PERMISSION,
        ("deployments", "deployment"),
        "The deployment that failed is not found, so neither its error nor its template is read.",
    ),
    _read(
        read_registries.SUBSCRIPTIONS_PERMISSION,
        ("tenant of the subscription", "subscriptions"),
        "It is not known whether identity and registry belong to one tenant, so no role is proposed across "
        "subscriptions.",
    ),
    _read(
        read_deployments.GROUP_OPERATIONS_PERMISSION,
        ("operations of deployment (in a resource group)",),
        "Of a deployment in a resource group the error of each resource is not known, nor its nested deployments.",
    ),
)

EXAMINING = (
    _read(
        OWN,
        ("doctor",),
        "The app is not told its own rights: what is missing of them shows where a reading fails, and what is too "
        "much of them nowhere.",
    ),
    _read(
        LISTENERS,
        ("doctor",),
        "It is not known whether the event subscription of the app is there, in order, and leaves nothing out.",
    ),
    _read(TOPICS, ("doctor",), "It is not known where to look for the event subscription of the app."),
)
"""What the app needs to examine itself; no diagnosis does."""

READ = tuple(sorted((*DIAGNOSING, *EXAMINING), key=lambda right: right.action))

WRITE = (
    Right(
        action=UNASSIGN,
        module="access-write",
        scope="registry",
        used_by=("undo of assign-pull-role",),
        without="A role that ACI Medic gave cannot be taken back by it; undo says so, and a person has to.",
    ),
    Right(
        action=ASSIGN,
        module="access-write",
        scope="registry",
        used_by=("assign-pull-role",),
        without="Azure refuses the role; the plan is told as refused, with the step for a person.",
    ),
    Right(
        action=FOLLOW_SWITCH,
        module="access-write",
        scope="registry",
        used_by=("enable-trusted-services", "its undo"),
        without="A switch that Azure carries out later cannot be followed to its end; another look has to tell.",
        only_if="trustedServices",
    ),
    Right(
        action=SWITCH,
        module="access-write",
        scope="registry",
        used_by=("enable-trusted-services", "its undo"),
        without="Azure refuses the switch; the plan is told as refused, with the step for a person.",
        only_if="trustedServices",
    ),
)

_NO_IMAGES = (
    "What the registry says of an image is unknown: whether it is there, for which platforms, how large. With it goes "
    "what is concluded from an image that is in order, such as that a password must be wrong."
)
IMAGES = tuple(
    Right(
        action=action,
        module="access-images",
        scope="registry",
        used_by=("manifest",),
        without=_NO_IMAGES,
        data=data,
        only_if=f"roleAssignmentMode is {mode}",
    )
    for action, data, mode in (
        (PULL, False, "LegacyRegistryPermissions"),
        (CONTENT_READ, True, "AbacRepositoryPermissions"),
        (METADATA_READ, True, "AbacRepositoryPermissions"),
    )
)

ALL = (*READ, *WRITE, *IMAGES)
