"""What is not told of a registry to whoever looks after a group elsewhere (pure).

Whoever can deploy a container group can name any registry in it, and would learn through us what the registry's owner
shows to nobody: which repositories and tags there are, which tokens, which principals have roles. So this is taken out
of the evidence before any check sees it. What is told then cannot depend on it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from acimedic.ids import folded, same_id
from acimedic.image import parse_image
from acimedic.model.access import Access, Assignment, DenyAssignment
from acimedic.model.definition import Definition
from acimedic.model.evidence import Evidence
from acimedic.model.history import History
from acimedic.model.image import ImageReference
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Identity, Registry
from acimedic.model.resource_id import ResourceId
from acimedic.model.testimony import Testimony
from acimedic.policy import Consent, Pair, Policy, ResourceGroup

_REGISTRY = "not told: the registry is in another subscription, and the policy does not pair it with this group"
_IDENTITY = "not told: the identity is in another subscription, and is not known to be attached to this group"


def discreet(evidence: Evidence, consent: Consent) -> Evidence:
    """The evidence without what the group has no claim to see; each such reading is a Gap that says why.

    What Azure told the group itself, in errors and events, stays; so does what its own identity may do.
    """
    hidden = _hidden(evidence, consent)
    if not hidden.registries and not hidden.identities:
        return evidence
    kept = replace(
        evidence,
        identities=tuple((key, _identity(key, reading, hidden)) for key, reading in evidence.identities),
        access=tuple(_access(evidence, hidden)),
        tenants=() if hidden.identities else evidence.tenants,  # which are read where such an identity exists
        images=tuple((image, _testimony(image, said, hidden)) for image, said in evidence.images),
        tokens=tuple(
            (key, Gap(reading="token of the registry", reason=_REGISTRY) if key[0] in hidden.registries else reading)
            for key, reading in evidence.tokens
        ),
        history=_history(evidence, hidden),
    )
    return replace(kept, gaps=_gaps(evidence, kept, hidden))


def may_see(registry: Registry, evidence: Evidence, consent: Consent) -> bool:
    """Whether the group may be told what a registry holds, and who may pull from it.

    It may in the registry's own subscription, and where the policy pairs the registry with an identity of the group,
    or with the resource group that holds the group or one of its identities.
    """
    try:
        where = ResourceId.parse(registry.id)
    except ValueError:
        return False
    if folded(where.subscription) == folded(evidence.group.subscription):
        return True
    pairs = consent.policy.pairs if isinstance(consent.policy, Policy) else ()
    own = _own_identities(evidence)
    return any(same_id(str(pair.registry), registry.id) and _is_of(pair, evidence.group, own) for pair in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hidden:
    """registries: by lower-case id. hosts: whose images are not shown either. identities: lower-case ids."""

    registries: Mapping[str, Registry]
    hosts: frozenset[str]
    identities: frozenset[str]


def _hidden(evidence: Evidence, consent: Consent) -> _Hidden:
    found = {
        host: item
        for host, item in evidence.registries
        if isinstance(item, Registry) and not may_see(item, evidence, consent)
    }
    home, own = folded(evidence.group.subscription), {str(each).lower() for each in _own_identities(evidence)}
    return _Hidden(
        registries={item.id.lower(): item for item in found.values()},
        # Anybody at all may list what a registry shows without a sign-in.
        hosts=frozenset(host for host, item in found.items() if not item.anonymous_pull),
        identities=frozenset(key for key, _ in evidence.identities if key not in own and _subscription(key) != home),
    )


def _own_identities(evidence: Evidence) -> tuple[ResourceId, ...]:
    """The identities that are attached to the group, by Azure's word: a caller's template may name anybody's."""
    definition = evidence.definition
    if "template" in evidence.supplied or not isinstance(definition, Definition):
        return ()
    named = definition.user_identities
    return () if isinstance(named, Gap) else tuple(_parsed(named))


def _parsed(ids: Iterable[str]) -> Iterable[ResourceId]:
    for each in ids:
        try:
            yield ResourceId.parse(each)
        except ValueError:
            continue


