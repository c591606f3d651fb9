"""No value of a diagnosis, and none of the settings, prints what is secret in it."""

import asyncio
import dataclasses
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.bundle import write_bundle
from acimedic.incident import from_event
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.incident import Incident
from acimedic.pipeline import investigate
from acimedic.report.build import build_report
from acimedic.settings import Settings, read_settings
from tests.canary.birds import Cage
from tests.canary.drives import opened
from tests.canary.house import BEGAN, House
from tests.canary.planting import environment


@pytest.fixture(scope="module", params=["of its template", "as it stands there"])
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, Diagnosis]]:
    house = opened(tmp_path_factory.mktemp("house"), live=request.param == "as it stands there")
    with house.azure:
        yield house, asyncio.run(diagnosed(house, BEGAN))


async def diagnosed(house: House, now: datetime) -> Diagnosis:
    signal = from_event(house.azure.world["event"], hash_key="k" * 32)
    assert isinstance(signal, Incident)
    async with Session(Settings(gateway=house.azure.url, time_limit=60.0)) as session:
        return await investigate(signal, AzureReader(session), cloud="AzureCloud", now=now)


def printed(value: object) -> str:
    """How every dataclass that can be reached from a value prints itself; what stands there often is taken once."""
    parts = (part for text in _printed(value, set(), within=False) for part in text.split(", "))
    return ", ".join(dict.fromkeys(parts))


def _printed(value: object, seen: set[int], *, within: bool) -> Iterator[str]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        if id(value) in seen:
            return
        seen.add(id(value))
        if not within:
            yield f"{value!r}, {value}"
        for field in dataclasses.fields(value):
            yield from _printed(getattr(value, field.name), seen, within=field.repr)
    elif isinstance(value, tuple | list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _printed(each, seen, within=within)


def test_no_value_of_a_diagnosis_prints_a_secret(found: tuple[House, Diagnosis]) -> None:
    house, diagnosis = found
    every = printed(diagnosis)
    assert all(f"{name}(" in every for name in ("Evidence", "Definition", "ErrorChain", "Container", "Finding"))
    assert house.cage.within(every) == []


def test_no_value_of_its_report_prints_a_secret(found: tuple[House, Diagnosis]) -> None:
    house, diagnosis = found
    assert house.cage.within(printed(build_report(diagnosis, gateway=True))) == []


def test_its_bundle_holds_no_secret(found: tuple[House, Diagnosis]) -> None:
    house, diagnosis = found
    assert house.cage.within(write_bundle(diagnosis, gateway=True, made_at=BEGAN).decode()) == []


def test_settings_print_no_secret(tmp_path: Path) -> None:
    cage = Cage()
    key = f"AccountName=a;AccountKey={cage('store')}"
    for more in ({"ACIMEDIC_STORE": str(tmp_path / "acimedic.db")}, {"ACIMEDIC_STORE": key}):
        settings = read_settings(environment(cage) | more)
        assert dict(settings.webhooks)
        assert cage.within(f"{settings!r} {settings}") == []
