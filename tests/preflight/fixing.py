"""A healthy group with expressions in it, ways to change it, and the way from a fault to its correction."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from acimedic.preflight.correcting import Correction, corrected
from acimedic.preflight.offline import examine
from acimedic.preflight.request import Examined, Request
from acimedic.preflight.source import Source
from acimedic.template import Scope
from tests.preflight.templates import NOW, SCOPE, SUBSCRIPTION

GROUP = "Microsoft.ContainerInstance/containerGroups"
PULLER = "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-pull')]"
OTHER = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/o"
PASSWORD: dict[str, Any] = {"username": "puller", "password": "[parameters('secret')]"}
HOST = "contoso.azurecr.io"

Change = Callable[[Any], object]
"""Changes the one container group of a template; what it returns does not matter."""


def healthy() -> dict[str, Any]:
    """A template without a fault."""
    group = {
        "type": GROUP,
        "apiVersion": "2023-05-01",
        "name": "[concat(parameters('prefix'), '-web')]",
        "location": "[resourceGroup().location]",
        "tags": {"note": "[[not an expression]", "empty": ""},
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {PULLER: {}}},
        "dependsOn": ["[resourceId('Microsoft.Storage/storageAccounts', 'x')]"],
        "properties": {
            "osType": "Linux",
            "restartPolicy": None,
            "containers": [
                {
                    "name": "app",
                    "properties": {
                        "image": "contoso.azurecr.io/app:1",
                        "environmentVariables": [
                            {"name": "MODE", "value": "[parameters('prefix')]"},
                            {"name": "DB", "secureValue": "[parameters('secret')]"},
                        ],
                        "resources": {"requests": {"cpu": 1, "memoryInGB": 1.5}},
                    },
                },
                {"name": "side", "properties": {"image": "mcr.microsoft.com/side:2"}},
            ],
            "imageRegistryCredentials": [{"server": "[variables('server')]", "identity": PULLER}],
        },
    }
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
            "prefix": {"type": "string", "defaultValue": "demo"},
            "secret": {"type": "securestring"},
            "blank": {"type": "string", "defaultValue": ""},
            "image": {"type": "string", "defaultValue": "https://contoso.azurecr.io/App:V1"},
            "old": {"type": "string", "defaultValue": "2019-12-01"},
        },
        "variables": {
            "server": HOST,
            "address": "https://contoso.azurecr.io",
            "credentials": [{"server": "https://contoso.azurecr.io/", "identity": PULLER}],
            "withSecret": [{"server": "https://contoso.azurecr.io", "username": "u", "password": "open-secret-1"}],
            "attached": {"type": "SystemAssigned"},
        },
        "resources": [group],
    }


def with_fault(change: Change) -> dict[str, Any]:
    """The healthy template with a change to its group."""
    template = healthy()
    change(template["resources"][0])
    return template


def examinations(
    template: dict[str, Any], *, scope: Scope = SCOPE, **given: Any
) -> list[tuple[Examined, dict[str, Any]]]:
    """Each group of a template as it is examined, with what is written of it."""
    source = Source("main.json", json.dumps(template))
    values = {key: {"value": value} for key, value in given.items()}
    request = Request(name=source.name, template=source.value, parameters=values, scope=scope)
    return [(each, dict(source.written(each.asked.path))) for each in examine(request, now=NOW).groups]


def correction(template: dict[str, Any], *, scope: Scope = SCOPE, **given: Any) -> Correction:
    """The correction of the one group of a template."""
    ((examined, source),) = examinations(template, scope=scope, **given)
    return corrected(examined, source)


def fails(template: dict[str, Any], **given: Any) -> tuple[str, ...]:
    """The checks that find a fault in the one group of a template, each once, in catalogue order."""
    ((examined, _),) = examinations(template, **given)
    return tuple(dict.fromkeys(finding.check for finding in examined.diagnosis.fails))


def mended(template: dict[str, Any], **given: Any) -> Any:
    """The corrected group, where something could be corrected."""
    resource = correction(template, **given).resource
    assert resource is not None
    return resource


def put_back(template: dict[str, Any], made: Correction) -> dict[str, Any]:
    """The template with the corrected group in place of the faulty one."""
    after = copy.deepcopy(template)
    if made.resource is not None:
        after["resources"][0] = json.loads(json.dumps(made.resource))
    return after


def differences(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """The paths at which two trees differ, the order of the members included."""
    if isinstance(before, dict) and isinstance(after, dict):
        if [key for key in before if key in after] != [key for key in after if key in before]:
            yield path
        for key in before.keys() | after.keys():
            inner = f"{path}.{key}" if path else key
            if key in before and key in after:
                yield from differences(before[key], after[key], inner)
            else:
                yield inner
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for at, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, f"{path}[{at}]")
    elif json.dumps(before) != json.dumps(after):
        yield path


def properties(**changes: Any) -> Change:
    """Give properties of the group other values."""
    return lambda group: group["properties"].update(changes)


def image(text: str, at: int = 0) -> Change:
    """Give a container another image."""
    return lambda group: group["properties"]["containers"][at]["properties"].update(image=text)


def credentials(*entries: dict[str, Any]) -> Change:
    """Give the group other registry credentials."""
    return properties(imageRegistryCredentials=list(entries))


def entry(server: str | None = "[variables('server')]", **rest: Any) -> dict[str, Any]:
    """A registry credential, with the group's identity where nothing else is said."""
    named = {} if server is None else {"server": server}
    return {**named, **(rest or {"identity": PULLER})}


def without(*keys: str) -> Change:
    """Take members of the group away."""
    return lambda group: [group.pop(key, None) for key in keys]


def both(*changes: Change) -> Change:
    """One change after the other."""
    return lambda group: [change(group) for change in changes]


def renamed(group: Any) -> None:
    """Spell the properties otherwise, as Azure Resource Manager allows."""
    inner = group["properties"]
    for name in ("containers", "imageRegistryCredentials"):
        inner[name.upper()] = inner.pop(name)
    inner["IMAGEREGISTRYCREDENTIALS"] = [{"Server": "https://contoso.azurecr.io", "IDENTITY": PULLER}]
    inner["CONTAINERS"][0]["properties"]["Image"] = inner["CONTAINERS"][0]["properties"].pop("image") + " "


def looped(group: Any) -> None:
    """Make the credentials by a property loop."""
    del group["properties"]["imageRegistryCredentials"]
    made = {"server": "https://contoso.azurecr.io", "identity": PULLER}
    group["properties"]["copy"] = [{"name": "imageRegistryCredentials", "count": 1, "input": made}]
