"""What environment() returns in each cloud.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-deployment#environment
(the public cloud); for the others the endpoints that `az cloud show` lists.
"""

from __future__ import annotations

from acimedic.template.values import Json, Unresolved

_UNKNOWN = "environment() is not known in full for this cloud"

_PUBLIC: dict[str, Json] = {
    "name": "AzureCloud",
    "gallery": "https://gallery.azure.com/",
    "graph": "https://graph.windows.net/",
    "portal": "https://portal.azure.com",
    "graphAudience": "https://graph.windows.net/",
    "activeDirectoryDataLake": "https://datalake.azure.net/",
    "batch": "https://batch.core.windows.net/",
    "media": "https://rest.media.azure.net",
    "sqlManagement": "https://management.core.windows.net:8443/",
    "vmImageAliasDoc": (
        "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/"
        "quickstart-templates/aliases.json"
    ),
    "resourceManager": "https://management.azure.com/",
    "authentication": {
        "loginEndpoint": "https://login.microsoftonline.com/",
        "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
        "tenant": "common",
        "identityProvider": "AAD",
    },
    "suffixes": {
        "acrLoginServer": ".azurecr.io",
        "azureDatalakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
        "azureDatalakeStoreFileSystem": "azuredatalakestore.net",
        "azureFrontDoorEndpointSuffix": "azurefd.net",
        "keyvaultDns": ".vault.azure.net",
        "sqlServerHostname": ".database.windows.net",
        "storage": "core.windows.net",
    },
}


def _sovereign(name: str, *, manager: str, login: str, portal: str, suffixes: dict[str, Json]) -> dict[str, Json]:
    unknown: dict[str, Json] = dict.fromkeys(_PUBLIC, Unresolved(_UNKNOWN))
    authentication: dict[str, Json] = {
        "loginEndpoint": login,
        "audiences": Unresolved(_UNKNOWN),
        "tenant": "common",
        "identityProvider": "AAD",
    }
    known: dict[str, Json] = {"name": name, "resourceManager": manager, "portal": portal}
    return {**unknown, **known, "authentication": authentication, "suffixes": suffixes}


_CLOUDS: dict[str, dict[str, Json]] = {
    "azurecloud": _PUBLIC,
    "azureusgovernment": _sovereign(
        "AzureUSGovernment",
        manager="https://management.usgovcloudapi.net/",
        login="https://login.microsoftonline.us/",
        portal="https://portal.azure.us",
        suffixes={
            "acrLoginServer": ".azurecr.us",
            "keyvaultDns": ".vault.usgovcloudapi.net",
            "sqlServerHostname": ".database.usgovcloudapi.net",
            "storage": "core.usgovcloudapi.net",
        },
    ),
    "azurechinacloud": _sovereign(
        "AzureChinaCloud",
        manager="https://management.chinacloudapi.cn/",
        login="https://login.chinacloudapi.cn/",
        portal="https://portal.azure.cn",
        suffixes={
            "acrLoginServer": ".azurecr.cn",
            "keyvaultDns": ".vault.azure.cn",
            "sqlServerHostname": ".database.chinacloudapi.cn",
            "storage": "core.chinacloudapi.cn",
        },
    ),
}


def environment(cloud: str) -> Json:
    """The endpoints and suffixes of a cloud, as far as they are public."""
    known = _CLOUDS.get(cloud.lower())
    return Unresolved(f"environment() of the cloud '{cloud}' is not known") if known is None else known
