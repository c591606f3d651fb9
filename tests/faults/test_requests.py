"""Where a request may go: no name leads inwards, no look-up is made twice, and TLS is never off."""

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from azure.core.exceptions import ServiceRequestError
from azure.core.pipeline import AsyncPipeline
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.rest import HttpRequest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from acimedic.azure.registry_api import ask
from acimedic.azure.registry_api.hosts import NotAsked, whom_to_ask
from acimedic.azure.registry_api.line import Line, UnansweredError
from acimedic.azure.resolving import Reach, within
from acimedic.azure.session import Session
from acimedic.azure.transport import Transport
from acimedic.image import parse_image
from acimedic.model.image import ImageReference, RegistryHost
from acimedic.model.reading import Gap
from acimedic.settings import read_settings

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
HOME = "127.0.0.1"
NOWHERE = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "169.254.169.254", "169.254.0.1", "168.63.129.16", "224.0.0.1"),
    *("255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "ff02::1"),
    *("::ffff:169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "2002:7f00:1::"),
    *("64:ff9b::7f00:1", "::ffff:168.63.129.16", "no address", "", "2130706433", "0x7f.1"),
    *("::127.0.0.1", "::169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b:1::a9fe:a9fe", "5f00::1"),
)
INWARDS = (
    *("10.0.0.4", "172.16.0.1", "172.31.255.254", "192.168.1.1", "100.64.0.1", "fc00::1", "fd12:3456::1"),
    *("::ffff:10.0.0.4", "64:ff9b::a00:4", "2002:a00:4::", "fec0::1", "198.18.0.1", "192.0.0.1"),
)
OUTWARDS = ("20.50.12.7", "2603:1020:200::1", "::ffff:20.50.12.7", "64:ff9b::1432:c07")


@pytest.mark.parametrize("address", NOWHERE)
@pytest.mark.parametrize("reach", ["network", "public"])
def test_this_machine_its_link_and_its_host_are_out_of_reach(address: str, reach: Reach) -> None:
    assert not within(address, reach)


@pytest.mark.parametrize("address", INWARDS)
def test_a_private_address_is_within_the_reach_of_azures_own_names_alone(address: str) -> None:
    assert (within(address, "network"), within(address, "public")) == (True, False)


@pytest.mark.parametrize("address", OUTWARDS)
def test_a_public_address_is_within_reach(address: str) -> None:
    assert within(address, "network")
    assert within(address, "public")


# --- image hosts


HOSTS = (
    *("127.0.0.1", "169.254.169.254", "10.0.0.4", "192.168.1.1", "168.63.129.16", "20.50.12.7", "0.0.0.0"),
    *("2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.0x0.0x0.0x1", "0251.0376.0251.0376", "2852039166"),
    *("[::1]", "[fe80::1]", "[::ffff:169.254.169.254]", "[fd00::1]", "::1"),
    *("localhost", "app.localhost", "metadata.google.internal", "printer.local", "registry", "a.b.internal"),
    *("quay.io:5000", "quay.io:80", "quay.io:22", "quay.io:0", "quay.io:99999"),
    *("quay.io@169.254.169.254", "user:pw@quay.io", "quay.io#", "quay.io?x", "quay.io\\", "quay.io%2eexample.com"),
    *("１２７.0.0.1", "quay。io", "127.0.0.1.", "169.254.169.254.", "quay.io.", "quay.іo"),
)


@pytest.mark.parametrize("host", HOSTS)
def test_no_image_host_of_tricks_is_asked_even_if_it_is_listed(host: str) -> None:
    """Neither as the parser takes it apart, nor as a reference that somebody made without the parser."""
    name, _, port = host.partition(":")
    made = ImageReference(
        text=f"{host}/app:1",
        registry=host,
        host=RegistryHost(name.lower(), int(port) if port.isdecimal() and port.isascii() else None),
        repository="app",
        tag="1",
        digest=None,
        host_implied=False,
    )
    found = [made, *([parsed] if isinstance(parsed := parse_image(f"{host}/app:1"), ImageReference) else [])]
    for image in found:
        if not image.is_docker_hub:
            assert isinstance(whom_to_ask(image, None, (host, name, str(image.host))), NotAsked)


# --- names


class Names(AbstractResolver):
    """A resolver of our own: each name's addresses, one after the other; the last one stays."""

    def __init__(self, **names: tuple[str, ...]) -> None:
        self.asked: list[str] = []
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        turn = self.asked.count(host)
        self.asked.append(host)
        given = self._names[host.split(".")[0]]
        address = given[min(turn, len(given) - 1)]
        return [ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing to close."""


class Door:
    """A server on this machine that notes who connects, and what they say once they trust it."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.came = 0
        self.heard = b""
        self._tls: ssl.SSLContext | None = None
        if certificate is not None:
            self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._tls.load_cert_chain(certificate)

    async def _plain(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        try:
            if self._tls is not None:
                await writer.start_tls(self._tls)
            self.heard += await reader.read(65536)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            await writer.drain()
        except (OSError, ssl.SSLError):
            pass
        finally:
            writer.transport.abort()

    async def open(self) -> asyncio.Server:
        return await asyncio.start_server(self._plain, HOME, 0)


def at_door(door: Door, work: Callable[[int], Awaitable[T]]) -> T:
    """Do something while the door is open; its port is told."""

    async def run() -> T:
        server = await door.open()
        async with server:
            return await work(server.sockets[0].getsockname()[1])

    return asyncio.run(run())


async def sent(names: Names, url: str, **options: Any) -> int:
    async with Transport(names=names) as transport:
        response = await transport.send(HttpRequest("GET", url), **options)
        return int(response.status_code)


@pytest.mark.parametrize("reach", ["network", "public"])
def test_a_name_that_leads_to_this_machine_is_not_followed(reach: Reach) -> None:
    door = Door()
    with pytest.raises(ServiceRequestError, match="leads to an address that is not"):
        at_door(door, lambda port: sent(Names(evil=(HOME,)), f"http://evil.example.com:{port}/", reach=reach))
    assert door.came == 0


def test_a_name_may_lead_anywhere_where_nobody_else_chose_it() -> None:
    """The sign-in of an app in Azure asks a name of its own machine."""
    door = Door()
    assert at_door(door, lambda port: sent(Names(own=(HOME,)), f"http://own.example.com:{port}/")) == 200
    assert door.came == 1


def test_the_address_that_was_judged_is_the_one_that_is_connected_to() -> None:
    """One look-up for a connection: a second answer, to another place, is never asked for."""
    door, names = Door(), Names(own=(HOME, "192.0.2.1"))
    assert at_door(door, lambda port: sent(names, f"http://own.example.com:{port}/")) == 200
    assert names.asked == ["own.example.com"]


def test_a_name_that_leads_elsewhere_the_second_time_is_judged_again() -> None:
    """What was in order an hour ago is no reason to follow it now; no answer of a look-up is kept."""
    door, names = Door(), Names(evil=("169.254.169.254", HOME))

    async def twice(port: int) -> list[str]:
        said: list[str] = []
        async with Transport(names=names) as transport:
            for _ in range(2):
                with pytest.raises(ServiceRequestError, match="leads to an address") as refused:
                    await transport.send(HttpRequest("GET", f"http://evil.example.com:{port}/"), reach="public")
                said.append(str(refused.value))
        return said

    assert len(at_door(door, twice)) == 2
    assert names.asked == ["evil.example.com"] * 2
    assert door.came == 0


def test_the_reach_of_one_request_is_not_that_of_another_at_the_same_time() -> None:
    door = Door()

    async def both(port: int) -> tuple[object, ...]:
        async with Transport(names=Names(own=(HOME,), evil=(HOME,))) as transport:

            async def one(name: str, reach: Reach) -> int:
                response = await transport.send(HttpRequest("GET", f"http://{name}.example.com:{port}/"), reach=reach)
                return int(response.status_code)

            return await asyncio.gather(one("own", "anywhere"), one("evil", "public"), return_exceptions=True)

    free, refused = at_door(door, both)
    assert free == 200
    assert isinstance(refused, ServiceRequestError)
    assert door.came == 1


def test_behind_a_proxy_a_name_is_judged_before_the_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door()

    async def through(port: int) -> int:
        monkeypatch.setenv("http_proxy", f"http://{HOME}:{port}")
        return await sent(Names(evil=("10.0.0.4",)), "http://evil.example.com/", reach="public")

    with pytest.raises(ServiceRequestError, match="leads to an address"):
        at_door(door, through)
    assert door.came == 0


class Elsewhere(Session):
    """A session without a gateway, whose names are looked up by us."""

    def __init__(self, names: Names) -> None:
        super().__init__(read_settings({}))
        self.transport = Transport(names=names)

    def without_token(self, *guards: SansIOHTTPPolicy[Any, Any]) -> "AsyncPipeline[Any, Any]":
        return AsyncPipeline(self.transport, guards)


async def in_session(names: Names, act: Callable[[Session], Awaitable[T]]) -> T:
    session = Elsewhere(names)
    async with session, session.transport:
        return await act(session)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.4", "169.254.169.254", "168.63.129.16"])
def test_a_listed_registry_whose_name_leads_inwards_is_a_gap(address: str) -> None:
    image = parse_image("quay.io/app/web:1")
    assert isinstance(image, ImageReference)
    names = Names(quay=(address,))
    said = asyncio.run(
        in_session(names, lambda session: ask(session, image, registry=None, want_platform=("linux", "amd64")))
    )
    assert isinstance(said, Gap)
    assert "leads to an address that is not public" in said.reason
    assert names.asked == ["quay.io"]


def test_an_azure_registry_whose_name_leads_to_the_metadata_endpoint_is_a_gap() -> None:
    async def read(session: Session) -> None:
        await Line(session, "contoso.azurecr.io").get("/v2/", token="hush")

    with pytest.raises(UnansweredError, match="leads to an address that is not of a network"):
        asyncio.run(in_session(Names(contoso=("169.254.169.254",)), read))


# --- TLS


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody vouches for, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "own")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("own.example.com")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "own.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


@contextmanager
def refused_by_tls() -> Iterator[None]:
    with pytest.raises(ServiceRequestError, match="CERTIFICATE_VERIFY_FAILED"):
        yield


def test_a_server_that_nobody_vouches_for_is_told_nothing(self_signed: Path) -> None:
    door = Door(self_signed)
    with refused_by_tls():
        at_door(door, lambda port: sent(Names(own=(HOME,)), f"https://own.example.com:{port}/"))
    assert (door.came, door.heard) == (1, b"")


def test_a_certificate_of_another_name_is_refused_though_it_is_trusted(self_signed: Path) -> None:
    door, trusted = Door(self_signed), {"connection_verify": str(self_signed)}
    with refused_by_tls():
        at_door(door, lambda port: sent(Names(other=(HOME,)), f"https://other.example.com:{port}/", **trusted))
    assert door.heard == b""


def test_the_same_server_is_spoken_to_where_it_is_trusted(self_signed: Path) -> None:
    """Or the two tests above would hold for a server that does not work."""
    door, trusted = Door(self_signed), {"connection_verify": str(self_signed)}
    assert at_door(door, lambda port: sent(Names(own=(HOME,)), f"https://own.example.com:{port}/", **trusted)) == 200
    assert door.heard.startswith(b"GET / HTTP/1.1")


_OFF = re.compile(
    r"verify\s*=\s*False|ssl\s*=\s*False|verify_ssl|CERT_NONE|_create_unverified_context|check_hostname\s*=\s*False"
    r"|connection_verify|PYTHONHTTPSVERIFY|--insecure|curl\s+-k\b|NODE_TLS_REJECT|disable_warnings"
)


def test_tls_is_switched_off_nowhere() -> None:
    files = [ROOT / "function_app.py"]
    for folder in ("acimedic", "checks", "remediation", "infra", ".ci"):
        files += [path for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".bicep", ".sh", ".json", ""}]
    found = [path.name for path in files if path.is_file() and _OFF.search(path.read_text("utf-8", "replace"))]
    assert len(files) > 300
    assert found == []
