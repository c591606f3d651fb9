"""Azure's registries: who is let in, and what a refusal proves."""

import asyncio
import base64
import json
from dataclasses import replace
from typing import cast

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from acimedic.azure.registry_api import ask, enter
from acimedic.azure.session import Session
from acimedic.model.reading import Absent, Gap
from acimedic.model.testimony import Manifest, NotThere, Platform, Testimony
from acimedic.settings import read_settings

from .making import (
    ATTESTATION,
    CONFIG,
    DOCKER,
    IMAGE,
    LINUX,
    OCI_INDEX,
    REGISTRY,
    asked,
    digest,
    entry,
    image,
    image_manifest,
    index,
    reason,
)
from .town import AAD, ACCESS, ACR, REFRESH, Call, Reply, Town, azure, challenge, refusal, routes

MANIFEST = r"/v2/app/web/manifests/1.4.2"
BLOB = r"/v2/app/web/blobs/"
TAGS = r"/acr/v1/app/web/_tags"
UNKNOWN = refusal(404, "MANIFEST_UNKNOWN", 'manifest tagged by "1.4.2" is not found')


def tags(*names: str) -> Reply:
    """The tags of an Azure registry, newest first."""
    rows = [{"name": name, "lastUpdateTime": f"2026-01-{28 - place:02}T00:00:00Z"} for place, name in enumerate(names)]
    return Reply(body={"registry": ACR, "imageName": "app/web", "tags": rows})


def test_an_image_that_is_there_takes_four_requests() -> None:
    with Town(azure((MANIFEST, Reply(body=image_manifest(10, 20))), (BLOB, Reply(body=CONFIG)))) as town:
        found = asked(town)
    assert found == Manifest(
        digest=found.digest if isinstance(found, Manifest) else None,
        media_type=DOCKER,
        index=False,
        platforms=(Platform(os="linux", architecture="amd64"),),
        attestations=False,
        artifact=False,
        size=30,
        source=f"GET https://{ACR}/v2/app/web/manifests/1.4.2",
    )
    assert [(method, path) for method, _, path in town.asked][:3] == [
        ("POST", "/oauth2/exchange"),
        ("POST", "/oauth2/token"),
        ("GET", "/v2/app/web/manifests/1.4.2"),
    ]
    assert len(town.calls) == 4


def test_our_token_is_exchanged_for_one_that_pulls_one_repository() -> None:
    with Town(azure((MANIFEST, Reply(body=image_manifest())))) as town:
        asked(town)
    exchange, token = (call.form for call in town.calls[:2])
    assert exchange == {"grant_type": "access_token", "service": ACR, "access_token": AAD}
    assert token == {
        "grant_type": "refresh_token",
        "service": ACR,
        "scope": "repository:app/web:pull",
        "refresh_token": REFRESH,
    }


def test_an_index_takes_four_requests_for_the_size_of_the_wanted_platform() -> None:
    held = index(entry(1, "linux", "amd64"), entry(2, "windows", "amd64"), ATTESTATION)
    town = Town(
        azure(
            (MANIFEST, Reply(body=held, headers={"Content-Type": OCI_INDEX})),
            (f"manifests/{digest(2)}", Reply(body=image_manifest(7, 8))),
        )
    )
    with town:
        found = asked(town, want=("windows", "amd64"))
    assert isinstance(found, Manifest)
    assert (found.index, found.attestations, found.size, len(found.platforms)) == (True, True, 15, 2)
    assert len(town.calls) == 4


def test_an_index_without_the_wanted_platform_is_asked_no_further() -> None:
    with Town(azure((MANIFEST, Reply(body=index(entry(1, "linux", "arm64")))))) as town:
        found = asked(town)
    assert isinstance(found, Manifest)
    assert (found.platforms, found.size) == ((Platform(os="linux", architecture="arm64"),), None)
    assert len(town.calls) == 3


def test_the_digest_is_the_stated_one() -> None:
    reply = Reply(body=image_manifest(), headers={"Docker-Content-Digest": digest(5)})
    with Town(azure((MANIFEST, reply))) as town:
        found = asked(town)
    assert isinstance(found, Manifest)
    assert found.digest == digest(5)


