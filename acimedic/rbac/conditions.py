"""Whether a role assignment's condition lets a repository be pulled.

The registry's documented conditions let every other action through, and the repository's actions
where the name in the request compares well. Whatever is not documented there is unknown, and the
answer is a Gap unless the known parts decide alone.
Sources: https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
https://learn.microsoft.com/azure/role-based-access-control/conditions-format
"""

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from acimedic.model.reading import Gap
from acimedic.rbac.actions import CONTENT_READ, METADATA_READ, matches
from acimedic.rbac.grammar import (
    Attribute,
    Call,
    Comparison,
    ConditionError,
    Expression,
    Joined,
    Literals,
    Not,
    Operand,
    Text,
    Word,
    parse,
)

REPOSITORY_NAME = "Microsoft.ContainerRegistry/registries/repositories:name"
_READING = "role assignment condition"
_LONGEST_NAME = 256  # of a repository, by the OCI distribution specification's limit for hosts and names
_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_NAME = re.compile(rf"{_PART}(?:/{_PART})*")


def for_repository(*repositories: str) -> str:
    """The documented condition that narrows a role assignment to one repository, or to several.

    Raises ValueError for anything but repositories' names (no host, tag, digest, quote or upper case).
    """
    for repository in repositories:
        if len(repository) > _LONGEST_NAME or not _NAME.fullmatch(repository):
            raise ValueError("not the name of a repository: lower-case letters, digits and . _ - / only")
    if not repositories:
        raise ValueError("a condition without a repository would let nothing through")
    named = " OR ".join(f"@Request[{REPOSITORY_NAME}] StringEqualsIgnoreCase '{name}'" for name in repositories)
    return f"((!(ActionMatches{{'{CONTENT_READ}'}}) AND !(ActionMatches{{'{METADATA_READ}'}})) OR ({named}))"


def evaluate(
    condition: str, *, repository: str | None, actions: Iterable[str] = (CONTENT_READ, METADATA_READ)
) -> bool | Gap:
    """Whether a condition lets all of the actions through; a Gap where that cannot be told.

    repository: the name in the request; None where the registry names none (legacy mode).
    """
    if repository is not None and len(repository) > _LONGEST_NAME:
        return Gap(reading=_READING, reason="the repository's name is too long")
    try:
        expression = parse(condition)
    except ConditionError as error:
        return Gap(reading=_READING, reason=f"could not be read: {error}")
    evaluation = _Evaluation(repository)
    answers = [evaluation.of(expression, action) for action in actions]
    if False in answers:
        return False
    if None in answers:
        return Gap(reading=_READING, reason=f"not evaluated: {evaluation.unknown or 'the order of AND and OR'}")
    return True


class _Evaluation:
    """One walk over the tree, in three values: True, False, and None for unknown."""

    def __init__(self, repository: str | None) -> None:
        self._repository = repository
        self.unknown = ""

    def of(self, expression: Expression, action: str) -> bool | None:
        match expression:
            case Call(function, argument):
                return self._call(function, argument, action)
            case Comparison():
                return self._comparison(expression)
            case Not(inner):
                answer = self.of(inner, action)
                return None if answer is None else not answer
            case Joined(by, parts):
                return _joined(by, [self.of(part, action) for part in parts])

    def _call(self, function: str, argument: Operand, action: str) -> bool | None:
        match argument:
            case Literals((Text(pattern),)) if function.lower() == "actionmatches":
                return matches(pattern, action)
            case Text() | Word() | Attribute() | Literals():
                self._note(function)
                return None

    def _comparison(self, comparison: Comparison) -> bool | None:
        name = self._named(comparison.left)
        if name is None:
            return None
        quantifier, _, operator = comparison.operator.rpartition(":")
        compare = _OPERATORS.get(operator.lower())
        combine = _QUANTIFIERS.get(quantifier.lower())
        values = _texts(comparison.right)
        if compare is None or combine is None or not values or (not quantifier and len(values) > 1):
            self._note(comparison.operator)
            return None
        return combine([compare(name, value) for value in values])

    def _named(self, operand: Operand) -> str | None:
        """The repository's name where the operand asks for it."""
        match operand:
            case Attribute(source, name):
                if source.lower() != "request" or name.lower() != REPOSITORY_NAME.lower() or self._repository is None:
                    self._note(f"@{source}[{name}]")
                    return None
                return self._repository
            case Text() | Word() | Literals():
                self._note("a comparison that does not start with an attribute")
                return None

    def _note(self, what: str) -> None:
        """Keep the first thing that is not known, for the reason."""
        self.unknown = self.unknown or "".join(char if char.isprintable() else "?" for char in what[:120])


def _joined(by: frozenset[str], answers: list[bool | None]) -> bool | None:
    """AND or OR in three values; both at once only where every grouping gives the same."""
    if "and" not in by and True in answers:
        return True
    if "or" not in by and False in answers:
        return False
    first = answers[0]
    return first if all(answer is first for answer in answers) else None


def _texts(operand: Operand) -> tuple[str, ...]:
    match operand:
        case Text(value):
            return (value,)
        case Literals(values):
            texts = tuple(value.value for value in values if isinstance(value, Text))
            return texts if len(texts) == len(values) else ()
        case Word() | Attribute():
            return ()


def _like(text: str, pattern: str) -> bool:
    """`*` any run, `?` one character, a backslash before them for the sign itself."""
    signs: list[str] = [sign for sign in re.findall(r"\\[*?]|\*+|[^*]", pattern, re.DOTALL) if sign]
    stars = ["*" if sign[0] == "*" else sign for sign in signs]
    if len(stars) - stars.count("*") > len(text):
        return False
    return _walk(text, stars)


def _walk(text: str, signs: list[str]) -> bool:
    """Match sign by sign; on a mismatch the last `*` takes one character more."""
    at = sign = 0
    star = resume = -1
    while at < len(text):
        if sign < len(signs) and signs[sign] == "*":
            star, resume = sign, at
            sign += 1
        elif sign < len(signs) and (signs[sign] == "?" or signs[sign][-1] == text[at]):
            at, sign = at + 1, sign + 1
        elif star >= 0:
            resume += 1
            at, sign = resume, star + 1
        else:
            return False
    return all(rest == "*" for rest in signs[sign:])


Compare: TypeAlias = Callable[[str, str], bool]


def _negated(compare: Compare) -> Compare:
    return lambda name, value: not compare(name, value)


def _ignoring_case(compare: Compare) -> Compare:
    return lambda name, value: compare(name.lower(), value.lower())


def _operators() -> dict[str, Compare]:
    """String(Not)Equals, String(Not)StartsWith and String(Not)Like, each with and without IgnoreCase."""
    table: dict[str, Compare] = {}
    plain: dict[str, Compare] = {"equals": str.__eq__, "startswith": str.startswith, "like": _like}
    for name, compare in plain.items():
        for word, function in ((f"string{name}", compare), (f"stringnot{name}", _negated(compare))):
            table[word] = function
            table[f"{word}ignorecase"] = _ignoring_case(function)
    return table


_OPERATORS = _operators()
# The name is one value, so "all of" and "any of" on the left are the same.
_QUANTIFIERS: dict[str, Callable[[list[bool]], bool]] = {
    "": all,
    "foranyofanyvalues": any,
    "forallofanyvalues": any,
    "foranyofallvalues": all,
    "forallofallvalues": all,
}
