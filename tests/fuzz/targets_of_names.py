"""Short texts with a grammar: image references, ids, durations, conditions of role assignments."""

from acimedic.duration import in_words, iso, parse_duration
from acimedic.ids import resource, resource_group, same_id, subscription
from acimedic.image import parse_image, same_registry, server_fault
from acimedic.model.image import ImageReference, Malformed
from acimedic.model.moment import moment
from acimedic.model.reading import Gap
from acimedic.model.resource_id import REGISTRIES, ResourceId, scope_covers
from acimedic.rbac import conditions
from acimedic.rbac.grammar import LONGEST, ConditionError, parse
from tests import build
from tests.fuzz import writing
from tests.fuzz.choices import Choices
from tests.fuzz.holding import in_one_line, sendable
from tests.fuzz.mutating import as_bytes, as_text, changed_text
from tests.fuzz.target import Target

_IMAGES = (
    build.IMAGE,
    "nginx",
    "docker.io/library/nginx:1@sha256:" + "0" * 64,
    "localhost:5000/a/b",
    "mcr.microsoft.com/azuredocs/aci-helloworld",
    "[concat(parameters('registry'), '/app:1')]",
    "https://contoso.azurecr.io/app",
)
_DURATIONS = ("P90D", "PT12H", "P2W", "P1DT30M")
_MOMENTS = ("2026-11-20T08:12:29.8812647Z", "0001-01-01T00:00:00Z", "2026-11-20")
_NAME = "app/web"
_CONDITIONS = (
    conditions.for_repository(_NAME),
    conditions.for_repository(_NAME, "a/b"),
    "@Request[Microsoft.ContainerRegistry/registries/repositories:name] ForAnyOfAnyValues:StringLikeIgnoreCase {'a*'}",
)
_IDS = (build.GROUP_ID, build.REGISTRY_ID, build.IDENTITY_ID, f"/subscriptions/{build.APP}/resourceGroups/rg-orders")


def _text(choices: Choices, known: tuple[str, ...], pieces: tuple[str, ...]) -> str:
    return changed_text(choices, known, pieces)


_IMAGE_PIECES = (
    "a",
    "/",
    ":",
    "@",
    ".",
    "a.",
    "a/",
    "-",
    "a-",
    "_",
    "a_",
    "[",
    "[a(",
    "${",
    "%a",
    "__A__",
    "<",
    "xX",
    "{",
    " ",
)


def _image(choices: Choices) -> bytes:
    written = writing.image if choices.below(2) else lambda it: _text(it, _IMAGES, _IMAGE_PIECES)
    return as_bytes(writing.either(choices, _IMAGE_PIECES, written))


def hold_image(data: bytes) -> None:
    """A reference whose parts make it up again, or a fault in one line; a server likewise."""
    text = as_text(data)
    found = parse_image(text)
    match found:
        case ImageReference():
            sendable(text)
            whole = f"{found.host}/{found.repository}"
            whole += f":{found.tag}" if found.tag else ""
            whole += f"@{found.digest}" if found.digest else ""
            again = parse_image(whole)
            assert isinstance(again, ImageReference), whole
            assert (again.host, again.repository) == (found.host, found.repository), whole
            assert (again.tag, again.digest) == (found.tag, found.digest), whole
            assert same_registry(found.registry, str(found.host))
        case Malformed(reason=reason):
            assert reason.isprintable(), "the reason has more than a line"
    fault = server_fault(text)
    if fault is not None:
        assert fault.reason.isprintable(), "the reason has more than a line"
        assert fault.host is None or server_fault(fault.host) is None, "what is proposed is refused too"


_ID_PIECES = ("/", "a", "/a", "%2f", "%", "/subscriptions", "/providers", "..", " ", "İ", "A")


def _id(choices: Choices) -> bytes:
    written = writing.resource_id if choices.below(2) else lambda it: _text(it, _IDS, _ID_PIECES)
    return as_bytes(writing.either(choices, _ID_PIECES, written))


