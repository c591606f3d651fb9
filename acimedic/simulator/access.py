"""Who may do what: the rules of Azure RBAC, written from their documentation for the simulator alone.

Role assignments at the resource or above, to the principal or to a group it is in; actions less notActions;
conditions; deny assignments last.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import ids
from .exchange import Json
from .permissions import matches
from .roles import BUILT_IN
from .state import State, moment

EVERYONE = "00000000-0000-0000-0000-000000000000"
PULL_ACTION = "Microsoft.ContainerRegistry/registries/pull/read"
PULL_DATA_ACTION = "Microsoft.ContainerRegistry/registries/repositories/content/read"
REPOSITORY_NAME = re.compile(
    r"@Request\[Microsoft\.ContainerRegistry/registries/repositories:name\]\s+"
    r"(StringEqualsIgnoreCase|StringStartsWithIgnoreCase)\s+'([^']*)'",
    re.IGNORECASE,
)
ACTION_MATCHES = re.compile(r"ActionMatches\{'([^']+)'\}", re.IGNORECASE)
KNOWN_CONDITION = re.compile(
    r"\(?\(!\(ActionMatches\{.*?\}\)( AND !\(ActionMatches\{.*?\}\))*\) OR \(" + REPOSITORY_NAME.pattern + r"\)\)?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One thing somebody wants to do to a registry."""

    principal: str
    resource_id: str
    action: str
    data: bool = False
    repository: str = ""


def may_pull(state: State, registry: Json, principal: str, repository: str) -> bool:
    """Tell whether a principal may pull a repository, by the registry's role assignment mode."""
    abac = registry["properties"].get("roleAssignmentMode") == "AbacRepositoryPermissions"
    wish = Wish(
        principal=principal,
        resource_id=registry["id"],
        action=PULL_DATA_ACTION if abac else PULL_ACTION,
        data=abac,
        repository=repository,
    )
    return permits(state, wish)


def permits(state: State, wish: Wish) -> bool:
    """Tell whether some assignment grants the wish and no deny assignment takes it away."""
    principals = principals_of(state, wish.principal)
    granted = any(_grants(state, each, wish) for each in _assignments(state, principals, wish.resource_id))
    return granted and not any(_denies(each, principals, wish) for each in state.section("denyAssignments").values())


def principals_of(state: State, principal: str) -> set[str]:
    """Give a principal and every group it is in, through groups in groups."""
    found, waiting = set(), {principal.lower()}
    groups = {
        group.lower(): {each.lower() for each in members} for group, members in state.section("memberships").items()
    }
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting |= {group for group, members in groups.items() if one in members} - found
    return found


def definition(state: State, role_definition_id: str) -> Json | None:
    """Give a role by the last segment of its id, built-in or the world's own."""
    name = ids.last_segment(role_definition_id)
    own = state.section("roleDefinitions").values()
    return next((role for role in own if ids.last_segment(role["id"]) == name), None) or BUILT_IN.get(name)


def _assignments(state: State, principals: set[str], resource_id: str) -> Iterator[Json]:
    for body in state.section("roleAssignments").values():
        properties = body["properties"]
        if properties["principalId"].lower() in principals and ids.covers(properties["scope"], resource_id):
            yield properties


def _grants(state: State, assignment: Json, wish: Wish) -> bool:
    role = definition(state, assignment["roleDefinitionId"])
    if role is None or not _in_effect(state, assignment) or not _condition_holds(assignment.get("condition"), wish):
        return False
    return any(_covers(permission, wish) for permission in role["properties"]["permissions"])


def _in_effect(state: State, assignment: Json) -> bool:
    """Tell whether an assignment has spread: ``propagationSeconds`` in the world, none by default."""
    wait = float(state.world.get("propagationSeconds", 0))
    made = assignment.get("createdOn")
    return not wait or not made or (state.now() - moment(made)).total_seconds() >= wait


def _covers(permission: Json, wish: Wish) -> bool:
    kind = "dataActions" if wish.data else "actions"
    without = "notDataActions" if wish.data else "notActions"
    given = any(matches(pattern, wish.action) for pattern in permission.get(kind) or [])
    return given and not any(matches(pattern, wish.action) for pattern in permission.get(without) or [])


def _condition_holds(condition: str | None, wish: Wish) -> bool:
    """Evaluate the two documented conditions on a repository's name; any other condition is taken not to hold."""
    if not condition:
        return True
    text = " ".join(condition.split())
    if not KNOWN_CONDITION.fullmatch(text):
        return False
    if not any(matches(action, wish.action) for action in ACTION_MATCHES.findall(text)):
        return True
    found = REPOSITORY_NAME.search(text)
    if found is None:
        return False
    operator, value = found[1].lower(), found[2].lower()
    name = wish.repository.lower()
    return name == value if operator == "stringequalsignorecase" else name.startswith(value)


def _denies(body: Json, principals: set[str], wish: Wish) -> bool:
    properties = body["properties"]
    named = {each["id"].lower() for each in properties.get("principals", [])}
    spared = {each["id"].lower() for each in properties.get("excludePrincipals", [])}
    scope = properties.get("scope", "/")
    exact = ids.same(scope, wish.resource_id)
    in_scope = ids.covers(scope, wish.resource_id) and (exact or not properties.get("doNotApplyToChildScopes"))
    hit = EVERYONE in named or bool(named & principals)
    return (
        in_scope and hit and not spared & principals and any(_covers(each, wish) for each in properties["permissions"])
    )
