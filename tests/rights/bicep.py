"""Reads the access modules in `infra/`: the roles that they define and assign, with the values of their parameters.

Only what those files use of Bicep is evaluated; anything else raises, so that nothing is compared that was not read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pycep import BicepParser

INFRA = Path(__file__).parents[2] / "infra"
_NAME = re.compile(r"\$\{(\w+)\}")
_CALL = re.compile(r"\$\{(subscription|resourceGroup|uniqueString)\b[^}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """A role assignment. role: the role's GUID, or the name of the resource that defines it."""

    role: str
    principal: str
    principal_type: str
    scope: str | None
    condition: str | None


class Module:
    """One file with parameters."""

    def __init__(self, name: str, text: str | None = None, **given: Any) -> None:
        source = (INFRA / f"{name}.bicep").read_text(encoding="utf-8") if text is None else text
        self.parsed = cast(dict[str, Any], BicepParser().parse(text=source))
        self.parameters = {key: self._default(key) for key in self.parsed["parameters"]} | given
        self._variables: dict[str, Any] = {key: each["value"] for key, each in self.parsed.get("variables", {}).items()}

    @property
    def scope(self) -> str:
        return str(self.parsed["globals"]["scope"]["value"])

    @property
    def definitions(self) -> dict[str, dict[str, Any]]:
        """The properties of the role definitions that are deployed, by the names of their resources."""
        return {name: body["properties"] for name, body in self._deployed("Microsoft.Authorization/roleDefinitions")}

    @property
    def actions(self) -> list[str]:
        """All actions of all roles that are deployed."""
        return [
            action for role in self.definitions.values() for block in role["permissions"] for action in block["actions"]
        ]

    @property
    def assigned(self) -> tuple[Assigned, ...]:
        """The role assignments that are deployed."""
        return tuple(self._assigned(body) for _, body in self._deployed("Microsoft.Authorization/roleAssignments"))

    def value(self, written: Any) -> Any:
        """What an expression comes to. Raises ValueError for what is not known here."""
        if isinstance(written, str):
            return self._text(written)
        known: dict[str, Callable[[dict[str, Any]], Any]] = {
            "join": lambda of: of["delimiter"].join(self.value(of["input_array"])),
            "empty": lambda of: not self.value(of["item_to_test"]),
            "subscription_resource_id": lambda of: self.value(of["resource_name_1"]),
            "conditional": lambda of: self.value(of["true_value" if self.value(of["condition"]) else "false_value"]),
            "index_accessor": lambda of: self.value(self._variables[of["operand_1"]][self.value(of["operand_2"])]),
            "property_accessor": self._id,
        }
        called = written.get("function") or written.get("operator")
        if called is None or called["type"] not in known:
            raise ValueError(f"not evaluated: {written}")
        return known[called["type"]](called.get("parameters") or called.get("operands"))

    def _text(self, written: str) -> Any:
        """A name, or a text with names in it: the parser does not tell them apart."""
        if written in self.parameters:
            return self.parameters[written]
        if written in self._variables:
            return self.value(self._variables[written])
        plain = _CALL.sub("0", written.replace("\\'", "'"))
        text = _NAME.sub(lambda found: str(self.value(found[1])), plain)
        if "${" in text:
            raise ValueError(f"not evaluated: {written}")
        return text

    def _id(self, of: dict[str, Any]) -> str:
        """The id of a resource of this file, for which its name stands."""
        if of["operand_1"] not in self.parsed["resources"] or of["operand_2"] != "id":
            raise ValueError(f"not evaluated: {of}")
        return str(of["operand_1"])

    def _default(self, name: str) -> Any:
        return self.parsed["parameters"][name]["default"]

    def _deployed(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        found = []
        for name, resource in self.parsed["resources"].items():
            body = resource["config"]
            if resource["type"] != kind:
                continue
            if set(body) == {"condition", "config"}:
                if not self.value(body["condition"]):
                    continue
                body = body["config"]
            found.append((name, body))
        return found

    def _assigned(self, body: dict[str, Any]) -> Assigned:
        properties = body["properties"]
        condition = properties.get("condition")
        if condition is not None and properties.get("conditionVersion") != "2.0":
            raise ValueError("Azure knows one version of conditions, 2.0")
        return Assigned(
            role=self.value(properties["roleDefinitionId"]),
            principal=properties["principalId"],
            principal_type=properties["principalType"],
            scope=body.get("scope"),
            condition=None if condition is None else self.value(condition),
        )
