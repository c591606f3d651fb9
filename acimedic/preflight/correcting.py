"""The corrected container group: the smallest change for each fault of its definition (pure).

What needs knowledge that nobody has, such as a password, which of two registries is meant, or an image's real name, is
left to a person and said. Nothing is invented, and no secret is shown.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from acimedic.fixes import AGAIN
from acimedic.model.diagnosis import Diagnosis, Finding
from acimedic.model.pull import Pull
from acimedic.model.verdict import Fail, Unknown
from acimedic.preflight.corrections import identities, images, servers
from acimedic.preflight.corrections.draft import Draft
from acimedic.preflight.corrections.secrets import clean, secrets_of, without_secrets
from acimedic.preflight.offline import diagnosed
from acimedic.preflight.request import Examined
from acimedic.report.disclosing import disclosing, name_shown
from acimedic.template import Json

Corrector: TypeAlias = Callable[[Draft, Sequence[Pull]], Iterator[str]]
"""Corrects what it can of one fault, for the pulls that it concerns; yields what is left to a person."""

_CORRECTORS: Mapping[str, Corrector] = {
    "image-reference-malformed": images.malformed,
    "image-host-missing": images.host_missing,
    "credential-server-missing": servers.missing,
    "credential-server-malformed": servers.malformed,
    "credential-type-ambiguous": identities.of_no_one_kind,
    "credential-count-exceeds-containers": servers.too_many,
    "credential-identity-needs-newer-api": identities.needs_newer_api,
    "credential-identity-is-system-assigned": identities.system_assigned,
    "credential-identity-not-on-group": identities.not_on_group,
    "credential-identity-for-non-acr": identities.for_non_acr,
    "credential-missing": identities.unserved,
    "credential-server-mismatch": servers.mismatch,
}
_FOR_PEOPLE = frozenset(("vnet-injected-group", "windows-version-unsupported", "private-registry-unreachable"))
_ROUNDS = 30  # every round corrects one kind of fault; one correction can bring another to light


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A container group corrected.

    resource: what to put in the template in place of the group, expressions kept, secrets left out; None where nothing
    could be corrected. changes: what is different, in words. by_hand: what is left to a person.
    """

    group: str
    resource: Mapping[str, Json] | None
    changes: tuple[str, ...]
    by_hand: tuple[str, ...]


def corrected(examined: Examined, source: Mapping[str, Json]) -> Correction:
    """Correct the definition faults that were found. Never raises.

    source: the group's resource as it is written in the template, with its expressions; it is not changed.
    """
    draft = Draft(examined, source)
    secrets = secrets_of(examined.asked.resource.body)
    reason = draft.out_of_reach()
    left = list(_rounds(draft) if reason is None else _all_by_hand(draft.diagnosis, reason))
    by_hand = [*(said for _, said in left), *_beyond(examined, draft, {check for check, _ in left})]
    resource: Mapping[str, Json] | None = None
    if draft.changes:
        resource, hidden = without_secrets(draft.source, secrets)
        by_hand += [*draft.notes, *(f"{path}: put back what is not shown, as a secure parameter" for path in hidden)]
    names = disclosing(examined.diagnosis.evidence)
    return Correction(
        group=name_shown(examined.asked.group.name),
        resource=resource,
        changes=_said(map(names.text, draft.changes), secrets),
        by_hand=_said(map(names.text, by_hand), secrets),
    )


def _rounds(draft: Draft) -> Sequence[tuple[str, str]]:
    """Correct one kind of fault after the other, in catalogue order, until nothing is left but what a person knows.

    Gives back what that is, each sentence with the check that found the fault.
    """
    left: list[tuple[str, str]] = []
    for _ in range(_ROUNDS):
        left, made = [], len(draft.changes)
        for check, pulls, words in _faults(draft.diagnosis):
            corrector = _CORRECTORS.get(check)
            left += [(check, said) for said in (words if corrector is None else corrector(draft, pulls))]
            if len(draft.changes) > made:
                break
        else:
            return left
        draft.diagnose()
    return left


def _faults(diagnosis: Diagnosis) -> Iterator[tuple[str, tuple[Pull, ...], list[str]]]:
    """Each fault of the definition once: the check, the pulls that it concerns, and what a person can do."""
    for check in (*_CORRECTORS, *_FOR_PEOPLE):
        blamed = [each for each in diagnosis.findings if each.check == check and isinstance(each.verdict, Fail)]
        if blamed:
            words = [_by_hand(each.verdict) for each in blamed if isinstance(each.verdict, Fail)]
            yield check, tuple(each.pull for each in blamed if each.pull is not None), words


def _beyond(examined: Examined, draft: Draft, told: set[str]) -> Iterator[str]:
    """What else is confirmed: faults that are none of the definition, and what the corrections have not decided."""
    before = examined.diagnosis.findings
    now = diagnosed(draft.evidence).findings if draft.changes else before
    decided = {_key(each) for each in now if not isinstance(each.verdict, Unknown)}
    for finding in (*now, *(each for each in before if _key(each) not in decided)):
        if finding.confirmed and isinstance(finding.verdict, Fail) and finding.check not in told:
            yield _by_hand(finding.verdict)


def _by_hand(fault: Fail) -> str:
    return f"{fault.summary} {fault.fix.text.removesuffix(AGAIN).rstrip()}"


def _key(finding: Finding) -> tuple[str, str]:
    return finding.check, "" if finding.pull is None else finding.pull.where


def _all_by_hand(diagnosis: Diagnosis, reason: str) -> Iterator[tuple[str, str]]:
    for check, _, words in _faults(diagnosis):
        yield from ((check, f"{each} Not corrected: {reason}.") for each in words)


def _said(sentences: Iterable[str], secrets: frozenset[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clean(each, secrets) for each in sentences))
