"""Who sits at the terminal, by the sign-in of Azure's own command line; a stand-in for Azure asks nobody."""

import base64
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from acimedic.approver import Approver
from acimedic.cli.person import who_is_here
from tests.lifecycle.repairs import Repair, play

PERSON = "5b1d4a77-9c3e-4d8b-91e4-0f6c2a9e0052"


class CommandLine:
    """An `az` that is signed in, and remembers that it was asked."""

    def __init__(self, folder: Path, token: str) -> None:
        folder.mkdir()
        self._asked = folder / "asked"
        answer = json.dumps({"accessToken": token, "expires_on": 4102444800, "expiresOn": "2100-01-01 00:00:00.000000"})
        script = folder / "az"
        script.write_text(f"#!/bin/sh\necho asked > '{self._asked}'\ncat <<'END'\n{answer}\nEND\n", encoding="ascii")
        script.chmod(0o700)

    @property
    def asked(self) -> bool:
        return self._asked.exists()


def token(**claims: object) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.c2lnbmVk"


def signed_in(folder: Path, patch: pytest.MonkeyPatch, said: str) -> CommandLine:
    here = CommandLine(folder / "bin", said)
    patch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
    patch.setenv("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential")
    return here


def who(folder: Path, *, gateway: bool) -> Approver | None:
    async def story(one: Repair) -> Approver | None:
        tools = one.tools if gateway else replace(one.tools, settings=replace(one.tools.settings, gateway=None))
        return await who_is_here(tools)

    return play(folder, story)


def test_who_is_signed_in_is_an_object_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = signed_in(tmp_path, monkeypatch, token(oid=PERSON, name="Petra", upn="petra@example.com"))
    assert who(tmp_path, gateway=False) == Approver(PERSON)
    assert here.asked


def test_a_stand_in_for_azure_learns_of_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = signed_in(tmp_path, monkeypatch, token(oid=PERSON))
    assert who(tmp_path, gateway=True) is None
    assert not here.asked


@pytest.mark.parametrize(
    "said", [token(), token(oid="Petra"), token(oid=7), "e30.W10.c2ln", "e30.!!.c2ln", "opaque"], ids=range(6)
)
def test_a_token_that_does_not_say_who_names_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    signed_in(tmp_path, monkeypatch, said)
    assert who(tmp_path, gateway=False) is None
