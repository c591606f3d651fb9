"""The check `credential-missing`."""

from dataclasses import replace

import pytest

from acimedic.model.reading import Absent
from acimedic.model.verdict import Fail, Pass, Skip, Unknown
from checks.definition import credential_missing as check
from tests import build


def test_an_attached_identity_is_not_used_by_itself() -> None:
    """The identity sits on the group and has its role, and still no credential names it: the sentence says so."""
    found = build.fault(check, build.with_credentials())
    assert found.confidence == "confirmed"
    assert "not used for pulls unless a credential names it" in found.summary
    assert build.IDENTITY_ID in (found.fix.bicep or "")


def test_where_the_registry_is_not_visible_it_is_likely() -> None:
    """A registry that cannot be read may allow anonymous pull."""
    assert build.fault(check, build.without_registry(on=build.with_credentials())).confidence == "likely"


def test_anonymous_pull_needs_no_credential() -> None:
    """The registry lets everybody pull."""
    evidence = build.with_credentials(on=build.open_registry(anonymous_pull=True))
    assert isinstance(build.verdict(check, evidence), Pass)


def test_microsofts_registry_needs_no_credential() -> None:
    """mcr.microsoft.com is public."""
    image = "mcr.microsoft.com/azuredocs/aci-helloworld:latest"
    assert isinstance(build.verdict(check, build.with_credentials(on=build.with_image(image))), Pass)


def test_whether_another_registry_needs_one_is_unknown() -> None:
    """Docker Hub has public images and private ones."""
    assert isinstance(build.verdict(check, build.with_credentials(on=build.with_image("nginx:1.27"))), Unknown)


@pytest.mark.parametrize(
    "server",
    [
        "https://contoso.azurecr.io",
        "https:contoso.azurecr.io",
        "u:p@contoso.azurecr.io",
        "contoso.azurecr.io/app",
        "",
        None,
        "$(registry)",
    ],
)
def test_a_malformed_credential_is_not_a_missing_one(server: str | None) -> None:
    """The credential that was meant is there; what is wrong with it is said by another check."""
    evidence = build.with_server(server)
    assert isinstance(build.verdict(check, evidence), Skip)
    assert len(build.faults(evidence)) == 1


def test_a_credential_for_another_server_explains_it() -> None:
    """The mismatch is the fault, not the absence."""
    assert isinstance(build.verdict(check, build.with_server("contosodev.azurecr.io")), Skip)


@pytest.mark.parametrize("server", ["CONTOSO.azurecr.io", "contoso.azurecr.io"])
def test_the_server_counts_in_any_case(server: str) -> None:
    """Host names have no case."""
    assert isinstance(build.verdict(check, build.with_server(server)), Pass)


def test_each_registry_needs_its_own_credential() -> None:
    """Two containers from two registries, one credential: the second pull has none."""
    dev = replace(build.REGISTRY, name="contosodev", login_server="contosodev.azurecr.io", id=build.REGISTRY_ID + "dev")
    evidence = build.with_containers(
        build.WEB,
        build.container("migrate", "contosodev.azurecr.io/app/migrate:1", init=True),
        on=build.and_registry(dev),
    )
    found = build.verdicts(check, evidence)
    assert isinstance(found["web"], Pass)
    assert isinstance(found["migrate"], Fail)
    assert "init container 'migrate'" in found["migrate"].summary


def test_a_registry_that_does_not_exist_is_another_fault() -> None:
    """Nobody can sign in to a registry that is not there."""
    gone = Absent(what="registry contoso", source="GET")
    assert isinstance(build.verdict(check, build.without_registry(gone, on=build.with_credentials())), Skip)


def test_credentials_that_were_not_evaluated_are_unknown() -> None:
    """What the template does not tell may well be there."""
    evidence = build.with_definition(credentials=build.unreadable("imageRegistryCredentials"))
    assert isinstance(build.verdict(check, evidence), Unknown)


def test_a_server_that_was_not_evaluated_is_unknown() -> None:
    """An entry whose server nobody knows may be for this registry."""
    assert isinstance(build.verdict(check, build.with_server(build.unreadable("server"))), Unknown)
