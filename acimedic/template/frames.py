"""Where an expression stands: the deployment around it, its loops, its lambda variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from acimedic.template.budget import Meter
from acimedic.template.scope import Place
from acimedic.template.syntax import Call
from acimedic.template.values import Json, Unresolved, Value


class Definitions(Protocol):
    """What a template defines for the expressions in it."""

    @property
    def place(self) -> Place:
        """What resourceGroup() and its like speak of."""
        ...

    def parameter(self, name: str) -> Json:
        """The value of a parameter."""
        ...

    def variable(self, name: str) -> Json:
        """The value of a variable."""
        ...

    def call(self, call: Call, frame: Frame) -> Value | None:
        """What a user-defined function gives; None where there is none of that name."""
        ...

    def deployment(self) -> Value:
        """What deployment() gives."""
        ...


class References(Protocol):
    """The resources that a template declares, for reference()."""

    def reference(self, target: str, api_version: str | None, full: bool) -> Value:
        """What is known of a resource, by id, name or symbol."""
        ...

    def references(self, symbol: str) -> Json:
        """What is known of the resources of a loop."""
        ...

    def info(self, symbol: str) -> Json:
        """Id, name, type and API version of a resource, by symbol."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The surroundings of one expression."""

    meter: Meter
    definitions: Definitions
    references: References
    loops: Mapping[str, int | Unresolved] = field(default_factory=dict)
    lambdas: Mapping[str, Json] = field(default_factory=dict)
    arguments: Mapping[str, Json] | None = None

    def looped(self, name: str, index: int | Unresolved) -> Frame:
        """One round of a loop; an empty name is the loop that a bare copyIndex() means."""
        return replace(self, loops={**self.loops, name.lower(): index})

    def with_lambda(self, names: list[str], values: list[Json]) -> Frame:
        """Inside a lambda."""
        bound = {name.lower(): value for name, value in zip(names, values, strict=False)}
        return replace(self, lambdas={**self.lambdas, **bound})

    def inside_function(self, arguments: Mapping[str, Json]) -> Frame:
        """Inside a user-defined function, which sees its own parameters alone."""
        return replace(self, arguments=arguments, loops={}, lambdas={})
