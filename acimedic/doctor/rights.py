"""What is missing of the rights at a place, and what is too much of them (pure).

Azure tells a caller's own rights as blocks of actions, and no role's name, scope or condition with them; so what is too
wide is told by what it allows. What NotActions leave out is left out of their own block alone.
Source: https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group
"""

from collections.abc import Iterable
from dataclasses import dataclass

from acimedic.doctor.finding import Finding, command, ok, provision, unknown, wrong
from acimedic.doctor.installed import NOWHERE, Installed
from acimedic.doctor.needs import GRANTS, Needs, Place
from acimedic.model.access import Permission
from acimedic.model.plan import RunMode
from acimedic.model.reading import Gap, Reading
from acimedic.model.registry import Mode
from acimedic.permissions import ASSIGN, IMAGES, WRITE, Right
from acimedic.rbac.actions import PULL, covering, needed

_MOST = 5  # patterns that are named
_DATA = frozenset(right.action for right in IMAGES if right.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the signed-in identity may do at a place.

    mode: of a registry; None elsewhere. who: the identity, as a command line names it. run: how far changes go.
    here: the app, for the commands.
    """

    place: Place
    granted: Reading[tuple[Permission, ...]]
    mode: Mode | Gap | None = None
    who: str = "PRINCIPAL_ID"
    run: RunMode = "observe"
    here: Installed = NOWHERE


def judge(rights: Rights, wanted: Needs) -> tuple[Finding, ...]:
    """All that is to be said of the rights at a place."""
    granted, place = rights.granted, rights.place
    if isinstance(granted, Gap):
        said = f"what may be done at {place.about} is not told: {granted.reason}; it takes {granted.permission}"
        repair = rights.here.read_role(place.subscription) if granted.reason.startswith("403") else _list_own(place)
        return (unknown("rights", said, repair),)
    return (
        *_missing(place, granted, wanted.reads, "read", rights.here.read_role(place.subscription)),
        *_missing(place, granted, wanted.changes, "changed", _write_role(rights)),
        *(_images(rights, granted) if place.kind == "registry" else ()),
        *_too_much(rights, granted, wanted),
        *_narrowed(rights, wanted),
    )


def gives(granted: Iterable[Permission], action: str) -> bool:
    """Whether one of the blocks gives an action, or a data action."""
    for block in granted:
        data = action in _DATA
        given, left_out = (block.data_actions, block.not_data_actions) if data else (block.actions, block.not_actions)
        if covering(given, action) and not covering(left_out, action):
            return True
    return False


def _missing(
    place: Place, granted: tuple[Permission, ...], wanted: tuple[Right, ...], what: str, repair: str
) -> list[Finding]:
    missing = [
        wrong("rights", f"{right.action} is missing at {place.about}. {right.without}", repair)
        for right in wanted
        if not gives(granted, right.action)
    ]
    if missing or not wanted:
        return missing
    return [ok("rights", f"all that has to be {what} at {place.about} may be {what} ({len(wanted)} actions)")]


def _images(rights: Rights, granted: tuple[Permission, ...]) -> list[Finding]:
    """Looking at images is a choice: without it their checks say unknown, and that is no fault."""
    place, mode = rights.place, rights.mode
    if mode is None or isinstance(mode, Gap):
        why = mode.reason if isinstance(mode, Gap) else "nobody has asked"
        return [unknown("images", f"which right reads the images of {place.about} is not known: {why}")]
    if all(gives(granted, action) for action in needed(mode)):
        return [ok("images", f"the images of {place.about} may be looked at, and so they may be pulled")]
    said = (
        f"the images of {place.about} may not be looked at, so that their checks say unknown; "
        "infra/access-images.bicep would let them, and with it they may be pulled"
    )
    return [ok("images", said)]


def _too_much(rights: Rights, granted: tuple[Permission, ...], wanted: Needs) -> list[Finding]:
    place = rights.place
    repair = command(
        "az", "role", "assignment", "list", "--assignee", rights.who, "--scope", place.scope, "--include-inherited"
    )
    repair += "; then 'az role assignment delete --ids ID' for what is too wide"
    said = list(dict.fromkeys(each for block in granted for each in _wide(block, rights)))
    known = {action.lower() for action in wanted.allowed}
    more = sorted({each for block in granted for each in _more(block, known)})
    reading = [each for each in more if each.lower().removesuffix(" (data)").endswith("/read")]
    changing = [each for each in more if each not in reading]
    ours = _ours(changing, reading) if place.kind == "registry" else []
    changing = [each for each in changing if each not in ours]
    reading = [each for each in reading if each not in ours]
    if changing:
        said.append(f"it may change what it never has to: {_named(changing)}")
    if reading:
        said.append(f"it may read what it never reads: {_named(reading)}")
    found = [wrong("excess", f"too much at {place.about}: {each}", repair) for each in said]
    if ours:
        told = (
            f"too much at {place.about}: it may do what mode and policy no longer ask for, {_named(ours)}; a "
            "deployment takes back what they do not ask for"
        )
        found.append(wrong("excess", told, f"correct policy.json if it is meant to be asked for; then {provision()}"))
    return found


def _ours(changing: list[str], reading: list[str]) -> list[str]:
    """Those that access-write.bicep gives."""
    known = {right.action.lower() for right in WRITE}
    return [each for each in (*changing, *reading) if each.lower() in known]


def _wide(block: Permission, rights: Rights) -> Iterable[str]:
    """What is so wide that it has a name."""
    if "*" in block.actions:
        owner = not covering(block.not_actions, ASSIGN)
        yield "it may do everything, give roles too, as Owner" if owner else "it may change everything, as Contributor"
    elif "*/read" in [each.lower() for each in block.actions] and not covering(block.not_actions, PULL):
        where = "every registry in legacy mode there" if rights.mode is None else "this registry"
        if rights.mode == "abac":
            yield "it may read everything, as Reader"
        else:
            yield f"it may read everything, as Reader, and so pull every image of {where}"


def _more(block: Permission, known: set[str]) -> Iterable[str]:
    """The patterns that are not needed as they stand. A wider pattern than an action that is needed is one."""
    yield from (each for each in block.actions if each.lower() not in known | {"*", "*/read"})
    yield from (f"{each} (data)" for each in block.data_actions if each.lower() not in known)


def _narrowed(rights: Rights, wanted: Needs) -> list[Finding]:
    """Azure does not tell here under which condition roles may be given."""
    if isinstance(rights.granted, Gap) or not GRANTS & {right.action for right in wanted.changes}:
        return []
    if not gives(rights.granted, ASSIGN):
        return []
    said = (
        f"whether only pull roles may be given at {rights.place.about} is not told with the rights: see the condition"
    )
    query = "[].{role: roleDefinitionName, scope: scope, condition: condition}"
    repair = command(
        "az", "role", "assignment", "list", "--assignee", rights.who, "--scope", rights.place.scope, "--query", query
    )
    return [unknown("rights", said, repair)]


def _named(patterns: list[str]) -> str:
    more = f", and {len(patterns) - _MOST} more" if len(patterns) > _MOST else ""
    return ", ".join(patterns[:_MOST]) + more


def _write_role(rights: Rights) -> str:
    """Deployed by azd alone: its hook tells the template to whom roles may be given.

    The template by itself would let them be given to any service principal, in the place of the narrower grant.
    """
    mode = rights.run if rights.run != "observe" else "review"
    return provision("ACIMEDIC_REMEDIATION", mode)


def _list_own(place: Place) -> str:
    url = f"{place.scope}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01"
    return command("az", "rest", "--method", "get", "--url", url)
