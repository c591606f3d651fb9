"""A container group's ARM JSON -> the definition that checks read (pure).

Environment variables, command lines, volumes, workspace keys and passwords end here: only names and
what decides a pull is kept. Unresolved template values become Gaps.
Source: https://learn.microsoft.com/azure/templates/microsoft.containerinstance/containergroups
"""

from collections.abc import Iterator, Mapping
from typing import cast

from acimedic.model.definition import (
    Container,
    ContainerEvent,
    Credential,
    Definition,
    IdentityCredential,
    Origin,
    PasswordCredential,
    UnclearCredential,
    UnreadCredential,
)
from acimedic.model.reading import Gap, Reading
from acimedic.redact import redact
from acimedic.template import Json, Unresolved, unresolved_leaves

NOTIFY = "acimedic-notify"
"""The tag of a group that names who else hears of its failures."""


def from_arm(body: Mapping[str, object], *, origin: Origin, source: str, api_version: str | Gap | None) -> Definition:
    """Read a container group as ARM writes it, from a GET or from an evaluated template.

    api_version: that of the request that asked for it; a live group does not tell.
    """
    properties = _mapping(_get(body, "properties"))
    identity = _get(body, "identity")
    resource_id = _get(body, "id")
    name = _get(body, "name")
    state = _get(properties, "provisioningState")
    return Definition(
        id=resource_id if isinstance(resource_id, str) else None,
        name=name if isinstance(name, str) else "",
        origin=origin,
        source=source,
        api_version=api_version,
        os_type=_text(properties, "osType", "osType"),
        containers=_containers(properties),
        credentials=_credentials(properties),
        user_identities=_user_identities(identity),
        system_identity=_system_identity(identity),
        subnets=_subnets(properties),
        location=_plain(_get(body, "location")),
        provisioning_state=state if isinstance(state, str) else None,
        unresolved=tuple(_unresolved(properties)),
        events=tuple(_events(_get(_mapping(_get(properties, "instanceView")), "events"))),
        notify=_plain(_get(_mapping(_get(body, "tags")), NOTIFY)),
    )


def _containers(properties: Mapping[str, object]) -> Reading[tuple[Container, ...]]:
    containers = _items(properties, "containers")
    if isinstance(containers, Gap):
        return containers
    init_containers = _items(properties, "initContainers")
    if isinstance(init_containers, Gap):
        return init_containers
    read = [_container(item, index, init=False) for index, item in enumerate(containers)]
    read += [_container(item, index, init=True) for index, item in enumerate(init_containers)]
    return tuple(read)


def _container(item: object, index: int, *, init: bool) -> Container:
    label = f"{'initContainers' if init else 'containers'}[{index}]"
    if isinstance(item, Unresolved):
        return Container(name=label, init=init, image=_gap(f"image of {label}", item))
    outer = _mapping(item)
    inner = _mapping(_get(outer, "properties"))
    name = _get(outer, "name")
    called = name if isinstance(name, str) else label
    image = _get(inner, "image")
    if not isinstance(image, str | Unresolved):
        image = Unresolved("the definition has no image for it") if image is None else Unresolved("it is not a text")
    view = _mapping(_get(inner, "instanceView"))
    return Container(
        name=called,
        init=init,
        image=_gap(f"image of container {called}", image) if isinstance(image, Unresolved) else image,
        events=tuple(_events(_get(view, "events"))),
        state=_state(view),
    )


def _events(events: object) -> Iterator[ContainerEvent]:
    for item in events if isinstance(events, list) else []:
        event = _mapping(item)
        count = _get(event, "count")
        yield ContainerEvent(
            name=_plain(_get(event, "name")) or "",
            type=_plain(_get(event, "type")) or "",
            message=redact(_plain(_get(event, "message")) or ""),
            first=_plain(_get(event, "firstTimestamp")),
            last=_plain(_get(event, "lastTimestamp")),
            count=count if isinstance(count, int) else 1,
        )


def _state(view: Mapping[str, object]) -> str | None:
    """The container's current state with its detail, such as `Waiting CrashLoopBackOff`."""
    current = _mapping(_get(view, "currentState"))
    words = [_plain(_get(current, key)) for key in ("state", "detailStatus")]
    return " ".join(word for word in words if word) or None


def _credentials(properties: Mapping[str, object]) -> Reading[tuple[Credential, ...]]:
    entries = _items(properties, "imageRegistryCredentials")
    if isinstance(entries, Gap):
        return entries
    return tuple(_credential(entry, index) for index, entry in enumerate(entries))


