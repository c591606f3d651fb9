"""What never leaves in a text that Azure wrote."""

import pytest

from acimedic.definition import from_arm
from acimedic.errors import parse
from acimedic.model.reading import Gap
from acimedic.redact import redact

SECRET = "Zq7hidden"
TEXTS = [
    f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={SECRET}==;EndpointSuffix=x",
    f"https://a.blob.core.windows.net/c?sv=1&sig={SECRET}%2B&se=2",
    f'{{"username": "u", "password": "{SECRET}"}}',
    f'{{\\"password\\": \\"{SECRET}\\"}}',
    f'{{"clientSecret":"{SECRET}","accessToken":"{SECRET}"}}',
    f"az container create --registry-password {SECRET} --name x",
    f"--client-secret={SECRET}",
    f"fatal: https://user:{SECRET}@host/path",
    f"u:{SECRET}@contoso.azurecr.io/app:1",
    f"u:p!{SECRET}/x@contoso.azurecr.io",
    f"contoso.azurecr.io/app?token={SECRET}",
    f"Authorization: Bearer {SECRET}",
    f"Authorization: Basic {SECRET}==",
    f"Authorization: Bearer abcdefgh1\n{SECRET}x\nand so on",
    f"authorization=Bearer%20{SECRET}",
    f"GET https%3A%2F%2Fuser%3A{SECRET}%40contoso.azurecr.io%2Fv2%2F failed",
    f"see (https%253A%252F%252Fa.example%252Fb%253Fsv%253D1%2526sig%253D{SECRET})",
    f"password%3D{SECRET}%26x%3D1",
    f"password: {SECRET}",
    f"x-functions-key: {SECRET}",
    f"Set-Cookie: ARRAffinity={SECRET}; Path=/",
    f"Cookie: a=b; session={SECRET}",
    f"{{'password': '{SECRET}', 'auth': '{SECRET}'}}",
    f'{{"auths": {{"contoso.azurecr.io": {{"auth": "{SECRET}"}}}}}}',
    f"InstrumentationKey={SECRET};IngestionEndpoint=https://x",
    f"docker login -u me -p {SECRET} contoso.azurecr.io",
    f"DB_PASSWORD={SECRET} PGPASSWORD={SECRET} DB_PASS={SECRET} API_KEY={SECRET}",
    f"mysqldump -u root -p{SECRET} db",
    f"curl -s -u me:{SECRET} https://a.example",
    f"Authorization: Bearer eyJ{SECRET}.eyJ{SECRET}.{SECRET}",
    f"The client '{SECRET}' with object id '{SECRET}' does not have authorization",
    f"sent to {SECRET}@contoso.example",
]
PLAIN = [
    "unauthorized: token validation failed",
    "The 'password' in the 'imageRegistryCredentials' of container group 'cg' cannot be empty",
    "The image 'contoso.azurecr.io/app/web:1.4.2@sha256:00aa' in container group 'cg' is not accessible.",
    f"contoso.azurecr.io:443/app/web:1.4.2@sha256:{'0a' * 32}",
    'WWW-Authenticate: Bearer realm="https://contoso.azurecr.io/oauth2/token",service="contoso.azurecr.io"',
    "Basic authentication is off, and a bearer token is wanted",
    "docker run -p 8080:80 app",
    "lookup contoso.azurecr.io on 168.63.129.16:53: no such host",
    "the token: it was not accepted; password: cannot be empty",
    "manifest for contoso.azurecr.io/team/my-key:1.2.3-rc4 and contoso.azurecr.io/secret:1.4.2 not found",
    "GET /v2/app%2Fweb/manifests/1.4.2%2Bbuild and 100% of it",
    "bearer tokens are wanted\nInaccessibleImage\nsecond line",
    "denied: client with IP '20.1.2.3' is not allowed access",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_secret_is_taken_out(text: str) -> None:
    """Keys, signatures, passwords, tokens and whoever is named."""
    assert SECRET not in redact(text)


@pytest.mark.parametrize("text", PLAIN)
def test_what_tells_the_cause_stays(text: str) -> None:
    """Words about a password are none, and addresses of the platform are needed."""
    assert redact(text) == text


@pytest.mark.parametrize("text", TEXTS)
def test_an_error_is_read_without_it(text: str) -> None:
    """In any wrapping."""
    assert SECRET not in repr(parse({"error": {"code": "InaccessibleImage", "message": f"It failed: {text}"}}))


@pytest.mark.parametrize("text", TEXTS)
def test_an_event_of_a_container_is_read_without_it(text: str) -> None:
    """Events are quoted in reports, as errors are."""
    view = {"events": [{"name": "Failed", "message": f'Failed to pull image "x": {text}'}]}
    body = {"properties": {"containers": [{"name": "web", "properties": {"image": "x", "instanceView": view}}]}}
    read = from_arm(body, origin="live", source="GET", api_version=None)
    assert not isinstance(read.containers, Gap)
    assert read.containers[0].events[0].message.startswith("Failed to pull image")
    assert SECRET not in repr(read)
