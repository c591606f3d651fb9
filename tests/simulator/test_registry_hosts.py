"""The HTTP API of registries, with their doors."""

import base64
import re
from typing import Any
from urllib.parse import urlencode

import pytest

CONTOSO = "contoso.azurecr.io"
LIST = "application/vnd.docker.distribution.manifest.list.v2+json"


@pytest.fixture
def registry(azure: Any) -> Any:
    """The registry of the healthy world, opened to the public network."""
    body = azure.world["registries"]["contoso"]
    body["properties"].update(publicNetworkAccess="Enabled", networkRuleSet={"defaultAction": "Allow", "ipRules": []})
    return body


def ask(azure: Any, path: str, token: str = "", method: str = "GET", host: str = CONTOSO, **headers: str) -> Any:
    return azure(method, path, host=host, headers={"Authorization": token} | headers)


def exchange(azure: Any, scope: str) -> str:
    form = urlencode({"grant_type": "access_token", "service": CONTOSO, "access_token": "aad"})
    refresh = azure("POST", "/oauth2/exchange", host=CONTOSO, body=form).body["refresh_token"]
    form = urlencode({"grant_type": "refresh_token", "service": CONTOSO, "scope": scope, "refresh_token": refresh})
    return "Bearer " + str(azure("POST", "/oauth2/token", host=CONTOSO, body=form).body["access_token"])


@pytest.mark.parametrize("path", ["/v2/", "/oauth2/exchange", "/v2/app/web/manifests/1.4.2"])
def test_a_closed_registry_lets_nobody_in(path: str, azure: Any) -> None:
    azure.world["clientIp"] = "198.51.100.7"
    answer = ask(azure, path)
    assert (answer.status, answer.body["errors"][0]["code"]) == (403, "DENIED")
    text = "client with IP '198.51.100.7' is not allowed access. Refer https://aka.ms/acr/firewall to grant access."
    assert answer.body["errors"][0]["message"] == text


def test_ip_rules_count_unless_public_access_is_off(azure: Any, registry: Any) -> None:
    azure.world["clientIp"] = "198.51.100.7"
    registry["properties"]["networkRuleSet"] = {"defaultAction": "Deny", "ipRules": [{"value": "198.51.100.0/24"}]}
    assert ask(azure, "/v2/").status == 401
    registry["properties"]["publicNetworkAccess"] = "Disabled"
    assert ask(azure, "/v2/").status == 403


def test_a_token_is_asked_for_exchanged_and_taken(azure: Any, registry: Any) -> None:
    challenge = ask(azure, "/v2/app/web/manifests/1.4.2").headers["www-authenticate"]
    assert (
        challenge
        == f'Bearer realm="https://{CONTOSO}/oauth2/token",service="{CONTOSO}",scope="repository:app/web:pull"'
    )
    token = exchange(azure, "repository:app/web:pull")
    assert token.count(".") == 2
    manifest = ask(azure, "/v2/app/web/manifests/1.4.2", token)
    assert manifest.status == 200
    assert manifest.headers["docker-content-digest"] == registry["x-images"]["app/web"]["tags"]["1.4.2"]["digest"]
    head = ask(azure, "/v2/app/web/manifests/1.4.2", token, "HEAD")
    assert (head.status, head.body, head.headers["docker-content-digest"]) == (
        200,
        None,
        manifest.headers["docker-content-digest"],
    )
    config = ask(azure, f"/v2/app/web/blobs/{manifest.body['config']['digest']}", token).body
    assert (config["os"], config["architecture"]) == ("linux", "amd64")


