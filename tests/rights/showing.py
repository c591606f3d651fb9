"""Which scenario shows what fails without a right to read."""

from acimedic.permissions import Right

_USUAL = "role-missing"
_SHOWN_BY = {
    "Microsoft.Authorization/roleDefinitions/read": "role-of-our-own-without-pull",
    "Microsoft.ContainerInstance/containerGroups/read": "restarted-and-unauthorized",
    "Microsoft.ContainerRegistry/registries/scopeMaps/read": "token-for-other-repository",
    "Microsoft.ContainerRegistry/registries/tokens/read": "token-disabled",
    "Microsoft.Insights/eventtypes/values/read": "worked-yesterday",
    "Microsoft.Network/privateEndpoints/read": "private-endpoint-in-group-subnet",
    "Microsoft.Resources/deployments/operations/read": "subscription-deployment",
    "Microsoft.Resources/subscriptions/read": "registry-in-subscription-of-other-tenant",
    "Microsoft.Resources/subscriptions/resourceGroups/deployments/operations/read": "asked-by-hand",
}


def shown_by(right: Right) -> str:
    """The name of a scenario that asks for it, and comes to less without it."""
    return _SHOWN_BY.get(right.action, _USUAL)
