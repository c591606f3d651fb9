"""The settings that the app is deployed with are those that it reads; who it is, and which paths need no sign-in."""

import json
import re
import runpy
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from azure.functions import AuthLevel

from acimedic.settings import SettingsError, read_settings
from acimedic.web import health
from tests.infra.checking.__main__ import ROOT
from tests.infra.deployed import INFRA, Code, Plain, at, template

# What the host, the worker and App Service read.
# Sources: https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
# https://learn.microsoft.com/azure/azure-monitor/app/azure-ad-authentication
# https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad
HOST = {
    "AzureWebJobsStorage__accountName": Code("storageName"),
    "AzureWebJobsStorage__credential": "managedidentity",
    "AzureWebJobsStorage__clientId": Code("identityClientId"),
    "APPLICATIONINSIGHTS_CONNECTION_STRING": Code("insightsConnectionString"),
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": Code("'ClientId=${identityClientId};Authorization=AAD'"),
    "AZURE_CLIENT_ID": Code("identityClientId"),
    "AZURE_FUNCTIONS_DURABLE_STRICT_TYPING": "1",
    "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID": Code("identityClientId"),
    "WEBSITE_AUTH_AAD_ALLOWED_TENANTS": Code("tenant().tenantId"),
}
# What the app reads and no parameter of its own sets: ACIMEDIC_MORE_SETTINGS and ACIMEDIC_MORE_SECRETS do, by choice.
FURTHER = {
    "ACIMEDIC_STORE",  # follows from AzureWebJobsStorage__accountName
    "ACIMEDIC_POLICY",  # lies beside the app
    "ACIMEDIC_ROUTES",  # lies beside the app
    "ACIMEDIC_TIME_LIMIT",
    "ACIMEDIC_REQUESTS_PER_MINUTE",
    "ACIMEDIC_MAIL_HOURLY",
    "ACIMEDIC_AUDIT_KEY_EARLIER",  # while a key is changed
    "ACIMEDIC_APPROVAL_KEY_EARLIER",
}
# What is not for whoever deploys to set: each with the reason.
LEFT = {
    "ACIMEDIC_GATEWAY",  # stands for a make-believe Azure; refused in the cloud
    "WEBSITE_SITE_NAME",  # Azure's own
    "WEBSITE_HOSTNAME",
    "IDENTITY_ENDPOINT",
}


