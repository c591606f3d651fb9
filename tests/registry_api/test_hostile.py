"""Registries that mean harm, or are broken: nothing is given away, nothing inwards is asked, everything ends."""

import asyncio
import socket
from pathlib import Path

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.core.pipeline import PipelineContext, PipelineRequest
from azure.core.rest import HttpRequest

from acimedic.azure.policies import RefusedRequestError
from acimedic.azure.registry_api.hosts import at_realm, is_public_name, reach_of, storage_place
from acimedic.azure.registry_api.line import NoCredential, ReadsOnly, is_unknown_host
from acimedic.azure.transport import Transport
from acimedic.manifest import LARGEST
from acimedic.model.registry import Registry
from acimedic.model.testimony import Manifest, NotThere

from .making import (
    CONFIG,
    LINUX,
    OCI_INDEX,
    REGISTRY,
    asked,
    digest,
    entry,
    image_manifest,
    index,
    reason,
)
from .town import AAD, ACCESS, ACR, REFRESH, Answering, Call, Reply, Town, azure, challenge, refusal, routes

EVIL_REALMS = (
    "http://quay.io/v2/auth",
    "https://evil.example.com/v2/auth",
    "https://quay.io.evil.example.com/v2/auth",
    "https://evil-quay.io/v2/auth",
    "https://quay.io:8443/v2/auth",
    "https://quay.io@evil.example.com/v2/auth",
    "https://quay.io:x@evil.example.com/v2/auth",
    "https://evil.example.com\\@quay.io/v2/auth",
    "https://quay.io\\@evil.example.com/",
    "https://evil.example.com#@quay.io/v2/auth",
    "https://evil.example.com/?@quay.io",
    "https://127.0.0.1/token",
    "https://[::1]/token",
    "https://[::1/token",
    "https://169.254.169.254/metadata/identity/oauth2/token",
    "http://169.254.169.254/metadata/identity/oauth2/token",
    "//evil.example.com/token",
    "/v2/auth",
    "",
    "ftp://quay.io/x",
    "file:///etc/passwd",
    "https://quay.io/v2/ auth",
    "https://quay.io\t.evil.example.com/",
)
EVIL_PLACES = (
    "http://blobs.example.com/x",
    "https://127.0.0.1/x",
    "https://127.1/x",
    "https://2130706433/x",
    "https://0x7f000001/x",
    "https://0x7f.0.0.0x1/x",
    "https://017700000001/x",
    "https://localhost/x",
    "https://app.localhost/x",
    "https://[::1]/x",
    "https://[fe80::1]/x",
    "https://[::1/x",
    "https://[blobs.example.com/x",
    "https://[::ffff:169.254.169.254]/x",
    "https://169.254.169.254/metadata/instance",
    "http://169.254.169.254/metadata/instance",
    "https://10.0.0.4/x",
    "https://192.168.1.1/x",
    "https://metadata.google.internal/x",
    "https://printer.local/x",
    "https://intranet/x",
    "https://blobs.example.com:8443/x",
    "https://user@blobs.example.com/x",
    "https://user:pw@blobs.example.com/x",
    "https://blobs.example.com@10.0.0.4/x",
    "https://blobs.example.com\\@10.0.0.4/x",
    "https://blobs%2eexample.com/x",
    "https://bløbs.example.com/x".encode().decode("latin-1"),
    "ftp://blobs.example.com/x",
    "file:///etc/passwd",
)


@pytest.mark.parametrize("realm", EVIL_REALMS)
def test_a_realm_elsewhere_is_not_asked(realm: str) -> None:
    assert at_realm(realm, "quay.io") is None


@pytest.mark.parametrize("realm", EVIL_REALMS[:14])
def test_a_registry_that_sends_us_elsewhere_is_asked_no_further(realm: str) -> None:
    with Town(routes((r"", challenge(realm)))) as town:
        said = reason(asked(town, "quay.io/a/b:1", registry=None))
    assert said == "not asked: the registry sends us for a token to another place than quay.io"
    assert town.asked == [("GET", "quay.io", "/v2/a/b/manifests/1")]


