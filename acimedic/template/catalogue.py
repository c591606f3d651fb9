"""The resources of a template by what reference() calls them, and what the template itself says of them.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#reference
"""

from __future__ import annotations

from acimedic.template.instances import Instance
from acimedic.template.values import Facts, Unresolved, Value


def catalogue(instances: list[Instance]) -> dict[str, Instance]:
    """Resources by what reference() may call them: symbol, else id, else a name that only one of them has."""
    found: dict[str, Instance] = {}
    shared: set[str] = set()
    for each in instances:
        if isinstance(each.name, str):
            key = each.name.lower()
            if found.setdefault(key, each) is not each:
                shared.add(key)
    for key in shared:
        del found[key]
    found.update({each.id.lower(): each for each in instances if isinstance(each.id, str)})
    found.update({each.symbol.lower(): each for each in instances if each.symbol is not None})
    return found


def facts_stated(instance: Instance, unread: str) -> Facts:
    """Of a whole resource, what the template states and Azure returns unchanged."""

    def known(key: str) -> Value:
        return instance.get("apiVersion") if key.lower() == "apiversion" else Unresolved(unread)

    return Facts(unread, known)
