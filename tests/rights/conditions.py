"""Decides whether the condition on the right to assign roles lets an attempt through, as Azure documents it.

It knows what the shipped condition uses and raises for anything else. An attribute that the action does not have
(a new assignment is in the request, one that is deleted is the resource) compares with nothing.
Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-authorization-actions-attributes
"""

from collections.abc import Callable
from dataclasses import dataclass

from acimedic.permissions import ASSIGN, UNASSIGN
from acimedic.rbac.actions import matches
from acimedic.rbac.grammar import Attribute, Call, Comparison, Expression, Joined, Literals, Not, parse

_OF = "Microsoft.Authorization/roleAssignments:"
_SOURCES = {ASSIGN: "Request", UNASSIGN: "Resource"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody wants to do something to a role assignment."""

    action: str
    role: str
    kind: str
    principal: str

    def attribute(self, source: str, name: str) -> str | None:
        held = {"RoleDefinitionId": self.role, "PrincipalType": self.kind, "PrincipalId": self.principal}
        value = held[name.removeprefix(_OF)]
        return value if source == _SOURCES.get(self.action) else None


def lets(condition: str, attempt: Attempt) -> bool:
    """Whether Azure would let it through."""
    return _holds(parse(condition), attempt)


def _holds(expression: Expression, attempt: Attempt) -> bool:
    match expression:
        case Call():
            return _called(expression, attempt)
        case Not(inner):
            return not _holds(inner, attempt)
        case Joined(by, parts):
            if len(by) != 1:
                raise ValueError("not evaluated: AND and OR without parentheses")
            return (all if "and" in by else any)(_holds(part, attempt) for part in parts)
        case Comparison():
            return _compared(expression, attempt)


def _called(call: Call, attempt: Attempt) -> bool:
    patterns = call.argument.values if isinstance(call.argument, Literals) else ()
    if call.function != "ActionMatches" or len(patterns) != 1:
        raise ValueError(f"not evaluated: {call}")
    return matches(patterns[0].value, attempt.action)


def _compared(comparison: Comparison, attempt: Attempt) -> bool:
    plain = _OPERATORS.get(comparison.operator)
    left, right = comparison.left, comparison.right
    if plain is None or not isinstance(left, Attribute) or not isinstance(right, Literals):
        raise ValueError(f"not evaluated: {comparison}")
    held = attempt.attribute(left.source, left.name)
    return held is not None and any(plain(held) == plain(value.value) for value in right.values)


_OPERATORS: dict[str, Callable[[str], str]] = {
    "ForAnyOfAnyValues:GuidEquals": lambda text: text.replace("-", "").lower(),
    "ForAnyOfAnyValues:StringEqualsIgnoreCase": str.lower,
}