@pytest.mark.parametrize(
    "realm", ["https://registry-1.docker.io/token", "https://docker.io/token", "https://ghcr.io/token"]
)
def test_docker_hubs_tokens_are_made_at_one_host(realm: str) -> None:
    with Town(routes((r"", challenge(realm)))) as town:
        assert reason(asked(town, "nginx", registry=None)).startswith("not asked: ")
    assert town.hosts == {"registry-1.docker.io"}


@pytest.mark.parametrize(
    "header", ['Basic realm="x"', "Bearer", "", "Bearer realm=https://quay.io/v2/auth", "Negotiate"]
)
def test_a_challenge_of_another_kind_is_a_refusal(header: str) -> None:
    with Town(routes((r"", refusal(401, "UNAUTHORIZED", headers={"WWW-Authenticate": header})))) as town:
        reason(asked(town, "quay.io/a/b:1", registry=None))
    assert town.hosts == {"quay.io"}
    assert len(town.calls) == 1


@pytest.mark.parametrize("realm", EVIL_REALMS[:10])
def test_azures_registry_cannot_send_our_token_elsewhere(realm: str) -> None:
    answering = routes(
        (r"/oauth2/exchange", Reply(body={"refresh_token": REFRESH})),
        (r"/oauth2/token", Reply(body={"access_token": ACCESS})),
        (r"", challenge(realm)),
    )
    with Town(answering) as town:
        reason(asked(town))
    assert town.hosts == {ACR}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("path", ["/oauth2/exchange", "/oauth2/token", "/manifests/"])
def test_no_redirect_is_followed_but_a_blobs(status: int, path: str) -> None:
    away = Reply(status=status, headers={"Location": "https://evil.example.com/oauth2/exchange"})
    answering = routes(
        (path, away),
        (r"/oauth2/exchange", Reply(body={"refresh_token": REFRESH})),
        (r"/oauth2/token", Reply(body={"access_token": ACCESS})),
    )
    with Town(answering) as town:
        assert str(status) in reason(asked(town))
    assert town.hosts == {ACR}


def redirecting(location: str, there: Reply | None = None) -> Answering:
    inner = azure(
        (r"/manifests/", Reply(body=image_manifest(3))),
        (rf"GET {ACR}/v2/\S+/blobs/", Reply(status=307, headers={"Location": location})),
    )

    def answering(call: Call) -> Reply:
        return inner(call) if call.host == ACR else there or Reply(body=CONFIG)

    return answering


@pytest.mark.parametrize("place", EVIL_PLACES)
def test_a_redirect_inwards_is_not_followed(place: str) -> None:
    assert storage_place(f"https://{ACR}/v2/", place) is None
    with Town(redirecting(place)) as town:
        found = asked(town)
    assert isinstance(found, Manifest)
    assert (found.platforms, found.size) == ((), 3)
    assert town.hosts == {ACR}


@pytest.mark.parametrize(
    "place",
    [
        "https://weumanaged.blob.core.windows.net/x?sig=a%2Fb%3D",
        "https://contoso.westeurope.data.azurecr.io/x",
        "//cdn.example.com/x",
    ],
)
def test_a_redirect_to_storage_is_followed_as_nobody(place: str) -> None:
    with Town(redirecting(place)) as town:
        found = asked(town)
    assert isinstance(found, Manifest)
    assert str(found.platforms[0]) == "linux/amd64"
    assert town.calls[-1].authorization is None
    assert town.calls[-1].host != ACR
    assert len(town.calls) == 5


def test_a_redirect_to_the_registry_itself_goes_without_a_token() -> None:
    with Town(redirecting("/oauth2/exchange")) as town:
        asked(town)
    assert town.calls[-1].authorization is None


