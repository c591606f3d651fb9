"""A healthy template, and how it is examined as a person would."""

import copy
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from acimedic.model.report import Report, ToldFinding
from acimedic.preflight.offline import examine
from acimedic.preflight.report import report_of
from acimedic.preflight.request import Request
from acimedic.preflight.source import Source
from acimedic.template import Scope

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
SCOPE = Scope(subscription_id=SUBSCRIPTION, resource_group="rg-app", location="westeurope", now=NOW)
IDENTITY = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-app/providers/"
    "Microsoft.ManagedIdentity/userAssignedIdentities/id-pull"
)
HEALTHY: dict[str, Any] = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"image": {"type": "string", "defaultValue": "contoso.azurecr.io/app:1"}},
    "resources": [
        {
            "type": "Microsoft.ContainerInstance/containerGroups",
            "apiVersion": "2023-05-01",
            "name": "web",
            "location": "westeurope",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}},
            "properties": {
                "osType": "Linux",
                "containers": [{"name": "app", "properties": {"image": "[parameters('image')]"}}],
                "imageRegistryCredentials": [{"server": "contoso.azurecr.io", "identity": IDENTITY}],
            },
        }
    ],
}


def healthy() -> dict[str, Any]:
    """A copy of the healthy template."""
    return copy.deepcopy(HEALTHY)


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The healthy template with a change to its container group's `properties`, or to the group itself."""
    template = healthy()
    change(template["resources"][0])
    return template


def examined(
    template: Mapping[str, Any], parameters: Mapping[str, Any] | None = None, *, scope: Scope = SCOPE
) -> Report:
    """The offline report of a template, written with two blanks of indentation."""
    source = Source("azuredeploy.json", json.dumps(template, indent=2))
    request = Request(name=source.name, template=source.value, parameters=parameters or {}, scope=scope)
    return report_of(examine(request, now=NOW), source, gateway=False)


def blamed(template: Mapping[str, Any], parameters: Mapping[str, Any] | None = None) -> list[tuple[str, str | None]]:
    """The checks that fail, with their confidence."""
    return [(each.check, each.confidence) for each in examined(template, parameters).fails]


def the_fail(report: Report, check: str) -> ToldFinding:
    """The one finding of a check that blames something."""
    (found,) = (each for each in report.fails if each.check == check)
    return found
