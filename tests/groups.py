"""A container group as Resource Manager shows one, with one container that pulls with an identity."""

from typing import Any

IMAGE = "contoso.azurecr.io/app/web:1.4.2"


def a_group(
    id_: str, identity: str, view: dict[str, Any], *, state: str = "Failed", image: str = IMAGE
) -> dict[str, Any]:
    """view: the instance view of the container. state: in which its provisioning ended."""
    return {
        "id": id_,
        "name": id_.rsplit("/", 1)[-1],
        "type": "Microsoft.ContainerInstance/containerGroups",
        "location": "westeurope",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}},
        "properties": {
            "provisioningState": state,
            "osType": "Linux",
            "imageRegistryCredentials": [{"server": "contoso.azurecr.io", "identity": identity}],
            "initContainers": [],
            "containers": [{"name": "web", "properties": {"image": image, "instanceView": view}}],
        },
    }
