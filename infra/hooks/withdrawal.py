"""What was given and is no longer wanted: taken back after each deployment, since a deployment takes nothing away.

Only what the templates gave is taken back: our own custom roles, and the pull roles that carry the template's words.
Whatever somebody else has given the identity stays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import ever
from azure_cli import CliError, flag, listed, needed, say
from belongings import IN_USE, ROLES, Given, Role, delete_role, given_to, of_topic, roles_of
from installation import standing
from removal import Outcome, Removal, Search, carry_out, delete

# access-images.bicep: the roles that it gives, and how its description begins.
_PULL_ROLES = {
    "ACIMEDIC_FOUND_IMAGES": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "ACIMEDIC_FOUND_IMAGES_ABAC": "b93aa761-3e63-49ed-ac28-beffa264f7ac",
}
IMAGES = "ACI Medic reads manifests and tags of this registry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """scopes: where each kind of our roles is wanted. pulls: pull roles, by GUID and registry. All in lower case."""

    scopes: Mapping[str, frozenset[str]]
    pulls: frozenset[tuple[str, str]]

    def asks_for(self, given: Given, kind: str) -> bool:
        """Whether an assignment is wanted. kind: of our role; empty for one of access-images.bicep."""
        return given.scope in self.scopes[kind] if kind else (given.role, given.scope) in self.pulls

    def has_use_for(self, role: Role) -> bool:
        """Whether the role is wanted anywhere that it may be assigned."""
        return any(_within(each, scope) for each in self.scopes[role.kind] for scope in role.scopes)


def withdraw(environment: Mapping[str, str]) -> list[str]:
    """Take back what is no longer wanted; gives back what did not work. Raises RefusedError, CliError."""
    here, principal = standing(environment), needed(environment, "ACIMEDIC_PRINCIPAL_ID")
    wanted = wanted_by(environment)
    kept = {each.lower() for each in listed(environment, "ACIMEDIC_TOPICS")}
    dropped = [place for place in ever.topics(environment) if place.lower() not in kept]
    silent = {
        place: carry_out(Search(f"the topic {place}", partial(of_topic, place, here, others_too=False)))
        for place in dropped
    }
    looked = {
        each: carry_out(Search(f"subscription {each}", partial(_of_subscription, each, principal, wanted, environment)))
        for each in ever.reached(environment)
    }
    unused = {each for each in looked if not any(_is_in(scope, each) for scope in _all(wanted))}
    ever.forget(environment, _empty(looked) & unused, _empty(silent))
    return [fault for outcome in (*silent.values(), *looked.values()) for fault in outcome.faults]


def wanted_by(environment: Mapping[str, str]) -> Wanted:
    """What the last deployment gave. Raises RefusedError where it is not known."""
    needed(environment, "ACIMEDIC_REACH")  # without it, nothing would seem to be wanted
    registries = frozenset(each.partition("=")[0].lower() for each in listed(environment, "ACIMEDIC_FOUND_GRANTS"))
    none: frozenset[str] = frozenset()
    pulls = ((role, each) for name, role in _PULL_ROLES.items() for each in listed(environment, name))
    return Wanted(
        scopes={
            "read": frozenset(f"/subscriptions/{each.lower()}" for each in listed(environment, "ACIMEDIC_REACH")),
            "grant": registries if flag(environment, "ACIMEDIC_FOUND_ASSIGNS", default=False) else none,
            "switch": registries if flag(environment, "ACIMEDIC_FOUND_TRUSTED", default=False) else none,
        },
        pulls=frozenset((role, each.lower()) for role, each in pulls),
    )


def _of_subscription(
    subscription: str, principal: str, wanted: Wanted, environment: Mapping[str, str]
) -> Iterator[Removal]:
    roles = {role.guid: role for role in roles_of(standing(environment), subscription)}
    used: dict[str, set[bool]] = {}  # role: whether it is wanted where it was given
    for given in given_to(principal, subscription):
        role = roles.get(given.role)
        if role is None and not (given.role in _PULL_ROLES.values() and given.description.startswith(IMAGES)):
            continue
        good = wanted.asks_for(given, role.kind if role else "")
        used.setdefault(given.role, set()).add(good)
        if not good:
            yield Removal(f"the role assignment {given.place}", partial(delete, given.place, ROLES))
    for guid, role in roles.items():
        # One that was just made may not be listed as given yet: its scope tells that it is wanted.
        if used.get(guid) == {False} or (guid not in used and not wanted.has_use_for(role)):
            yield Removal(f"the role '{role.name}'", partial(_delete_role, role, environment))


def _delete_role(role: Role, environment: Mapping[str, str]) -> None:
    """A role of ours that somebody else was given as well gives the app nothing: it is no fault."""
    try:
        delete_role(role, environment)
    except CliError as error:
        if not error.tells(IN_USE):
            raise
        say(f"the role '{role.name}' stays: Azure says that somebody still has it")


def _all(wanted: Wanted) -> set[str]:
    return {scope for scopes in wanted.scopes.values() for scope in scopes} | {scope for _, scope in wanted.pulls}


def _empty(outcomes: Mapping[str, Outcome]) -> set[str]:
    return {name for name, outcome in outcomes.items() if outcome.empty}


def _is_in(scope: str, subscription: str) -> bool:
    return _within(scope, f"/subscriptions/{subscription}")


def _within(scope: str, above: str) -> bool:
    return f"{scope}/".startswith(f"{above.rstrip('/')}/")
