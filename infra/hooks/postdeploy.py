"""After the app is there: the event subscriptions, one for each watched subscription.

Event Grid asks the app whether the function is there, and for minutes after a deployment it is not. A subscription
that failed stays failed, so it is deleted before it is tried again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from azure_cli import (
    ROOT,
    CliError,
    RefusedError,
    az,
    flag,
    listed,
    member,
    needed,
    pause,
    private_file,
    run,
    say,
    text,
)
from installation import standing

_T = TypeVar("_T")
FUNCTION = "on_failure"
_LOOKS = 20  # for the function
_TRIES = 6  # of the deployment
_HOPELESS = (
    "AuthorizationFailed",
    "LinkedAuthorizationFailed",
    "InvalidTemplate",
    "BCP",
    "MissingSubscriptionRegistration",
    "ReadOnlyDisabledSubscription",
    "RequestDisallowedByPolicy",
    "RoleAssignmentExists",
    "RoleAssignmentUpdateNotPermitted",
    "ScopeLocked",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """The identity of a topic that writes dead letters. kind: as events.bicep takes it."""

    kind: str
    resource: str = ""
    principal: str = ""


def postdeploy(environment: Mapping[str, str]) -> None:
    """Subscribe to every topic. Raises RefusedError, CliError."""
    topics = listed(environment, "ACIMEDIC_TOPICS")
    if not topics:
        raise RefusedError("ACIMEDIC_TOPICS is not known: run `azd provision` first")
    needed(environment, "ACIMEDIC_SUFFIX")
    faults: list[str] = []
    writers = {topic: _or(partial(_writer, topic, environment), topic, faults) for topic in topics}
    known = {topic: writer for topic, writer in writers.items() if writer is not None}
    if known:
        _await_function(environment)
    for topic, writer in known.items():
        if _or(partial(_subscribe, topic, writer, environment), topic, faults):
            say(f"failures of subscription {topic.split('/')[2]} reach the app")
    if faults:
        raise RefusedError(*faults)


def _or(attempt: Callable[[], _T], topic: str, faults: list[str]) -> _T | None:
    """What comes of it; None where it failed, which is told at the end: one topic does not stop the others."""
    try:
        return attempt()
    except RefusedError as error:
        faults += error.faults
    except CliError as error:
        faults.append(f"{topic}: {error}")
    return None


def _writer(topic: str, environment: Mapping[str, str]) -> Writer:
    identity = member(az("resource", "show", "--ids", topic, "--api-version", "2025-02-15"), "identity")
    kind = text(identity, "type").lower()
    if "systemassigned" in kind:
        return _with_principal(topic, Writer(kind="SystemAssigned", principal=text(identity, "principalId")))
    attached = member(identity, "userAssignedIdentities")
    if isinstance(attached, Mapping) and attached:
        resource = next(iter(attached))
        principal = text(attached[resource], "principalId")
        return _with_principal(topic, Writer(kind="UserAssigned", resource=str(resource), principal=principal))
    if flag(environment, "ACIMEDIC_WITHOUT_DEAD_LETTERS", default=False):
        say(f"{topic} has no identity: events that cannot be delivered are lost")
        return Writer(kind="None")
    group, name = topic.split("/")[4], topic.split("/")[8]
    give = f"az eventgrid system-topic update --name {name} --resource-group {group} --identity systemassigned"
    raise RefusedError(
        f"{topic} is not ours and has no identity, so nothing could keep the events that cannot be delivered",
        f"have its owner run `{give} --subscription {topic.split('/')[2]}`, and then run `azd deploy` again",
        "or go without dead letters: `azd env set ACIMEDIC_WITHOUT_DEAD_LETTERS true`",
    )


def _with_principal(topic: str, writer: Writer) -> Writer:
    if not writer.principal:
        raise RefusedError(
            f"the identity of {topic} has no principal id, so it could not be let in to keep what cannot be delivered: "
            "run `azd deploy` again in some minutes; if it stays so, have the topic's owner give it another identity"
        )
    return writer


def _await_function(environment: Mapping[str, str]) -> None:
    place = ("--resource-group", needed(environment, "AZURE_RESOURCE_GROUP"))
    app = ("--name", needed(environment, "ACIMEDIC_APP_NAME"), "--function-name", FUNCTION)
    subscription = ("--subscription", needed(environment, "AZURE_SUBSCRIPTION_ID"))
    said = ""
    for look in range(_LOOKS):
        try:
            # Some versions answer a function that is not there with a sentence, and succeed.
            if text(az("functionapp", "function", "show", *place, *app, *subscription), "name"):
                return
        except CliError as error:
            said = error.said
        if look == 0:
            say(f"waiting for the function {FUNCTION}")
        pause(environment, 15)
    raise RefusedError(
        f"the function {FUNCTION} did not appear within {_LOOKS * 15 // 60} minutes ({said}): see the app's log, "
        "and run `azd deploy` again (docs/operations.md, nothing arrives)"
    )


def _subscribe(topic: str, writer: Writer, environment: Mapping[str, str]) -> bool:
    """True, or an error. Raises RefusedError, CliError."""
    parts, name = topic.split("/"), standing(environment).event_subscription
    command = (
        *("deployment", "group", "create", "--name", name, "--subscription", parts[2]),
        *("--resource-group", parts[4], "--template-file", str(ROOT / "infra" / "events.bicep")),
    )
    with private_file(_parameters(parts[8], writer, environment)) as path:
        for attempt in range(1, _TRIES + 1):
            try:
                az(*command, "--parameters", f"@{path}")
            except CliError as error:
                if attempt == _TRIES or error.tells(*_HOPELESS):
                    raise
                why = "most often Event Grid does not see the function yet"
                say(f"not subscribed; {why} (attempt {attempt} of {_TRIES}): {error.said[:300]}")
                _delete_failed(f"{topic}/eventSubscriptions/{name}")
                pause(environment, 20 * attempt)
            else:
                return True
    return False


def _parameters(topic: str, writer: Writer, environment: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {
        "topicName": topic,
        "name": standing(environment).event_subscription,
        "appId": needed(environment, "ACIMEDIC_APP_ID"),
        "functionName": FUNCTION,
        "deadLetterIdentity": writer.kind,
        "deadLetterIdentityId": writer.resource,
        "deadLetterPrincipalId": writer.principal,
        "storageId": needed(environment, "ACIMEDIC_STORAGE_ID"),
        "containerName": needed(environment, "ACIMEDIC_DEADLETTER_CONTAINER"),
        "actionGroupId": environment.get("ACIMEDIC_ACTION_GROUP_ID", "").strip(),
        "tags": {"azd-env-name": needed(environment, "AZURE_ENV_NAME")},
    }
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {name: {"value": value} for name, value in values.items()},
    }


def _delete_failed(subscription: str) -> None:
    try:
        there = az("resource", "show", "--ids", subscription, "--api-version", "2025-02-15")
    except CliError:
        return  # it was not made at all
    if text(there, "properties", "provisioningState") == "Failed":
        az("resource", "delete", "--ids", subscription, "--api-version", "2025-02-15")


if __name__ == "__main__":
    run(postdeploy)