def _is_of(pair: Pair, group: ResourceId, own: tuple[ResourceId, ...]) -> bool:
    match pair.who:
        case ResourceId() as who:
            return any(same_id(str(who), str(each)) for each in own)
        case ResourceGroup() as who:
            return any(who.holds(each) for each in (group, *own))


def _subscription(key: str) -> str:
    return next((folded(each.subscription) for each in _parsed([key])), "")


def _identity(key: str, reading: Reading[Identity | Absent], hidden: _Hidden) -> Reading[Identity | Absent]:
    if key in hidden.identities:
        return Gap(reading=f"identity {key.rpartition('/')[2]}", reason=_IDENTITY)
    return reading


def _access(evidence: Evidence, hidden: _Hidden) -> Iterable[tuple[tuple[str, str], Access]]:
    strangers = {
        reading.principal_id.lower()
        for key, reading in evidence.identities
        if key in hidden.identities and isinstance(reading, Identity)
    }
    for key, access in evidence.access:
        if key[1].lower() not in strangers:
            yield key, _own_access(access) if key[0] in hidden.registries else access


def _own_access(access: Access) -> Access:
    """What counts for the pull identity itself; groups that it is in are not named."""
    everyone = Gap(reading="role assignments of others", reason=_REGISTRY)
    assigned = access.assigned
    if isinstance(assigned, Gap):
        return replace(access, everyone=everyone, roles=())
    groups = dict.fromkeys(item.principal_id.lower() for item in assigned)
    groups.pop(access.principal_id.lower(), None)
    names = {group: f"group-{number} of the identity" for number, group in enumerate(groups, 1)}
    denied = access.denied
    roles = {item.role_guid for item in assigned}
    return replace(
        access,
        assigned=tuple(_renamed(item, names) for item in assigned),
        denied=denied if isinstance(denied, Gap) else tuple(_renamed_denial(item, names) for item in denied),
        everyone=everyone,
        roles=tuple((guid, role) for guid, role in access.roles if guid in roles),
    )


def _renamed(item: Assignment, names: Mapping[str, str]) -> Assignment:
    return replace(item, principal_id=names.get(item.principal_id.lower(), item.principal_id))


def _renamed_denial(item: DenyAssignment, names: Mapping[str, str]) -> DenyAssignment:
    def named(principal: str) -> str:
        return names.get(principal.lower(), principal)

    return replace(
        item,
        principals=tuple(map(named, item.principals)),
        excluded=tuple(map(named, item.excluded)),
        principal_types=tuple((named(principal), kind) for principal, kind in item.principal_types),
    )


def _testimony(image: str, said: Testimony, hidden: _Hidden) -> Testimony:
    reference = parse_image(image)
    if isinstance(reference, ImageReference) and reference.host.name.lower() in hidden.hosts:
        return Gap(reading=f"manifest of {image}", reason=_REGISTRY)
    return said


def _history(evidence: Evidence, hidden: _Hidden) -> Reading[History]:
    history = evidence.history
    if isinstance(history, Gap):
        return history
    unseen = hidden.registries.keys() | hidden.identities
    return replace(history, changes=tuple(each for each in history.changes if each.about.lower() not in unseen))


def _gaps(whole: Evidence, kept: Evidence, hidden: _Hidden) -> tuple[Gap, ...]:
    """The gaps that have nothing to do with what is hidden: which could be read is not told either."""
    gone = set(_unread(whole)) - set(_unread(kept))
    said = [
        Gap(reading=f"what registry '{item.name}' holds, and who else may pull from it", reason=_REGISTRY)
        for item in hidden.registries.values()
    ]
    unseen = [reading for key, reading in kept.identities if key in hidden.identities and isinstance(reading, Gap)]
    return tuple(dict.fromkeys([*(gap for gap in whole.gaps if gap not in gone), *unseen, *said]))


def _unread(evidence: Evidence) -> Iterable[Gap]:
    """The gaps of the readings that may be hidden."""
    readings: list[object] = [reading for _, reading in (*evidence.identities, *evidence.tokens, *evidence.tenants)]
    for _, access in evidence.access:
        readings += [access.assigned, access.everyone, access.denied, *(role for _, role in access.roles)]
    return (reading for reading in readings if isinstance(reading, Gap))