class Watched(Mapping[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, **held: str) -> None:
        self._held = held
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


def read_by_the_app() -> set[str]:
    """Every setting that it looks for. The gateway makes it look for the marks of the cloud as well."""
    asked = Watched(ACIMEDIC_GATEWAY="http://127.0.0.1:1", WEBSITE_SITE_NAME="x")
    read_settings(asked)
    return asked.asked


@cache
def functions() -> list[Any]:
    """The functions of the app, as the worker indexes them; of a copy of the module, since an app can be asked once."""
    found = runpy.run_path(str(ROOT / "function_app.py"))["app"].get_functions()
    assert isinstance(found, list)
    return found


def own() -> dict[str, Plain]:
    """The settings that the app's own file writes."""
    return template("app").held("appSettings", "properties")


def handed() -> dict[str, Plain]:
    """The settings that the main file hands over, all of them, whatever its parameters are."""
    return template("main").held("app", "params.settings")


def test_the_settings_of_host_and_platform_are_those_that_they_read() -> None:
    """Their names and values; a misspelt one would be passed over without a word."""
    assert {name: value for name, value in own().items() if not name.startswith("ACIMEDIC_")} == HOST


def test_the_app_reads_every_setting_that_is_made_for_it() -> None:
    """By the names under which it looks, or in the family of Teams channels."""
    read = read_by_the_app()
    made = {name for name in (*own(), *handed()) if name not in HOST}
    channels = {name for name in made - read if read_settings({name: "https://example.com"}).webhooks}
    assert made - read == channels
    assert channels == {"ACIMEDIC_TEAMS_WEBHOOK"}


def test_every_setting_that_the_app_reads_is_made_or_left_for_a_reason() -> None:
    """One that is new has to be given a place."""
    assert read_by_the_app() - {*own(), *handed()} == LEFT | FURTHER


def test_what_was_set_further_is_in_every_deployment() -> None:
    """A deployment replaces all settings. What the other parameters set goes before: no guard is turned off."""
    merged = re.search(r"^    settings: union\((.*?)\{$", template("main").text, re.MULTILINE)
    assert merged is not None
    assert merged[1].split(", ")[:2] == ["moreSettings", "secretSettings"]
    written = re.search(r"^  properties: union\((.*?)\{$", template("app").text, re.MULTILINE)
    assert written is not None
    assert written[1].startswith("settings, ")


def test_a_further_secret_is_a_reference_to_the_vault_and_may_name_a_version() -> None:
    """`audit-key/0123` becomes the version 0123 of audit-key, so that no earlier key has to be read and copied."""
    reference = "'${reference}${replace(each.value, '/', ';SecretVersion=')})'"
    made = Code(f"toObject(items(moreSecrets), each => each.key, each => {reference})")
    assert template("main").variable("secretSettings") == made
    vault = "'@Microsoft.KeyVault(VaultName=${vaultName};SecretName='"
    assert template("main").variable("reference") == Code(vault)


@pytest.mark.parametrize(
    ("param", "name"), [("moreSettings", "ACIMEDIC_MORE_SETTINGS"), ("moreSecrets", "ACIMEDIC_MORE_SECRETS")]
)
def test_azd_hands_over_what_was_set_further(param: str, name: str) -> None:
    """As JSON. Without a default in the file azd leaves the parameter out, and the template's own counts: none."""
    given = json.loads((INFRA / "main.parameters.json").read_text(encoding="utf-8"))["parameters"]
    assert given[param] == {"value": f"${{{name}}}"}
    assert re.search(rf"^param {param} object = \{{\}}$", template("main").text, re.MULTILINE)


def test_the_page_on_deploying_names_what_can_be_set_further() -> None:
    """Whoever looks for it finds the one way in which it stays."""
    page = (INFRA.parent / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert sorted(name for name in FURTHER if name not in page) == []


def test_no_setting_is_written_twice() -> None:
    """The app's own file would win, without a word."""
    assert set(own()) & set(handed()) == set()


@pytest.mark.parametrize(
    ("setting", "param"),
    [
        ("ACIMEDIC_RETENTION_DAYS", "retentionDays"),
        ("ACIMEDIC_APPROVAL_HOURS", "approvalHours"),
        ("ACIMEDIC_INCIDENTS_PER_HOUR", "incidentsPerHour"),
    ],
)
def test_a_number_may_be_what_the_app_takes(setting: str, param: str) -> None:
    """From the least to the most, and no further on either side."""
    assert handed()[setting] == Code(f"string({param})")
    least, most = template("main").limits(param)
    for number in (least, most):
        read_settings({setting: str(number)})
    for number in (least - 1, most + 1):
        with pytest.raises(SettingsError):
            read_settings({setting: str(number)})


def test_every_mode_that_can_be_chosen_is_one_that_the_app_knows() -> None:
    """`off` is the app's `observe`."""
    main = template("main")
    allowed = main.file.params["remediation"].decorator("allowed")
    assert allowed is not None
    choices = main.plain(allowed.arguments[0])
    assert choices == ["off", "review", "auto"]
    assert handed()["ACIMEDIC_MODE"] == Code("repairs ? remediation : 'observe'")
    for mode in ("observe", "review", "auto"):
        assert read_settings({"ACIMEDIC_MODE": mode}).mode == mode


def test_the_table_and_the_container_are_those_that_the_store_opens() -> None:
    """They are made by the template, under the name that the app gives them."""
    storage = template("storage")
    assert storage.resource("table")["name"] == "acimedic"
    assert storage.variable("containers") == ["app-package", "acimedic", "dead-letters"]


def test_the_app_is_its_user_assigned_identity_and_no_other() -> None:
    """To Azure, to its storage, to the vault, and to where its package lies."""
    body = template("app").resource("app")
    assert body["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {"'${identityId}'": {}}}
    assert at(body, "properties.keyVaultReferenceIdentity") == Code("identityId")
    assert at(body, "properties.functionAppConfig.deployment.storage.authentication") == {
        "type": "UserAssignedIdentity",
        "userAssignedIdentityResourceId": Code("identityId"),
    }
    given = template("main").params_of("app")
    assert given["identityId"] == Code("identity.outputs.id")
    assert given["identityClientId"] == Code("identity.outputs.clientId")


def test_what_events_go_to_and_what_waits_for_them_is_the_function_that_takes_them() -> None:
    """By the name under which it is indexed; `durable` is the group of Durable Functions."""
    ready = template("app").variable("ready")
    assert ready == [
        {"name": "function:on_failure", "instanceCount": Code("alwaysReadyInstances")},
        {"name": "durable", "instanceCount": Code("alwaysReadyInstances")},
    ]
    taker = template("events").file.params["functionName"].value
    assert taker is not None
    assert template("events").plain(taker) == "on_failure"
    assert "on_failure" in {each.get_function_name() for each in functions()}


def test_the_identity_itself_proves_who_the_app_registration_is() -> None:
    """There is no client secret: the setting that would hold one names the identity."""
    body = template("app").resource("auth")
    name = at(body, "properties.identityProviders.azureActiveDirectory.registration.clientSecretSettingName")
    assert name == "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID"
    assert own()["OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID"] == Code("identityClientId")


def test_nobody_signs_in_with_a_token_for_another_app() -> None:
    """The audiences are those of the app registration; the applications too, beside Azure CLI where that was chosen."""
    body = at(template("app").resource("auth"), "properties.identityProviders.azureActiveDirectory.validation")
    assert body == {
        "allowedAudiences": [Code("authClientId"), Code("'api://${authClientId}'")],
        "defaultAuthorizationPolicy": {"allowedApplications": template("app").variable("clients")},
    }


def test_the_paths_without_sign_in_are_those_that_have_a_key_or_say_one_word() -> None:
    """Event Grid's webhook, the functions that ask for a key, and health, below which one of them lies."""
    keyed = set()
    for function in functions():
        for binding in (each.get_dict_repr() for each in function.get_bindings()):
            if binding["type"] == "httpTrigger" and binding["authLevel"] is AuthLevel.FUNCTION:
                keyed.add(f"/api/{binding['route']}")
    assert keyed
    above = {path for path in keyed if not path.startswith(f"{health.PATH}/")}
    found = at(template("app").resource("auth"), "properties.globalValidation.excludedPaths")
    assert isinstance(found, list)
    assert len(found) == len(above) + 2
    assert {each for each in found if isinstance(each, str)} == {"/runtime/webhooks/eventgrid", health.PATH, *above}


def test_whoever_has_not_signed_in_is_stopped_where_sign_in_is_on() -> None:
    """And only then is nothing asked: the app itself is closed without it."""
    found = at(template("app").resource("auth"), "properties.globalValidation")
    assert isinstance(found, dict)
    assert found["requireAuthentication"] == Code("authentication")
    assert found["unauthenticatedClientAction"] == Code("authentication ? unauthenticated : 'AllowAnonymous'")
    assert template("main").params_of("app")["authentication"] == Code("authentication || repairs")
