"""Each scenario, diagnosed again from its bundle alone, says what it said."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

import checks
from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.bundle import read_bundle, write_bundle
from acimedic.diagnosis import diagnose
from acimedic.incident import from_event
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.incident import DeploymentFailure, Incident
from acimedic.pipeline import investigate_signal
from acimedic.report.as_json import as_object
from acimedic.report.build import build_report
from acimedic.settings import Settings
from acimedic.simulator import Simulator
from tests.scenarios.running import NAMES, load

NO_GROUP = {"other-resource-failed"}  # no incident comes of it, so that nothing is kept
WORLDS = {
    name: world
    for name in NAMES
    if name not in NO_GROUP and not (world := load(name)).keys() & {"arguments", "environment", "files"}
}


@pytest.mark.parametrize("name", WORLDS)
def test_a_scenario_from_its_bundle_says_the_same(name: str) -> None:
    signal = from_event(WORLDS[name]["event"])
    assert isinstance(signal, Incident | DeploymentFailure)

    async def diagnosed(azure: Simulator) -> Diagnosis:
        settings = Settings(gateway=azure.url, time_limit=300)
        async with Session(settings) as session:
            return await investigate_signal(signal, AzureReader(session), cloud=settings.cloud, now=datetime.now(UTC))

    with Simulator(WORLDS[name]) as azure:
        first = asyncio.run(diagnosed(azure))
    bundle = read_bundle(write_bundle(first, gateway=True, made_at=datetime.now(UTC)))
    again = diagnose(bundle.evidence, checks.ALL)
    assert as_object(build_report(again, gateway=True)) == as_object(
        build_report(replace(first, plan=None), gateway=True)
    )
