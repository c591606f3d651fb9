"""What makes one cause likelier than another. The texts are made up after public reports; names are replaced."""

import pytest

import checks
from acimedic.explain import explain
from acimedic.explain.priors import CATALOGUE, prior
from acimedic.explain.rules import RULES
from acimedic.explain.telling import TELLING
from tests.explain.groups import group, inaccessible

LIMITED = "RegistryErrorResponse: An error response is received from the docker registry 'index.docker.io'."
IDENTITY = (
    "/subscriptions/0b9a7c1e-2f34-4d56-8a78-9c0d1e2f3a4b/resourceGroups/rg/providers/"
    "Microsoft.ManagedIdentity/userAssignedIdentities/puller"
)
BY_IDENTITY = {
    "imageRegistryCredentials": [{"server": "contoso.azurecr.io", "identity": IDENTITY}],
    "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}},
}


def by_password(username: str, server: str = "contoso.azurecr.io", **given: str) -> dict[str, object]:
    return {"imageRegistryCredentials": [{"server": server, "username": username, "password": "set", **given}]}


def first(text: str, count: int = 3, **properties: object) -> tuple[str, ...]:
    image = properties.pop("image", None)
    given = group(str(image) if image else "contoso.azurecr.io/app:1", **properties) if properties or image else None
    return explain(text, given, checks=checks.ALL).candidates[:count]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (inaccessible("https://contoso.azurecr.io/app:1"), "image-reference-malformed"),
        (inaccessible("$(REGISTRY)/app:1"), "image-reference-malformed"),
        (inaccessible("microsoft/aci-helloworld"), "image-not-found"),
        (inaccessible("someone/tool:2.4.0"), "image-format-unsupported"),
        (inaccessible("contosoacr/api:v1"), "image-host-missing"),
        (inaccessible("contoso.azurecr.io/app:1"), "credential-missing"),
        (inaccessible("registry.contoso.local:5000/app:1"), "private-registry-unreachable"),
        (inaccessible("10.0.0.4:5000/app:1"), "private-registry-unreachable"),
        (inaccessible("contoso.azurecr.io/app:1-arm64"), "image-platform-mismatch"),
        (inaccessible() + " It was built with buildx and has a provenance attestation.", "image-format-unsupported"),
        (inaccessible() + " The registry has a private endpoint.", "username-credential-behind-firewall"),
        (inaccessible() + " All pipelines fail since this morning, and nothing has changed.", "platform-transient"),
        (inaccessible() + " The second run works, the role was just assigned.", "pull-role-propagating"),
        ("error: ACI Service request failed. Reason: " + inaccessible(), "admin-user-disabled"),
        ('exec user process caused "exec format error"', "image-platform-mismatch"),
        (LIMITED, "docker-hub-rate-limit"),
        (LIMITED.replace("index.docker.io", "contoso.azurecr.io"), "platform-transient"),
    ],
)
def test_the_text_decides(text: str, cause: str) -> None:
    """By the image, and by what a person wrote around the error."""
    assert cause in first(text)


@pytest.mark.parametrize(
    ("tail", "cause"),
    [
        ("denied: client with IP '20.1.2.3' is not allowed access.", "username-credential-behind-firewall"),
        ("unauthorized: authentication required", "credential-missing"),
        ('manifest unknown: manifest tagged by "2" is not found', "image-not-found"),
        ("name unknown: repository name not known to registry", "image-not-found"),
        ("unknown: The operation is disallowed.", "image-quarantined"),
        ("dial tcp: lookup contoso.azurecr.io on 168.63.129.16:53: no such host", "registry-not-found"),
        ("net/http: request canceled (Client.Timeout exceeded while awaiting headers)", "platform-transient"),
        ("no matching manifest for linux/amd64 in the manifest list entries", "image-platform-mismatch"),
        ("toomanyrequests: too many requests to source registry for cache rule hub", "registry-throttled"),
    ],
)
def test_the_tail_of_an_event_decides(tail: str, cause: str) -> None:
    """The registry's own words, where a container event holds them."""
    text = f'Failed to pull image "contoso.azurecr.io/app:1": rpc error: code = Unknown desc = {tail}'
    assert first(text, 1) == (cause,)


