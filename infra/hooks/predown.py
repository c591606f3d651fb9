"""Before the resources go: what lies outside the resource group, and would stay.

Event subscriptions at topics of others, role assignments, custom roles, topics of ours in further subscriptions, and
the app registration that the hook made. A topic of others is never deleted; nor is ours, while others listen to it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from azure_cli import CliError, RefusedError, ask, az, flag, listed, needed, pages, run, say, text
from postdeploy import subscription_name

_EVENTS = "2025-02-15"
_ROLES = "2022-04-01"
_ALERTS = ("DeadLetteredCount", "DroppedEventCount")
_GONE = ("NotFound", "not found", "does not exist", "could not be found")


def predown(environment: Mapping[str, str]) -> None:
    """Remove what would stay; go on past what fails, and say it all. Raises RefusedError."""
    if not environment.get("ACIMEDIC_SUFFIX", "").strip():
        say("nothing was ever provisioned, so nothing is left behind")
        return
    topics = [topic for topic in map(_topic, listed(environment, "ACIMEDIC_TOPICS")) if topic is not None]
    _ensure_alone(topics, environment)
    faults: list[str] = []
    # In this order: nothing may arrive any more before the app loses its rights.
    for find in (
        *(partial(_of_topic, topic, environment) for topic in topics),
        *(partial(_of_subscription, subscription, environment) for subscription in _reach(environment)),
        partial(_of_sign_in, environment),
    ):
        faults += _done(find)
    if faults:
        raise RefusedError(*faults, "put it right and run `azd down` again: what is gone is passed over")


_Removal = tuple[str, Callable[[], object]]


def _done(find: Callable[[], Iterable[_Removal]]) -> list[str]:
    """Find and remove; gives back what did not work."""
    try:
        found = list(find())
    except CliError as error:
        return [str(error)]
    faults = []
    for what, remove in found:
        try:
            remove()
        except CliError as error:
            if not error.tells(*_GONE):
                faults.append(f"{what} could not be removed: {error.said}")
    return faults


def _of_sign_in(environment: Mapping[str, str]) -> Iterator[_Removal]:
    made = environment.get("ACIMEDIC_MADE_REGISTRATION", "").strip()
    if made:
        yield f"the app registration {made}", partial(az, "ad", "app", "delete", "--id", made)


def _of_topic(topic: object, environment: Mapping[str, str]) -> Iterator[_Removal]:
    place, name = text(topic, "id"), subscription_name(environment)
    group = place.split("/providers/")[0]
    ours = f"{place}/eventSubscriptions/{name}"
    yield ours, partial(_delete_and_wait, ours, _EVENTS)
    for metric in _ALERTS:
        alert = f"{group}/providers/Microsoft.Insights/metricAlerts/{name}-{metric}"
        yield alert, partial(_delete_and_wait, alert, "2018-03-01")
    if _is_ours(topic, environment) and place.split("/")[2].lower() != _own(environment):
        # azd deletes the groups of the app's own subscription; a group of ours in another one is left to us.
        yield place, partial(_delete_and_wait, place, _EVENTS)
        yield group, partial(_delete_group, group, environment)


def _of_subscription(subscription: str, environment: Mapping[str, str]) -> Iterator[_Removal]:
    scope = f"/subscriptions/{subscription}"
    principal = needed(environment, "ACIMEDIC_PRINCIPAL_ID")
    assignments = f"{scope}/providers/Microsoft.Authorization/roleAssignments"
    for assignment in pages(assignments, _ROLES, filter=f"principalId eq '{principal}'"):
        place = text(assignment, "id")
        # Azure is not trusted to have filtered, and what was given above the subscription was not given by us.
        if text(assignment, "properties", "principalId") == principal and place.lower().startswith(f"{scope}/"):
            yield f"the role assignment {place}", partial(_delete, place, _ROLES)
    roles = pages(f"{scope}/providers/Microsoft.Authorization/roleDefinitions", _ROLES, filter="atScopeAndBelow()")
    for role in roles:
        name = text(role, "properties", "roleName")
        custom = text(role, "properties", "type") == "CustomRole"
        if custom and name.startswith("ACI Medic ") and environment["ACIMEDIC_SUFFIX"] in name.split():
            place = text(role, "id")
            yield f"the role '{name}'", partial(_delete, place, _ROLES)


def _ensure_alone(topics: list[object], environment: Mapping[str, str]) -> None:
    """The topic of a subscription is the only one that it has: others may have come to listen to ours."""
    if flag(environment, "ACIMEDIC_DELETE_TOPIC", default=False):
        return
    faults = []
    for topic in topics:
        if not _is_ours(topic, environment):
            continue
        place, mine = text(topic, "id"), subscription_name(environment)
        names = [text(each, "name") for each in pages(f"{place}/eventSubscriptions", _EVENTS)]
        others = [name for name in names if name != mine]
        if others:
            faults.append(
                f"others listen to the system topic {place}: {', '.join(others)}. Have them move, or delete it all "
                "the same: `azd env set ACIMEDIC_DELETE_TOPIC true`"
            )
    if faults:
        raise RefusedError(*faults)


def _topic(place: str) -> object | None:
    try:
        return ask("get", place, _EVENTS)
    except CliError as error:
        if error.tells(*_GONE):
            return None
        raise


def _is_ours(topic: object, environment: Mapping[str, str]) -> bool:
    return text(topic, "tags", "azd-env-name") == environment.get("AZURE_ENV_NAME", "")


def _own(environment: Mapping[str, str]) -> str:
    return environment.get("AZURE_SUBSCRIPTION_ID", "").strip().lower()


def _reach(environment: Mapping[str, str]) -> list[str]:
    """Every subscription that a role was given in: watched, read, and those of registries."""
    found = listed(environment, "ACIMEDIC_REACH") or [_own(environment)]
    for name in ("ACIMEDIC_FOUND_GRANTS", "ACIMEDIC_FOUND_IMAGES", "ACIMEDIC_FOUND_IMAGES_ABAC"):
        found += [place.split("/")[2] for place in listed(environment, name)]
    return list(dict.fromkeys(each.lower() for each in found))


def _delete(place: str, version: str) -> None:
    ask("delete", place, version)
    say(f"removed {place}")


def _delete_and_wait(place: str, version: str) -> None:
    """Event Grid deletes in its own time, and what is left in a group keeps the group."""
    az("resource", "delete", "--ids", place, "--api-version", version)
    say(f"removed {place}")


def _delete_group(group: str, environment: Mapping[str, str]) -> None:
    """A group of ours that is empty; where somebody has put something into it, it stays."""
    there = ask("get", group, "2024-11-01")
    if text(there, "tags", "azd-env-name") != environment.get("AZURE_ENV_NAME", ""):
        return
    if pages(f"{group}/resources", "2024-11-01"):
        say(f"{group} is not empty, and stays")
        return
    _delete(group, "2024-11-01")


if __name__ == "__main__":
    run(predown)
