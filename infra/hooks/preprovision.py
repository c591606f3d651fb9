"""Before anything is made: what contradicts itself, what the one who deploys may not do, and what is there already.

What is found goes into the environment of azd, where main.parameters.json takes it from.
"""

from collections.abc import Mapping

import ever
from azure_cli import ROOT, CliError, RefusedError, az, member, remember, run, say, text
from choices import Choices, read_choices
from found_grants import Grants, grants_of
from installation import planned, subscription_of
from registration import make_registration
from rights import DEPLOYS, GIVES, advice, missing

_PROVIDERS = (
    "Microsoft.Authorization",
    "Microsoft.Consumption",
    "Microsoft.EventGrid",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.OperationalInsights",
    "Microsoft.Storage",
    "Microsoft.Web",
)
# What lies in a further subscription: the topic, and the alerts on what it loses (events.bicep).
_FURTHER = ("Microsoft.EventGrid", "Microsoft.Insights")
_CLOUDS = ("AzureCloud", "AzureUSGovernment", "AzureChinaCloud")
_TOPIC_TYPE = "microsoft.resources.subscriptions"
_WHICH_MODE = ("--api-version", "2025-11-01", "--query", "properties.roleAssignmentMode")


def preprovision(environment: Mapping[str, str]) -> None:
    """Refuse, or find out and go on. Raises RefusedError, CliError."""
    choices = read_choices(environment, ROOT)
    _ensure_signed_in(choices)
    _ensure_region(choices)
    _ensure_rights(choices)
    _ensure_providers(choices)
    grants = grants_of(ROOT / "policy.json", environment) if choices.repairs else None
    if grants is not None:
        _ensure_reach(choices, grants.registries)
    legacy, abac = _image_registries(choices)
    topics = _topics(choices, environment)
    # First, and before anything is given: what is written over next is then still known.
    _keep_for_later(choices, grants, topics, environment)
    for name, value in {
        "ACIMEDIC_FOUND_TOPICS": ",".join(topics),
        "ACIMEDIC_FOUND_DELETED_VAULT": str(choices.vaulted and _deleted_vault(choices)).lower(),
        "ACIMEDIC_FOUND_GRANTS": grants.parameter if grants is not None else "",
        "ACIMEDIC_FOUND_ASSIGNS": str(grants is not None and grants.assigns).lower(),
        "ACIMEDIC_FOUND_TRUSTED": str(grants is not None and grants.trusted_services).lower(),
        "ACIMEDIC_FOUND_IMAGES": ",".join(legacy),
        "ACIMEDIC_FOUND_IMAGES_ABAC": ",".join(abac),
    }.items():
        remember(name, value)
    # Last, so that nothing is left behind where anything before it refuses.
    if choices.authentication and not choices.client_id:
        make_registration(choices.name, environment)


def _ensure_signed_in(choices: Choices) -> None:
    try:
        account = az("account", "show", "--subscription", choices.subscription)
    except CliError as error:
        said = f"az cannot see subscription {choices.subscription}: run `az login` ({error.said})"
        raise RefusedError(said) from error
    cloud = text(account, "environmentName")
    if cloud not in _CLOUDS:
        raise RefusedError(f"the cloud is '{cloud}'; it is one of {', '.join(_CLOUDS)} (`az cloud set --name …`)")


def _ensure_region(choices: Choices) -> None:
    locations = az("functionapp", "list-flexconsumption-locations", "--subscription", choices.subscription)
    names = [text(each, "name").replace(" ", "").lower() for each in locations] if isinstance(locations, list) else []
    if not names:
        raise RefusedError("no region of this cloud has Flex Consumption, which the app runs on")
    if choices.location not in names:
        raise RefusedError(
            f"{choices.location} does not have Flex Consumption: `azd env set AZURE_LOCATION REGION` with one of "
            + ", ".join(sorted(names))
        )


def _ensure_rights(choices: Choices) -> None:
    faults = []
    for subscription in choices.reach:
        scope = f"/subscriptions/{subscription}"
        lacking = missing(scope, (*DEPLOYS, *GIVES))
        faults += [advice(scope, lacking)] if lacking else []
    if faults:
        raise RefusedError(*faults)


