"""One image of one container, and what serves it: credential, registry, identity, roles."""

from dataclasses import dataclass
from typing import TypeAlias

from acimedic.model.access import Access
from acimedic.model.definition import Container, Credential, Definition, IdentityCredential, PasswordCredential
from acimedic.model.evidence import Evidence
from acimedic.model.image import ImageReference, Malformed
from acimedic.model.reading import Absent, Gap, NotKnownError, Reading, need
from acimedic.model.registry import Identity, Registry
from acimedic.model.verdict import DoesNotApplyError

Image: TypeAlias = ImageReference | Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """What a check is given.

    container: None where the definition could not be read and only the error names the image.
    credential: the entry whose server is the image's registry; None where there is none.
    meant: an entry that means this registry but is malformed; None where there is none.
    registry: Absent where no such registry exists; a Gap where it is not visible to us.
    """

    container: Container | None
    image: Reading[str]
    reference: Reading[Image]
    credential: Reading[Credential | None]
    meant: Credential | None
    registry: Reading[Registry | Absent]
    identity: Reading[Identity | Absent]
    access: Reading[Access]
    evidence: Evidence

    @property
    def where(self) -> str:
        """The container in words, as a sentence can hold it."""
        if self.container is None:
            return "the container"
        kind = "init container" if self.container.init else "container"
        return f"{kind} '{self.container.name}'"

    def definition(self) -> Definition:
        """What was asked for; ends the check as `unknown` where it could not be read."""
        return need(self.evidence.definition)

    def well_formed(self) -> ImageReference:
        """The image reference; the check does not apply where it is malformed."""
        match need(self.reference):
            case ImageReference() as reference:
                return reference
            case Malformed(reason=reason):
                raise DoesNotApplyError(f"the image reference is malformed: {reason}")

    def acr_host(self) -> str:
        """The image's registry host, where that is an Azure container registry."""
        reference = self.well_formed()
        if not reference.is_acr:
            raise DoesNotApplyError(f"{reference.host} is not an Azure container registry")
        return reference.host

    def acr(self) -> Registry:
        """The Azure container registry that holds the image."""
        self.acr_host()
        match need(self.registry):
            case Registry() as registry:
                return registry
            case Absent(what=what):
                raise DoesNotApplyError(f"{what} does not exist")

    def identity_credential(self) -> IdentityCredential:
        """The credential, where the image is pulled with a managed identity."""
        match need(self.credential):
            case IdentityCredential() as credential:
                return credential
            case None:
                raise DoesNotApplyError("no credential serves this image's registry")
            case _:
                raise DoesNotApplyError("this image is not pulled with a managed identity")

    def password_credential(self) -> PasswordCredential:
        """The credential, where the image is pulled with a user name and password."""
        match need(self.credential):
            case PasswordCredential() as credential:
                return credential
            case None:
                raise DoesNotApplyError("no credential serves this image's registry")
            case _:
                raise DoesNotApplyError("this image is not pulled with a user name and password")

    def principal(self) -> Identity:
        """The managed identity that pulls."""
        self.identity_credential()
        match need(self.identity):
            case Identity() as identity:
                return identity
            case Absent(what=what):
                raise NotKnownError(Gap(reading="principal id of the pull identity", reason=f"{what} does not exist"))
