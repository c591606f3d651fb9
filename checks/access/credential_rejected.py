"""The user name and password were refused, or are empty.

Cause: a wrong, expired or changed password; a service principal that is gone, or has no role; an empty parameter.
Evidence: the error `InvalidImageRegistryPassword` or `InvalidImageRegistryUsername`; a definition with an empty
password; an event that says `unauthorized`, where the network and the account are in order; an image that is not
accessible, where they are and the image is there. The password itself is never read.
Fix: renew the password, or better, pull with a managed identity.
Source: https://learn.microsoft.com/azure/container-registry/container-registry-troubleshoot-login-authn-authz
"""

from acimedic.fixes import use_identity
from acimedic.model.definition import PasswordCredential
from acimedic.model.error_sentences import images_in
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, need
from acimedic.model.registry import Registry
from acimedic.model.testimony import Manifest
from acimedic.model.token import Token
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Unknown, Verdict
from acimedic.testimony import error_fact, failure, tail_fact, tails

ERRORS = ("InvalidImageRegistryPassword", "InvalidImageRegistryUsername", "unauthorized: authentication required")
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-troubleshoot-login-authn-authz"
CHANGES = (
    "microsoft.containerregistry/registries/regeneratecredential/",
    "microsoft.containerregistry/registries/generatecredentials/",
)


def check(pull: Pull) -> Verdict:
    """Whether the sign-in was refused, as far as anything says so."""
    credential = pull.password_credential()
    said = failure(pull.evidence, "password-invalid", "username-invalid")
    if said is not None:
        return _fail(pull, "is not valid", (error_fact(pull.evidence, said),), sure=True)
    if credential.password is False:
        where = f"imageRegistryCredentials[{credential.index}].password"
        return _fail(pull, "has an empty password", (Fact(where, "empty", pull.definition().source),), sure=True)
    blocked = _explained(pull, credential)
    if blocked is not None:
        return Skip(blocked)
    refused = tails(pull, "unauthorized", "denied-or-absent") if _signs_in(pull) else ()
    if refused:
        return _fail(pull, "was refused by the registry", tuple(tail_fact(tail) for tail in refused), sure=False)
    rest = _elimination(pull, credential)
    if rest:
        return _fail(pull, "is the only thing left that was not seen to be in order", rest, sure=False)
    return _unknown(pull)


def _elimination(pull: Pull, credential: PasswordCredential) -> tuple[Fact, ...]:
    """What leaves only the password: the way, the account and the image are in order, and still this pull failed."""
    said, registry = failure(pull.evidence, "inaccessible-image"), pull.registry
    image = pull.evidence.testimony(str(pull.well_formed()))
    if said is None or not isinstance(registry, Registry) or not isinstance(image, Manifest):
        return ()
    if registry.private_endpoints:
        return ()  # a user name may fail behind a private endpoint, so the password is not all that is left
    username = str(credential.username).strip()
    admin = username.lower() == registry.name.lower() and registry.admin_enabled is True
    token = pull.evidence.token(registry.id, username)
    if not (admin or (isinstance(token, Token) and token.expiries and not isinstance(token.actions, Gap))):
        return ()
    if pull.image not in images_in(said.link.message) or (registry.provisioning_state or "").lower() != "succeeded":
        return ()
    return error_fact(pull.evidence, said), Fact("the image is in the registry", image.digest or "read", image.source)


def _signs_in(pull: Pull) -> bool:
    """Whether a refusal can only mean the credential: Docker Hub says the same of an image that is not there."""
    return pull.well_formed().is_acr or bool(tails(pull, "unauthorized"))


def _explained(pull: Pull, credential: PasswordCredential) -> str | None:
    """What else explains a refusal: a firewall, a switched-off account, a token that is known to be good or not."""
    registry = pull.registry
    if not isinstance(registry, Registry):
        return None
    if registry.restricted:
        return "the registry's firewall explains a refusal"
    username = credential.username if isinstance(credential.username, str) else ""
    if username.strip().lower() == registry.name.lower() and registry.admin_enabled is False:
        return "the admin account is switched off, which explains a refusal"
    token = pull.evidence.token(registry.id, username)
    when = pull.evidence.failed_at
    if isinstance(token, Token) and (not token.enabled or (when is not None and token.expired_at(when))):
        return "the state of the token explains a refusal"
    if isinstance(token, Token) and not isinstance(token.actions, Gap):
        repository = pull.well_formed().repository
        if not token.reads(repository, token.actions):
            return "the token's scope map explains a refusal"
    return None


def _unknown(pull: Pull) -> Verdict:
    if failure(pull.evidence, "inaccessible-image") is None:
        return Pass("nothing says that the registry refused the user name and password")
    return Unknown("Azure never returns passwords, so whether this one is right cannot be read")


def _fail(pull: Pull, what: str, facts: tuple[Fact, ...], *, sure: bool) -> Fail:
    host = str(pull.well_formed().host)
    username = need(pull.password_credential().username)
    return Fail(
        summary=f"The credential of user '{username}' for {host}, with which {pull.where} pulls, {what}.",
        fix=use_identity(host, pull.evidence.group.name),
        evidence=facts,
        confidence="confirmed" if sure else "likely",
    )
