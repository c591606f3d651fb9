"""Azure CLI gets tokens for the app where that was chosen, and nowhere else."""

import re
import uuid
from pathlib import Path

import pytest

from tests.infra.azure_on_path import CLIENT, MADE, REPOSITORY, Azure, Call, asked, in_order
from tests.infra.deployed import Code, template

AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
OBJECT = "55555555-5555-4555-8555-555555555555"
OURS = MADE | {"ACIMEDIC_MADE_REGISTRATION": CLIENT}
CHOSEN = OURS | {"ACIMEDIC_AZURE_CLI": "true"}
THEIR_SCOPE = {"id": "66666666-6666-4666-8666-666666666666", "value": "theirs", "isEnabled": True}
THEIR_CLIENT = {"appId": "77777777-7777-4777-8777-777777777777", "delegatedPermissionIds": [THEIR_SCOPE["id"]]}


def app(uris: list[str], scopes: list[object], clients: list[object], version: int | None) -> dict[str, object]:
    """A registration as `az` shows it."""
    api = {
        "requestedAccessTokenVersion": version,
        "oauth2PermissionScopes": scopes,
        "preAuthorizedApplications": clients,
        "knownClientApplications": [],
    }
    return {"id": OBJECT, "appId": CLIENT, "identifierUris": uris, "api": api}


# The same in every installation: a run finds what an earlier one made.
SCOPE = str(uuid.uuid5(uuid.NAMESPACE_URL, "https://acimedic/scopes/user_impersonation"))
OUR_SCOPE = {"id": SCOPE, "value": "user_impersonation", "isEnabled": True}
WITH_SCOPE = app([f"api://{CLIENT}"], [THEIR_SCOPE, OUR_SCOPE], [THEIR_CLIENT], 2)
CLI_TOO = {"appId": AZURE_CLI, "delegatedPermissionIds": [SCOPE]}
WHOLE = app([f"api://{CLIENT}"], [THEIR_SCOPE, OUR_SCOPE], [THEIR_CLIENT, CLI_TOO], 2)


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    """The resources are there, the keys are in the vault, and the registration is closed."""
    azure = in_order(tmp_path)
    azure.answer({"name": "a key"}, "rest --method get", "kv-medic-1/secrets/")
    azure.answer({"value": []}, "rest --method get", "providers/Microsoft.Authorization/role")
    azure.first([{"appId": CLIENT, "appRoleAssignmentRequired": True}], "ad sp list")
    azure.answer(None, "rest --method patch", f"graph.microsoft.com/v1.0/applications/{OBJECT}")
    return azure


def patches(azure: Azure) -> list[Call]:
    """What was changed of the registration, in order."""
    return asked(azure, "rest --method patch", "/applications/")


def test_by_default_there_is_no_scope(azure: Azure) -> None:
    """And no address of the registration, by which a token could be asked for."""
    azure.first(app([], [], [], None), "ad app show")
    done = azure.run("postprovision", **OURS)
    assert done.returncode == 0, done.stderr
    assert patches(azure) == []


def test_where_it_is_chosen_the_scope_comes_first_and_then_azure_cli(azure: Azure) -> None:
    """Graph does not find a scope that came with the same request."""
    azure.first(WHOLE, "ad app show")
    azure.first(WITH_SCOPE, "ad app show", times=1)
    azure.first(app([], [THEIR_SCOPE], [THEIR_CLIENT], None), "ad app show", times=1)
    done = azure.run("postprovision", **CHOSEN)
    assert done.returncode == 0, done.stderr
    first, second = (call.files[0] for call in patches(azure))
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first["identifierUris"] == [f"api://{CLIENT}"]
    assert first["api"]["preAuthorizedApplications"] == [THEIR_CLIENT]
    assert second["api"]["preAuthorizedApplications"] == [THEIR_CLIENT, CLI_TOO]


def test_the_scope_is_beside_those_of_others_and_its_tokens_are_such_as_app_service_takes(azure: Azure) -> None:
    """It knows the issuer of version 2."""
    azure.first(WHOLE, "ad app show")
    azure.first(app(["api://theirs"], [THEIR_SCOPE], [], None), "ad app show", times=1)
    azure.run("postprovision", **CHOSEN)
    (call,) = patches(azure)
    (body,) = call.files
    assert isinstance(body, dict)
    assert body["identifierUris"] == ["api://theirs", f"api://{CLIENT}"]
    assert [each["id"] for each in body["api"]["oauth2PermissionScopes"]] == [THEIR_SCOPE["id"], SCOPE]
    assert body["api"]["requestedAccessTokenVersion"] == 2


def test_what_is_as_chosen_is_left_alone(azure: Azure) -> None:
    """Each run asks, and writes only what is missing."""
    azure.first(WHOLE, "ad app show")
    azure.run("postprovision", **CHOSEN)
    assert patches(azure) == []


def test_azure_cli_loses_it_where_it_is_no_longer_chosen(azure: Azure) -> None:
    """Clients that others have let in stay."""
    azure.first(WITH_SCOPE, "ad app show")
    azure.first(WHOLE, "ad app show", times=1)
    done = azure.run("postprovision", **OURS)
    assert done.returncode == 0, done.stderr
    (call,) = patches(azure)
    (body,) = call.files
    assert isinstance(body, dict)
    assert body["api"]["preAuthorizedApplications"] == [THEIR_CLIENT]


def test_what_does_not_come_about_stops_the_run(azure: Azure) -> None:
    """A change counts once it is read back."""
    azure.first(app([], [], [], None), "ad app show")
    done = azure.run("postprovision", **CHOSEN)
    assert done.returncode == 1
    assert "there is no scope yet" in done.stderr


def test_a_registration_of_somebody_else_gets_no_scope(azure: Azure) -> None:
    """It stays as it is."""
    azure.run("postprovision", **MADE | {"ACIMEDIC_AZURE_CLI": "true"})
    assert patches(azure) == []


def test_app_service_takes_tokens_of_azure_cli_only_where_it_is_chosen() -> None:
    """And of the client that the hook lets in."""
    text = template("app").text
    clients = re.search(r"^var clients = (azureCli \? \[.*?\] : \[.*?\])$", text, re.MULTILINE | re.DOTALL)
    assert clients is not None
    yes, _, no = clients[1].partition("] : [")
    assert re.findall(r"[\w-]+", yes.partition("[")[2]) == ["authClientId", AZURE_CLI]
    assert re.findall(r"[\w-]+", no) == ["authClientId"]
    assert AZURE_CLI in (REPOSITORY / "infra" / "hooks" / "scope.py").read_text(encoding="utf-8")
    assert template("main").params_of("app")["azureCli"] == Code("azureCli")
    default = template("main").file.params["azureCli"].value
    assert default is not None
    assert template("main").plain(default) is False
