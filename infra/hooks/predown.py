"""Before the resources go: what lies outside the resource group, and would stay.

Event subscriptions at topics of others, role assignments, custom roles, topics of ours in further subscriptions, and
the app registration that the hook made; also of choices that were left long ago, and of a deployment that broke off.
A topic of others is never deleted; nor is ours, while others listen to it.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import ever
from azure_cli import CliError, RefusedError, ask, az, flag, remember, run, say, text
from belongings import ROLES, delete_role, given_to, listeners, of_topic, roles_of, topic_at
from installation import Installation, standing, subscription_of
from removal import Removal, Search, carry_out, delete, is_gone, is_missing

_IDENTITIES = "2023-01-31"


def predown(environment: Mapping[str, str]) -> None:
    """Remove what would stay; go on past what fails, and say it all. Raises RefusedError."""
    if not ever.begun(environment):
        say("nothing was ever begun here, so nothing is left behind")
        return
    _ensure_meant(environment)
    here, insists = standing(environment), flag(environment, "ACIMEDIC_DELETE_TOPIC", default=False)
    places = _topics(environment, here)
    faults: list[str] = []
    if not insists:
        _ensure_alone(places, here, faults)
    principal = _principal(environment, here, faults)
    # In this order: nothing may arrive any more before the app loses its rights.
    for search in (
        *(Search(f"the topic {each}", partial(of_topic, each, here, others_too=insists)) for each in places),
        *(
            Search(f"subscription {each}", partial(_of_subscription, each, here, principal, environment))
            for each in _reach(environment, here)
        ),
        Search("the app registration", partial(_of_sign_in, environment)),
    ):
        faults += carry_out(search).faults
    if faults:
        raise RefusedError(*faults, "put it right and run `azd down` again: what is gone is passed over")


def _ensure_meant(environment: Mapping[str, str]) -> None:
    """Ask whoever sits there. azd runs this before its own question, to which "no" would come too late.

    Source: https://github.com/Azure/azure-dev/blob/main/cli/azd/pkg/ext/hooks_runner.go
    """
    if not sys.stdin.isatty():
        return
    name = environment.get("AZURE_ENV_NAME", "").strip() or "this environment"
    say(f"event subscriptions, roles and the app registration of {name} are taken away now, before azd asks anything")
    sys.stderr.write("Go on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise RefusedError("nothing was taken away")


def _topics(environment: Mapping[str, str], here: Installation) -> list[str]:
    """Where we ever listened; and where a deployment that broke off may have made a topic without telling of it."""
    return ever.once([*ever.topics(environment), *map(here.topic_in, _reach(environment, here))])


def _reach(environment: Mapping[str, str], here: Installation) -> list[str]:
    return ever.once([*ever.reached(environment), here.subscription])


def _of_sign_in(environment: Mapping[str, str]) -> Iterator[Removal]:
    made = environment.get("ACIMEDIC_MADE_REGISTRATION", "").strip()
    if made:
        yield Removal(f"the app registration {made}", partial(_delete_registration, made, environment))


def _delete_registration(made: str, environment: Mapping[str, str]) -> None:
    try:
        az("ad", "app", "delete", "--id", made)
    except CliError as error:
        if not is_gone(error):
            raise
    # The next deployment would otherwise have people sign in at what is gone.
    for name in ("ACIMEDIC_AUTH_CLIENT_ID", "ACIMEDIC_MADE_REGISTRATION"):
        if environment.get(name, "").strip() == made:
            remember(name, "")


def _of_subscription(
    subscription: str, here: Installation, principal: str, environment: Mapping[str, str]
) -> Iterator[Removal]:
    for given in given_to(principal, subscription) if principal else ():
        yield Removal(f"the role assignment {given.place}", partial(delete, given.place, ROLES))
    for role in roles_of(here, subscription):
        yield Removal(f"the role '{role.name}'", partial(delete_role, role, environment))


def _principal(environment: Mapping[str, str], here: Installation, faults: list[str]) -> str:
    """The principal id of the app's identity: an output, or asked for where a deployment broke off before its outputs.

    Empty where it cannot be told, which is said or becomes a fault.
    """
    known = environment.get("ACIMEDIC_PRINCIPAL_ID", "").strip()
    if known:
        return known
    try:
        known = text(ask("get", here.identity, _IDENTITIES), "properties", "principalId")
    except CliError as error:
        if not is_missing(error):
            faults.append(f"whether the identity {here.identity} has any role is not known: {error.said}")
            return ""
    if not known:
        say(
            f"there is no identity {here.identity}, so it has no role; where it was deleted by hand, its role "
            f"assignments remain, of an unknown principal, in: {', '.join(_reach(environment, here))}"
        )
    return known


def _ensure_alone(places: Sequence[str], here: Installation, unknown: list[str]) -> None:
    """The topic of a subscription is the only one that it has: others may have come to listen to ours."""
    faults = []
    for place in places:
        try:
            others = _others_at(place, here)
        except CliError as error:
            if not is_missing(error):
                unknown.append(f"whether others listen to the system topic {place} is not known: {error.said}")
            continue
        if others:
            faults.append(
                f"others listen to the system topic {place}: {', '.join(others)}. Have them move, or delete it all "
                "the same: `azd env set ACIMEDIC_DELETE_TOPIC true`"
            )
    if faults:
        raise RefusedError(*faults)


def _others_at(place: str, here: Installation) -> list[str]:
    if place.lower() != here.topic_in(subscription_of(place)).lower() or not here.owns_topic(topic_at(place)):
        return []
    return [name for name in listeners(place) if name != here.event_subscription]


if __name__ == "__main__":
    run(predown)