def test_a_user_name_is_refused_or_stopped_by_the_firewall() -> None:
    """With a user name and password the credential is there, and no role of an identity matters."""
    assert set(first(inaccessible(), **by_password("contoso"))) == {
        "username-credential-behind-firewall",
        "admin-user-disabled",
        "credential-rejected",
    }


def test_an_application_id_is_no_admin_account() -> None:
    """A GUID as user name is a service principal's: its secret, its role, or the firewall."""
    found = first(inaccessible(), 4, **by_password("11111111-2222-3333-4444-555555555555"))
    assert {"credential-rejected", "username-credential-behind-firewall", "pull-role-missing"} <= set(found)
    assert "admin-user-disabled" not in found


def test_an_identity_lacks_its_role_or_is_kept_out() -> None:
    """With an identity the role, its propagation and trusted services come first."""
    assert set(first(inaccessible(), **BY_IDENTITY)) == {
        "pull-role-missing",
        "trusted-services-disabled",
        "pull-role-propagating",
    }


def test_a_subnet_speaks_for_the_network() -> None:
    """A group in a virtual network mostly means a registry that is closed to the public."""
    assert first(inaccessible(), 1, subnetIds=[{"id": "x"}], **BY_IDENTITY) == ("trusted-services-disabled",)


def test_a_credential_for_another_server_is_a_mismatch() -> None:
    """The image's registry has no credential, and the one that is there serves no image."""
    assert first(inaccessible(), 1, **by_password("x", server="other.azurecr.io")) == ("credential-server-mismatch",)


@pytest.mark.parametrize("text", [LIMITED, inaccessible("app:1")])
def test_an_image_without_host_beside_a_credential_for_azure_lacks_its_host(text: str) -> None:
    """Docker Hub is asked, whatever it answers, and nothing is proven."""
    explanation = explain(text, group("app:1", **by_password("contoso")), checks=checks.ALL)
    assert explanation.candidates[0] == "image-host-missing"
    assert explanation.diagnosis.outcome == "undetermined"


def test_an_official_image_beside_such_a_credential_is_limited() -> None:
    """Nobody means `contoso.azurecr.io/nginx` when Docker Hub asks to retry later."""
    explanation = explain(LIMITED, group("nginx:1.27", **by_password("contoso")), checks=checks.ALL)
    assert explanation.candidates[0] == "docker-hub-rate-limit"


def test_the_os_of_the_error_tells_system_from_processor() -> None:
    """Refused as Linux it is one of both; refused as Windows it is the system."""
    said = "The container image '{}' doesn't support specified OS '{}' for container group 'cg'."
    linux = explain(said.format("contoso.azurecr.io/app:1", "Linux"), checks=checks.ALL)
    assert set(linux.candidates[:2]) == {"image-os-mismatch", "image-platform-mismatch"}
    assert linux.diagnosis.outcome == "undetermined"
    windows = explain(said.format("contoso.azurecr.io/app:1", "Windows"), checks=checks.ALL)
    assert (windows.candidates[0], windows.diagnosis.outcome) == ("image-os-mismatch", "cause-found")


def test_an_absent_credential_is_told_from_an_unknown_one() -> None:
    """No definition says nothing; one without imageRegistryCredentials says that there are none."""
    unknown = explain(inaccessible(), checks=checks.ALL).diagnosis.findings
    absent = explain(inaccessible(), group(), checks=checks.ALL).diagnosis.findings
    verdicts = [
        next(type(each.verdict).__name__ for each in found if each.check == "credential-missing")
        for found in (unknown, absent)
    ]
    assert verdicts == ["Unknown", "Fail"]


def test_every_cause_of_the_tables_is_in_the_catalogue() -> None:
    """A misspelt id would silently weigh nothing."""
    weighed = {check for factors in RULES.values() for check in factors}
    families = (
        "inaccessible-image",
        "registry-error-response",
        "os-mismatch",
        "pull-event:dns",
        "pull-event:throttled",
    )
    weighed |= {check for family in families for check in prior(family)}
    assert weighed <= set(CATALOGUE)
    assert set(TELLING) == set(CATALOGUE)
    assert len(CATALOGUE) == len(set(CATALOGUE))


def test_every_check_is_in_the_catalogue_in_its_order() -> None:
    """The order settles ties, as it does in the diagnosis."""
    known = [check.__name__.rsplit(".", 1)[-1].replace("_", "-") for check in checks.ALL]
    assert [each for each in CATALOGUE if each in known] == known
