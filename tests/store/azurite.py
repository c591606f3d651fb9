"""Starts Azurite, Microsoft's emulator of Azure Storage, and signs in to it as to Azure: with a token, over TLS.

It is installed by npm, from the registry, beside the virtual environment or where ACIMEDIC_NPM_CACHE says.
Source: https://learn.microsoft.com/azure/storage/common/storage-install-azurite
"""

import base64
import ipaddress
import json
import re
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from azure.core.credentials import AccessToken
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from acimedic.store.azure import AzureShelf
from tests import npm

VERSION = "3.35.0"  # the last one that takes Node before 21
ACCOUNT = "devstoreaccount1"
_READY = re.compile(r"Azurite (Blob|Queue|Table) service is successfully listening at (https://\S+)")


class Tokens:
    """Gives tokens such as Azurite's `--oauth basic` takes: it reads them, and believes any signature."""

    async def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        now = int(time.time())
        claims = {
            "aud": "https://storage.azure.com",
            "iss": "https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/",
            "iat": now - 60,
            "nbf": now - 60,
            "exp": now + 3600,
        }
        parts = [_base64(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims)]
        return AccessToken(".".join([*parts, _base64(b"signature")]), now + 3600)

    async def close(self) -> None:
        return None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_details: object) -> None:
        return None


class Azurite:
    """A running emulator, whose storage is its memory. Use as `with`."""

    def __init__(self, folder: Path) -> None:
        program = _installed()
        self.certificate = _certify(folder)
        self._log = (folder / "stderr.txt").open("w+", encoding="utf-8")
        options = "--inMemoryPersistence --skipApiVersionCheck --disableTelemetry --oauth basic"
        ports = [f"--{service}Port=0" for service in ("blob", "queue", "table")]
        files = [f"--cert={self.certificate}", f"--key={folder / 'key.pem'}"]
        self._process = subprocess.Popen(
            ["node", str(program), *options.split(), *ports, *files],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self.addresses = self._wait()

    def shelf(self, name: str = "acimedic", **options: object) -> AzureShelf:
        """The shelf of this name."""
        return AzureShelf(
            f"{self.addresses['Table']}/{ACCOUNT}",
            f"{self.addresses['Blob']}/{ACCOUNT}",
            Tokens(),
            name=name,
            options={"connection_verify": str(self.certificate), **options},
        )

    def stop(self) -> None:
        """End it, for good."""
        self._process.terminate()
        self._process.communicate()
        self._log.close()

    def _wait(self) -> dict[str, str]:
        """The addresses of its services, once each listens."""
        found: dict[str, str] = {}
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if ready := _READY.search(line):
                found[ready[1]] = ready[2]
            if len(found) == 3:
                _drain(self._process)
                return found
        self._log.seek(0)
        pytest.fail(f"Azurite ended: {self._log.read()[-2000:]}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._log.closed:
            self.stop()


def _installed() -> Path:
    """Azurite's program."""
    return npm.package("azurite", VERSION) / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"


def _certify(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that signs itself: a storage client sends no token over plain HTTP."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Azurite in a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    written = folder / "certificate.pem"
    written.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    return written


def _drain(process: "subprocess.Popen[str]") -> None:
    """Read on what it prints, lest the pipe fill and it stand still."""
    assert process.stdout is not None
    threading.Thread(target=process.stdout.read, daemon=True).start()


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
