"""Arrays as sets: the distinct elements of one, those of several, those that all have.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-array#union
"""

from __future__ import annotations

from acimedic.template.arguments import UnknownOperandError, equal, known
from acimedic.template.values import Json, Unresolved


def union_of_arrays(arrays: list[list[Json]]) -> list[Json]:
    """Every distinct element once, in order of first appearance."""
    return distinct([each for array in arrays for each in array])


def intersection_of_arrays(arrays: list[list[Json]]) -> list[Json]:
    """The distinct elements of the first array that all others have."""
    others = [_Members(array) for array in arrays[1:]]
    return [each for each in distinct(arrays[0]) if all(each in other for other in others)]


def distinct(array: list[Json]) -> list[Json]:
    """The elements without repetition."""
    members = _Members([])
    return [each for each in array if members.add(known(each))]


class _Members:
    """The elements of an array, found quickly where they can be hashed."""

    def __init__(self, array: list[Json]) -> None:
        self._scalars: set[tuple[type, object]] = set()
        self._others: list[Json] = []
        for each in array:
            self.add(known(each))

    def __contains__(self, value: Json) -> bool:
        if isinstance(value, list | dict):
            return any(equal(each, value) for each in self._others)
        return (type(value), value) in self._scalars

    def add(self, value: Json) -> bool:
        if value in self:
            return False
        if isinstance(value, list | dict):
            if len(self._others) > 300:  # objects are compared one by one
                raise UnknownOperandError(Unresolved("too many objects to compare"))
            self._others.append(value)
        else:
            self._scalars.add((type(value), value))
        return True
