"""The registry token with which the group signs in is disabled, or its password has expired.

Cause: the user name is that of a token of the registry. A token may be switched off, and each of its two passwords may
have an end.
Evidence: the token of that name: its status, and when its passwords expire, against the time of the failure.
Fix: enable the token or make a new password, or better, pull with a managed identity.
Source: https://learn.microsoft.com/azure/container-registry/container-registry-token-based-repository-permissions
"""

from acimedic.fixes import in_words, q
from acimedic.model.pull import Pull
from acimedic.model.reading import Absent, Gap, NotKnownError, need
from acimedic.model.registry import Registry
from acimedic.model.token import Token
from acimedic.model.verdict import DoesNotApplyError, Fact, Fail, Pass, Unknown, Verdict

ERRORS = ("InaccessibleImage", "unauthorized: authentication required")
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-token-based-repository-permissions"
CHANGES = ("microsoft.containerregistry/registries/tokens/",)


def check(pull: Pull) -> Verdict:
    """Whether the token lets nobody in any more."""
    registry, token = token_of(pull)
    if not token.enabled:
        fact = Fact(f"status of token '{token.name}'", "disabled", token.source)
        return _fail(
            registry,
            token,
            "is disabled",
            fact,
            f"az acr token update --registry {q(registry.name)} --name {q(token.name)} --status enabled",
        )
    failed_at = pull.evidence.failed_at
    if failed_at is None:
        return Unknown("the time of the failure is not known, so neither is whether the password had expired")
    if token.expired_at(failed_at):
        ends = ", ".join(f"{expiry:%Y-%m-%d %H:%M} UTC" for expiry in token.expiries if expiry is not None)
        fact = Fact(f"passwords of token '{token.name}' expired", ends, token.source)
        return _fail(
            registry,
            token,
            "has no password that is still good",
            fact,
            f"az acr token credential generate --registry {q(registry.name)} --name {q(token.name)} --password1",
        )
    if not token.expiries:
        return Unknown(f"token '{token.name}' is enabled, but Azure shows no password of it")
    return Pass(f"token '{token.name}' is enabled, and a password of it is good")


def token_of(pull: Pull) -> tuple[Registry, Token]:
    """The registry, and its token of the credential's user name; the check does not apply where it is no token's."""
    credential = pull.password_credential()
    registry = pull.acr()
    username = need(credential.username)
    if username.strip().lower() == registry.name.lower():
        raise DoesNotApplyError("the user name is the admin account's")
    match pull.evidence.token(registry.id, username):
        case Token() as token:
            return registry, token
        case Absent():
            raise DoesNotApplyError(f"registry '{registry.name}' has no token '{username}'")
        case Gap() as gap if gap.permission is None:
            raise DoesNotApplyError("the user name is not one that a token could have")
        case Gap() as gap:
            raise NotKnownError(gap)


def _fail(registry: Registry, token: Token, what: str, fact: Fact, command: str) -> Fail:
    return Fail(
        summary=f"Token '{token.name}' of registry '{registry.name}', with which the group signs in, {what}.",
        fix=in_words("Renew the token, or pull with a managed identity, which needs no password.", command),
        evidence=(fact,),
    )