def test_an_image_is_asked_for_by_its_digest_if_it_has_one() -> None:
    with Town(azure((f"manifests/{digest(3)}", Reply(body=image_manifest())))) as town:
        assert isinstance(asked(town, f"{ACR}/app/web:1.4.2@{digest(3)}"), Manifest)


def test_a_configuration_that_cannot_be_had_leaves_the_platform_unknown() -> None:
    with Town(azure((MANIFEST, Reply(body=image_manifest(4))), (BLOB, refusal(403, "DENIED")))) as town:
        found = asked(town)
    assert isinstance(found, Manifest)
    assert (found.platforms, found.size) == ((), 4)


def test_a_missing_tag_comes_with_the_nearest() -> None:
    with Town(azure((MANIFEST, UNKNOWN), (TAGS, tags("1.4.1", "1.4.20", "latest", "main")))) as town:
        found = asked(town)
    assert isinstance(found, NotThere)
    assert (found.what, set(found.nearest), found.newest) == ("tag", {"1.4.1", "1.4.20"}, ())
    assert len(town.calls) == 5


def test_a_missing_tag_that_is_like_no_other_comes_with_the_newest() -> None:
    with Town(azure((MANIFEST, UNKNOWN), (TAGS, tags(*"zyxwvu")))) as town:
        found = asked(town)
    assert isinstance(found, NotThere)
    assert (found.nearest, found.newest) == ((), ("z", "y", "x", "w", "v"))


def test_the_case_of_a_tag_is_no_difference_to_the_nearest() -> None:
    with Town(azure((r"manifests/RELEASE-7", UNKNOWN), (TAGS, tags("release-7", "b")))) as town:
        found = asked(town, f"{ACR}/app/web:RELEASE-7")
    assert isinstance(found, NotThere)
    assert found.nearest == ("release-7",)


def test_a_missing_digest_comes_with_the_newest_tags() -> None:
    with Town(azure((r"manifests/sha256", UNKNOWN), (TAGS, tags("2", "1")))) as town:
        found = asked(town, f"{ACR}/app/web@{digest(3)}")
    assert isinstance(found, NotThere)
    assert (found.what, found.nearest, found.newest) == ("digest", (), ("2", "1"))


def test_a_repository_without_tags_is_unknown_and_its_manifest_too() -> None:
    with Town(azure((MANIFEST, UNKNOWN), (TAGS, refusal(404, "NAME_UNKNOWN")))) as town:
        found = asked(town)
    assert isinstance(found, NotThere)
    assert found.what == "repository"


def test_a_missing_repository_comes_with_the_nearest() -> None:
    catalogue = Reply(body={"repositories": ["app/web", "app/webs", "jobs/night"]})
    town = Town(azure((r"manifests", refusal(404, "NAME_UNKNOWN")), (r"_catalog", catalogue)))
    with town:
        found = asked(town, f"{ACR}/app/wbe:1")
    assert isinstance(found, NotThere)
    assert (found.what, found.nearest[0]) == ("repository", "app/web")
    assert "registry:catalog:*" in [call.form.get("scope") for call in town.calls]


@pytest.mark.parametrize("listing", [refusal(401, "UNAUTHORIZED"), refusal(429, "TOOMANYREQUESTS"), Reply(body=b"<p>")])
def test_a_tag_is_missing_whether_or_not_the_others_may_be_listed(listing: Reply) -> None:
    with Town(azure((MANIFEST, UNKNOWN), (TAGS, listing))) as town:
        found = asked(town)
    assert isinstance(found, NotThere)
    assert (found.what, found.nearest) == ("tag", ())


@pytest.mark.parametrize("code", ["MANIFEST_UNKNOWN", "NAME_UNKNOWN"])
def test_under_a_quarantine_policy_a_404_proves_nothing(code: str) -> None:
    with Town(azure((MANIFEST, refusal(404, code)))) as town:
        found = asked(town, registry=replace(REGISTRY, quarantine="enabled"))
    assert "quarantine" in reason(found)