def _ensure_reach(choices: Choices, registries: tuple[str, ...]) -> None:
    """A registry that may be changed has to be read, and whoever deploys has to give rights there."""
    faults = []
    for registry in registries:
        subscription = registry.split("/")[2].lower()
        if subscription not in choices.reach:
            faults.append(
                f"policy.json names a registry in subscription {subscription}, which the app does not read: "
                "name it in ACIMEDIC_ALSO_READ"
            )
            continue
        lacking = missing(registry, GIVES)
        faults += [advice(registry, lacking)] if lacking else []
    if faults:
        raise RefusedError(*faults)


def _ensure_providers(choices: Choices) -> None:
    """Register what is not registered, as a deployment by itself would, and say so where one may not."""
    faults = []
    for subscription in choices.watched:
        wanted = _providers(choices) if subscription == choices.subscription else _FURTHER
        answer = az("provider", "list", "--subscription", subscription)
        states = {text(each, "namespace").lower(): text(each, "registrationState") for each in _each(answer)}
        for namespace in wanted:
            if states.get(namespace.lower()) == "Registered":
                continue
            say(f"registering {namespace} in subscription {subscription}")
            command = ("provider", "register", "--namespace", namespace, "--wait", "--subscription", subscription)
            try:
                az(*command)
            except CliError as error:
                faults.append(
                    f"{namespace} is not registered: have an owner run `az {' '.join(command)}` ({error.said})"
                )
    if faults:
        raise RefusedError(*faults)


def _providers(choices: Choices) -> tuple[str, ...]:
    """What the app's own subscription needs. Flex Consumption joins a subnet as Microsoft.App does.

    Source: https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#create-an-app-with-virtual-network-integration
    """
    subnet = ("Microsoft.App",) if choices.networked else ()
    mail = ("Microsoft.Communication",) if choices.mails else ()
    return (*_PROVIDERS, *subnet, *mail)


def _keep_for_later(choices: Choices, grants: Grants | None, topics: list[str], environment: Mapping[str, str]) -> None:
    here = planned(environment)
    registries = (*choices.images, *(grants.registries if grants is not None else ()))
    ours = [here.topic_in(each) for each in choices.watched if each not in map(subscription_of, topics)]
    ever.keep(environment, [*choices.reach, *map(subscription_of, registries)], [*topics, *ours])


def _topics(choices: Choices, environment: Mapping[str, str]) -> list[str]:
    """System topics of others for the watched subscriptions. Our own ones stay with the template that made them."""
    here, found = planned(environment), []
    for subscription in choices.watched:
        for topic in _each(az("eventgrid", "system-topic", "list", "--subscription", subscription)):
            if _is_of_subscription(topic, subscription) and not here.owns_topic(topic):
                say(f"subscription {subscription} has a system topic, which is used: {text(topic, 'id')}")
                found.append(text(topic, "id"))
    return found


def _is_of_subscription(topic: object, subscription: str) -> bool:
    # az gives the properties flat; Azure itself gives them under `properties`.
    kind = text(topic, "topicType") or text(topic, "properties", "topicType")
    source = text(topic, "source") or text(topic, "properties", "source")
    return kind.lower() == _TOPIC_TYPE and source.lower() == f"/subscriptions/{subscription}"


def _image_registries(choices: Choices) -> tuple[list[str], list[str]]:
    """The registries whose manifests may be read, in legacy mode and in ABAC mode."""
    modes = {each: az("resource", "show", "--ids", each, *_WHICH_MODE) for each in choices.images}
    abac = [each for each, mode in modes.items() if mode == "AbacRepositoryPermissions"]
    return [each for each in modes if each not in abac], abac


def _deleted_vault(choices: Choices) -> bool:
    """Whether an earlier vault of this environment was deleted: its name is taken until it comes back."""
    command = ("keyvault", "list-deleted", "--resource-type", "vault", "--subscription", choices.subscription)
    return any(
        text(each, "properties", "tags", "azd-env-name") == choices.name
        and text(each, "properties", "location").replace(" ", "").lower() == choices.location
        and text(each, "name").startswith("kv-medic-")
        for each in _each(az(*command))
    )


def _each(answer: object) -> list[object]:
    value = answer if isinstance(answer, list) else member(answer, "value")
    return value if isinstance(value, list) else []


if __name__ == "__main__":
    run(preprovision)
