"""Templates for those who check files in a folder."""

import json
from pathlib import Path

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def template(server: str = "contoso.azurecr.io", name: str = "cg-web-01") -> str:
    """A container group with a credential for this server; an expression is allowed."""
    group = {
        "type": "Microsoft.ContainerInstance/containerGroups",
        "apiVersion": "2023-05-01",
        "name": name,
        "location": "westeurope",
        "properties": {
            "osType": "Linux",
            "containers": [
                {
                    "name": "web",
                    "properties": {
                        "image": "contoso.azurecr.io/app/web:1.4.2",
                        "resources": {"requests": {"cpu": 1, "memoryInGB": 1.5}},
                    },
                }
            ],
            "imageRegistryCredentials": [
                {"server": server, "username": "puller", "password": "[parameters('secret')]"}
            ],
        },
    }
    parameters = {"secret": {"type": "securestring"}, "server": {"type": "string", "defaultValue": server}}
    whole = {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "parameters": parameters, "resources": [group]}
    return json.dumps(whole, indent=2)


GOOD = template()
BAD = template("https://contoso.azurecr.io")
BY_PARAMETER = template("[parameters('server')]").replace(
    '"defaultValue": "[parameters(\'server\')]"', '"defaultValue": "contoso.azurecr.io"'
)


def parameters(server: str) -> str:
    """A parameter file for BY_PARAMETER."""
    schema = SCHEMA.replace("deploymentTemplate", "deploymentParameters")
    values = {"server": {"value": server}}
    return json.dumps({"$schema": schema, "contentVersion": "1.0.0.0", "parameters": values})


def write(folder: Path, **files: str) -> None:
    """Files by their names, in which a double underscore is a dot."""
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
