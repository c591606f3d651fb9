"""What a template defines: parameters, variables and functions, each evaluated when first asked for, and once.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/templates/parameters, `variables` and
`user-defined-functions`
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from acimedic.template.budget import Meter
from acimedic.template.expressions import evaluate_node
from acimedic.template.frames import Frame, References
from acimedic.template.scope import Place, or_unresolved
from acimedic.template.syntax import Call
from acimedic.template.trees import evaluate_tree, is_loop, run_loop
from acimedic.template.values import Facts, Json, Unresolved, Value, member, settle

Given: TypeAlias = Mapping[str, Callable[[], Json]]
"""The parameters that a deployment is given, by name in lower case; null counts as not given."""


def section(template: Mapping[str, Json], name: str) -> dict[str, Json]:
    """An object of the template by name, empty where it is missing or something else."""
    found = member(template, name)
    return found if isinstance(found, dict) else {}


class TemplateDefinitions:
    """The definitions of one template with the parameters of one deployment."""

    def __init__(
        self, *, template: Mapping[str, Json], given: Given, place: Place, meter: Meter, references: References
    ) -> None:
        self.place = place
        self._template = template
        self._given = given
        self._frame = Frame(meter=meter, definitions=self, references=references)
        self._values: dict[tuple[str, str], Json] = {}
        self._parameters = {name.lower(): (name, each) for name, each in section(template, "parameters").items()}
        self._types = section(template, "definitions")
        self._variables, self._loops = _variables(template)
        self._functions = _functions(template)

    @property
    def frame(self) -> Frame:
        """The surroundings of an expression of this template."""
        return self._frame

    def parameter(self, name: str) -> Json:
        """The value given, else the default, else null where it may be null."""
        return self._once("parameter", name, self._read_parameter)

    def variable(self, name: str) -> Json:
        """The value of a variable."""
        return self._once("variable", name, self._read_variable)

    def _once(self, what: str, name: str, read: Callable[[str], Json]) -> Json:
        key = (what, name.lower())
        if key not in self._values:
            self._values[key] = Unresolved(f"{what} '{name}' refers to itself")
            self._values[key] = read(name)
        return self._values[key]

    def _read_parameter(self, name: str) -> Json:
        found = self._parameters.get(name.lower())
        if found is None:
            return Unresolved(f"the template has no parameter '{name}'")
        written, declared = found
        give = self._given.get(name.lower())
        value = None if give is None else self._frame.meter.admit(give())
        default = member(declared, "defaultValue") if isinstance(declared, dict) else None
        if value is None and default is not None:
            value = evaluate_tree(default, self._frame)
        forms = list(self._forms(declared))
        if value is None and not any(member(form, "nullable") is True for form in forms):
            return Unresolved(f"parameter '{written}' has no value")
        # That nothing is given is no secret, and conditions ask for it.
        return Unresolved(f"secure parameter '{written}'") if value and any(map(_is_secure, forms)) else value

    def _forms(self, declared: Json) -> Iterator[dict[str, Json]]:
        """What a parameter is declared as: a type may be another's name."""
        for _ in range(10):
            if not isinstance(declared, dict):
                return
            yield declared
            reference = member(declared, "$ref")
            declared = self._types.get(reference.rpartition("/")[2]) if isinstance(reference, str) else None

    def _read_variable(self, name: str) -> Json:
        loop = self._loops.get(name.lower())
        if loop is not None:
            return run_loop(name, loop, self._frame)
        if name.lower() not in self._variables:
            return Unresolved(f"the template has no variable '{name}'")
        return evaluate_tree(self._variables[name.lower()], self._frame)

    def call(self, call: Call, frame: Frame) -> Value | None:
        """What a user-defined function gives; None where there is none of that name."""
        function = self._functions.get(call.key)
        if function is None:
            return None
        declared = member(function, "parameters")
        names = [_name(each) for each in declared] if isinstance(declared, list) else []
        if len(names) != len(call.arguments):
            return Unresolved(f"{call.name}() takes {len(names)} arguments, not {len(call.arguments)}")
        arguments = {name: settle(evaluate_node(each, frame)) for name, each in zip(names, call.arguments, strict=True)}
        output = section(function, "output")
        return evaluate_tree(member(output, "value"), self._frame.inside_function(arguments))

    def _literal(self, unread: str) -> Callable[[str], Json]:
        """The members of the template that hold no expressions: they alone can be passed on as they stand."""

        def known(key: str) -> Json:
            stated = member(self._template, key) if key.lower() in ("contentversion", "$schema") else None
            return Unresolved(unread) if stated is None else stated

        return known

    def deployment(self) -> Value:
        """What deployment() gives: its name, and of its properties what the template states."""
        scope, level = self.place.scope, self.place.level
        unread = "the properties of the deployment were not read from Azure"
        template = Facts(unread, self._literal(unread))
        properties = Facts(unread, lambda key: template if key.lower() == "template" else Unresolved(unread))

        def known(key: str) -> Value:
            if key.lower() == "name":
                return or_unresolved(scope.deployment_name, "the name of the deployment")
            if key.lower() == "location" and level != "group":
                return or_unresolved(scope.location, "the location of the deployment")
            return properties if key.lower() == "properties" else Unresolved(unread)

        return Facts(unread, known)


def _is_secure(declared: Mapping[str, Json]) -> bool:
    return str(member(declared, "type")).lower() in ("securestring", "secureobject")


def _name(declared: Json) -> str:
    name = member(declared, "name") if isinstance(declared, dict) else None
    return name.lower() if isinstance(name, str) else ""


def _variables(template: Mapping[str, Json]) -> tuple[dict[str, Json], dict[str, dict[str, Json]]]:
    variables = {name.lower(): each for name, each in section(template, "variables").items()}
    loops: dict[str, dict[str, Json]] = {}
    listed = variables.get("copy")
    if is_loop(listed) and isinstance(listed, list):
        del variables["copy"]
        loops = {_name(each): each for each in listed if isinstance(each, dict)}
    return variables, loops


def _functions(template: Mapping[str, Json]) -> dict[str, dict[str, Json]]:
    found: dict[str, dict[str, Json]] = {}
    spaces = member(template, "functions")
    for space in spaces if isinstance(spaces, list) else []:
        namespace = member(space, "namespace") if isinstance(space, dict) else None
        if isinstance(space, dict) and isinstance(namespace, str):
            for name, function in section(space, "members").items():
                if isinstance(function, dict):
                    found[f"{namespace}.{name}".lower()] = function
    return found
