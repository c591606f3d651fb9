"""Container groups as ARM JSON, and the service's most frequent sentence."""

from typing import Any


def group(image: str | None = "contoso.azurecr.io/app:1", **properties: Any) -> dict[str, Any]:
    """A container group with one container; None leaves the image out."""
    container = {"name": "app", "properties": {} if image is None else {"image": image}}
    return {
        "type": "Microsoft.ContainerInstance/containerGroups",
        "apiVersion": properties.pop("apiVersion", "2023-05-01"),
        "name": "cg",
        **({"identity": properties.pop("identity")} if "identity" in properties else {}),
        "properties": {"osType": "Linux", "containers": [container], **properties},
    }


def inaccessible(image: str = "contoso.azurecr.io/app:1", name: str = "cg") -> str:
    """What Azure says of nearly every failed pull."""
    return (
        f"(InaccessibleImage) The image '{image}' in container group '{name}' is not accessible. "
        "Please check the image and registry credential."
    )


def from_case(definition: dict[str, Any]) -> dict[str, Any]:
    """The definition of a labelled report, as ARM JSON; what the report does not tell is left out."""
    properties: dict[str, Any] = {
        "containers": [
            {"name": "c", "properties": {"image": definition["image"]} if definition.get("image") else {}},
        ]
    }
    for name in ("osType", "imageRegistryCredentials"):
        if definition.get(name) is not None:
            properties[name] = definition[name]
    if definition.get("subnetIds"):
        properties["subnetIds"] = [{"id": each} for each in definition["subnetIds"]]
    body: dict[str, Any] = {"name": "cg", "properties": properties}
    if definition.get("apiVersion"):
        body["apiVersion"] = definition["apiVersion"]
    if isinstance(definition.get("identity"), dict):
        body["identity"] = definition["identity"]
    return body
