"""Evidence -> pulls: each image of each container with what serves it (pure)."""

from acimedic.image import parse_image, registry_host, same_registry, server_fault
from acimedic.model.access import Access
from acimedic.model.definition import Container, Credential, Definition, IdentityCredential
from acimedic.model.evidence import Evidence
from acimedic.model.image import ImageReference
from acimedic.model.pull import Image, Pull
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Identity, Registry


def pulls(evidence: Evidence) -> tuple[Pull, ...]:
    """Every pull that the group asks for; where the definition is unknown, those that the error names."""
    definition = evidence.definition
    if isinstance(definition, Gap) or isinstance(definition.containers, Gap):
        named = () if isinstance(evidence.error, Gap) else evidence.error.images
        return tuple([_pull(evidence, None, image) for image in named])
    return tuple([_pull(evidence, container, container.image) for container in definition.containers])


def images(evidence: Evidence) -> tuple[str, ...]:
    """Every image that is named, each once: the error's first."""
    named: dict[str, None] = {}
    if not isinstance(evidence.error, Gap):
        named.update(dict.fromkeys(evidence.error.images))
    for pull in pulls(evidence):
        if not isinstance(pull.image, Gap):
            named.setdefault(pull.image)
    return tuple(named)


def _pull(evidence: Evidence, container: Container | None, image: Reading[str]) -> Pull:
    reference: Reading[Image] = image if isinstance(image, Gap) else parse_image(image)
    credential, meant = _credentials(evidence.definition, reference)
    registry = _registry(evidence, reference)
    identity = _identity(evidence, credential)
    return Pull(
        container=container,
        image=image,
        reference=reference,
        credential=credential,
        meant=meant,
        registry=registry,
        identity=identity,
        access=_access(evidence, registry, identity),
        evidence=evidence,
    )


def _credentials(
    definition: Reading[Definition], reference: Reading[Image]
) -> tuple[Reading[Credential | None], Credential | None]:
    """The entry that serves the image's registry, and one that means it but is malformed."""
    if isinstance(definition, Gap):
        return definition, None
    if isinstance(reference, Gap):
        return reference, None
    if isinstance(definition.credentials, Gap):
        return definition.credentials, None
    if not isinstance(reference, ImageReference):
        return Gap(reading="credential of the image", reason="the image reference is malformed"), None
    unread: Gap | None = None
    meant: Credential | None = None
    for credential in definition.credentials:
        if isinstance(credential.server, Gap):
            unread = unread or credential.server
        elif serves(credential.server or "", reference):
            return credential, None
        elif meant is None and means(credential.server or "", reference):
            meant = credential
    return (None if unread is None else unread), meant


def serves(server: str, reference: ImageReference) -> bool:
    """Whether a well-formed `server` is the image's registry; Docker Hub's aliases count as one.

    A server is written without a port, so the image's port plays no part.
    """
    return server_fault(server) is None and same_registry(server, reference.host.name)


def means(server: str, reference: ImageReference) -> bool:
    """Whether a malformed `server` was probably meant for the image's registry."""
    fault = server_fault(server)
    return fault is not None and fault.host is not None and same_registry(fault.host, str(reference.host))


def _registry(evidence: Evidence, reference: Reading[Image]) -> Reading[Registry | Absent]:
    if isinstance(reference, Gap):
        return reference
    if not isinstance(reference, ImageReference):
        return Gap(reading="registry", reason="the image reference is malformed")
    return evidence.registry(registry_host(str(reference.host)).name)


def _identity(evidence: Evidence, credential: Reading[Credential | None]) -> Reading[Identity | Absent]:
    if isinstance(credential, Gap):
        return credential
    if not isinstance(credential, IdentityCredential):
        return Gap(reading="pull identity", reason="this image is not pulled with a managed identity")
    if isinstance(credential.identity, Gap):
        return credential.identity
    return evidence.identity(credential.identity)


def _access(
    evidence: Evidence, registry: Reading[Registry | Absent], identity: Reading[Identity | Absent]
) -> Reading[Access]:
    if isinstance(registry, Gap):
        return registry
    if isinstance(identity, Gap):
        return identity
    match (registry, identity):
        case (Registry(), Identity()):
            return evidence.access_of(registry.id, identity.principal_id)
        case (Absent(what=what), _) | (_, Absent(what=what)):
            return Gap(reading="role assignments", reason=f"{what} does not exist")
        case _:
            return Gap(reading="role assignments", reason="they were not read")


def idle_credentials(evidence: Evidence) -> tuple[Credential, ...]:
    """Entries whose server is the registry of no image of the group, as far as servers and images are known."""
    definition = evidence.definition
    if isinstance(definition, Gap) or isinstance(definition.credentials, Gap):
        return ()
    references = [pull.reference for pull in pulls(evidence)]
    if any(isinstance(reference, Gap) for reference in references):
        return ()
    known = [reference for reference in references if isinstance(reference, ImageReference)]
    return tuple(
        credential
        for credential in definition.credentials
        if isinstance(credential.server, str)
        and server_fault(credential.server) is None
        and not any(serves(credential.server, reference) for reference in known)
    )
