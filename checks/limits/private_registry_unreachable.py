"""The image is in a private registry that is not an Azure container registry and that Azure cannot reach.

Cause: Azure Container Instances pulls from the platform, never through the group's virtual network. A registry on
premises, on a virtual machine or behind a private name is out of reach, whatever the network between both looks like.
Evidence: the registry's host is a private address or name, or a container event says that it was not reached.
Fix: import the image into an Azure container registry.
Source: https://learn.microsoft.com/azure/container-instances/container-instances-virtual-network-concepts
"""

import ipaddress

from acimedic.fixes import in_words, q
from acimedic.model.image import RegistryHost
from acimedic.model.pull import Pull
from acimedic.model.reading import Absent
from acimedic.model.verdict import Fact, Fail, Skip, Unknown, Verdict
from acimedic.testimony import tail_fact, tails

ERRORS = ("InaccessibleImage", "dial tcp", "i/o timeout")
DOCS = "https://learn.microsoft.com/azure/container-instances/container-instances-virtual-network-concepts"
_PUBLIC = ("mcr.microsoft.com", "ghcr.io", "quay.io", "gcr.io", "registry.k8s.io", "public.ecr.aws", "lscr.io")
_PRIVATE_ENDINGS = (".local", ".internal", ".lan", ".corp", ".home", ".intranet", ".localdomain", ".private")


def check(pull: Pull) -> Verdict:
    """Whether the registry is one that only a private network reaches."""
    reference = pull.well_formed()
    if reference.is_acr or reference.is_docker_hub or reference.host.name in _PUBLIC:
        return Skip(f"{reference.host} is a public registry, or Azure's own")
    why = _private(reference.host)
    if why:
        return _fail(pull, (Fact("registry of the image", f"{reference.host}: {why}", _source(pull)),), sure=True)
    missed = tails(pull, "dns", "timeout", "unreachable")
    if missed:
        return _fail(pull, tuple(tail_fact(tail) for tail in missed), sure=False)
    said = pull.evidence.testimony(str(reference))
    if isinstance(said, Absent):
        return _fail(pull, (Fact("name of the registry", "does not resolve publicly", said.source),), sure=True)
    return Unknown(f"it is not known whether {reference.host} can be reached publicly")


def _private(host: RegistryHost) -> str | None:
    try:
        address = ipaddress.ip_address(host.name)
    except ValueError:
        if host.name == "localhost" or host.name.endswith(_PRIVATE_ENDINGS):
            return "a private name"
        return None if "." in host.name else "a name without a domain"
    return None if address.is_global else "a private address"


def _source(pull: Pull) -> str:
    return pull.evidence.error_source if pull.container is None else pull.definition().source


def _fail(pull: Pull, facts: tuple[Fact, ...], *, sure: bool) -> Fail:
    reference = pull.well_formed()
    return Fail(
        summary=f"The image '{reference}' of {pull.where} is in a private registry ({reference.host}), which Azure "
        "Container "
        "Instances cannot reach.",
        fix=in_words(
            "Import the image into an Azure container registry and pull it from there.",
            f"az acr import --name '<registry>' --source {q(str(reference))}",
        ),
        evidence=facts,
        confidence="confirmed" if sure else "likely",
    )