@pytest.mark.parametrize("status", [400, 403, 405])
@pytest.mark.parametrize(("policy", "named"), [("enabled", True), ("disabled", False)])
def test_a_disallowed_operation_names_the_quarantine_policy_if_there_is_one(
    status: int, policy: str, named: bool
) -> None:
    with Town(azure((MANIFEST, refusal(status, "UNKNOWN", "The operation is disallowed.")))) as town:
        said = reason(asked(town, registry=replace(REGISTRY, quarantine=policy)))
    assert ("quarantine" in said) is named
    assert f"{status} UNKNOWN The operation is disallowed." in said


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=404, body=b"<html>not here</html>", headers={"Content-Type": "text/html"}),
        Reply(status=404),
        refusal(404, "BLOB_UNKNOWN"),
        refusal(404, "MANIFEST_UNKNOWN", "OCI index found, but accept header does not support OCI indexes"),
        Reply(status=404, body={"errors": "MANIFEST_UNKNOWN"}),
    ],
)
def test_a_404_without_the_registrys_word_for_it_proves_nothing(reply: Reply) -> None:
    with Town(azure((MANIFEST, reply))) as town:
        assert "404" in reason(asked(town))


def token_with(*access: dict[str, object]) -> str:
    part = base64.urlsafe_b64encode(json.dumps({"access": access}).encode()).rstrip(b"=").decode()
    return f"e30.{part}.sig"


@pytest.mark.parametrize(
    ("access", "let_in"),
    [
        ([], False),
        ([{"type": "repository", "name": "app/web", "actions": ["metadata_read"]}], False),
        ([{"type": "repository", "name": "app/other", "actions": ["pull"]}], False),
        ([{"type": "repository", "name": "app/web", "actions": ["pull"]}], True),
    ],
)
def test_a_404_counts_only_if_the_token_grants_the_pull(access: list[dict[str, object]], let_in: bool) -> None:
    answering = routes(
        (r"/oauth2/exchange", Reply(body={"refresh_token": REFRESH})),
        (r"/oauth2/token", Reply(body={"access_token": token_with(*access)})),
        (MANIFEST, UNKNOWN),
        (TAGS, tags("1.4.1")),
    )
    with Town(answering) as town:
        found = asked(town)
    assert isinstance(found, NotThere if let_in else Gap)


@pytest.mark.parametrize("where", ["/oauth2/exchange", "/oauth2/token", "/v2/"])
@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_a_gap_that_names_the_permission(where: str, status: int) -> None:
    answering = routes(
        (where, refusal(status, "DENIED", "requested access is denied")),
        (r"/oauth2/exchange", Reply(body={"refresh_token": REFRESH})),
        (r"/oauth2/token", Reply(body={"access_token": ACCESS})),
    )
    with Town(answering) as town:
        found = asked(town)
    assert found == Gap(
        reading=f"manifest of {IMAGE}",
        reason=f"not checked: the registry did not let us in: {status} DENIED requested access is denied",
        permission="Microsoft.ContainerRegistry/registries/pull/read",
        scope=REGISTRY.id,
    )


def test_in_abac_mode_the_permission_is_the_repositorys() -> None:
    with Town(routes((r"/oauth2/exchange", refusal(401, "UNAUTHORIZED")))) as town:
        found = asked(town, registry=replace(REGISTRY, mode="abac"))
    assert isinstance(found, Gap)
    assert found.permission == "Microsoft.ContainerRegistry/registries/repositories/content/read"


def test_a_firewall_is_a_gap_that_does_not_repeat_our_address() -> None:
    message = "client with IP '20.50.12.7' is not allowed access. Refer https://aka.ms/acr/firewall to grant access."
    with Town(routes((r"", refusal(403, "DENIED", message)))) as town:
        said = reason(asked(town))
    assert said.startswith("not checked: the registry did not let us in: 403 DENIED client with IP")
    assert "20.50.12.7" not in said


def test_a_token_that_grants_nothing_is_a_refusal_and_not_an_absence() -> None:
    with Town(azure((MANIFEST, challenge(f"https://{ACR}/oauth2/token")))) as town:
        assert "401 UNAUTHORIZED" in reason(asked(town))
    assert len(town.calls) == 3


def test_a_registry_open_to_all_is_asked_as_nobody_if_it_refuses_us() -> None:
    def answering(call: Call) -> Reply:
        if call.path == "/oauth2/exchange":
            return refusal(401, "UNAUTHORIZED")
        if call.path == "/oauth2/token":
            return Reply(body={"access_token": "anybody"})
        if call.authorization != "Bearer anybody":
            return challenge(f"https://{ACR}/oauth2/token", ACR)
        return Reply(body=image_manifest(3) if "manifests" in call.path else CONFIG)

    with Town(answering) as town:
        found = asked(town, registry=replace(REGISTRY, anonymous_pull=True))
    assert isinstance(found, Manifest)
    assert len(town.calls) == 5


