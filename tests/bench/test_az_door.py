"""What stands behind the door of the comparison with `az`: sign-in and Graph as documented, TLS that is real."""

import json
import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential

from bench import az
from bench.authority import GRAPH, SIGN_IN, Application
from bench.door import MANAGEMENT, Door, door
from bench.tls import authority
from tests.scenarios.running import load

WORLD = load(az.SCENARIO)
TENANT = WORLD["subscriptions"]["app"]["tenantId"]
APPLICATION = Application(tenant=TENANT, client_id="0a5c1f8e-3d27-4b69-90e4-7c1b6d2f8a35", secret="of-nobody")
PULL = WORLD["identities"]["pull"]["properties"]
TOKEN = f"https://{SIGN_IN}/{TENANT}/oauth2/v2.0/token"
FORM = {
    "grant_type": "client_credentials",
    "client_id": APPLICATION.client_id,
    "client_secret": APPLICATION.secret,
    "scope": f"https://{MANAGEMENT}/.default",
}


@pytest.fixture(scope="module")
def opened() -> Iterator[Door]:
    with door(WORLD, APPLICATION) as one:
        yield one


def ask(
    opened: Door, url: str, *, form: dict[str, str] | None = None, body: Any = None, token: str = ""
) -> tuple[int, Any, dict[str, str]]:
    """Ask through the door; gives back status, answer and headers."""
    context = ssl.create_default_context(cafile=str(opened.root))
    opener = build_opener(ProxyHandler({"https": opened.proxy}), HTTPSHandler(context=context))
    data = urlencode(form).encode() if form is not None else None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with opener.open(Request(url, data, headers), timeout=20) as answer:  # noqa: S310 - https, by the door
            return answer.status, json.load(answer), dict(answer.headers)
    except HTTPError as error:
        return error.code, json.load(error), dict(error.headers)


def token_for(opened: Door, host: str) -> str:
    return str(ask(opened, TOKEN, form=FORM | {"scope": f"https://{host}/.default"})[1]["access_token"])


def connect(opened: Door, target: str, method: str = "CONNECT") -> bytes:
    """The status line with which the proxy answers."""
    where = urlsplit(opened.proxy)
    with socket.create_connection((where.hostname, where.port), timeout=20) as line:
        line.sendall(f"{method} {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        return line.recv(200).partition(b"\r\n")[0]


def test_instance_discovery_leads_to_the_configuration_and_that_to_the_token(opened: Door) -> None:
    asked = urlencode({"api-version": "1.1", "authorization_endpoint": f"https://{SIGN_IN}/{TENANT}/oauth2/authorize"})
    _, found, _ = ask(opened, f"https://{SIGN_IN}/common/discovery/instance?{asked}")
    assert SIGN_IN in found["metadata"][0]["aliases"]
    _, configuration, _ = ask(opened, found["tenant_discovery_endpoint"])
    assert configuration["token_endpoint"] == TOKEN


def test_the_configuration_holds_what_openid_connect_requires(opened: Door) -> None:
    """OpenID Connect Discovery 1.0, section 3."""
    _, configuration, _ = ask(opened, f"https://{SIGN_IN}/{TENANT}/v2.0/.well-known/openid-configuration")
    assert {
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
    } <= set(configuration)


def test_a_token_comes_in_the_form_of_oauth(opened: Door) -> None:
    """RFC 6749, section 5.1."""
    status, body, headers = ask(opened, TOKEN, form=FORM)
    assert (status, body["token_type"], headers["Cache-Control"], headers["Pragma"]) == (
        200,
        "Bearer",
        "no-store",
        "no-cache",
    )
    assert body["expires_in"] > 0
    assert body["access_token"]


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "another"}, 401, "invalid_client"),
        ({"client_id": "another"}, 400, "unauthorized_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "openid"}, 400, "invalid_scope"),
        ({"scope": f"https://{MANAGEMENT}/.default https://{GRAPH}/.default"}, 400, "invalid_scope"),
    ],
)
def test_a_token_is_refused_in_the_form_of_oauth(
    opened: Door, changed: dict[str, str], status: int, error: str
) -> None:
    """RFC 6749, section 5.2."""
    answered, body, _ = ask(opened, TOKEN, form=FORM | changed)
    assert (answered, body["error"]) == (status, error)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("common/discovery/instance?authorization_endpoint=https://login.example/x", "invalid_instance"),
        ("00000000-0000-0000-0000-000000000000/v2.0/.well-known/openid-configuration", "invalid_request"),
    ],
)
def test_an_authority_or_tenant_that_is_not_ours_is_refused(opened: Door, path: str, error: str) -> None:
    status, body, _ = ask(opened, f"https://{SIGN_IN}/{path}")
    assert (status, body["error"]) == (400, error)


