"""Whether whoever deploys may do what the deployment does: asked before anything is made.

Source: https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource
"""

import re
from collections.abc import Mapping, Sequence

from azure_cli import member, pages

_VERSION = "2022-04-01"
DEPLOYS = ("Microsoft.Resources/deployments/write",)
GIVES = ("Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/roleDefinitions/write")


def missing(scope: str, actions: Sequence[str]) -> list[str]:
    """Those of the actions that nothing lets the one who is signed in do at a scope. Raises CliError."""
    permissions = pages(f"{scope}/providers/Microsoft.Authorization/permissions", _VERSION)
    return [action for action in actions if not any(_lets(each, action) for each in permissions)]


def advice(scope: str, actions: Sequence[str]) -> str:
    """What to do about actions that are missing."""
    return (
        f"you may not do {', '.join(actions)} at {scope}: have somebody give you Owner there, or Contributor with "
        "User Access Administrator, for the time of the deployment (docs/deploy.md, what each choice costs in rights)"
    )


def _lets(permission: object, action: str) -> bool:
    return _any(permission, "actions", action) and not _any(permission, "notActions", action)


def _any(permission: object, kind: str, action: str) -> bool:
    patterns = member(permission, kind) if isinstance(permission, Mapping) else None
    return any(_matches(str(each), action) for each in patterns) if isinstance(patterns, list) else False


def _matches(pattern: str, action: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE) is not None
