"""What lies outside the app's own resource group and is ours: event subscriptions, topics, role assignments, roles.

Sources: https://learn.microsoft.com/rest/api/authorization/role-definitions/list
https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from azure_cli import CliError, ask, member, pages, pause, say, text
from installation import Installation, subscription_of
from removal import Removal, delete, delete_and_wait, exists, is_missing

EVENTS = "2025-02-15"
ROLES = "2022-04-01"
IN_USE = "RoleDefinitionHasAssignments"
_TRIES = 3
_ALERTS = ("DeadLetteredCount", "DroppedEventCount")
_ALERTS_VERSION = "2018-03-01"
_GROUPS = "2024-11-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A role assignment of the app's identity. scope: in lower case. role: the definition's name, a GUID."""

    place: str
    scope: str
    role: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A custom role of ours. kind: `read`, `grant` or `switch`. scopes: where it may be assigned, in lower case."""

    place: str
    name: str
    kind: str
    scopes: tuple[str, ...]

    @property
    def guid(self) -> str:
        """By which an assignment names it."""
        return last(self.place)


def given_to(principal: str, subscription: str) -> list[Given]:
    """Every role that the identity was given in a subscription, and not above it. Raises CliError."""
    scope = f"/subscriptions/{subscription}"
    address = f"{scope}/providers/Microsoft.Authorization/roleAssignments"
    found = []
    for each in pages(address, ROLES, filter=f"principalId eq '{principal}'"):
        place = text(each, "id")
        # Azure is not trusted to have filtered, and what was given above the subscription was not given by us.
        theirs = text(each, "properties", "principalId").lower() != principal.lower()
        if theirs or not place.lower().startswith(f"{scope}/"):
            continue
        found.append(
            Given(
                place=place,
                scope=place.lower().rpartition("/providers/microsoft.authorization/")[0],
                role=last(text(each, "properties", "roleDefinitionId")),
                description=text(each, "properties", "description"),
            )
        )
    return found


def roles_of(here: Installation, subscription: str) -> list[Role]:
    """Our custom roles in a subscription. Raises CliError."""
    address = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions"
    found = []
    for each in pages(address, ROLES, filter="atScopeAndBelow()"):
        name = text(each, "properties", "roleName")
        kind = here.kind_of_role(name)
        if kind and text(each, "properties", "type") == "CustomRole":
            scopes = member(each, "properties", "assignableScopes")
            within = tuple(str(scope).lower() for scope in scopes) if isinstance(scopes, list) else ()
            found.append(Role(place=text(each, "id"), name=name, kind=kind, scopes=within))
    return found


def listeners(topic: str) -> list[str]:
    """The names of all event subscriptions of a topic. Raises CliError."""
    return [text(each, "name") for each in pages(f"{topic}/eventSubscriptions", EVENTS)]


def topic_at(place: str) -> object | None:
    """A system topic; None where it is gone. Raises CliError, also where its whole subscription is."""
    try:
        return ask("get", place, EVENTS)
    except CliError as error:
        if is_missing(error) and not error.tells("SubscriptionNotFound"):
            return None
        raise


def of_topic(place: str, here: Installation, *, others_too: bool) -> Iterator[Removal]:
    """What is ours at a topic, and the topic where it is ours and lies in another subscription than the app.

    azd deletes the groups of the app's own subscription; a group of ours in another one is left to us.
    others_too: whether a topic of ours goes although others listen to it. Raises CliError.
    """
    topic, name = topic_at(place), here.event_subscription
    group = place.split("/providers/")[0]
    heard = listeners(place) if topic is not None else []
    if name in heard:
        ours = f"{place}/eventSubscriptions/{name}"
        yield Removal(ours, partial(delete_and_wait, ours, EVENTS))
    for metric in _ALERTS:
        alert = f"{group}/providers/Microsoft.Insights/metricAlerts/{name}-{metric}"
        if exists(alert, _ALERTS_VERSION):
            yield Removal(alert, partial(delete_and_wait, alert, _ALERTS_VERSION))
    if topic is None or not here.owns_topic(topic) or subscription_of(place) == here.subscription:
        return
    others = [each for each in heard if each != name]
    if others and not others_too:
        say(f"others listen to the system topic {place}, which stays: {', '.join(others)}")
        return
    yield Removal(place, partial(delete_and_wait, place, EVENTS))
    yield Removal(group, partial(_delete_group, group, here))


def delete_role(role: Role, environment: Mapping[str, str]) -> None:
    """Delete a custom role; an assignment of it that was just deleted may count for a while. Raises CliError.

    Source: https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-limits
    """
    for attempt in range(1, _TRIES + 1):
        try:
            ask("delete", role.place, ROLES)
        except CliError as error:
            if attempt == _TRIES or not error.tells(IN_USE):
                raise
            pause(environment, 10)
        else:
            say(f"removed the role '{role.name}'")
            return


def last(place: str) -> str:
    """The name at the end of a resource id, in lower case."""
    return place.lower().rstrip("/").rpartition("/")[2]


def _delete_group(group: str, here: Installation) -> None:
    """A group of ours that is empty; where somebody has put something into it, it stays."""
    there = ask("get", group, _GROUPS)
    if text(there, "tags", "azd-env-name") != here.name:
        return
    if pages(f"{group}/resources", _GROUPS):
        say(f"{group} is not empty, and stays")
        return
    delete(group, _GROUPS)