def test_an_index_lists_its_platforms_and_must_be_accepted(azure: Any, registry: Any) -> None:
    path, token = "/v2/app/worker/manifests/2.1.0", exchange(azure, "repository:app/worker:pull")
    index = ask(azure, path, token, Accept=LIST)
    assert index.headers["content-type"] == LIST
    assert [each["platform"]["architecture"] for each in index.body["manifests"]] == ["amd64", "arm64"]
    refused = ask(azure, path, token, Accept="application/vnd.docker.distribution.manifest.v2+json")
    assert (refused.status, refused.body["errors"][0]["code"]) == (404, "MANIFEST_UNKNOWN")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v2/app/web/manifests/9.9.9", "MANIFEST_UNKNOWN"),
        ("/v2/app/none/manifests/1", "NAME_UNKNOWN"),
        ("/v2/app/none/tags/list", "NAME_UNKNOWN"),
        ("/acr/v1/app/none/_tags", "NAME_UNKNOWN"),
    ],
)
def test_what_is_not_in_the_registry_is_unknown(path: str, code: str, azure: Any, registry: Any) -> None:
    answer = ask(azure, path, exchange(azure, "repository:*:pull"))
    assert (answer.status, answer.body["errors"][0]["code"]) == (404, code)


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        ("/v2/app/web/tags/list", "tags", ["1.4.1", "1.4.2", "latest"]),
        ("/acr/v1/app/web/_tags", "tags", ["1.4.1", "1.4.2", "latest"]),
        ("/v2/_catalog", "repositories", ["app/web", "app/worker"]),
        ("/acr/v1/_catalog", "repositories", ["app/web", "app/worker"]),
    ],
)
def test_tags_and_repositories_are_listed_page_by_page(
    path: str, name: str, expected: Any, azure: Any, registry: Any
) -> None:
    token, found, link = exchange(azure, "registry:catalog:*"), [], f"{path}?n=1"
    while link:
        answer = ask(azure, link, token)
        assert len(answer.body[name]) == 1
        found += [each if isinstance(each, str) else each["name"] for each in answer.body[name]]
        matched = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("link", ""))
        link = matched[1] if matched else ""
    assert found == expected


def test_a_caller_needs_a_role_to_read(azure: Any, registry: Any) -> None:
    azure.world["caller"] = {"objectId": "bot"}
    token = exchange(azure, "repository:app/web:pull")
    assert ask(azure, "/v2/app/web/manifests/1.4.2", token).status == 401
    azure.world["roleAssignments"]["pull"]["properties"]["principalId"] = "bot"
    assert ask(azure, "/v2/app/web/manifests/1.4.2", token).status == 200


def test_passwords_and_nobody_get_tokens_where_allowed(azure: Any, registry: Any) -> None:
    path = f"/oauth2/token?service={CONTOSO}&scope=repository:app/web:pull"
    basic = "Basic " + base64.b64encode(b"contoso:p4ss").decode()
    assert [ask(azure, path, token).status for token in (basic, "")] == [401, 401]
    registry["properties"].update(adminUserEnabled=True, anonymousPullEnabled=True)
    registry["x-adminPassword"] = "p4ss"
    assert [ask(azure, path, token).status for token in (basic, "")] == [200, 200]
    registry["x-adminPassword"] = "other"
    assert ask(azure, path, basic).status == 401


def test_docker_hub_gives_tokens_elsewhere(azure: Any) -> None:
    for host in ("registry-1.docker.io", "index.docker.io"):
        challenge = ask(azure, "/v2/library/nginx/manifests/latest", host=host).headers["www-authenticate"]
        assert challenge.startswith('Bearer realm="https://auth.docker.io/token",service="registry.docker.io"')
    token = ask(azure, "/token?scope=repository:library/nginx:pull", host="auth.docker.io").body["token"]
    assert (
        ask(azure, "/v2/library/nginx/manifests/latest", f"Bearer {token}", host="registry-1.docker.io").status == 200
    )
    assert ask(azure, "/v2/someone/private/manifests/1", f"Bearer {token}", host="registry-1.docker.io").status == 401
    azure.world["hosts"]["docker.io"]["rateLimited"] = True
    limited = ask(azure, "/v2/library/nginx/manifests/latest", f"Bearer {token}", host="registry-1.docker.io")
    assert (limited.status, limited.body["errors"][0]["code"]) == (429, "TOOMANYREQUESTS")


def test_an_open_registry_needs_no_token(azure: Any) -> None:
    assert ask(azure, "/v2/azuredocs/aci-helloworld/tags/list", host="mcr.microsoft.com").body["tags"] == ["latest"]
    azure.world["hosts"]["mcr.microsoft.com"]["unreachable"] = True
    assert ask(azure, "/v2/", host="mcr.microsoft.com").status == 502


def test_sign_in_gives_tokens(azure: Any) -> None:
    tenant = "7c9e6a10-4b3d-4f58-9a2e-d15b80c36f47"
    host = "login.microsoftonline.com"
    form = urlencode({"grant_type": "client_credentials", "scope": "https://management.azure.com/.default"})
    answer = azure("POST", f"/{tenant}/oauth2/v2.0/token", host=host, body=form)
    assert (answer.body["token_type"], answer.body["expires_in"]) == ("Bearer", 10800)
    discovered = azure("GET", f"/{tenant}/v2.0/.well-known/openid-configuration", host=host).body
    assert discovered["token_endpoint"] == f"https://{host}/{tenant}/oauth2/v2.0/token"
    assert azure("GET", "/common/discovery/instance", host=host).body["metadata"][0]["aliases"] == [host]
