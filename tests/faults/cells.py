"""One cell of the matrix: a diagnosis while one reading is ill with one fault, beside the diagnosis without it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.incident import read_event
from acimedic.model.incident import Ignored
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap
from acimedic.model.verdict import Fail, Pass, Unknown
from acimedic.pipeline import investigate_signal
from acimedic.report.as_json import as_object, as_text
from acimedic.report.build import build_report
from acimedic.settings import read_settings
from acimedic.simulator.exchange import Request
from acimedic.simulator.state import moment
from tests.scenarios.running import load

from .ailing import Ailing, Reply, Stranger
from .idle import run
from .readings import Reading
from .spoiling import Fault, Spoiling

Verdict = tuple[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a diagnosis; only what is compared is kept, since there are more than a thousand.

    cause: whether the printed report names one. verdicts: of each check about each image. gaps: what could not be read.
    seconds: how long it took, if machines took no time; limit: how long it may. asked: method, host and path of each
    request. ill: how many answers were spoilt. heard: what came to the stranger.
    """

    cause: bool
    verdicts: frozenset[tuple[type[object], Verdict]]
    gaps: frozenset[Gap]
    seconds: float = 0.0
    limit: float
    asked: tuple[Request, ...]
    ill: int
    heard: tuple[bytes, ...]

    def given(self, kind: type[Fail | Pass | Unknown]) -> frozenset[Verdict]:
        """The checks that gave this kind of verdict, with the image that each is about."""
        return frozenset(verdict for each, verdict in self.verdicts if each is kind)

    def unknown_beside(self, well: "Outcome") -> frozenset[Verdict]:
        """What is unknown here and was not there."""
        return self.given(Unknown) - well.given(Unknown)


async def _diagnose(tenant: dict[str, Any], spoil: Callable[[Spoiling, Request, Reply], Reply | None]) -> Outcome:
    ill = 0
    async with Stranger() as stranger:
        spoiling = Spoiling(stranger.address)

        def answered(request: Request, true: Reply) -> Reply:
            nonlocal ill
            spoilt = spoil(spoiling, request, true)
            ill += spoilt is not None
            return true if spoilt is None else spoilt

        async with Ailing(tenant, answered) as azure:
            settings = read_settings({"ACIMEDIC_GATEWAY": f"http://{azure.address}"})
            signal = read_event(json.dumps(tenant["event"]))
            assert not isinstance(signal, Ignored)
            async with Session(settings) as session:
                diagnosis = await investigate_signal(
                    signal, AzureReader(session), cloud=settings.cloud, now=moment(tenant["now"])
                )
    printed = json.loads(as_text(as_object(build_report(diagnosis, gateway=True))))
    return Outcome(
        cause=printed["outcome"] == "cause-found",
        verdicts=frozenset((type(item.verdict), (item.check, _image(item.pull))) for item in diagnosis.findings),
        gaps=frozenset(diagnosis.gaps),
        limit=settings.time_limit,
        asked=tuple(azure.asked),
        ill=ill,
        heard=tuple(stranger.heard),
    )


def _image(pull: Pull | None) -> str | None:
    return None if pull is None else str(pull.image)


def _timed(tenant: dict[str, Any], spoil: Callable[[Spoiling, Request, Reply], Reply | None]) -> Outcome:
    outcome, seconds = run(_diagnose(tenant, spoil))
    return replace(outcome, seconds=seconds)


def of_tenant(tenant: dict[str, Any]) -> Outcome:
    """What comes of this very tenant; `now` is our own clock."""
    return _timed(tenant, lambda *_: None)


@cache
def well(world: str) -> Outcome:
    """What comes of a tenant when nothing is wrong with Azure."""
    return of_tenant(load(world))


@cache
def ill(world: str, reading: Reading, fault: Fault) -> Outcome:
    """The same while every answer to this reading is spoilt."""
    return of_ill_tenant(load(world), reading, fault)


def of_ill_tenant(tenant: dict[str, Any], reading: Reading, fault: Fault) -> Outcome:
    """What comes of this very tenant while every answer to this reading is spoilt; `now` is our own clock."""
    return _timed(tenant, lambda told, asked, true: fault.spoil(told, asked, true) if reading.is_of(asked) else None)
