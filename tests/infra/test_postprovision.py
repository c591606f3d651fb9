"""The hook after provisioning: keys, and the rest of the app registration."""

from pathlib import Path

import pytest

from tests.infra.azure_on_path import CLIENT, MADE, PRINCIPAL, PULLER, Azure, asked, in_order


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    """Everything is in order, and nothing of ours is there yet."""
    return in_order(tmp_path)


@pytest.fixture
def provisioned(azure: Azure) -> Azure:
    """The resources are there, and the vault is empty."""
    azure.answer(None, "rest --method put", "kv-medic-1/secrets/")
    azure.refuse("Not Found({'error': {'code': 'SecretNotFound'}})", "rest --method get", "kv-medic-1/secrets/")
    azure.answer(None, "configreferences/appsettings/refresh")
    azure.answer({"value": []}, "rest --method get", "providers/Microsoft.Authorization/role")
    return azure


def test_an_empty_vault_gets_three_keys_that_differ(provisioned: Azure) -> None:
    """Long ones, made here, through files that nobody else can read."""
    done = provisioned.run("postprovision", **MADE)
    assert done.returncode == 0, done.stderr
    puts = asked(provisioned, "--method put")
    values = [call.files[0]["properties"]["value"] for call in puts]  # type: ignore[index]
    assert sorted(call.words[call.words.index("--url") + 1].split("/")[-1] for call in puts) == [
        "approval-key",
        "audit-key",
        "hash-key",
    ]
    assert len(set(values)) == 3
    assert min(len(value) for value in values) >= 64
    assert {mode for call in puts for mode in call.modes} == {"0o600"}


def test_no_key_is_ever_said(provisioned: Azure) -> None:
    """Neither to the terminal, nor as an argument, nor to azd, and no file of it is left."""
    done = provisioned.run("postprovision", **MADE)
    for call in asked(provisioned, "--method put"):
        value = call.files[0]["properties"]["value"]  # type: ignore[index]
        said = done.stdout + done.stderr + "".join(" ".join(each.words) for each in provisioned.calls)
        assert value not in said
        assert not Path(next(word[1:] for word in call.words if word.startswith("@"))).exists()


def test_keys_that_are_there_stay(provisioned: Azure) -> None:
    """A new audit key would make the audit look forged."""
    provisioned.first({"name": "a key"}, "--method get", "kv-medic-1/secrets/")
    provisioned.run("postprovision", **MADE)
    assert asked(provisioned, "--method put") == []
    assert asked(provisioned, "refresh") == []


def test_a_vault_that_cannot_be_read_is_not_written_to(provisioned: Azure) -> None:
    """Whether a key is there is not known, and it must not be replaced."""
    provisioned.first_refuse("AuthorizationFailed", "--method get", "kv-medic-1")
    done = provisioned.run("postprovision", **MADE)
    assert done.returncode == 1
    assert asked(provisioned, "--method put") == []


def test_without_a_vault_no_key_is_made(provisioned: Azure) -> None:
    """The audit key came as a parameter."""
    provisioned.run("postprovision", **MADE | {"ACIMEDIC_VAULT": ""})
    assert asked(provisioned, "secrets") == []


def test_the_address_of_the_workflow_goes_into_the_vault_and_is_not_said(provisioned: Azure) -> None:
    """Whoever knows it can write to the channel."""
    address = "https://prod.logic.azure.com/workflows/x?sig=topsecret"
    teams = {"ACIMEDIC_TEAMS": "true", "ACIMEDIC_TEAMS_WEBHOOK": address}
    done = provisioned.run("postprovision", **MADE | teams)
    (put,) = asked(provisioned, "--method put", "secrets/teams-webhook")
    assert put.files == [{"properties": {"value": address}}]
    assert "topsecret" not in done.stdout + done.stderr + str([call.words for call in provisioned.calls])


def test_teams_without_an_address_is_refused(provisioned: Azure) -> None:
    """The app would find a reference to nothing, and stop."""
    done = provisioned.run("postprovision", **MADE | {"ACIMEDIC_TEAMS": "true"})
    assert done.returncode == 1
    assert "ACIMEDIC_TEAMS_WEBHOOK" in done.stderr


def test_our_registration_gets_its_way_back_and_the_identity_as_its_proof(provisioned: Azure) -> None:
    """No secret is made."""
    provisioned.run("postprovision", **MADE | {"ACIMEDIC_MADE_REGISTRATION": CLIENT})
    back = "https://func-acimedic.azurewebsites.net/.auth/login/aad/callback"
    assert len(asked(provisioned, "ad app update", "--web-redirect-uris", back)) == 1
    (made,) = asked(provisioned, "federated-credential create")
    assert made.files == [
        {
            "name": "acimedic-identity",
            "issuer": "https://login.microsoftonline.com/44444444-4444-4444-8444-444444444444/v2.0",
            "subject": PRINCIPAL,
            "description": "The identity of ACI Medic",
            "audiences": ["api://AzureADTokenExchange"],
        }
    ]


@pytest.mark.parametrize(("subject", "command"), [(PRINCIPAL, ""), (PULLER, "federated-credential update")])
def test_a_proof_that_is_there_is_only_replaced_for_another_identity(
    provisioned: Azure, subject: str, command: str
) -> None:
    """After the identity was made anew."""
    provisioned.first([{"name": "acimedic-identity", "subject": subject}], "federated-credential list")
    provisioned.run("postprovision", **MADE | {"ACIMEDIC_MADE_REGISTRATION": CLIENT})
    changed = asked(provisioned, "federated-credential create") + asked(provisioned, "federated-credential update")
    assert [call.said(command) for call in changed] == ([True] if command else [])


def test_a_registration_of_somebody_else_is_only_spoken_of(provisioned: Azure) -> None:
    """What it needs is said."""
    done = provisioned.run("postprovision", **MADE)
    assert asked(provisioned, "ad app") == []
    assert f"a federated credential with subject {PRINCIPAL}" in done.stdout