def test_a_second_redirect_is_not_followed() -> None:
    again = Reply(status=307, headers={"Location": "https://third.example.com/x"})
    with Town(redirecting("https://second.example.com/x", again)) as town:
        found = asked(town)
    assert isinstance(found, Manifest)
    assert found.platforms == ()
    assert "third.example.com" not in town.hosts


@pytest.mark.parametrize("location", [{}, {"Location": ""}])
def test_a_redirect_to_nowhere_is_no_harm(location: dict[str, str]) -> None:
    town = Town(
        azure((r"/manifests/", Reply(body=image_manifest())), (r"/blobs/", Reply(status=307, headers=location)))
    )
    with town:
        assert isinstance(asked(town), Manifest)
    assert town.hosts == {ACR}


@pytest.mark.parametrize("where", ["manifests", "blobs", "oauth2/exchange", "oauth2/token"])
def test_an_answer_without_end_is_cut_at_the_bound(where: str) -> None:
    town = Town(
        routes(
            (where, Reply(fault="endless")),
            (r"/oauth2/exchange", Reply(body={"refresh_token": REFRESH})),
            (r"/oauth2/token", Reply(body={"access_token": ACCESS})),
            (r"manifests", Reply(body=image_manifest())),
        )
    )
    with town:
        found = asked(town)
        assert town.sent < LARGEST + 32 * 1024 * 1024  # what sockets hold on the way
    if where == "blobs":
        assert isinstance(found, Manifest)
        assert found.platforms == ()
    else:
        assert "larger than" in reason(found)


def test_a_large_manifest_is_refused() -> None:
    with Town(azure((r"manifests", Reply(body=b'{"layers":[' + b" " * LARGEST)))) as town:
        assert "larger than" in reason(asked(town))


def test_a_compressed_answer_is_not_unpacked() -> None:
    packed = Reply(body=b"\x1f\x8b\x08", headers={"Content-Encoding": "gzip"})
    with Town(azure((r"manifests", packed))) as town:
        assert "compressed" in reason(asked(town))
    assert {call.headers["accept-encoding"] for call in town.calls} == {"identity"}


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>sign in</html>", b"null", b"[]", b"{}", b'{"manifests": ', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "html", "null", "list", "object", "cut", "bytes", "deep"],
)
def test_a_manifest_that_is_none_is_a_gap(body: bytes) -> None:
    with Town(azure((r"manifests", Reply(body=body)))) as town:
        assert reason(asked(town)).startswith("not checked: the answer was not understood: ")


def test_a_wrong_media_type_is_no_obstacle() -> None:
    reply = Reply(body=image_manifest(3), headers={"Content-Type": "text/html"})
    with Town(azure((r"manifests", reply), (r"blobs", Reply(body=CONFIG)))) as town:
        assert isinstance(asked(town), Manifest)


def test_an_index_inside_an_index_is_not_followed() -> None:
    inner = index(entry(1, *LINUX, mediaType=OCI_INDEX))
    with Town(azure((r"manifests", Reply(body=inner)))) as town:
        found = asked(town)
    assert isinstance(found, Manifest)
    assert (str(found.platforms[0]), found.size) == ("linux/amd64", None)
    assert len(town.calls) == 4


@pytest.mark.parametrize(
    "at", ["sha256:../../oauth2", "sha256:" + "0" * 63, "latest", f"{digest(1)}/../x", "", 5, None]
)
def test_a_part_without_a_digest_is_not_asked_for(at: object) -> None:
    held = index({**entry(1, *LINUX), "digest": at})
    with Town(azure((r"manifests", Reply(body=held)))) as town:
        assert isinstance(asked(town), Manifest)
    assert len(town.calls) == 3


