"""Keeps secrets out of a container group that is shown as it is written in its template (pure).

An expression that only names a secure parameter stays. A secret that stands there in letters gives way to a
placeholder, also where it is a part of an expression.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from acimedic.preflight.secret_places import is_around_secrets, is_command, is_secret, names_a_secret
from acimedic.redact import redact
from acimedic.template import Json, Unresolved, child_path
from acimedic.template.syntax import Access, Call, Literal, Malformed, Node, is_expression, parse_expression
from acimedic.template.trees import is_loop
from acimedic.template.values import find_key

PLACEHOLDER = "<secret: not shown>"
_LONG = 8  # a shorter secret may be a part of a text by chance
_NAMES = frozenset(("contains", "copyindex", "endswith", "environment", "equals", "lambda", "lambdavariables"))
_NAMES |= {"parameters", "reference", "references", "resourceinfo", "startswith", "variables"}
_DECODES = frozenset(("base64tojson", "base64tostring", "datauritostring", "uricomponenttostring"))


@dataclass(frozen=True, slots=True)
class _Part:
    """A text within an expression. secret: what it is given as is a secret. coded: it is not readable as it stands."""

    text: str
    secret: bool
    coded: bool


def secrets_of(body: Json) -> frozenset[str]:
    """Every text of an evaluated container group that stands where a secret is expected."""
    return frozenset(leaf for _, leaf, secret in _leaves(body, "", False) if secret and isinstance(leaf, str) and leaf)


def holds_secret(value: Json, path: str) -> bool:
    """Whether a value, evaluated, would show a secret or an address of a person where it is written out at `path`."""
    return any(
        (secret and leaf not in (None, "")) or (isinstance(leaf, str) and redact(leaf) != leaf)
        for _, leaf, secret in _leaves(value, path, False)
    )


def clean(text: str, secrets: frozenset[str]) -> str:
    """A sentence without the secrets of the group."""
    for secret in secrets:
        if len(secret) >= _LONG:
            text = text.replace(secret, PLACEHOLDER)
    return redact(text)


def without_secrets(source: Mapping[str, Json], secrets: frozenset[str]) -> tuple[dict[str, Json], tuple[str, ...]]:
    """The group as written with a placeholder for each secret, and the paths of the placeholders.

    secrets: what the group holds once it is evaluated; a copy of one elsewhere is hidden as well.
    """
    hidden: list[str] = []
    return _members(dict(source), "", False, secrets, hidden), tuple(hidden)


def _leaves(value: Json, path: str, secret: bool) -> Iterator[tuple[str, Json, bool]]:
    """Path and value of every leaf, and whether a secret is expected there."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(each, child_path(path, key), secret or _is_secret(key, value, path))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _leaves(each, child_path(path, at), secret)
    else:
        yield path, value, secret


def _is_secret(key: str, members: dict[str, Json], path: str) -> bool:
    named = find_key(members, "name")
    return is_secret(key, path) or (key.lower() == "value" and named is not None and names_a_secret(members[named]))


def _members(
    tree: dict[str, Json], path: str, secret: bool, secrets: frozenset[str], hidden: list[str]
) -> dict[str, Json]:
    made: dict[str, Json] = {}
    for key, each in tree.items():
        if key == "copy" and is_loop(each) and isinstance(each, list):
            made[key] = [_loop(loop, path, secret, secrets, hidden) for loop in each]
        else:
            below = secret or _is_secret(key, tree, path)
            made[key] = _shown(each, child_path(path, key), below, secrets, hidden)
    return made


def _loop(loop: Json, path: str, secret: bool, secrets: frozenset[str], hidden: list[str]) -> Json:
    """A property loop: its `input` is an element of the array that it makes."""
    if not isinstance(loop, dict):
        return loop
    name = loop.get("name")
    made = child_path(path, name) if isinstance(name, str) else path
    below = secret or (isinstance(name, str) and is_secret(name, path))
    return {
        key: _shown(each, child_path(made, 0), below, secrets, hidden) if key == "input" else each
        for key, each in loop.items()
    }


def _shown(tree: Json, path: str, secret: bool, secrets: frozenset[str], hidden: list[str]) -> Json:
    if isinstance(tree, dict):
        return _members(tree, path, secret, secrets, hidden)
    if isinstance(tree, list):
        told = _command_tells(tree) if is_command(path) else False
        return [
            _shown(each, child_path(path, at), secret or (told and at > 0), secrets, hidden)
            for at, each in enumerate(tree)
        ]
    if tree is None or isinstance(tree, bool | Unresolved) or tree in ("", PLACEHOLDER):
        return tree
    if secret and not isinstance(tree, str):
        tells = True
    elif isinstance(tree, str):
        broken = is_around_secrets(path) and not _is_whole(tree)
        tells = any(_tells(part, secrets) for part in _parts(tree, secret or broken))
    else:
        tells = False
    if tells:
        hidden.append(path)
    return PLACEHOLDER if tells else tree


def _command_tells(words: list[Json]) -> bool:
    """Whether a command line holds a secret that no word of it shows alone, such as the one after `--password`."""
    texts = [each for each in words if isinstance(each, str)]
    return redact(line := " ".join(texts)) != line and all(redact(each) == each for each in texts)


def _tells(part: _Part, secrets: frozenset[str]) -> bool:
    if not part.text:
        return False
    if part.secret or part.text in secrets or redact(part.text) != part.text:
        return True
    return (part.coded and bool(secrets)) or any(len(each) >= _LONG and each in part.text for each in secrets)


def _is_whole(text: str) -> bool:
    return is_expression(text) and not isinstance(parse_expression(text), Malformed)


def _parts(text: str, secret: bool) -> Iterator[_Part]:
    """What can be read in a text: all of it, or the literals of an expression that are no names."""
    node = parse_expression(text) if is_expression(text) else Malformed("it is no expression")
    if isinstance(node, Malformed):
        yield _Part(text, secret, False)
    else:
        yield from _literals(node, secret, False)


def _literals(node: Node, secret: bool, coded: bool) -> Iterator[_Part]:
    match node:
        case Literal(value=value):
            if isinstance(value, str) or secret:
                yield _Part(str(value), secret, coded)
        case Access(target=target, key=key):
            yield from _literals(target, secret, coded)
            if not isinstance(key, Literal):
                yield from _literals(key, secret, coded)
        case Call():
            yield from _of_call(node, secret, coded)


def _of_call(call: Call, secret: bool, coded: bool) -> Iterator[_Part]:
    naming = call.key in _NAMES or call.key.startswith("list") or call.key.endswith("resourceid")
    for at, argument in enumerate(call.arguments):
        if isinstance(argument, Literal) and (naming or (call.key == "createobject" and at % 2 == 0)):
            continue
        key = call.arguments[at - 1] if call.key == "createobject" and at % 2 else None
        given = isinstance(key, Literal) and is_secret(str(key.value), "")
        yield from _literals(argument, secret or given, coded or call.key in _DECODES)
