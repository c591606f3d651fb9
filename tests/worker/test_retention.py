"""What the nightly timer deletes, run by the worker library: `ACIMEDIC_RETENTION_DAYS` from end to end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acimedic.incident import from_words
from acimedic.lifecycle.keeping import note
from acimedic.lifecycle.tools import Tools
from acimedic.model.record import IncidentRecord, ReportFile
from acimedic.settings import Settings
from acimedic.simulator import load_world
from tests.worker import kept
from tests.worker.extension import DurableEndpoint, Instance
from tests.worker.harness import Outcome, Worker

GROUP = load_world("role-missing")["event"]["data"]["resourceUri"]
OLD, NEW, OPEN = (from_words(GROUP, name) for name in ("old", "new", "open"))
MARK = b"only the report of the old one says this"


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What was there in the morning."""

    outcome: Outcome
    store: Path
    durable: DurableEndpoint


async def fill(tools: Tools) -> None:
    for incident, days, closed in ((OLD, 31, True), (NEW, 29, True), (OPEN, 31, False)):
        at = datetime.now(UTC) - timedelta(days=days)
        new = IncidentRecord(incident=incident, state="diagnosed", received_at=at, changed_at=at, closed=closed)
        await tools.store.put_incident_if_absent(new)
        await note(tools, incident.id, key="received", kind="received", body={})
    made = datetime.now(UTC)
    await tools.store.put_report(
        ReportFile(incident_id=OLD.id, name="report.json", media_type="application/json", made_at=made, content=MARK)
    )


@pytest.fixture(scope="module")
def night(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """A night after which incidents are 29 and 31 days old, and may be kept for 30."""
    store = tmp_path_factory.mktemp("night") / "acimedic.db"
    kept.using(Settings(store=str(store)), fill)
    with DurableEndpoint() as durable:
        for incident, days, status in ((OLD, 31, "Completed"), (NEW, 29, "Completed"), (OPEN, 31, "Running")):
            begun = datetime.now(UTC) - timedelta(days=days)
            durable.instances[incident.id] = Instance(name="story", given='"{}"', status=status, begun=begun)
        left = datetime.now(UTC) - timedelta(days=40)  # by a run that was cut off after its incident was deleted
        durable.instances["left"] = Instance(name="story", given='"{}"', status="Failed", begun=left)
        settings = {"ACIMEDIC_STORE": str(store), "ACIMEDIC_RETENTION_DAYS": "30"}
        with Worker(folder, settings, durable=durable) as worker:
            yield Night(outcome=worker.nightfall(), store=store, durable=durable)


def test_the_night_passes(night: Night) -> None:
    assert night.outcome.ok, night.outcome.stack


def test_what_is_older_is_deleted(night: Night) -> None:
    assert kept.incident(night.store, OLD.id) is None


def test_nothing_of_it_is_left_in_the_files(night: Night) -> None:
    files = {path.name: path.read_bytes() for path in night.store.parent.iterdir()}
    assert [name for name, content in files.items() if MARK in content or OLD.id.encode() in content] == []


def test_what_is_younger_is_kept(night: Night) -> None:
    assert kept.incident(night.store, NEW.id) is not None


def test_what_is_open_is_kept_however_old_it_is(night: Night) -> None:
    assert kept.incident(night.store, OPEN.id) is not None
    assert night.durable.instances[OPEN.id].status == "Running"


def test_its_story_is_deleted_and_what_an_earlier_night_left(night: Night) -> None:
    assert night.durable.purged == [OLD.id, "left"]
    assert set(night.durable.instances) == {NEW.id, OPEN.id}


def test_the_log_says_how_many(night: Night) -> None:
    assert night.outcome.lines_of("acimedic.lifecycle") == [{"line": "retention", "deleted": 1}]


def test_wrong_days_are_a_clear_error_and_delete_nothing(
    folder: Path, durable: DurableEndpoint, tmp_path: Path
) -> None:
    store = tmp_path / "acimedic.db"
    kept.using(Settings(store=str(store)), fill)
    settings = {"ACIMEDIC_STORE": str(store), "ACIMEDIC_RETENTION_DAYS": "0"}
    with Worker(folder, settings, durable=durable) as worker:
        outcome = worker.nightfall()
    assert outcome.exception.startswith("SettingsError: ACIMEDIC_RETENTION_DAYS is '0'")
    assert len(kept.incidents(store)) == 3
