"""Many groups fail at once, and Azure does not tell why this one did: that is no word against the platform."""

from copy import deepcopy

import pytest

from acimedic.model.verdict import Fail
from bench.crowd import world

from .cells import of_ill_tenant, of_tenant
from .readings import READINGS, Reading
from .spoiling import FAULTS, Fault

SIX = {**world(1, 6), "event": world(1, 6)["events"][0]}
ASKED = tuple(each for each in READINGS if each.name in {"deployments", "registry", "identity", "assignments: of one"})
ILL = tuple(each for each in FAULTS if each.name in {"403", "429, Retry-After", "502", "never answers"})


@pytest.mark.parametrize("fault", ILL, ids=lambda fault: fault.name)
@pytest.mark.parametrize("reading", ASKED, ids=lambda reading: reading.name)
def test_what_azure_does_not_tell_in_a_storm_is_not_held_against_the_platform(reading: Reading, fault: Fault) -> None:
    before, after = of_tenant(deepcopy(SIX)), of_ill_tenant(deepcopy(SIX), reading, fault)
    assert after.ill
    assert after.given(Fail) <= before.given(Fail)
