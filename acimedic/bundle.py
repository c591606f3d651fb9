"""The bundle of an incident: all that was read, in one JSON file that can be diagnosed again without Azure (pure).

It is made to be handed on, with a support request or to a colleague: a text that may hold a secret or an address of a
person is redacted, and the ids of persons are left out. The digest tells a damaged file; it is no signature, and
nothing is ever changed because of a bundle.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from acimedic.model.access import Access, Assignment, DenyAssignment
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap, Reading
from acimedic.model.registry import Registry
from acimedic.model.report import Report
from acimedic.redact import redact
from acimedic.report.build import build_report
from acimedic.report.text import as_lines
from acimedic.value_codec import ValueCodecError, as_values, from_values

VERSION = 1
MOST_BYTES = 16 * 1024 * 1024
"""Of a bundle; one of a registry with a thousand role assignments has half a million."""
_PERSON = "user"


class BundleError(ValueError):
    """This is no bundle that can be read; the message says why in one line, and quotes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a bundle holds. gateway: whether it was read from a make-believe Azure."""

    evidence: Evidence
    gateway: bool


def write_bundle(diagnosis: Diagnosis, *, gateway: bool, made_at: datetime, report: Report | None = None) -> bytes:
    """The bundle of a diagnosis, in ASCII: what support asks for and the report first, then all that was read.

    report: of this very diagnosis, where it was built already; its plan is left out.
    """
    report = replace(report or build_report(diagnosis, gateway=gateway), plan=None)
    # Ids and names stand there many times; each is redacted once, and remembered no longer than that.
    evidence = as_values(_without_persons(diagnosis.evidence), cache(redact))
    document = {
        "bundle": VERSION,
        "made_at": made_at.isoformat(),
        "gateway": gateway,
        "incident": report.incident.id,
        "support": [redact(line) for line in report.support],
        "report": redact(as_lines(report)).splitlines(),
        "digest": _digest(evidence, gateway=gateway),
        "evidence": evidence,
    }
    return (json.dumps(document, indent=1) + "\n").encode("ascii")


def read_bundle(content: bytes) -> Bundle:
    """What a bundle holds. Raises BundleError. Whoever diagnoses it proposes nothing: see `acimedic.planning`."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BundleError("it is not JSON, or it was cut off") from error
    if not isinstance(document, Mapping) or "bundle" not in document:
        raise BundleError("it is not the bundle of an incident")
    if document["bundle"] != VERSION or isinstance(document["bundle"], bool):
        raise BundleError(f"it is of another version than {VERSION}: read it with the program that wrote it, or later")
    gateway, said = document.get("gateway"), document.get("evidence")
    try:
        fits = isinstance(gateway, bool) and document.get("digest") == _digest(said, gateway=gateway)
    except RecursionError as error:  # what can just be read may be too deep to be written
        raise BundleError("it is nested too deeply") from error
    if not isinstance(gateway, bool) or not fits:
        raise BundleError("it is damaged or was changed: its digest does not fit")
    try:
        evidence = from_values(Evidence, said)
    except ValueCodecError as error:
        raise BundleError(f"it does not hold what was read: {error}") from error
    return Bundle(evidence=evidence, gateway=gateway)


def _digest(evidence: object, *, gateway: bool) -> str:
    told = json.dumps([VERSION, gateway, evidence], sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(told.encode('ascii')).hexdigest()}"


def _without_persons(evidence: Evidence) -> Evidence:
    """The evidence without ids of persons, none of which decides whether an identity may pull.

    Tags of registries go too: people write their names there, and only the policy asks for any.
    """
    return replace(
        evidence,
        incident=replace(evidence.incident, deployer=None),
        registries=tuple(
            (host, replace(reading, tags=()) if isinstance(reading, Registry) else reading)
            for host, reading in evidence.registries
        ),
        access=tuple((key, _access(access)) for key, access in evidence.access),
    )


def _access(access: Access) -> Access:
    denied = access.denied
    return replace(
        access,
        assigned=_of_no_person(access.assigned),
        everyone=_of_no_person(access.everyone),
        denied=denied if isinstance(denied, Gap) else tuple(map(_denying_no_person, denied)),
    )


def _of_no_person(listed: Reading[tuple[Assignment, ...]]) -> Reading[tuple[Assignment, ...]]:
    if isinstance(listed, Gap):
        return listed
    return tuple(each for each in listed if (each.principal_type or "").lower() != _PERSON)


def _denying_no_person(deny: DenyAssignment) -> DenyAssignment:
    persons = {key.lower() for key, kind in deny.principal_types if kind.lower() == _PERSON}
    return replace(
        deny,
        principals=tuple(each for each in deny.principals if each.lower() not in persons),
        excluded=tuple(each for each in deny.excluded if each.lower() not in persons),
        principal_types=tuple(pair for pair in deny.principal_types if pair[0].lower() not in persons),
    )
