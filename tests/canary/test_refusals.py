"""Azure, and whoever people are told through, refuse with bodies and headers that repeat secrets: none is passed on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from acimedic.simulator.exchange import Response
from tests.canary.drives import diagnose_refused, opened, play, refusals
from tests.canary.house import House, command
from tests.canary.meant import MEANT


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = opened(tmp_path)
    with made.azure:
        yield made


def everything(house: House) -> list[str]:
    return house.cage.found(house.collect(), but=MEANT)


def test_nothing_of_a_refusal_is_in_a_diagnosis_that_was_asked_for(house: House) -> None:
    statuses = diagnose_refused(house)
    assert 200 in statuses.values()
    assert {*statuses.values()} <= {200, 202, 502, 503}
    told = {way for way in house.cage.birds if way[:3].isdigit()} | {"code: bearer", "page: password", "half: token"}
    assert told - {*house.cage.within(house.came_in())} == set()
    assert everything(house) == []


def test_nothing_of_a_refusal_is_in_a_story(house: House) -> None:
    house.azure.world["faults"] = [refusals(house.cage)["403"]]
    play(house, approve=False, ACIMEDIC_TIME_LIMIT="1")
    assert "history of the stories" in house.collect()
    assert "403 answer: bearer" in house.cage.within(house.came_in())
    assert everything(house) == []


def test_nothing_of_what_teams_mail_and_topic_answer_is_kept_or_told(house: House) -> None:
    fault = refusals(house.cage)["400"]
    house.azure.deaf = Response(status=400, body=fault["body"], headers=fault["headers"])
    play(house, pages=True, approve=False)
    assert "not-told" in house.out["answer of GET /api/incidents/ID/audit"]
    assert everything(house) == []


@pytest.mark.parametrize("name", ["401", "403", "redirect", "no JSON"])
def test_nothing_of_a_refusal_is_printed_by_a_command(name: str, house: House) -> None:
    house.azure.world["faults"] = [refusals(house.cage)[name]]
    event = house.file("event.json", house.azure.world["event"])
    for words in (("diagnose", "--event", event), ("doctor",)):
        command(house, words[0], *words, ACIMEDIC_TIME_LIMIT="2")
    assert "Traceback" not in house.out["diagnose: standard error"] + house.out["doctor: standard error"]
    assert everything(house) == []
