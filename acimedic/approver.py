"""Who decides: a person whom the platform has signed in, and who holds the approver's role.

The headers with a principal are believed only where App Service authentication is on, because only then does the
platform strip them from what comes from outside; never on a path that is excluded from it.
Source: https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ROLE = "Acimedic.Approver"
_HEADER = "x-ms-client-principal"
_ROLE_CLAIMS = {"roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"}
_ID_CLAIMS = ("http://schemas.microsoft.com/identity/claims/objectidentifier", "oid")
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_LONGEST = 64 * 1024


class NotAuthorisedError(Exception):
    """Nobody who may decide has asked.

    closed: nobody could, because authentication is not on. nobody: nobody has signed in, as far as can be read.
    """

    def __init__(self, reason: str, *, closed: bool = False, nobody: bool = False) -> None:
        super().__init__(reason)
        self.closed = closed
        self.nobody = nobody


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may look. may_decide: whether this person may also decide, as far as the sign-in tells."""

    may_decide: bool


@dataclass(frozen=True, slots=True)
class Approver:
    """A person who may decide, by object id alone: nothing else of a person is kept."""

    object_id: str


def approver(headers: Mapping[str, str], environment: Mapping[str, str], *, excluded: bool) -> Approver:
    """The signed-in person who may decide. excluded: the path is one that authentication does not guard.

    Raises NotAuthorisedError.
    """
    _ensure_guarded(environment, "decisions are closed", excluded=excluded)
    claims = list(_claims(headers))
    if not any(kind in _ROLE_CLAIMS and value == ROLE for kind, value in claims):
        raise NotAuthorisedError(f"whoever decides needs the app role {ROLE}")
    ids = [value for wanted in _ID_CLAIMS for kind, value in claims if kind == wanted and _GUID.fullmatch(value)]
    if not ids:
        raise NotAuthorisedError("the sign-in does not say who decides")
    return Approver(ids[0].lower())


def reader(headers: Mapping[str, str], environment: Mapping[str, str], *, excluded: bool) -> Reader:
    """The signed-in person who looks; looking takes no role. Raises NotAuthorisedError. excluded: as above."""
    _ensure_guarded(environment, "the pages are closed", excluded=excluded)
    claims = list(_claims(headers))
    return Reader(may_decide=any(kind in _ROLE_CLAIMS and value == ROLE for kind, value in claims))


def _ensure_guarded(environment: Mapping[str, str], closed: str, *, excluded: bool) -> None:
    if environment.get("WEBSITE_AUTH_ENABLED", "").lower() != "true":
        raise NotAuthorisedError(f"{closed}: App Service authentication is not on", closed=True)
    if excluded:
        raise NotAuthorisedError(f"{closed} here: this path is not guarded by authentication", closed=True)


def deployed_it(person: Approver, deployer: str | None, hash_key: str) -> bool:
    """Whether the person is the one who deployed, as far as the incident's keyed hash can tell."""
    if deployer is None or not hash_key:
        return False
    own = hmac.new(hash_key.encode(), person.object_id.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(own, deployer)


def _claims(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Types and values of the claims that the platform vouches for."""
    given = next((value for name, value in headers.items() if name.lower() == _HEADER), "")
    if not given or len(given) > _LONGEST:
        raise NotAuthorisedError("nobody is signed in", nobody=True)
    try:
        principal = json.loads(base64.b64decode(given, validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise NotAuthorisedError("the sign-in could not be read", nobody=True) from error
    claims = principal.get("claims") if isinstance(principal, Mapping) else None
    for claim in claims if isinstance(claims, list) else []:
        if isinstance(claim, Mapping) and isinstance(claim.get("typ"), str) and isinstance(claim.get("val"), str):
            yield claim["typ"], claim["val"]
