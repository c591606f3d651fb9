"""Other registries: asked as nobody, and only those on the list."""

from dataclasses import replace

import pytest

from acimedic.image import parse_image
from acimedic.model.image import ImageReference
from acimedic.model.reading import Absent, Gap
from acimedic.model.testimony import Manifest, NotThere
from acimedic.settings import SettingsError, read_settings

from .making import CONFIG, asked, image_manifest, reason
from .town import Answering, Call, Reply, Town, challenge, refusal, routes

HUB, HUB_REALM = "registry-1.docker.io", "https://auth.docker.io/token"
MISSING = refusal(404, "MANIFEST_UNKNOWN", "manifest unknown")


def with_token(realm: str, manifest: Reply, *, tags: Reply | None = None, token: Reply | None = None) -> Answering:
    """A registry that shows manifests to anybody who has been to its realm."""
    host = realm.split("/")[2]

    def answering(call: Call) -> Reply:
        if call.host == host and call.path == "/" + realm.split("/", 3)[3]:
            return token or Reply(body={"token": "anybody"})
        if call.authorization != "Bearer anybody":
            return challenge(realm, "registry")
        if "/tags/" in call.path:
            return tags or refusal(401, "UNAUTHORIZED")
        return manifest if "/manifests/" in call.path else Reply(body=CONFIG)

    return answering


@pytest.mark.parametrize(
    ("text", "host", "realm"),
    [
        ("nginx", HUB, HUB_REALM),
        ("docker.io/library/nginx", HUB, HUB_REALM),
        ("index.docker.io/library/nginx", HUB, HUB_REALM),
        ("registry.hub.docker.com/library/nginx", HUB, HUB_REALM),
        ("ghcr.io/a/b:1", "ghcr.io", "https://ghcr.io/token"),
        ("quay.io/a/b:1", "quay.io", "https://quay.io/v2/auth"),
        ("mcr.microsoft.com/a/b:1", "mcr.microsoft.com", "https://mcr.microsoft.com/token"),
        ("mcr.microsoft.com:443/a/b:1", "mcr.microsoft.com", "https://mcr.microsoft.com/token"),
    ],
)
def test_a_listed_registry_is_asked_as_nobody(text: str, host: str, realm: str) -> None:
    with Town(with_token(realm, Reply(body=image_manifest(5)))) as town:
        found = asked(town, text, registry=None)
    assert isinstance(found, Manifest)
    assert (found.size, str(found.platforms[0])) == (5, "linux/amd64")
    assert town.hosts == {host, realm.split("/")[2]}
    assert len(town.calls) == 4
    assert {call.authorization for call in town.calls} <= {None, "Bearer anybody"}


def test_a_registry_that_wants_no_token_takes_two_requests() -> None:
    with Town(routes((r"manifests", Reply(body=image_manifest())), (r"blobs", Reply(body=CONFIG)))) as town:
        assert isinstance(asked(town, "mcr.microsoft.com/a/b:1", registry=None), Manifest)
    assert len(town.calls) == 2


def test_the_realm_is_asked_for_one_repository() -> None:
    with Town(with_token(HUB_REALM, Reply(body=image_manifest()))) as town:
        asked(town, "nginx", registry=None)
    assert town.calls[1].query == {"service": "registry", "scope": "repository:library/nginx:pull"}


@pytest.mark.parametrize(
    "text",
    [
        "example.com/a",
        "quay.io.evil.example.com/a",
        "evil-quay.io/a",
        "quay.io:5000/a",
        "quay.io:80/a",
        "localhost/a/b",
    ],
)
def test_a_registry_that_is_not_listed_is_not_asked(text: str) -> None:
    with Town(routes()) as town:
        found = asked(town, text, registry=None)
    assert isinstance(found, Gap)
    assert found.reason.startswith("not asked: ")
    assert (found.permission, town.calls) == (None, [])


@pytest.mark.parametrize("text", ["127.0.0.1/a", "169.254.169.254/a", "10.0.0.4/a", "2130706433.0/a", "a.internal/a"])
def test_an_address_is_not_asked_even_if_it_is_listed(text: str) -> None:
    with Town(routes()) as town:
        assert "not a public host name" in reason(asked(town, text, registry=None, allowed=(text.split("/")[0],)))
    assert town.calls == []


def test_docker_hub_is_asked_by_any_of_its_names_on_the_list() -> None:
    with Town(with_token(HUB_REALM, Reply(body=image_manifest()))) as town:
        assert isinstance(asked(town, "nginx", registry=None, allowed=("registry-1.docker.io",)), Manifest)


@pytest.mark.parametrize("host", ["docker.io", "ghcr.io"])
@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_does_not_say_whether_it_is_private_or_absent(host: str, status: int) -> None:
    with Town(routes((r"", refusal(status, "DENIED", "denied")))) as town:
        found = asked(town, f"{host}/a/b:1", registry=None)
    assert reason(found).startswith("not checked: private or absent, the registry does not say which: ")


