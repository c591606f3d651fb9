"""What people are told: a state of an incident, with what is needed to understand and to decide; or many at once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from acimedic.model.plan import Plan
from acimedic.model.record import IncidentRecord
from acimedic.model.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One state of one incident.

    operation: the same on every repetition of this news, so that whoever delivers can drop what was delivered.
    again: it may have been delivered before; nobody knows.
    step: the step that failed for good, in the state `failed`.
    report: of the latest diagnosis; None before the first.
    page: address of the incident's page. decide: address of the page on which a person decides, while one is awaited.
    since: where this cause was met on this group before, when that was first; times: how often by now, this included.
    portal: address of the container group in Azure's portal.
    gateway: it speaks of a make-believe Azure.
    """

    record: IncidentRecord
    state: str
    said: str
    operation: str
    again: bool = False
    step: str | None = None
    report: Report | None = None
    plan: Plan | None = None
    since: datetime | None = None
    times: int = 1
    page: str | None = None
    decide: str | None = field(default=None, repr=False)
    portal: str | None = None
    gateway: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Many failures with one cause, told as one.

    operation: as in News; one for each size at which it is told again. cause: the check's id. culprit: the registry
    (or whatever else they have in common) in words. count: how many by now, within the time since `since`.
    told: some of them, the latest first. baffling: they have neither registry nor identity in common and nothing is
    known to have changed, so that the platform is likelier than any of them. page: address of the list.
    """

    operation: str
    cause: str | None
    culprit: str | None
    count: int
    since: datetime
    until: datetime
    told: tuple[IncidentRecord, ...]
    again: bool = False
    baffling: bool = False
    headline: str = ""
    page: str | None = None
    gateway: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What was put off, told together. operation: as in News. news: the earliest first."""

    operation: str
    since: datetime
    until: datetime
    news: tuple[News, ...]
    again: bool = False
    page: str | None = None
    gateway: bool = False


Message: TypeAlias = News | Crowd | Digest
