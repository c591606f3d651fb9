"""What people are told: that an incident has come into a state, and what is needed to understand and to decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from acimedic.model.plan import Plan
from acimedic.model.record import IncidentRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One state of one incident.

    operation: the same on every repetition of this news, so that whoever delivers can drop what was delivered.
    again: it may have been delivered before; nobody knows.
    step: the step that failed for good, in the state `failed`.
    report: the JSON report, version 1; None before the first diagnosis.
    page: address of the incident's page. decide: address of the page on which a person decides, while one is awaited.
    gateway: it speaks of a make-believe Azure.
    """

    record: IncidentRecord
    state: str
    said: str
    operation: str
    again: bool = False
    step: str | None = None
    report: Mapping[str, object] | None = None
    plan: Plan | None = None
    page: str | None = None
    decide: str | None = field(default=None, repr=False)
    gateway: bool = False
