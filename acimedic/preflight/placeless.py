"""Identities of a template of which nobody said where it is deployed: which of them are the same (pure).

`resourceId('…/userAssignedIdentities', 'id-a')` cannot be evaluated without subscription and resource group, yet two
such ids are one identity if, and only if, the rest of them is the same; and such an id is an identity, whatever its
place. Nothing else is taken from an evaluation in which the place is made up, and of it only what is the same in two
made-up places: a hash of the place is not.
"""

import re
from dataclasses import dataclass, replace

from acimedic.model.definition import Credential, Definition, IdentityCredential, UnclearCredential, UnreadCredential
from acimedic.model.reading import Gap, Reading
from acimedic.preflight.request import Asked, Request, evaluated, groups_of

_PLACES = (("<subscription>", "<resource-group>"), ("<subscription2>", "<resource-group2>"))
# Where the subscription is known, a resource group that is named might be the one that nobody named.
_PLACED = re.compile(
    r"/subscriptions/(?:<subscription>/resourceGroups/(?:<resource-group>|[\w.()-]{1,90})"
    r"|[\w-]{1,90}/resourceGroups/<resource-group>)"
    r"/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[\w-]{1,128}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _There:
    """What a group is in a made-up place, which goes by the words of the first one.

    attached: its identities; None where they are not wholly known. used: the identity of each credential, empty where
    it has none. both: which credentials have a user name as well.
    """

    attached: tuple[str, ...] | None
    used: tuple[str, ...]
    both: tuple[bool, ...]


def with_identities(groups: tuple[Asked, ...], request: Request) -> tuple[Asked, ...]:
    """The groups, with the identities that can be told from each other although their place is not known."""
    scope = request.scope
    if scope.subscription_id is not None and scope.resource_group is not None:
        return groups
    if not any(_lacks_identities(asked.definition) for asked in groups):
        return groups
    one, other = (_in(request, *place) for place in _PLACES)
    known = {key: there for key, there in one.items() if other.get(key) == there}
    return tuple(_with(asked, known.get((asked.path, asked.resource.name))) for asked in groups)


def _in(request: Request, subscription: str, group: str) -> dict[tuple[str, object], _There]:
    """Each group, were it deployed there."""
    scope = request.scope
    there = replace(
        scope, subscription_id=scope.subscription_id or subscription, resource_group=scope.resource_group or group
    )
    made_up = replace(request, scope=there)
    asked = groups_of(evaluated(made_up), made_up)
    return {(each.path, each.resource.name): _made_up(each.definition, subscription, group) for each in asked}


def _made_up(definition: Definition, subscription: str, group: str) -> _There:
    def told(text: object) -> str:
        return str(text).replace(subscription, _PLACES[0][0]).replace(group, _PLACES[0][1])

    listed, mine = definition.user_identities, _credentials(definition)
    return _There(
        attached=None if isinstance(listed, Gap) else tuple(map(told, listed)),
        used=tuple(told(each.identity) if isinstance(each, IdentityCredential) else "" for each in mine),
        both=tuple(isinstance(each, UnclearCredential) and each.both for each in mine),
    )


def _lacks_identities(definition: Definition) -> bool:
    return isinstance(definition.user_identities, Gap) or any(map(_lacks_its_own, _credentials(definition)))


def _lacks_its_own(credential: Credential) -> bool:
    if isinstance(credential, IdentityCredential):
        return isinstance(credential.identity, Gap)
    return isinstance(credential, UnreadCredential)


def _with(asked: Asked, there: _There | None) -> Asked:
    mine = _credentials(asked.definition)
    if there is None or len(mine) != len(there.used):
        return asked
    known = tuple(_of_both_kinds(each, both) for each, both in zip(mine, there.both, strict=True))
    attached = there.attached
    # beside an id of a real place it would be a guess which place is meant
    whole = attached is not None and all(_PLACED.fullmatch(each) for each in (*attached, *filter(None, there.used)))
    if whole:
        known = tuple(_filled(each, identity) for each, identity in zip(known, there.used, strict=True))
    given: Reading[tuple[Credential, ...]] = known if mine else asked.definition.credentials
    listed = attached if whole and attached is not None else asked.definition.user_identities
    return replace(asked, definition=replace(asked.definition, user_identities=listed, credentials=given))


def _of_both_kinds(credential: Credential, both: bool) -> Credential:
    """An entry that has a user name and an identity, of which one is known only by its place."""
    if both and isinstance(credential, UnreadCredential):
        return UnclearCredential(index=credential.index, server=credential.server, both=True)
    return credential


def _filled(credential: Credential, identity: str) -> Credential:
    return replace(credential, identity=identity) if isinstance(credential, IdentityCredential) else credential


def _credentials(definition: Definition) -> tuple[Credential, ...]:
    return () if isinstance(definition.credentials, Gap) else definition.credentials