@pytest.mark.parametrize("server", ["CONTOSO.azurecr.io", ACR])
def test_the_login_server_is_compared_whatever_its_case(server: str) -> None:
    with Town(azure((MANIFEST, Reply(body=image_manifest())))) as town:
        assert isinstance(asked(town, registry=replace(REGISTRY, login_server=server)), Manifest)


@pytest.mark.parametrize(
    "server",
    [
        "contoso2.azurecr.io",
        "contoso.azurecr.io.evil.example.com",
        f"{ACR}:8443",
        f"{ACR}@evil.example.com",
        f"evil.example.com/{ACR}",
        "evil.example.com",
        "",
    ],
)
def test_no_other_login_server_is_shown_our_token(server: str) -> None:
    with Town(routes()) as town:
        assert reason(asked(town, registry=replace(REGISTRY, login_server=server))).startswith("not asked: ")
    assert town.calls == []


@pytest.mark.parametrize("host", ["evil.example.com", "contoso.westeurope.data.azurecr.io", "localhost.localdomain"])
def test_a_registry_of_another_name_is_not_asked_for_the_image(host: str) -> None:
    with Town(routes()) as town:
        found = asked(town, f"{host}/app/web:1", registry=replace(REGISTRY, login_server=host))
    assert reason(found).startswith("not asked: ")
    assert town.calls == []


def test_a_registry_that_we_cannot_see_is_asked_nothing_but_whether_it_exists() -> None:
    with Town(routes((r"GET other.azurecr.io/v2/$", challenge("https://evil.example.com/token")))) as town:
        found = asked(town, "other.azurecr.io/app/web:1", registry=None)
    assert isinstance(found, Gap)
    assert found.reason.startswith("not asked: no registry that we may read has the login server other.azurecr.io")
    assert found.permission == "Microsoft.ContainerRegistry/registries/read"
    assert [(call.target, call.authorization) for call in town.calls] == [("/v2/", None)]


class Entra:
    """A session that signs in as told, and keeps for whom."""

    def __init__(self, session: Session, *, refuses: bool = False) -> None:
        self.settings = session.settings
        self.without_token = session.without_token
        self.admissions = session.admissions
        self.credential = self
        self.audiences: list[str] = []
        self._refuses = refuses

    async def get_token(self, *scopes: str) -> AccessToken:
        self.audiences += scopes
        if self._refuses:
            raise ClientAuthenticationError("no identity here\nand more")
        return AccessToken(AAD, 4102444800)


def signed_in(town: Town, *, refuses: bool = False) -> tuple[Testimony, list[str]]:
    async def run() -> tuple[Testimony, list[str]]:
        async with Session(read_settings({"ACIMEDIC_GATEWAY": town.url})) as session:
            entra = Entra(session, refuses=refuses)
            said = await ask(cast(Session, entra), image(IMAGE), registry=REGISTRY, want_platform=LINUX)
            return said, entra.audiences

    return asyncio.run(run())


def test_the_token_is_for_registries_and_never_for_resource_manager() -> None:
    with Town(azure((MANIFEST, Reply(body=image_manifest())))) as town:
        said, audiences = signed_in(town)
    assert isinstance(said, Manifest)
    assert audiences == ["https://containerregistry.azure.net/.default"]


def test_a_sign_in_that_fails_is_a_gap() -> None:
    with Town(routes()) as town:
        said, _ = signed_in(town, refuses=True)
    assert reason(said) == "not checked: sign-in failed: no identity here"
    assert town.calls == []


NO_SUCH_NAME = Reply(status=502, headers={"x-ms-error-code": "NameNotResolved"})


def test_a_registry_whose_name_does_not_exist_is_absent() -> None:
    with Town(routes((r"", NO_SUCH_NAME))) as town:
        found = asked(town, "other.azurecr.io/app/web:1", registry=None)
    assert found == Absent(what="registry host other.azurecr.io", source="DNS")


def test_a_registry_that_azure_shows_is_not_absent_because_we_cannot_resolve_its_name() -> None:
    with Town(routes((r"", NO_SUCH_NAME))) as town:
        assert "does not resolve from here" in reason(asked(town))


