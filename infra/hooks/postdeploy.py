"""After the app is there: the event subscriptions, one for each watched subscription.

Event Grid asks the app whether the function is there, and for minutes after a deployment it is not. A subscription
that failed stays failed, so it is deleted before it is tried again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

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

FUNCTION = "on_failure"
_LOOKS = 20  # for the function
_TRIES = 6  # of the deployment
_HOPELESS = ("AuthorizationFailed", "LinkedAuthorizationFailed", "InvalidTemplate", "BCP")


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
    writers = {topic: _writer(topic, environment) for topic in topics}
    _await_function(environment)
    for topic, writer in writers.items():
        _subscribe(topic, writer, environment)
        say(f"failures of subscription {topic.split('/')[2]} reach the app")


def subscription_name(environment: Mapping[str, str]) -> str:
    """The name of our event subscriptions."""
    return f"acimedic-{needed(environment, 'ACIMEDIC_SUFFIX')}"


def _writer(topic: str, environment: Mapping[str, str]) -> Writer:
    identity = member(az("resource", "show", "--ids", topic, "--api-version", "2025-02-15"), "identity")
    kind = text(identity, "type").lower()
    if "systemassigned" in kind:
        return Writer(kind="SystemAssigned", principal=text(identity, "principalId"))
    attached = member(identity, "userAssignedIdentities")
    if isinstance(attached, Mapping) and attached:
        resource = next(iter(attached))
        return Writer(kind="UserAssigned", resource=str(resource), principal=text(attached[resource], "principalId"))
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


def _subscribe(topic: str, writer: Writer, environment: Mapping[str, str]) -> None:
    parts, name = topic.split("/"), subscription_name(environment)
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
                say(f"Event Grid does not see the function yet (attempt {attempt} of {_TRIES}): {error.said[:300]}")
                _delete_failed(f"{topic}/eventSubscriptions/{name}")
                pause(environment, 20 * attempt)
            else:
                return


def _parameters(topic: str, writer: Writer, environment: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {
        "topicName": topic,
        "name": subscription_name(environment),
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