def test_a_realm_that_refuses_does_not_say_either() -> None:
    with Town(with_token("https://ghcr.io/token", Reply(), token=refusal(403, "DENIED"))) as town:
        assert "private or absent" in reason(asked(town, "ghcr.io/a/b:1", registry=None))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=403, body=b"<html>sign in to the proxy</html>"),
        Reply(status=401),
        refusal(403, "AuthorizationFailed"),
        refusal(401, "x DENIED"),
    ],
)
def test_a_refusal_without_the_registrys_word_for_it_says_nothing_of_the_image(reply: Reply) -> None:
    """Something before the registry refuses everybody."""
    with Town(with_token("https://ghcr.io/token", Reply(), token=reply)) as town:
        assert reason(asked(town, "ghcr.io/a/b:1", registry=None)).startswith(
            "not checked: the registry did not let us"
        )


@pytest.mark.parametrize("host", ["docker.io", "ghcr.io", "quay.io", "mcr.microsoft.com"])
def test_too_many_requests_are_a_gap(host: str) -> None:
    with Town(routes((r"", refusal(429, "TOOMANYREQUESTS", "You have reached your pull rate limit")))) as town:
        found = asked(town, f"{host}/a/b:1", registry=None)
    assert reason(found) == "not checked: 429 TOOMANYREQUESTS You have reached your pull rate limit"
    assert len(town.calls) == 1


@pytest.mark.parametrize("host", ["quay.io", "mcr.microsoft.com"])
@pytest.mark.parametrize(("code", "what"), [("MANIFEST_UNKNOWN", "tag"), ("NAME_UNKNOWN", "repository")])
def test_a_registry_that_hides_nothing_is_believed(host: str, code: str, what: str) -> None:
    with Town(routes((r"manifests", refusal(404, code)), (r"tags", Reply(status=500)))) as town:
        found = asked(town, f"{host}/a/b:1", registry=None)
    assert isinstance(found, NotThere)
    assert found.what == what


@pytest.mark.parametrize(("realm", "text"), [(HUB_REALM, "nginx:1.72"), ("https://ghcr.io/token", "ghcr.io/a/b:1.72")])
def test_a_tag_is_missing_where_the_others_are_shown(realm: str, text: str) -> None:
    with Town(with_token(realm, MISSING, tags=Reply(body={"tags": ["1.27", "stable", 5, "\u001b[31m"]}))) as town:
        found = asked(town, text, registry=None)
    assert isinstance(found, NotThere)
    assert (found.what, found.nearest) == ("tag", ("1.27",))


@pytest.mark.parametrize(
    "tags", [refusal(401, "UNAUTHORIZED"), refusal(404, "NAME_UNKNOWN"), Reply(status=500), Reply(body=b"<html>")]
)
def test_docker_hub_proves_nothing_where_the_tags_are_not_shown(tags: Reply) -> None:
    with Town(with_token(HUB_REALM, MISSING, tags=tags)) as town:
        assert isinstance(asked(town, "nginx:1.72", registry=None), Gap)


def test_docker_hubs_unknown_name_may_be_private() -> None:
    with Town(with_token(HUB_REALM, refusal(404, "NAME_UNKNOWN"))) as town:
        assert "private or absent" in reason(asked(town, "contoso/web:1", registry=None))


def test_a_host_that_does_not_exist_is_absent() -> None:
    with Town(routes((r"", Reply(status=502, headers={"x-ms-error-code": "NameNotResolved"})))) as town:
        found = asked(town, "registry.example.com/a:1", registry=None, allowed=("registry.example.com",))
    assert found == Absent(what="registry host registry.example.com", source="DNS")


def test_a_realm_that_does_not_exist_does_not_make_the_registry_absent() -> None:
    gone = Reply(status=502, headers={"x-ms-error-code": "NameNotResolved"})
    with Town(with_token(HUB_REALM, Reply(), token=gone)) as town:
        assert "no token" in reason(asked(town, "nginx", registry=None))


@pytest.mark.parametrize("status", [400, 418, 500, 502, 503, 504])
def test_any_other_status_is_a_gap_that_names_it(status: int) -> None:
    with Town(routes((r"", Reply(status=status, body=b"<html>", headers={"Content-Type": "text/html"})))) as town:
        assert str(status) in reason(asked(town, "mcr.microsoft.com/a/b:1", registry=None))


def test_names_of_odd_characters_reach_no_registry() -> None:
    plain = parse_image("quay.io/a/b:1")
    assert isinstance(plain, ImageReference)
    odd = [
        replace(plain, repository=repository)
        for repository in ("../../oauth2", "a//b", "a/%2e%2e/b", "a b", "a?x=1", "a#b", "é", "", "a" * 300)
    ] + [replace(plain, tag=tag) for tag in ("..", "a/b", "a?b", "1\r\nX: y", "\ud800", "a" * 200)]
    with Town(routes()) as town:
        for each in odd:
            assert reason(asked(town, each, registry=None)).startswith("not asked: ")
    assert town.calls == []


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("", ("docker.io", "mcr.microsoft.com", "ghcr.io", "quay.io")),
        ("none", ()),
        (" quay.io , Registry.Example.com ", ("quay.io", "registry.example.com")),
    ],
)
def test_the_list_is_a_setting(text: str, hosts: tuple[str, ...]) -> None:
    assert read_settings({"ACIMEDIC_REGISTRIES": text}).registries == hosts


@pytest.mark.parametrize("text", ["https://quay.io", "quay.io:5000", "127.0.0.1", "localhost", "a b.io", "[::1]", "*"])
def test_a_list_of_anything_but_host_names_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="ACIMEDIC_REGISTRIES"):
        read_settings({"ACIMEDIC_REGISTRIES": f"quay.io,{text}"})
