"""A deployment: a template in its place, with the deployments nested in it.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/linked-templates
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from acimedic.template.budget import Meter
from acimedic.template.catalogue import catalogue, facts_stated
from acimedic.template.definitions import Given, TemplateDefinitions, section
from acimedic.template.frames import Frame
from acimedic.template.instances import Instance, unroll
from acimedic.template.parameters import given_to_nested
from acimedic.template.scope import Lookup, Place
from acimedic.template.trees import evaluate_tree, run_loop
from acimedic.template.values import (
    ABSENT,
    Absent,
    Facts,
    Json,
    Unresolved,
    Value,
    as_written,
    child_path,
    find_key,
    member,
)

_MAX_NESTED = 24


class Deployment:
    """A template being deployed: its resources, what they may say of one another, and its outputs."""

    def __init__(
        self,
        *,
        template: Mapping[str, Json],
        place: Place,
        meter: Meter,
        lookup: Lookup,
        given: Given | None = None,
        parent: Deployment | None = None,
        outer: Frame | None = None,
        path: str = "",
    ) -> None:
        self._template = template
        self._meter = meter
        self._lookup = lookup
        self._parent = parent
        self._path = path
        self.place = place
        self.level: int = 0 if parent is None else parent.level + 1
        if outer is None:
            definitions = TemplateDefinitions(
                template=template, given=given or {}, place=place, meter=meter, references=self
            )
            self.frame = definitions.frame
        else:
            self.frame = replace(outer, references=self)
        self._instances: list[Instance] | None = None
        self._by_key: dict[str, Instance] = {}
        self._nested: dict[int, Deployment | Unresolved] = {}
        self._outputs: dict[str, Value | Absent] = {}

    def instances(self) -> list[Instance]:
        """Every resource of the template, in order, those of loops one by one."""
        if self._instances is None:
            self._instances = []  # what a name refers to while names are being found is unknown
            path = child_path(self._path, as_written(self._template, "resources"))
            found = list(unroll(member(self._template, "resources"), path, self.frame, self.place))
            self._by_key = catalogue(found)
            self._instances = found
        return self._instances

    def nested(self, instance: Instance) -> Deployment | Unresolved:
        """The deployment that a resource of type Microsoft.Resources/deployments makes."""
        if id(instance) not in self._nested:
            self._nested[id(instance)] = self._make_nested(instance)
        return self._nested[id(instance)]

    def _make_nested(self, instance: Instance) -> Deployment | Unresolved:
        properties = section(instance.definition, "properties")
        template = member(properties, "template")
        if not isinstance(template, dict):
            return _not_inline(properties, instance.frame)
        if self.level >= _MAX_NESTED:
            return Unresolved(f"deployments nested more than {_MAX_NESTED} levels deep")
        options = evaluate_tree(member(properties, "expressionEvaluationOptions"), instance.frame)
        chosen = member(options, "scope") if isinstance(options, dict) else None
        inner = isinstance(chosen, str) and chosen.lower() == "inner"
        name = instance.name if isinstance(instance.name, str) else None
        place = self._target(instance, name)
        path = child_path(instance.path_of("properties"), as_written(properties, "template"))
        return Deployment(
            template=template,
            place=place,
            meter=self._meter,
            lookup=self._lookup,
            given=given_to_nested(member(properties, "parameters"), instance.frame) if inner else None,
            parent=self,
            outer=None if inner else instance.frame,
            path=path,
        )

    def _target(self, instance: Instance, name: str | None) -> Place:
        place = instance.place
        location = place.scope.location
        if place.level == "group" and location is None:
            location = self._group_location(place)
        elif place.level != "group" and "location" in instance.definition:
            written = instance.get("location")
            location = written if isinstance(written, str) else None
        return replace(place, scope=replace(place.scope, location=location, deployment_name=name))

    def _group_location(self, place: Place) -> str | None:
        """The location of a resource group, where a template around creates it."""
        group = place.group_id()
        found = self._find(group) if isinstance(group, str) else None
        location = None if found is None else found[1].get("location")
        return location if isinstance(location, str) else None

    def _find(self, key: str) -> tuple[Deployment, Instance] | None:
        """A resource of this template, or of one around it, by id, name or symbol."""
        self.instances()
        found = self._by_key.get(key.lower())
        if found is None:
            return None if self._parent is None else self._parent._find(key)
        return self, found

    def reference(self, target: str, api_version: str | None, full: bool) -> Value:
        """What is known of a resource: outputs of nested deployments, else what was read from Azure."""
        place = self._find(target)
        if place is None:
            if not target.startswith("/"):
                return Unresolved(f"the template has no resource '{target}'")
            return self._lookup.reference(target, api_version, full)
        owner, found = place
        if found.condition() is False:
            return Unresolved(f"{target} is not deployed: its condition is false")
        if found.is_deployment:
            nested = owner.nested(found)
            if isinstance(nested, Deployment):
                return nested.facts(full)
        if isinstance(found.id, Unresolved):
            return found.id
        stated = api_version or found.get("apiVersion")
        read = self._lookup.reference(found.id, stated if isinstance(stated, str) else None, full)
        if full and isinstance(read, Unresolved):
            return facts_stated(found, read.reason)
        return read

    def references(self, symbol: str) -> Json:
        """What is known of the resources of a loop."""
        pattern = f"{symbol.lower()}["
        self.instances()
        found = [key for key in self._by_key if key.startswith(pattern)]
        if not found:
            return Unresolved(f"the template has no loop '{symbol}'")
        refused = self._meter.loop(len(found))
        if refused is not None:
            return refused
        values = (self.reference(key, None, full=False) for key in found)
        return [each.unresolved() if isinstance(each, Facts) else each for each in values]

    def info(self, symbol: str) -> Json:
        """Id, name, type and API version of a resource, by symbol."""
        found = self._find(symbol)
        if found is None:
            return Unresolved(f"the template has no resource '{symbol}'")
        _, one = found
        return {"id": one.id, "name": one.name, "type": one.type, "apiVersion": one.get("apiVersion")}

    def facts(self, full: bool) -> Facts:
        """What reference() of this deployment gives: its outputs."""
        unread = "the properties of the nested deployment were not read from Azure"
        outputs = Facts(unread, self.output)
        properties = Facts(unread, lambda key: outputs if key.lower() == "outputs" else Unresolved(unread))
        if not full:
            return properties
        return Facts(unread, lambda key: properties if key.lower() == "properties" else Unresolved(unread))

    def output(self, name: str) -> Value | Absent:
        """One output as reference() shows it: an object with type and value."""
        declared = section(self._template, "outputs")
        written = find_key(declared, name)
        if written is None:
            return ABSENT
        if written not in self._outputs:
            self._outputs[written] = Unresolved(f"output '{written}' refers to itself")
            self._outputs[written] = self._evaluate_output(declared[written])
        return self._outputs[written]

    def _evaluate_output(self, declared: Json) -> Value | Absent:
        if not isinstance(declared, dict):
            return Unresolved("the output is not an object")
        condition = evaluate_tree(declared.get(as_written(declared, "condition"), True), self.frame)
        if condition is False:
            return ABSENT
        if isinstance(condition, Unresolved):
            return condition
        loop, kind = member(declared, "copy"), member(declared, "type")
        if isinstance(loop, dict):
            return {"type": kind, "value": run_loop("", loop, self.frame)}
        return {"type": kind, "value": evaluate_tree(member(declared, "value"), self.frame)}

    def output_names(self) -> list[str]:
        """The outputs that the template declares."""
        return list(section(self._template, "outputs"))


def _not_inline(properties: dict[str, Json], frame: Frame) -> Unresolved:
    link = evaluate_tree(member(properties, "templateLink"), frame)
    if isinstance(link, dict):
        spec = member(link, "id")
        if isinstance(spec, str):
            return Unresolved(f"template spec {spec} is not part of the template")
        place = member(link, "uri") or member(link, "relativePath")
        return Unresolved(f"linked template {place if isinstance(place, str) else ''} is not part of the template")
    return Unresolved("the nested deployment holds no template")