def test_a_data_endpoint_is_not_looked_up() -> None:
    with Town(routes()) as town:
        reason(asked(town, "contoso.westeurope.data.azurecr.io/app/web:1", registry=None))
    assert town.calls == []


# --- being let in before it is known what of


def entered(town: Town, host: str = ACR, *, then: str | None = None) -> Testimony | None:
    """Enter, then ask for an image in the same session."""

    async def run() -> Testimony | None:
        async with Session(read_settings({"ACIMEDIC_GATEWAY": town.url})) as session:
            await enter(session, host)
            if then is None:
                return None
            return await ask(session, image(then), registry=REGISTRY, want_platform=LINUX)

    return asyncio.run(run())


def test_who_has_entered_is_not_asked_who_they_are_again() -> None:
    with Town(azure((MANIFEST, Reply(body=image_manifest())))) as town:
        assert isinstance(entered(town, then=IMAGE), Manifest)
    assert [path for _, path in [(call.method, call.path) for call in town.calls]].count("/oauth2/exchange") == 1


def test_who_was_not_let_in_is_told_so_by_the_same_refusal() -> None:
    with Town(routes((r"/oauth2/exchange", refusal(403, "DENIED", "not from there")))) as town:
        said = reason(entered(town, then=IMAGE))
    assert "did not let us in" in said
    assert len(town.calls) == 1


@pytest.mark.parametrize(
    "host",
    [
        "docker.io",
        "contoso.azurecr.io.evil.example",
        "evilazurecr.io",
        "contoso.eastus.data.azurecr.io",
        "169.254.169.254",
        "localhost",
        "contoso.azurecr.io@evil.example",
        "",
    ],
)
def test_nobody_enters_anywhere_but_at_a_login_server(host: str) -> None:
    with Town(azure()) as town:
        entered(town, host)
    assert town.calls == []


@pytest.mark.parametrize("host", ["contoso.azurecr.us", "contoso.azurecr.cn"])
def test_our_token_goes_to_no_registry_of_another_cloud(host: str) -> None:
    with Town(azure()) as town:
        entered(town, host)
        said = reason(asked(town, f"{host}/app/web:1", registry=replace(REGISTRY, login_server=host)))
    assert said == f"not asked: {host} is not a login server of AzureCloud"
    assert town.calls == []


@pytest.mark.parametrize("trouble", [refusal(503, "UNAVAILABLE"), Reply(body=b"<p>")])
def test_who_was_told_nothing_by_a_registry_is_not_held_off_by_that(trouble: Reply) -> None:
    tries = iter([trouble])

    def answering(call: Call) -> Reply:
        first = next(tries, None) if call.path == "/oauth2/exchange" else None
        return first or azure((MANIFEST, Reply(body=image_manifest())))(call)

    with Town(answering) as town:
        assert isinstance(entered(town, then=IMAGE), Manifest)


def test_a_sign_in_that_fails_for_one_is_tried_again_for_the_next() -> None:
    with Town(azure((MANIFEST, Reply(body=image_manifest())))) as town:

        async def run() -> list[Testimony]:
            async with Session(read_settings({"ACIMEDIC_GATEWAY": town.url})) as session:
                both = (Entra(session, refuses=True), Entra(session))
                return [
                    await ask(cast(Session, each), image(IMAGE), registry=REGISTRY, want_platform=LINUX)
                    for each in both
                ]

        first, second = asyncio.run(run())
    assert reason(first) == "not checked: sign-in failed: no identity here"
    assert isinstance(second, Manifest)


def test_all_who_are_refused_together_are_told_so_by_one_answer() -> None:
    with Town(routes((r"/oauth2/exchange", refusal(403, "DENIED", "not from there")))) as town:

        async def run() -> list[Testimony]:
            async with Session(read_settings({"ACIMEDIC_GATEWAY": town.url})) as session:
                asking = (
                    ask(session, image(f"{IMAGE}{number}"), registry=REGISTRY, want_platform=LINUX)
                    for number in range(5)
                )
                return await asyncio.gather(*asking)

        said = asyncio.run(run())
    assert all("403 DENIED not from there" in reason(each) for each in said)
    assert len(town.calls) == 1
