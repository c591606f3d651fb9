"""What changed before a failure is asked in such a way that all who failed within the same minutes ask the same."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from acimedic.azure.port import Reader
from acimedic.evidence import look_back
from acimedic.model.deployment import Activity
from acimedic.model.history import History
from tests.build import HEALTHY, REGISTRY

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_WRITTEN = "Microsoft.ContainerRegistry/registries/write"


@dataclass
class Log:
    """Answers with these entries, and notes what it is asked: about whom, since when and until when."""

    entries: tuple[Activity, ...] = ()
    asked: set[tuple[str, datetime, datetime]] = field(default_factory=set)

    async def activity(
        self, _subscription: str, *, about: tuple[str, str], since: datetime, until: datetime
    ) -> tuple[Activity, ...]:
        self.asked.add((about[1], since, until))
        return self.entries if about[1] == REGISTRY.id else ()


def changes(log: Log, failed_at: datetime) -> list[datetime]:
    """When something changed at the registry, for one who failed then."""
    evidence = asyncio.run(look_back(replace(HEALTHY, failed_at=failed_at, precedent=None), cast(Reader, log)))
    assert isinstance(evidence.history, History)
    return [change.when for change in evidence.history.changes if change.about == REGISTRY.id]


def written(when: datetime) -> Activity:
    return Activity(
        resource=REGISTRY.id,
        operation=_WRITTEN,
        status="Succeeded",
        http_status=None,
        message=None,
        correlation_id="",
        time=when,
        source="GET log",
    )


def test_two_who_fail_within_the_same_minutes_ask_the_same_of_a_registry() -> None:
    first, second = Log(), Log()
    changes(first, NOON + timedelta(minutes=1))
    changes(second, NOON + timedelta(minutes=3, seconds=17))
    assert {each for each in first.asked if each[0] == REGISTRY.id} == {
        each for each in second.asked if each[0] == REGISTRY.id
    }


@pytest.mark.parametrize("minutes", [0, 1, 4, 5, 6, 59])
def test_the_question_holds_the_whole_week_and_the_minutes_after(minutes: int) -> None:
    log, failed_at = Log(), NOON + timedelta(minutes=minutes, seconds=31)
    changes(log, failed_at)
    ((_, since, until),) = [each for each in log.asked if each[0] == REGISTRY.id]
    assert since <= failed_at - timedelta(days=7) < since + timedelta(hours=1)
    assert failed_at + timedelta(minutes=5) < until <= failed_at + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, True), (1, False), (-1, True), (-7 * 86400, True), (-7 * 86400 - 1, False)],
)
def test_what_is_outside_of_the_week_before_is_no_change(seconds: int, told: bool) -> None:
    failed_at = NOON + timedelta(minutes=2)
    when = failed_at + timedelta(seconds=seconds)
    assert changes(Log(entries=(written(when),)), failed_at) == ([when] if told else [])