@pytest.mark.parametrize("where", ["oauth2/exchange", "oauth2/token"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        {},
        {"refresh_token": None, "access_token": None},
        {"refresh_token": "a b", "access_token": "a\r\nX-Evil: 1"},
        {"refresh_token": "é", "access_token": "é"},
        {"refresh_token": "a" * 20_000, "access_token": "a" * 20_000},
    ],
)
def test_a_token_that_is_none_is_a_gap(where: str, body: object) -> None:
    with Town(routes((where, Reply(body=body)), (r"exchange", Reply(body={"refresh_token": REFRESH})))) as town:
        assert reason(asked(town)) == "not checked: no token: the answer was not understood"
    assert not any(call.method == "GET" for call in town.calls)


@pytest.mark.parametrize("where", ["oauth2/exchange", "oauth2/token", "manifests"])
@pytest.mark.parametrize("fault", ["cut", "silence"])
def test_an_answer_that_does_not_come_is_a_gap(where: str, fault: str) -> None:
    town = Town(
        routes(
            (where, Reply(body={"some": "thing"}, fault=fault)),  # type: ignore[arg-type]
            (r"exchange", Reply(body={"refresh_token": REFRESH})),
            (r"token", Reply(body={"access_token": ACCESS})),
        )
    )
    with town:
        assert "no answer" in reason(asked(town, seconds=30.0 if fault == "cut" else 0.3))


def test_a_refusal_that_repeats_what_it_was_shown_is_not_quoted_whole() -> None:
    def answering(call: Call) -> Reply:
        if call.path == "/oauth2/exchange":
            return Reply(body={"refresh_token": REFRESH})
        if call.path == "/oauth2/token":
            return Reply(body={"access_token": ACCESS})
        return refusal(403, "DENIED", f"{call.authorization} {AAD} {REFRESH} eyJhbGciOiJub25lIn0.e30.x \x1b[31m\r\nno")

    with Town(answering) as town:
        said = reason(asked(town))
    assert not any(hush in said for hush in (AAD, REFRESH, ACCESS, "eyJ", "\x1b", "\n"))
    assert "403 DENIED" in said


HUGE = [f"build-{number:06}" for number in range(100_000)]


def paged(call: Call) -> Reply:
    """A registry with a hundred thousand tags, listed as asked."""
    if call.method == "POST":
        return Reply(body={"refresh_token": REFRESH, "access_token": ACCESS})
    if "/manifests/" in call.path:
        return refusal(404, "MANIFEST_UNKNOWN")
    size, last = int(call.query["n"]), call.query.get("last", "")
    start = next((place for place, name in enumerate(HUGE) if name > last), len(HUGE)) if last else 0
    names = HUGE[start : start + size]
    if "orderby" in call.query:
        names = HUGE[: -size - 1 : -1]
    rows = [{"name": name, "lastUpdateTime": "2026"} for name in names] if call.host == ACR else names
    return Reply(body={"tags": rows}, headers={"Link": f'<https://evil.example.com/{call.path}?last=x>; rel="next"'})


@pytest.mark.parametrize(("host", "registry"), [(ACR, REGISTRY), ("mcr.microsoft.com", None)])
def test_a_long_list_is_entered_where_the_name_would_stand(host: str, registry: Registry | None) -> None:
    with Town(paged) as town:
        found = asked(town, f"{host}/app/web:build-0712345", registry=registry)
    assert isinstance(found, NotThere)
    assert "build-071234" in found.nearest
    assert len([call for call in town.calls if "tags" in call.path]) <= 3
    assert len(town.hosts) == 1


def test_a_long_list_shows_the_newest_where_none_is_near() -> None:
    with Town(paged) as town:
        found = asked(town, f"{ACR}/app/web:zzz")
    assert isinstance(found, NotThere)
    assert (found.nearest, found.newest) == ((), tuple(HUGE[:-6:-1]))


def test_a_registry_that_lists_everything_at_once_is_compared_in_part() -> None:
    town = Town(routes((r"manifests", refusal(404, "MANIFEST_UNKNOWN")), (r"tags", Reply(body={"tags": HUGE}))))
    with town:
        found = asked(town, "mcr.microsoft.com/app/web:build-099999x", registry=None)
    assert isinstance(found, NotThere)
    assert found.nearest[0] == "build-099999"


