"""The command that would close a gap: a role with just the missing action, given at the place where it is missing."""

import json

from acimedic.fixes import q
from acimedic.model.reading import Gap


def grant_command(gap: Gap) -> str | None:
    """The az command that gives ACI Medic the right it lacks; None where no right would help."""
    if gap.permission is None or gap.scope is None or not gap.reason.startswith("403"):
        return None
    scope = gap.scope if gap.scope.startswith("/") else None
    if scope is None:
        return None
    name = f"ACI Medic {gap.permission.split('/', 1)[-1]}"
    definition = json.dumps(
        {
            "Name": name,
            "Description": "Read only",
            "Actions": [gap.permission],
            "AssignableScopes": [_subscription(scope)],
        }
    )
    return (
        f"az role definition create --role-definition {q(definition)} && "
        f"az role assignment create --assignee '<object id of ACI Medic>' --role {q(name)} --scope {q(scope)}"
    )


def _subscription(scope: str) -> str:
    return "/".join(scope.split("/")[:3])
