"""The functions and decorators of Bicep: how many arguments each takes, and what it gives back.

Source: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.infra.checking.shapes import Anything, Field, Fields, Flag, ListOf, Shape, Whole, Word

_MANY = 1000


@dataclass(frozen=True, slots=True)
class Function:
    """least and most: how many arguments it takes."""

    least: int
    most: int
    gives: Shape


def _always(shape: Shape) -> Callable[[], Shape]:
    return lambda: shape


def _fields(**known: Shape) -> Fields:
    return Fields(fields={name: Field(of=_always(shape), required=True, fixed=True) for name, shape in known.items()})


_ANY, _WORD, _FLAG, _WHOLE = Anything(), Word(), Flag(), Whole()
_LIST, _WORDS = ListOf(Anything), ListOf(_always(_WORD))
_OBJECT = Fields(fields={}, more=Anything)
_SUFFIXES = _fields(
    acrLoginServer=_WORD,
    azureDatalakeAnalyticsCatalogAndJob=_WORD,
    azureDatalakeStoreFileSystem=_WORD,
    azureFrontDoorEndpointSuffix=_WORD,
    keyvaultDns=_WORD,
    sqlServerHostname=_WORD,
    storage=_WORD,
)
_ENVIRONMENT = Fields(
    fields={
        "activeDirectoryDataLake": Field(of=_always(_WORD)),
        "authentication": Field(of=_always(_OBJECT)),
        "batch": Field(of=_always(_WORD)),
        "gallery": Field(of=_always(_WORD)),
        "graph": Field(of=_always(_WORD)),
        "graphAudience": Field(of=_always(_WORD)),
        "media": Field(of=_always(_WORD)),
        "name": Field(of=_always(_WORD)),
        "portal": Field(of=_always(_WORD)),
        "resourceManager": Field(of=_always(_WORD)),
        "sqlManagement": Field(of=_always(_WORD)),
        "suffixes": Field(of=_always(_SUFFIXES)),
        "vmImageAliasDoc": Field(of=_always(_WORD)),
    }
)
_RESOURCE_GROUP = _fields(
    id=_WORD, location=_WORD, managedBy=_WORD, name=_WORD, properties=_OBJECT, tags=_OBJECT, type=_WORD
)
_SUBSCRIPTION = _fields(displayName=_WORD, id=_WORD, subscriptionId=_WORD, tenantId=_WORD)
_TENANT = _fields(country=_WORD, countryCode=_WORD, displayName=_WORD, tenantId=_WORD)
_DEPLOYER = _fields(objectId=_WORD, tenantId=_WORD, userPrincipalName=_WORD)

FUNCTIONS = {
    "any": Function(1, 1, _ANY),
    "array": Function(1, 1, _LIST),
    "base64": Function(1, 1, _WORD),
    "base64ToJson": Function(1, 1, _ANY),
    "base64ToString": Function(1, 1, _WORD),
    "bool": Function(1, 1, _FLAG),
    "buildUri": Function(1, 1, _WORD),
    "cidrHost": Function(2, 2, _WORD),
    "cidrSubnet": Function(3, 3, _WORD),
    "coalesce": Function(1, _MANY, _ANY),
    "concat": Function(1, _MANY, _ANY),
    "contains": Function(2, 2, _FLAG),
    "dataUri": Function(1, 1, _WORD),
    "dataUriToString": Function(1, 1, _WORD),
    "dateTimeAdd": Function(2, 3, _WORD),
    "dateTimeFromEpoch": Function(1, 1, _WORD),
    "dateTimeToEpoch": Function(1, 1, _WHOLE),
    "deployer": Function(0, 0, _DEPLOYER),
    "deployment": Function(0, 0, _OBJECT),
    "empty": Function(1, 1, _FLAG),
    "endsWith": Function(2, 2, _FLAG),
    "environment": Function(0, 0, _ENVIRONMENT),
    "extensionResourceId": Function(3, _MANY, _WORD),
    "fail": Function(1, 1, _ANY),
    "filter": Function(2, 2, _LIST),
    "first": Function(1, 1, _ANY),
    "flatten": Function(1, 1, _LIST),
    "format": Function(1, _MANY, _WORD),
    "getSecret": Function(1, 2, _WORD),
    "groupBy": Function(2, 2, _OBJECT),
    "guid": Function(1, _MANY, _WORD),
    "indexOf": Function(2, 2, _WHOLE),
    "int": Function(1, 1, _WHOLE),
    "intersection": Function(2, _MANY, _ANY),
    "items": Function(1, 1, _LIST),
    "join": Function(2, 2, _WORD),
    "json": Function(1, 1, _ANY),
    "last": Function(1, 1, _ANY),
    "lastIndexOf": Function(2, 2, _WHOLE),
    "length": Function(1, 1, _WHOLE),
    "loadFileAsBase64": Function(1, 1, _WORD),
    "loadJsonContent": Function(1, 3, _ANY),
    "loadTextContent": Function(1, 2, _WORD),
    "loadYamlContent": Function(1, 3, _ANY),
    "managementGroup": Function(0, 1, _OBJECT),
    "managementGroupResourceId": Function(2, _MANY, _WORD),
    "map": Function(2, 2, _LIST),
    "mapValues": Function(2, 2, _OBJECT),
    "max": Function(1, _MANY, _WHOLE),
    "min": Function(1, _MANY, _WHOLE),
    "newGuid": Function(0, 0, _WORD),
    "objectKeys": Function(1, 1, _WORDS),
    "padLeft": Function(2, 3, _WORD),
    "parseCidr": Function(1, 1, _OBJECT),
    "parseUri": Function(1, 1, _OBJECT),
    "pickZones": Function(3, 5, _WORDS),
    "range": Function(2, 2, ListOf(_always(_WHOLE))),
    "reduce": Function(3, 3, _ANY),
    "reference": Function(1, 3, _ANY),
    "replace": Function(3, 3, _WORD),
    "resourceGroup": Function(0, 2, _RESOURCE_GROUP),
    "resourceId": Function(2, _MANY, _WORD),
    "roleDefinitions": Function(1, 1, _fields(id=_WORD, roleDefinitionId=_WORD)),
    "shallowMerge": Function(1, 1, _OBJECT),
    "skip": Function(2, 2, _ANY),
    "sort": Function(2, 2, _LIST),
    "split": Function(2, 2, _WORDS),
    "startsWith": Function(2, 2, _FLAG),
    "string": Function(1, 1, _WORD),
    "subscription": Function(0, 1, _SUBSCRIPTION),
    "subscriptionResourceId": Function(2, _MANY, _WORD),
    "substring": Function(2, 3, _WORD),
    "take": Function(2, 2, _ANY),
    "tenant": Function(0, 0, _TENANT),
    "tenantResourceId": Function(2, _MANY, _WORD),
    "toLogicalZone": Function(3, 3, _WORD),
    "toLogicalZones": Function(3, 3, _WORDS),
    "toLower": Function(1, 1, _WORD),
    "toObject": Function(2, 3, _OBJECT),
    "toPhysicalZone": Function(3, 3, _WORD),
    "toPhysicalZones": Function(3, 3, _WORDS),
    "toUpper": Function(1, 1, _WORD),
    "trim": Function(1, 1, _WORD),
    "tryGet": Function(2, _MANY, _ANY),
    "union": Function(2, _MANY, _ANY),
    "uniqueString": Function(1, _MANY, _WORD),
    "uri": Function(2, 2, _WORD),
    "uriComponent": Function(1, 1, _WORD),
    "uriComponentToString": Function(1, 1, _WORD),
    "utcNow": Function(0, 1, _WORD),
}

DECORATORS = frozenset(
    {
        "allowed", "batchSize", "description", "discriminator", "export", "maxLength", "maxValue", "metadata",
        "minLength", "minValue", "onlyIfNotExists", "retryOn", "sealed", "secure", "waitUntil",
    }
)  # fmt: skip

AT_DEPLOYMENT = frozenset({"reference", "getSecret"})
"""What is known only once resources are there; `list…()` of a resource besides."""