@pytest.mark.parametrize("listed", [None, "x", 5, {"a": 1}, [None, 5, {"name": 5}, {"name": "\x1b[31m"}, {}, [[]]]])
def test_a_list_of_nonsense_is_no_list(listed: object) -> None:
    town = Town(azure((r"manifests", refusal(404, "MANIFEST_UNKNOWN")), (r"_tags", Reply(body={"tags": listed}))))
    with town:
        found = asked(town)
    assert isinstance(found, NotThere)
    assert (found.nearest, found.newest) == ((), ())


@pytest.mark.parametrize("host", ["contoso.azurecr.io", "registry-1.docker.io", "a.b", "x1.example.com"])
def test_a_public_name_is_one(host: str) -> None:
    assert is_public_name(host)


@pytest.mark.parametrize(
    ("host", "reach"),
    [
        ("localhost", "public"),
        ("quay.io", "public"),
        ("cdn.example.com", "public"),
        ("contoso.azurecr.io", "network"),
        ("contoso.westeurope.data.azurecr.io", "network"),
        ("weumanaged.blob.core.windows.net", "network"),
        ("weumanaged.blob.core.windows.net.example.com", "public"),
        ("contoso.azurecr.io.example.com", "public"),
    ],
)
def test_only_azures_own_names_may_lead_into_a_network(host: str, reach: str) -> None:
    assert reach_of(host) == reach


def sent(method: str, url: str, **headers: str) -> "PipelineRequest[HttpRequest]":
    return PipelineRequest(HttpRequest(method, url, headers=headers), PipelineContext(None))


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
def test_a_credential_does_not_leave_the_registry(name: str) -> None:
    with pytest.raises(RefusedRequestError):
        NoCredential().on_request(sent("GET", "https://cdn.example.com/", **{name: "Bearer x"}))


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/v2/a/manifests/1"), ("DELETE", "/v2/a/manifests/1"), ("POST", "/v2/a/blobs/uploads/"), ("HEAD", "/")],
)
def test_a_registry_is_only_read(method: str, path: str) -> None:
    with pytest.raises(RefusedRequestError):
        ReadsOnly().on_request(sent(method, f"https://{ACR}{path}"))


@pytest.mark.parametrize("path", ["/oauth2/exchange", "/oauth2/token"])
def test_a_registry_may_be_asked_for_a_token(path: str) -> None:
    ReadsOnly().on_request(sent("POST", f"https://{ACR}{path}"))


def reached(url: str) -> None:
    """A request straight through the transport, without a gateway."""

    async def run() -> None:
        async with Transport() as transport:
            await transport.send(HttpRequest("GET", url))

    asyncio.run(run())


def test_what_netrc_holds_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password hush\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Town(routes((r"", Reply()))) as town:
        reached(f"{town.url}/v2/")
    assert [call.authorization for call in town.calls] == [None]


def test_the_environments_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with Town(routes((r"", Reply()))) as town:
        monkeypatch.setenv("http_proxy", town.url.replace("://", "://me:pw@"))
        reached("http://quay.io/v2/")
    assert [(call.host, call.target) for call in town.calls] == [("quay.io", "http://quay.io/v2/")]
    assert "proxy-authorization" in town.calls[0].headers


def chained(cause: BaseException) -> ServiceRequestError:
    error = ServiceRequestError("cannot connect")
    error.__cause__ = OSError("connector")
    error.__cause__.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "unknown"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), True),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), False),
        (ConnectionRefusedError(111, "refused"), False),
        (TimeoutError(), False),
    ],
)
def test_only_dns_itself_says_that_a_name_does_not_exist(cause: BaseException, unknown: bool) -> None:
    assert is_unknown_host(chained(cause)) is unknown
