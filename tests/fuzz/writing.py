"""Texts written by their grammar, right for the most part: image references, expressions, conditions and their like."""

from collections.abc import Callable, Sequence

from acimedic.template.functions import FUNCTIONS
from tests.fuzz.choices import Choices
from tests.fuzz.nasty import TEXTS, words

_HOSTS = (
    "contoso.azurecr.io",
    "docker.io",
    "localhost",
    "localhost:5000",
    "10.0.0.1:65536",
    "a.b",
    "Contoso.IO",
    "[::1]",
)
_SCHEMES = ("https://", "http:/", "docker://", "oci:")
_SEGMENTS = ("app", "web", "a__b", "a-b", "a.b", "A", "library", "<app>", "${x}", "a---b", "-", "")
_OF_IDS = words(
    "subscriptions resourceGroups RESOURCEGROUPS providers deployments containerGroups Microsoft.ContainerInstance "
    "Microsoft.ContainerInstance/containerGroups s rg cg .. %2f"
)
_TAGS = ("1.4.2", "latest", "", "a" * 128, "a" * 129, "-1", "1:2")
_DIGESTS = ("sha256:" + "0" * 64, "sha256:" + "0" * 63, "sha512:" + "f" * 128, "sha256:", "md5:0")
_FORMS = words(
    "and coalesce copyIndex createArray createObject deployment environment extensionResourceId fail if lambda "
    "lambdaVariables listKeys managementGroup managementGroupResourceId newGuid or parameters reference references "
    "resourceGroup resourceId resourceInfo subscription subscriptionResourceId tenant tenantResourceId tryGet utcNow "
    "variables filter groupBy map mapValues reduce sort toObject n.f"
)
_FUNCTIONS = (*FUNCTIONS, *_FORMS)
_LITERALS = (
    *(
        "'a'",
        "'b'",
        "'x'",
        "''",
        "'{0:N2}'",
        "'P1D'",
        "'2026-01-01'",
        "'10.0.0.0/8'",
        "'Microsoft.Web/sites'",
        "'a''b'",
    ),
    *("0", "1", "-1", "3", "1.5", "1e3", "9999999999", "9223372036854775807", "-9223372036854775808", "800", "31"),
    *("'%ff'", "'0001-01-01T00:00:00'", "'9999-12-31T23:59:59Z'", "'::/0'", "'1.1.1.1/33'", "'P9999Y'", "'{{0}'"),
)
_ACCESSES = (".a", ".?b", "[0]", "[?1]", "['x']", "[-1]", ".properties.template")
_ATTRIBUTES = (
    "@Request[Microsoft.ContainerRegistry/registries/repositories:name]",
    "@Resource[Microsoft.ContainerRegistry/registries/repositories:name]",
    "@Request[x]",
    "@Principal[a:b]",
)
_ACTIONS = (
    "Microsoft.ContainerRegistry/registries/repositories/content/read",
    "Microsoft.ContainerRegistry/registries/repositories/metadata/read",
    "*",
    "Microsoft.*/read",
    "a*b*c*d",
)
_OPERATORS = words(
    "StringEquals StringNotEquals StringEqualsIgnoreCase StringLike StringNotLikeIgnoreCase StringStartsWith "
    "ForAnyOfAnyValues:StringEquals ForAllOfAllValues:StringLike NumericEquals DateTimeLessThan AND ="
)


def image(choices: Choices) -> str:
    """An image reference, or a registry's server."""
    parts = [choices.pick(_SCHEMES)] if choices.once_in(8) else []
    if choices.below(3):
        parts.append(choices.pick(_HOSTS) + "/")
    parts.append("/".join(_one(choices, _SEGMENTS) for _ in range(1 + choices.some(4))))
    if choices.below(2):
        parts.append(":" + _one(choices, _TAGS))
    if choices.once_in(3):
        parts.append("@" + _one(choices, _DIGESTS))
    return "".join(parts)


def expression(choices: Choices, depth: int = 0) -> str:
    """A template expression without its brackets."""
    kind = choices.below(8) if depth < 6 else 0
    if kind < 3:
        return f"'{_nasty(choices)}'" if choices.once_in(6) else choices.pick(_LITERALS)
    if kind == 3:
        return expression(choices, depth + 1) + choices.pick(_ACCESSES)
    if kind == 4:
        over, body = expression(choices, depth + 1), expression(choices, depth + 1)
        return f"{choices.pick(('map', 'filter', 'sort', 'toObject', 'groupBy'))}({over}, lambda('a', 'b', {body}))"
    arguments = ", ".join(expression(choices, depth + 1) for _ in range(choices.below(5)))
    return f"{choices.pick(_FUNCTIONS)}({arguments})"


def condition(choices: Choices, depth: int = 0) -> str:
    """A condition of a role assignment."""
    kind = choices.below(7) if depth < 6 else 0
    if kind < 2:
        return f"{_one(choices, _ATTRIBUTES)} {choices.pick(_OPERATORS)} {_values(choices)}"
    if kind < 4:
        return f"ActionMatches{{'{_one(choices, _ACTIONS)}'}}"
    if kind == 4:
        return f"{choices.pick(('!', 'NOT ', '! !'))}({condition(choices, depth + 1)})"
    joint = choices.pick((" AND ", " OR ", " && ", "||"))
    return f"({joint.join(condition(choices, depth + 1) for _ in range(1 + choices.some(3)))})"


def duration(choices: Choices) -> str:
    """A duration of ISO 8601, or almost."""
    days, time = _amounts(choices, "YWD"), _amounts(choices, "HMS")
    return f"{choices.pick(('P', 'p', '', '-P'))}{days}{choices.pick(('T', ''))}{time}"


def resource_id(choices: Choices) -> str:
    """The id of a resource, or almost."""
    if choices.below(2):
        return "/" + "/".join(_one(choices, _OF_IDS) for _ in range(choices.below(12)))
    group = f"/subscriptions/{_one(choices, ('s',))}/resourceGroups/{_one(choices, ('rg',))}"
    return f"{group}/providers/{_one(choices, ('A.B',))}/{_one(choices, ('c',))}/{_one(choices, ('n', 'n/d/e'))}"


def repeated(choices: Choices, pieces: Sequence[str]) -> str:
    """One or two pieces many times: what makes a pattern look back makes it slow here."""
    first, last = choices.pick(pieces), choices.pick(("", choices.pick(pieces), "\n", "!"))
    return (first * choices.pick((2, 30, 100, 300, 1000, 3000)))[:4_000] + last


def either(choices: Choices, pieces: Sequence[str], written: Callable[[Choices], str]) -> str:
    """A text as it is written; now and then one of its pieces, many times."""
    return repeated(choices, pieces) if choices.once_in(40) else written(choices)


def _values(choices: Choices) -> str:
    texts = [f"'{_one(choices, ('app/web', 'app/*', '*a*a*a*', '?', ''))}'" for _ in range(1 + choices.some(3))]
    return texts[0] if choices.below(2) else "{" + ", ".join(texts) + "}"


def _amounts(choices: Choices, units: str) -> str:
    numbers = ("1", "90", "0", "99999", "100000", "-1", "1.5", "١", "")
    return "".join(f"{choices.pick(numbers)}{unit}" for unit in units if choices.below(2))


def _one(choices: Choices, among: Sequence[str]) -> str:
    return _nasty(choices) if choices.once_in(12) else choices.pick(among)


def _nasty(choices: Choices) -> str:
    return choices.pick(TEXTS)
