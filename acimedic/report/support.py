"""What a support request needs, by Microsoft's own article."""

from collections.abc import Iterator

from acimedic.model.definition import Definition
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.registry import Registry

SUPPORT = "https://portal.azure.com/#blade/Microsoft_Azure_Support/HelpAndSupportBlade/newsupportrequest"


def needed_for_support(diagnosis: Diagnosis) -> Iterator[str]:
    """The registry's resource id and the container group's definition, and what finds the failure."""
    evidence = diagnosis.evidence
    registries = [item.id for _, item in evidence.registries if isinstance(item, Registry)]
    named = ", ".join(registries) if registries else "of " + (", ".join(diagnosis.images) or "the image's registry")
    yield f"the registry's resource id: {named}"
    known = evidence.definition
    source = known.source if isinstance(known, Definition) else "the template, or the command that deployed it"
    yield f"the definition of the container group: {source}"
    yield f"the container group's id: {evidence.group}"
    yield f"the correlation id: {evidence.incident.correlation_id or 'not known'}"
