"""Identities of a template of which nobody said where it is deployed: which of them are the same (pure).

`resourceId('…/userAssignedIdentities', 'id-a')` cannot be evaluated without subscription and resource group, yet two
such ids are one identity if, and only if, the rest of them is the same. Nothing else is taken from an evaluation in
which the place is made up, and of those ids only what is the same in two made-up places: a hash of the place is not.
"""

import re
from dataclasses import replace
from typing import TypeAlias

from acimedic.model.definition import Credential, Definition, IdentityCredential
from acimedic.model.reading import Gap, Reading
from acimedic.preflight.request import Asked, Request, evaluated, groups_of

_PLACES = (("<subscription>", "<resource-group>"), ("<subscription2>", "<resource-group2>"))
_Ids: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]] | None
_PLACED = re.compile(
    r"/subscriptions/<subscription>/resourceGroups/(?:<resource-group>|[\w.()-]{1,90})"
    r"/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[\w-]{1,128}",
    re.IGNORECASE,
)


def with_identities(groups: tuple[Asked, ...], request: Request) -> tuple[Asked, ...]:
    """The groups, with the identities that can be told from each other although their place is not known."""
    scope = request.scope
    if scope.subscription_id is not None and scope.resource_group is not None:
        return groups
    if not any(_lacks_identities(asked.definition) for asked in groups):
        return groups
    one, other = (_identities(request, *place) for place in _PLACES)
    known = {key: ids for key, ids in one.items() if other.get(key) == ids}
    return tuple(_with(asked, known.get((asked.path, asked.resource.name))) for asked in groups)


def _identities(request: Request, subscription: str, group: str) -> dict[tuple[str, object], _Ids]:
    """The identities of each group, were it deployed there; the made-up words in them are the first ones."""
    scope = request.scope
    there = replace(
        scope, subscription_id=scope.subscription_id or subscription, resource_group=scope.resource_group or group
    )
    made_up = replace(request, scope=there)
    asked = groups_of(evaluated(made_up), made_up)
    return {(each.path, each.resource.name): _ids(each.definition, subscription, group) for each in asked}


def _ids(definition: Definition, subscription: str, group: str) -> _Ids:
    """Those attached, and that of each credential; None where one of them is not whole."""
    if isinstance(definition.user_identities, Gap):
        return None
    used = [each.identity if isinstance(each, IdentityCredential) else "" for each in _credentials(definition)]

    def told(text: object) -> str:
        return str(text).replace(subscription, _PLACES[0][0]).replace(group, _PLACES[0][1])

    return tuple(map(told, definition.user_identities)), tuple(map(told, used))


def _lacks_identities(definition: Definition) -> bool:
    return isinstance(definition.user_identities, Gap) or any(
        isinstance(each, IdentityCredential) and isinstance(each.identity, Gap) for each in _credentials(definition)
    )


def _with(asked: Asked, ids: _Ids) -> Asked:
    if ids is None:
        return asked
    attached, used = ids
    mine = _credentials(asked.definition)
    whole = all(_PLACED.fullmatch(each) for each in (*attached, *filter(None, used)))
    if not whole or len(mine) != len(used):
        return asked  # beside an id of a real place it would be a guess which place is meant
    credentials = tuple(_filled(credential, identity) for credential, identity in zip(mine, used, strict=True))
    given: Reading[tuple[Credential, ...]] = credentials if mine else asked.definition.credentials
    return replace(asked, definition=replace(asked.definition, user_identities=attached, credentials=given))


def _filled(credential: Credential, identity: str) -> Credential:
    return replace(credential, identity=identity) if isinstance(credential, IdentityCredential) else credential


def _credentials(definition: Definition) -> tuple[Credential, ...]:
    return () if isinstance(definition.credentials, Gap) else definition.credentials
