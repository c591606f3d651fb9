"""A pasted text, and perhaps a definition, in; what is proven and what remains likely out (pure).

The same checks run as for a live failure, over evidence that holds nothing but what was given: every reading that
Azure would have to give is a gap.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from acimedic.diagnosis import Check, diagnose
from acimedic.errors import classify, parse
from acimedic.explain.features import Features, see
from acimedic.explain.proof import Proof, prove, settle
from acimedic.explain.ranking import rank
from acimedic.explain.supplied import NotAGroupError, read_definition
from acimedic.image import registry_host
from acimedic.model.definition import Definition
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.error import ErrorChain, PullFailure, Unclear
from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap, Reading
from acimedic.model.verdict import Fail
from acimedic.named import NOT_NAMED, incident_of

__all__ = ["Explanation", "NotAGroupError", "explain"]

_GOVERNMENT = re.compile(r"usgovcloudapi\.net|portal\.azure\.us|AzureUSGovernment|\busgov\w{3,20}\b", re.IGNORECASE)
_CHINA = re.compile(r"chinacloudapi\.cn|portal\.azure\.cn|AzureChinaCloud|\bchina(?:east|north)\d?\b", re.IGNORECASE)
_ABOUT_IMAGES = re.compile(r"image|container|registr|docker|pull|azurecr", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a text comes to.

    failure: the failed pull that the error proves; None where it proves another failure, or nothing.
    candidates: check ids, the likeliest first; empty where the error proves another failure or tells nothing.
    """

    diagnosis: Diagnosis
    features: Features
    failure: PullFailure | None
    proof: Proof | None
    candidates: tuple[str, ...]


def explain(text: str | bytes, definition: object = None, *, checks: Sequence[Check]) -> Explanation:
    """Explain an error text in any wrapping; `definition` is a container group's decoded ARM JSON.

    Raises NotAGroupError where the definition is none.
    """
    known = None if definition is None else read_definition(definition)
    chain = parse(text)
    said = classify(chain)
    evidence = _evidence(chain, known)
    features = see(chain, said, known)
    diagnosis = diagnose(evidence, checks)
    failure = said if isinstance(said, PullFailure) else None
    if diagnosis.outcome == "not-a-pull-failure":
        return Explanation(diagnosis=diagnosis, features=features, failure=None, proof=None, candidates=())
    proof = prove(features, seen={finding.check for finding in diagnosis.fails})
    diagnosis = replace(diagnosis, findings=settle(diagnosis.findings, proof, failure, evidence))
    found = {finding.check for finding in diagnosis.fails}
    if "malformed:braces" in features.marks:
        found.discard("image-reference-malformed")
    told = failure is not None or known is not None or _tells_something(chain, said)
    candidates = rank(features, found=found, proven=proof.check if proof else None) if told else ()
    return Explanation(
        diagnosis=_concluded(diagnosis, failure, candidates),
        features=features,
        failure=failure,
        proof=proof,
        candidates=candidates,
    )


def _evidence(chain: ErrorChain, known: Definition | None) -> Evidence:
    error: Reading[ErrorChain] = chain if chain.links else Gap(reading="error text", reason="the text holds no error")
    not_given = Gap(reading="definition", reason="no definition was given (--definition)")
    live = known if known is not None and known.provisioning_state else None
    return Evidence(
        incident=incident_of(_group(chain, known), chain.correlation_id, chain.text),
        cloud=_cloud(chain),
        error=error,
        error_source="none" if isinstance(error, Gap) else "argument",
        live=live or Gap(reading="container group", reason="Azure was not asked"),
        definition=known or not_given,
        gaps=tuple(gap for gap in (error, known or not_given) if isinstance(gap, Gap)),
        supplied=("error", "definition") if known else ("error",),
    )


def _group(chain: ErrorChain, known: Definition | None) -> str | None:
    if chain.container_group:
        return chain.container_group
    return (known.id or known.name or None) if known is not None else None


def _cloud(chain: ErrorChain) -> str:
    """The cloud that the text speaks of; else that of the image's registry, so that nothing is concluded from it."""
    if _GOVERNMENT.search(chain.text):
        return "AzureUSGovernment"
    if _CHINA.search(chain.text):
        return "AzureChinaCloud"
    hosts = (registry_host(image.partition("/")[0]) for image in chain.images)
    return next((host.cloud for host in hosts if host.cloud), "AzureCloud")


def _tells_something(chain: ErrorChain, said: object) -> bool:
    """Whether a failure is spoken of that may be a pull's: with a code, or in words about images."""
    return isinstance(said, Unclear) and bool(chain.code or _ABOUT_IMAGES.search(chain.text))


def _concluded(diagnosis: Diagnosis, failure: PullFailure | None, candidates: tuple[str, ...]) -> Diagnosis:
    """Only what is proven is a cause; findings that are merely likely stay findings."""
    proven = next((each.verdict for each in diagnosis.fails if each.confirmed), None)
    if isinstance(proven, Fail):
        return replace(diagnosis, outcome="cause-found", headline=proven.summary)
    return replace(diagnosis, outcome="undetermined", headline=_headline(diagnosis, failure, candidates))


def _headline(diagnosis: Diagnosis, failure: PullFailure | None, candidates: tuple[str, ...]) -> str:
    group = diagnosis.evidence.group.name
    whose = "a container group" if group == NOT_NAMED else f"container group '{group}'"
    likeliest = f" The likeliest cause is {candidates[0]}." if candidates else ""
    if failure is None:
        return f"The text does not say whether an image of {whose} could not be pulled.{likeliest}"
    return f"An image of {whose} could not be pulled; the text alone does not prove why.{likeliest}"
