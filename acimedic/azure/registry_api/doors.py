"""How one is let in: tokens for one repository, from Microsoft Entra ID's or for nobody in particular.

Sources: https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md and
https://distribution.github.io/distribution/spec/auth/token/.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from azure.core.exceptions import AzureError

from acimedic.azure.good_for import LIVE
from acimedic.azure.registry_api.hosts import at_realm
from acimedic.azure.registry_api.line import Answer, Line, NotLetInError, UnansweredError
from acimedic.azure.session import Session, first_words
from acimedic.image import registry_host

AUDIENCE = "https://containerregistry.azure.net/.default"
"""Of the token that a registry is shown, in every cloud. Never Resource Manager's, with which roles are assigned."""

_PARAMETER = re.compile(r'(\w{1,32})="([^"]{0,2000})"')
_BEARER = re.compile(r"[\x21-\x7e]{1,16384}")


class Door(Protocol):
    """Gives tokens for a scope such as `repository:app/web:pull`."""

    async def token(self, scope: str) -> str | None:
        """What to show before being asked; None for nothing."""

    async def token_after(self, scope: str, refused: Answer) -> str | None:
        """What to show after a 401; None where there is nothing more."""


class EntraDoor:
    """An Azure container registry's, opened with who we are.

    Where tokens are made is not read from a challenge: it is always at the login server, so no answer can
    lead the exchange elsewhere.
    """

    def __init__(self, session: Session, line: Line) -> None:
        self._session = session
        self._line = line
        self._tokens: dict[str, str] = {}

    async def token(self, scope: str) -> str | None:
        """A token for the scope, which may grant less than that."""
        if scope in self._tokens:
            return self._tokens[scope]
        refresh = await admitted(self._session, self._line)
        form = {"grant_type": "refresh_token", "service": self._line.host, "scope": scope}
        answer = await self._line.post("/oauth2/token", {**form, "refresh_token": refresh})
        self._tokens[scope] = _issued(answer, "access_token")
        return self._tokens[scope]

    async def token_after(self, scope: str, refused: Answer) -> str | None:  # noqa: ARG002 - the protocol's signature
        """Nothing: a registry that refuses our token has said its last word."""
        return None


async def admitted(session: Session, line: Line) -> str:
    """The token that a registry gives for who we are, of which those for a scope are made; asked for once.

    Raises NotLetInError, to whoever asks while the refusal is fresh as well; UnansweredError or NoSuchHostError where
    the registry has said nothing, and UnansweredError where the token is for nobody at that host.
    """
    where = registry_host(line.host)
    if where.acr_endpoint != "login" or where.cloud != session.settings.cloud:
        raise UnansweredError(f"not asked: {line.host} is not a login server of {session.settings.cloud}")
    said = await session.admissions.read(line.host, LIVE, lambda: _admission(session, line))
    match said:
        case _Refused():
            raise NotLetInError(said.words)
        case str():
            return said


@dataclass(frozen=True, slots=True)
class _Refused:
    """What a registry said when it kept us out. It is no exception: each of those who ask raises one of their own."""

    words: str


async def _admission(session: Session, line: Line) -> str | _Refused:
    """What a registry answers; a refusal is an answer too."""
    try:
        token = await session.credential.get_token(AUDIENCE)
        form = {"grant_type": "access_token", "service": line.host, "access_token": token.token}
        return _issued(await line.post("/oauth2/exchange", form), "refresh_token")
    except AzureError as error:
        raise UnansweredError(f"sign-in failed: {first_words(error)}") from error
    except NotLetInError as error:
        return _Refused(str(error))


class OpenDoor:
    """A registry's that lets anybody in, perhaps after a visit to its realm. realm: the one host it may name."""

    def __init__(self, line: Line, realm: str) -> None:
        self._line = line
        self._realm = realm
        self._tokens: dict[str, str] = {}

    async def token(self, scope: str) -> str | None:
        """The token of an earlier visit, if there was one."""
        return self._tokens.get(scope)

    async def token_after(self, scope: str, refused: Answer) -> str | None:
        """A token for nobody in particular, as the challenge says where to get it."""
        challenge = refused.headers.get("www-authenticate", "")
        if scope in self._tokens or not challenge.lower().startswith("bearer "):
            return None
        told = {name.lower(): value for name, value in _PARAMETER.findall(challenge[:8000])}
        path = at_realm(told.get("realm", ""), self._realm)
        if path is None:
            raise UnansweredError(f"not asked: the registry sends us for a token to another place than {self._realm}")
        asked = urlencode({"service": told.get("service", ""), "scope": scope}, safe=":/,")
        answer = await self._line.get_unsigned(self._realm, f"{path}{'&' if '?' in path else '?'}{asked}")
        self._tokens[scope] = _issued(answer, "token", "access_token")
        return self._tokens[scope]


def grants(token: str | None, repository: str, action: str) -> bool | None:
    """Whether a token says that it grants an action; None where it does not say.

    `access` is a claim of the token specification (https://distribution.github.io/distribution/spec/auth/jwt/).
    The token's signature is the registry's business.
    """
    try:
        part = (token or "").split(".")[1]
        held = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, RecursionError, binascii.Error):
        return None
    access = held.get("access") if isinstance(held, dict) else None
    if not isinstance(access, list):
        return None
    entries = [entry for entry in access if isinstance(entry, dict) and entry.get("name") == repository]
    return any(isinstance(entry.get("actions"), list) and action in entry["actions"] for entry in entries)


def _issued(answer: Answer, *names: str) -> str:
    if answer.status in {401, 403}:
        raise NotLetInError(answer.words)
    if answer.status != 200:
        raise UnansweredError(f"no token: {answer.words}")
    held = answer.json
    token = next((held[name] for name in names if isinstance(held.get(name), str)), "")
    if not _BEARER.fullmatch(token):
        raise UnansweredError("no token: the answer was not understood")
    return token
