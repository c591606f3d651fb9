"""One image of one container, and what serves it: credential, registry, identity, roles."""

from dataclasses import dataclass
from typing import TypeAlias

from acimedic.model.access import Access
from acimedic.model.definition import (
    Container,
    Credential,
    Definition,
    IdentityCredential,
    PasswordCredential,
    UnreadCredential,
)
from acimedic.model.evidence import Evidence
from acimedic.model.image import ImageReference, Malformed, RegistryHost
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

    def parsed(self) -> Image:
        """The image, well formed or not; ends the check as `unknown` where it could not be evaluated."""
        if isinstance(self.reference, Gap):
            raise NotKnownError(self.reference)
        return self.reference

    def well_formed(self) -> ImageReference:
        """The image reference; the check does not apply where it is malformed."""
        image = self.parsed()
        match image:
            case ImageReference():
                return image
            case Malformed(reason=reason):
                raise DoesNotApplyError(f"the image reference is malformed: {reason}")

    def acr_host(self) -> RegistryHost:
        """The image's registry host, where that is an Azure container registry."""
        reference = self.well_formed()
        if not reference.is_acr:
            raise DoesNotApplyError(f"{reference.host} is not an Azure container registry")
        return reference.host

    def acr(self) -> Registry:
        """The Azure container registry that holds the image."""
        self.acr_host()
        registry = self.registry
        if isinstance(registry, Gap):
            raise NotKnownError(registry)
        match registry:
            case Registry():
                return registry
            case Absent(what=what):
                raise DoesNotApplyError(f"{what} does not exist")

    def identity_credential(self) -> IdentityCredential:
        """The credential, where the image is pulled with a managed identity."""
        credential = self._served()
        if isinstance(credential, IdentityCredential):
            return credential
        raise DoesNotApplyError("this image is not pulled with a managed identity")

    def password_credential(self) -> PasswordCredential:
        """The credential, where the image is pulled with a user name and password."""
        credential = self._served()
        if isinstance(credential, PasswordCredential):
            return credential
        raise DoesNotApplyError("this image is not pulled with a user name and password")

    def principal(self) -> Identity:
        """The managed identity that pulls."""
        self.identity_credential()
        identity = self.identity
        if isinstance(identity, Gap):
            raise NotKnownError(identity)
        match identity:
            case Identity():
                return identity
            case Absent(what=what):
                raise NotKnownError(Gap(reading="principal id of the pull identity", reason=f"{what} does not exist"))

    def _served(self) -> Credential:
        """The credential that serves this image; one of unknown kind leaves everything about it unknown."""
        credential: Credential | None = need(self.credential)
        if credential is None:
            raise DoesNotApplyError("no credential serves this image's registry")
        if isinstance(credential, UnreadCredential):
            raise NotKnownError(credential.gap)
        return credential