def hold_resource_id(data: bytes) -> None:
    """An id that reads back equal, or ValueError in one line; the exact forms of a policy are ids too."""
    text = as_text(data)
    try:
        found = ResourceId.parse(text)
    except ValueError as error:
        in_one_line(str(error))
    else:
        sendable(str(found))
        assert ResourceId.parse(str(found)) == found, "an id that does not read back"
        assert scope_covers(found.group_scope, str(found))
        assert same_id(str(found), str(found))
    for read in (resource_group, subscription, lambda each: resource(each, REGISTRIES)):
        try:
            exact = str(read(text))
        except ValueError:
            continue
        assert str(read(exact)) == exact, "an exact id that does not read back"


def _duration(choices: Choices) -> bytes:
    kind = choices.below(3)
    if kind == 2:
        return as_bytes(_text(choices, _MOMENTS, ("Z", "+14:00", ".", "24:00", "-W53-7")))
    return as_bytes(writing.duration(choices) if kind else _text(choices, _DURATIONS, ("P", "T", "D", "H", "M", "W")))


def hold_duration(data: bytes) -> None:
    """A length that reads back equal from its own text, or ValueError; a moment in UTC, or none."""
    text = as_text(data)
    try:
        length = parse_duration(text)
    except ValueError as error:
        in_one_line(str(error))
    else:
        assert parse_duration(iso(length)) == length, iso(length)
        in_one_line(in_words(length))
    found = moment(text)
    if found is not None:
        assert moment(found.isoformat()) == found


_CONDITION_PIECES = (
    "(",
    ")",
    "!",
    "NOT ",
    "'",
    "a",
    "*",
    "@a[",
    "@a[b]",
    "{",
    "{'a'",
    ",",
    " AND ",
    " OR ",
    "&&",
    "\\",
    " ",
)


def _condition(choices: Choices) -> bytes:
    written = writing.condition if choices.below(3) else lambda it: _text(it, _CONDITIONS, _CONDITION_PIECES)
    return as_bytes(writing.either(choices, _CONDITION_PIECES, written))


def hold_condition(data: bytes) -> None:
    """A tree or ConditionError; yes, no, or a gap with its reason in one line, whatever the repository."""
    text = as_text(data)
    try:
        parse(text)
    except ConditionError as error:
        in_one_line(str(error))
    for repository in (_NAME, None, "a" * 256, text[:40]):
        answer = conditions.evaluate(text, repository=repository)
        match answer:
            case bool():
                assert len(text) <= LONGEST
            case Gap(reason=reason):
                in_one_line(reason)
    try:
        own = conditions.for_repository(text)
    except ValueError as error:
        in_one_line(str(error))
    else:
        assert conditions.evaluate(own, repository=text) is True, own
        assert conditions.evaluate(own, repository=f"{text}x") is False, own


TARGETS = (
    Target(
        name="image",
        generate=_image,
        hold=hold_image,
        seeds=tuple(map(as_bytes, _IMAGES)),
        pieces=_IMAGE_PIECES,
        longest=100_000,
    ),
    Target(
        name="resource-id",
        generate=_id,
        hold=hold_resource_id,
        seeds=tuple(map(as_bytes, _IDS)),
        pieces=_ID_PIECES,
        longest=100_000,
    ),
    Target(
        name="duration",
        generate=_duration,
        hold=hold_duration,
        seeds=tuple(map(as_bytes, (*_DURATIONS, *_MOMENTS))),
        pieces=("P", "1", "D", "T", "PT1H", "-", ":", ".1"),
        longest=100_000,
    ),
    Target(
        name="role-condition",
        generate=_condition,
        hold=hold_condition,
        seeds=tuple(map(as_bytes, _CONDITIONS)),
        pieces=_CONDITION_PIECES,
        longest=100_000,
    ),
)