def test_azures_own_client_signs_in_through_the_door(opened: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in opened.environment({}).items():
        monkeypatch.setenv(name, value)
    scope = f"https://{MANAGEMENT}/.default"
    assert ClientSecretCredential(TENANT, APPLICATION.client_id, APPLICATION.secret).get_token(scope).token
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        ClientSecretCredential(TENANT, APPLICATION.client_id, "another").get_token(scope)


def test_graph_takes_a_token_for_graph_alone(opened: Door) -> None:
    url = f"https://{GRAPH}/v1.0/directoryObjects/getByIds"
    status, body, _ = ask(opened, url, body={"ids": []}, token=token_for(opened, MANAGEMENT))
    assert (status, body["error"]["code"]) == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize(("name", "found"), [("clientId", [PULL["principalId"]]), ("principalId", [])])
def test_graph_finds_a_service_principal_by_its_names_and_not_by_its_id(
    opened: Door, name: str, found: list[str]
) -> None:
    wanted = urlencode({"$filter": f"servicePrincipalNames/any(c:c eq '{PULL[name]}')"})
    _, body, _ = ask(opened, f"https://{GRAPH}/v1.0/servicePrincipals?{wanted}", token=token_for(opened, GRAPH))
    assert [each["id"] for each in body["value"]] == found


def test_graph_finds_objects_by_their_ids_and_leaves_out_what_is_not_there(opened: Door) -> None:
    ids = [PULL["principalId"], "00000000-0000-0000-0000-000000000000"]
    url = f"https://{GRAPH}/v1.0/directoryObjects/getByIds"
    _, body, _ = ask(opened, url, body={"ids": ids}, token=token_for(opened, GRAPH))
    assert [(each["@odata.type"], each["id"]) for each in body["value"]] == [
        ("#microsoft.graph.servicePrincipal", PULL["principalId"])
    ]


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("CONNECT", "pypi.org:443", b"403"),
        ("CONNECT", f"{MANAGEMENT}:80", b"403"),
        ("CONNECT", f"{MANAGEMENT}.example.com:443", b"403"),
        ("GET", f"http://{MANAGEMENT}/", b"405"),
    ],
)
def test_the_proxy_connects_to_the_names_it_knows_and_nowhere_else(
    opened: Door, method: str, target: str, status: bytes
) -> None:
    assert connect(opened, target, method).split()[1] == status


@pytest.mark.parametrize("trusting", ["everybody else", "another run"])
def test_nobody_else_believes_in_the_certificate(opened: Door, trusting: str) -> None:
    with authority([MANAGEMENT]) as other:
        context = ssl.create_default_context(cafile=str(other.root) if trusting == "another run" else None)
        opener = build_opener(ProxyHandler({"https": opened.proxy}), HTTPSHandler(context=context))
        with pytest.raises(OSError, match="certificate verify failed"):
            opener.open(f"https://{MANAGEMENT}/tenants", timeout=20)


def test_no_key_lies_beside_the_root_and_both_are_gone_at_the_end() -> None:
    with authority([MANAGEMENT]) as trust:
        folder = trust.root.parent
        assert [each.name for each in folder.iterdir()] == ["root.pem"]
        assert b"PRIVATE KEY" not in trust.root.read_bytes()
    assert not folder.exists()


def test_callers_believe_in_the_root_alone_and_go_through_the_proxy_alone(opened: Door) -> None:
    mine = {"PATH": "/bin", "https_proxy": "http://other", "no_proxy": "*", "SSL_CERT_DIR": "/etc/ssl/certs"}
    assert opened.environment(mine) == {
        "PATH": "/bin",
        "HTTPS_PROXY": opened.proxy,
        "SSL_CERT_FILE": str(opened.root),
        "REQUESTS_CA_BUNDLE": str(opened.root),
    }


def test_a_fresh_process_signs_in_asks_azure_and_the_registry_and_names_the_cause(opened: Door, tmp_path: Path) -> None:
    opened.set(0)
    clean = opened.environment({"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    az.diagnose(WORLD, az.settings_of(clean, APPLICATION))
    hosts = [host for host, _, _ in opened.asked()]
    assert {SIGN_IN, MANAGEMENT, "contoso.azurecr.io"} == set(hosts)
