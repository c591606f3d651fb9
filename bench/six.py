"""The six `az` commands with which a person finds out why a template's container group could not pull its image.

Each needs the answer of the one before. The group was never created, so there is nothing for `az container show`.
Where they stand in Microsoft's words, in their order:
1. `deployment group list`, the failed one: azure-resource-manager/templates/deployment-history;
2. `deployment operation group list`, the error: troubleshoot/azure/azure-container-instances/management/
   acr-image-pull-failures-managed-identity, "Identify the deployment error";
3. `deployment group export`, what was asked for, since the group is not there to show it: cli/azure/deployment/group;
4. `identity show`, its principal: azure/container-instances/using-azure-container-registry-mi;
5. `acr show`, where the registry is and how it judges roles: the same article, "take note of the registry's id", and
   azure/container-registry/container-registry-rbac-abac-repository-permissions;
6. `role assignment list --assignee --scope --include-inherited`: azure/role-based-access-control/
   role-assignments-list-cli.
"""

import json
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from acimedic.simulator.exchange import Json
from bench.authority import Application

Ask: TypeAlias = Callable[..., Any]
"""Runs the command that it is given, with options by their names, and gives back its answer."""

_LONGEST = 300  # seconds of one command, on a machine with other work too
_IMAGE = re.compile(r"The image '([^']+)' in container group '([^']+)' is not accessible")
_VARIABLE = re.compile(r"variables\('(\w+)'\)\)\]$")


class WrongAnswerError(Exception):
    """A command failed, or did not say what it must: then there is nothing to compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What a person begins with: where it failed, under which correlation id, and which subscription has registries."""

    subscription: str
    group: str
    correlation: str
    registries: str

    @classmethod
    def of(cls, world: Json) -> "Failure":
        """The failure that a world's event tells of."""
        _, _, subscription, _, group, *_ = world["event"]["subject"].split("/")
        registry = next(iter(world["registries"].values()))
        return cls(
            subscription=subscription,
            group=group,
            correlation=world["event"]["data"]["correlationId"],
            registries=registry["id"].split("/")[2],
        )


@dataclass(slots=True)
class Az:
    """Azure CLI as a person has it: set up, signed in. took: seconds of each command, in order."""

    program: Path
    environment: Mapping[str, str]
    took: list[tuple[str, float]] = field(default_factory=list)

    def __call__(self, command: str, **options: str | bool) -> Any:
        """Run a command and read its answer. Raises WrongAnswerError where it does not succeed."""
        words = [str(self.program), *command.split(), "--output", "json"]
        for name, value in options.items():
            words += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
        began = time.perf_counter()
        done = subprocess.run(
            words, env=dict(self.environment), capture_output=True, text=True, timeout=_LONGEST, check=False
        )
        self.took.append((command, time.perf_counter() - began))
        if done.returncode != 0:
            raise WrongAnswerError(f"az {command} ended with {done.returncode}: {done.stderr.strip()[-300:]}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def sign_in(self, application: Application, subscription: str) -> None:
        """Sign in as an application, and choose where to work."""
        who = {"username": application.client_id, "password": application.secret, "tenant": application.tenant}
        self("login", service_principal=True, **who)
        self("account set", subscription=subscription)


def find_out(az: Ask, failure: Failure) -> tuple[str, str]:
    """Type the six: gives back the principal without a role, and the registry. Raises WrongAnswerError."""
    listed = az("deployment group list", resource_group=failure.group)
    deployment = _one(each["name"] for each in listed if each["properties"]["correlationId"] == failure.correlation)
    operations = az("deployment operation group list", resource_group=failure.group, name=deployment)
    image, group = _one(_IMAGE.findall(json.dumps([each["properties"]["statusMessage"] for each in operations])))
    template = az("deployment group export", resource_group=failure.group, name=deployment)
    identity = az("identity show", resource_group=failure.group, name=_identity(template))
    registry = az("acr show", name=image.partition(".")[0], subscription=failure.registries)
    _must(registry["loginServer"] == image.partition("/")[0], "az acr show gave another registry")
    _must(registry["roleAssignmentMode"] == "LegacyRegistryPermissions", "az acr show gave another mode of roles")
    _must(bool(group), "the error names no container group")
    roles = az("role assignment list", assignee=identity["principalId"], scope=registry["id"], include_inherited=True)
    _must(roles == [], "az role assignment list gave a role")
    return identity["principalId"], registry["id"]


def shows_others(az: Ask, registry: str) -> bool:
    """Whether the last command, without an assignee, shows what others have: so that an empty list says something."""
    roles = az("role assignment list", scope=registry, include_inherited=True)
    return any(each["roleDefinitionName"] == "AcrPush" for each in roles)


def _identity(template: Json) -> str:
    """The name of the identity that pulls, as a person reads it out of the template."""
    group = _one(
        each for each in template["resources"] if each["type"] == "Microsoft.ContainerInstance/containerGroups"
    )
    credential = _one(group["properties"]["imageRegistryCredentials"])
    return str(template["variables"][_one(_VARIABLE.findall(credential["identity"]))])


def _one(found: Any) -> Any:
    """The only one. Raises WrongAnswerError where there is none, or more."""
    several = list(found)
    _must(len(several) == 1, f"one answer was due, there were {len(several)}")
    return several[0]


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise WrongAnswerError(otherwise)
