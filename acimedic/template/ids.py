"""Resource ids: how ARM makes one of a scope, a type and names.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#resourceid
"""

from __future__ import annotations

from collections.abc import Sequence

from acimedic.template.arguments import WrongArgumentError
from acimedic.template.scope import Place
from acimedic.template.values import Unresolved


def provider_path(resource_type: str, names: Sequence[str]) -> str:
    """`/providers/Microsoft.Web/sites/a/slots/b` of a type and one name for each of its segments."""
    namespace, *types = [each for each in resource_type.split("/") if each] or [""]  # a type may end in a slash
    if not types or len(types) != len(names) or not all(names):
        raise WrongArgumentError(f"{len(names)} names do not fit the type {resource_type}")
    pairs = (f"{each}/{name}" for each, name in zip(types, names, strict=True))
    return f"/providers/{namespace}/{'/'.join(pairs)}"


def split_arguments(arguments: Sequence[str], most_before: int) -> tuple[Sequence[str], str, Sequence[str]]:
    """What stands before the resource type (subscription, group), the type, and the names."""
    for at, each in enumerate(arguments[: most_before + 1]):
        if "/" in each:
            return arguments[:at], each, arguments[at + 1 :]
    raise WrongArgumentError("no argument is a resource type such as Microsoft.Web/sites")


def resource_id(place: Place, arguments: Sequence[str]) -> str | Unresolved:
    """`resourceId([subscription], [resource group], type, name, ...)`."""
    before, resource_type, names = split_arguments(arguments, 2)
    path = provider_path(resource_type, names)
    match before:
        case [subscription_id, group]:
            return f"/subscriptions/{subscription_id}/resourceGroups/{group}{path}"
        case [other] if place.level == "group":
            subscription = place.subscription_path()
            return (
                subscription if isinstance(subscription, Unresolved) else f"{subscription}/resourceGroups/{other}{path}"
            )
        case [other]:
            return f"/subscriptions/{other}{path}"
        case _:
            base = place.base()
            if place.level == "managementGroup":
                base = ""  # documented: there it acts as tenantResourceId() does
            return base if isinstance(base, Unresolved) else base + path


def subscription_resource_id(place: Place, arguments: Sequence[str]) -> str | Unresolved:
    """`subscriptionResourceId([subscription], type, name, ...)`."""
    before, resource_type, names = split_arguments(arguments, 1)
    path = provider_path(resource_type, names)
    base = f"/subscriptions/{before[0]}" if before else place.subscription_path()
    return base if isinstance(base, Unresolved) else base + path


def tenant_resource_id(arguments: Sequence[str]) -> str:
    """`tenantResourceId(type, name, ...)`."""
    return provider_path(arguments[0], arguments[1:])


def management_group_resource_id(place: Place, arguments: Sequence[str]) -> str | Unresolved:
    """`managementGroupResourceId([management group], type, name, ...)`."""
    before, resource_type, names = split_arguments(arguments, 1)
    path = provider_path(resource_type, names)
    if before:
        return f"/providers/Microsoft.Management/managementGroups/{before[0]}{path}"
    if place.level != "managementGroup":
        return Unresolved("the management group of the deployment is not known")
    base = place.base()
    return base if isinstance(base, Unresolved) else base + path


def extension_resource_id(arguments: Sequence[str]) -> str:
    """`extensionResourceId(id of the extended resource, type, name, ...)`."""
    return arguments[0].rstrip("/") + provider_path(arguments[1], arguments[2:])


def id_of_resource(base: str, resource_type: str, name: str) -> str:
    """The id of a resource declared in a template, whose name holds those of its parents."""
    if resource_type.lower() == "microsoft.resources/resourcegroups":
        return f"{base}/resourceGroups/{name}"
    if resource_type.lower() == "microsoft.management/managementgroups":
        return f"/providers/Microsoft.Management/managementGroups/{name}"
    return base + provider_path(resource_type, name.split("/"))


def scope_id(place: Place, written: str) -> str | Unresolved:
    """The id that a resource's `scope` property means: a full id, or one relative to the deployment."""
    text = written.rstrip("/")
    if not text or text.startswith("/"):
        return text
    segments = text.split("/")
    base = "" if segments[0].lower() == "microsoft.management" else place.base()
    if isinstance(base, Unresolved):
        return base
    return f"{base}/providers/{text}"
