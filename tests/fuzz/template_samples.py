"""Templates in small that have of everything a bit: loops, nested deployments, functions, conditions, symbols."""

from typing import Any

from tests.fuzz.nasty import words

_ACI, _AUTH = "Microsoft.ContainerInstance/containerGroups", "Microsoft.Authorization/roleAssignments"
GROUP: dict[str, Any] = {
    "type": _ACI,
    "apiVersion": "2023-05-01",
    "name": "[format('{0}-{1}', parameters('name'), copyIndex('groups'))]",
    "location": "[resourceGroup().location]",
    "condition": "[not(empty(variables('image')))]",
    "copy": {"name": "groups", "count": "[length(parameters('tags'))]"},
    "dependsOn": ["[resourceId('Microsoft.Network/virtualNetworks', 'v')]", "inner"],
    "identity": {"type": "UserAssigned", "userAssignedIdentities": {"[variables('identity')]": {}}},
    "properties": {
        "osType": "Linux",
        "copy": [
            {
                "name": "containers",
                "count": 2,
                "input": {
                    "name": "[concat('c', copyIndex('containers'))]",
                    "properties": {
                        "image": "[concat(variables('image'), ':', parameters('tags')[copyIndex('groups')])]",
                        "environmentVariables": [{"name": "A", "secureValue": "[parameters('secret')]"}],
                    },
                },
            }
        ],
        "imageRegistryCredentials": [
            {"server": "contoso.azurecr.io", "identity": "[variables('identity')]"},
            {"server": "x.io", "username": "u", "password": "[listCredentials('r', '2023-07-01').passwords[0].value]"},
        ],
        "subnetIds": [{"id": "[reference('n').subnets[0].id]"}],
    },
}
NESTED: dict[str, Any] = {
    "type": "Microsoft.Resources/deployments",
    "apiVersion": "2022-09-01",
    "name": "inner",
    "resourceGroup": "other",
    "properties": {
        "mode": "Incremental",
        "expressionEvaluationOptions": {"scope": "inner"},
        "parameters": {"p": {"value": "[variables('image')]"}},
        "template": {
            "parameters": {"p": {"type": "string"}},
            "resources": [
                {
                    "type": _AUTH,
                    "apiVersion": "2022-04-01",
                    "name": "[guid(parameters('p'))]",
                    "scope": "[parameters('p')]",
                }
            ],
            "outputs": {"o": {"type": "string", "value": "[toUpper(parameters('p'))]"}},
        },
    },
}
TEMPLATES: tuple[Any, ...] = (
    {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
            "name": {"type": "string", "defaultValue": "cg"},
            "tags": {"type": "array", "defaultValue": ["1", "2"]},
            "secret": {"type": "securestring"},
        },
        "functions": [
            {
                "namespace": "n",
                "members": {"f": {"parameters": [{"name": "a"}], "output": {"value": "[add(parameters('a'), 1)]"}}},
            }
        ],
        "variables": {
            "image": "[toLower('contoso.azurecr.io/App')]",
            "identity": "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id')]",
            "copy": [{"name": "list", "count": 3, "input": "[n.f(copyIndex('list'))]"}],
        },
        "resources": [GROUP, NESTED],
        "outputs": {"o": {"type": "array", "value": "[map(range(0, 3), lambda('x', mul(lambdaVariables('x'), 2)))]"}},
    },
    {
        "languageVersion": "2.0",
        "definitions": {"t": {"type": "string", "nullable": True}},
        "parameters": {"p": {"$ref": "#/definitions/t"}},
        "resources": {
            "reg": {"existing": True, "type": "Microsoft.ContainerRegistry/registries", "apiVersion": "1", "name": "r"},
            "group": {
                "type": _ACI,
                "apiVersion": "2023-05-01",
                "name": "[coalesce(tryGet(parameters('p'), 'x'), 'cg')]",
                "properties": {
                    "containers": [{"name": "a", "properties": {"image": "[reference('reg').loginServer]"}}]
                },
                "dependsOn": ["reg"],
            },
        },
    },
    {"type": _ACI, "apiVersion": "2019-12-01", "name": "cg", "properties": {"containers": []}},
)
WORDS = words(
    "type name apiVersion location resources properties template templateLink parameters variables outputs copy count "
    "input condition scope existing dependsOn value defaultValue expressionEvaluationOptions functions namespace "
    "members output resourceGroup subscriptionId nullable reference languageVersion $ref definitions containers image "
    "imageRegistryCredentials identity [variables('image')] [variables('copy')] [copyIndex()] [parameters('tags')] "
    "[reference('group')] [n.f(n.f(1))] [deployment()] [range(0,10000)] [resourceGroup().id] [newGuid()] Parameters"
)
