"""The app in Microsoft's worker: what an event, a story and a question make it answer, log and hand to Durable."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from acimedic.incident import from_event
from acimedic.model.incident import Incident
from tests.canary.drives import opened, refusals
from tests.canary.house import House
from tests.canary.meant import MEANT
from tests.lifecycle.extension import Extension
from tests.worker.extension import DurableEndpoint
from tests.worker.harness import Worker, need_library


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose story went through the worker as far as a decision, and then on over an Azure that refuses."""
    need_library()
    made = opened(tmp_path_factory.mktemp("house"))
    with made.azure, DurableEndpoint() as durable:
        folder = tmp_path_factory.mktemp("app")
        with Worker(folder, made.environment(), durable=durable) as worker:
            _go_through(made, worker, durable)
            made.goes_out("standard error of the worker", worker.stderr)
        made.collect()
        yield made


def _go_through(house: House, worker: Worker, durable: DurableEndpoint) -> None:
    event = house.azure.world["event"]
    signal = from_event(event)
    assert isinstance(signal, Incident)
    came = worker.event(event)
    assert came.ok, came.stack
    given = durable.instances[signal.id].given
    extension = Extension(worker, signal.id, json.loads(given), datetime.now(UTC))
    extension.work()
    answers = [came, worker.post({"event": event}), worker.page("/api/incidents", accept="application/json")]
    house.azure.world["faults"] = [refusals(house.cage)["401"]]
    extension.run()
    answers += [worker.event(event | {"id": "again"}), worker.post({"event": event}), worker.page("/api/health")]
    house.goes_out("answers of the worker", "\n".join(each.written for each in answers))
    house.goes_out("input of the story", given)
    house.goes_out("history of the extension", json.dumps([extension.history, extension.logs, extension.shown]))


def test_nothing_secret_leaves_the_worker(house: House) -> None:
    assert house.cage.found(house.out, but=MEANT) == []


def test_the_worker_was_given_secrets_and_told_people(house: House) -> None:
    came = {*house.cage.within(house.came_in())}
    assert {"operation message: bearer", "401 answer: bearer", "template: registry password"} <= came
    assert {"card", "mail", "history of the extension"} <= house.out.keys()
    assert "pull-role-missing" in house.out["history of the extension"] + house.out["card"]