def _credential(entry: object, index: int) -> Credential:
    label = f"imageRegistryCredentials[{index}]"
    if isinstance(entry, Unresolved):
        gap = _gap(label, entry)
        return UnreadCredential(index=index, server=gap, gap=gap)
    fields = _mapping(entry)
    server = _text(fields, "server", f"{label}.server")
    username, identity = _get(fields, "username"), _get(fields, "identity")
    # An empty text counts as not given, as the service counts it; an unresolved one was meant to be given.
    match (_given(username), _given(identity)):
        case (True, False):
            return PasswordCredential(
                index=index,
                server=server,
                username=_gap(f"{label}.username", username) if isinstance(username, Unresolved) else str(username),
                password=_password(fields, label),
            )
        case (False, True):
            return IdentityCredential(
                index=index,
                server=server,
                identity=_gap(f"{label}.identity", identity) if isinstance(identity, Unresolved) else str(identity),
            )
        case (both, _):
            unread = next((value for value in (username, identity) if isinstance(value, Unresolved)), None)
            if unread is not None:
                return UnreadCredential(index=index, server=server, gap=_gap(label, unread))
            return UnclearCredential(index=index, server=server, both=both)


def _password(fields: Mapping[str, object], label: str) -> Reading[bool]:
    """Whether a password is given; its value never leaves this function."""
    for key in ("password", "passwordReference"):
        value = _get(fields, key)
        if isinstance(value, Unresolved):
            return True  # a secure parameter or a listCredentials(): something was given
        if isinstance(value, str) and value:
            return True
    if _get(fields, "password") == "":
        return False
    return Gap(reading=f"{label}.password", reason="Azure never returns passwords")


def _user_identities(identity: object) -> Reading[tuple[str, ...]]:
    if isinstance(identity, Unresolved):
        return _gap("identity", identity)
    listed = _get(_mapping(identity), "userAssignedIdentities")
    if isinstance(listed, Unresolved):
        return _gap("identity.userAssignedIdentities", listed)
    keys = list(listed) if isinstance(listed, Mapping | list) else []
    return tuple(key for key in keys if isinstance(key, str))


def _system_identity(identity: object) -> Reading[bool]:
    if isinstance(identity, Unresolved):
        return _gap("identity", identity)
    kind = _get(_mapping(identity), "type")
    if isinstance(kind, Unresolved):
        return _gap("identity.type", kind)
    return isinstance(kind, str) and "systemassigned" in kind.replace(" ", "").lower()


def _subnets(properties: Mapping[str, object]) -> Reading[tuple[str, ...]]:
    items = _items(properties, "subnetIds")
    if isinstance(items, Gap):
        return items
    ids = tuple(text for item in items if (text := _plain(_get(_mapping(item), "id"))))
    named = _get(properties, "networkProfile")
    profile = named if isinstance(named, Unresolved) else _get(_mapping(named), "id")
    if isinstance(profile, Unresolved) and not items:
        return _gap("networkProfile", profile)
    if len(ids) < len(items):
        return ids or ("(a subnet whose id could not be evaluated)",)
    return ids or ((profile,) if isinstance(profile, str) and profile else ())


def _items(owner: Mapping[str, object], key: str) -> list[object] | Gap:
    value = _get(owner, key)
    if isinstance(value, Unresolved):
        return _gap(key, value)
    if value is not None and not isinstance(value, list):
        return Gap(reading=key, reason="it is not a list")
    return list(value or [])


def _text(owner: Mapping[str, object], key: str, label: str) -> Reading[str | None]:
    value = _get(owner, key)
    if isinstance(value, Unresolved):
        return _gap(label, value)
    return value if isinstance(value, str) else None


def _given(value: object) -> bool:
    return isinstance(value, Unresolved) or (isinstance(value, str) and value.strip() != "")


def _plain(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _get(owner: Mapping[str, object], key: str) -> object:
    """A property by its name; ARM takes property names in any casing."""
    if key in owner:
        return owner[key]
    lowered = key.lower()
    return next((value for name, value in owner.items() if name.lower() == lowered), None)


def _gap(reading: str, unresolved: Unresolved) -> Gap:
    return Gap(reading=reading, reason=unresolved.reason)


_KEPT = ("containers", "initContainers", "imageRegistryCredentials", "subnetIds", "osType")
_DROPPED = ("environmentVariables", "command", "volumeMounts", "securityContext", "livenessProbe", "readinessProbe")


def _unresolved(properties: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Paths and reasons of what could not be evaluated, of the parts that checks read."""
    for key in _KEPT:
        for path, reason in unresolved_leaves(cast(Json, _get(properties, key))):
            whole = f"{key}{path}" if path.startswith("[") else f"{key}.{path}".rstrip(".")
            if not any(f".{dropped}" in f".{whole}" for dropped in _DROPPED) and ".password" not in whole:
                yield f"properties.{whole}", reason
