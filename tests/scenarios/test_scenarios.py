"""Every scenario comes to exactly what it says, through the command line and the make-believe Azure."""

import json
from typing import Any

import pytest

from tests.scenarios.running import HERE, NAMES, run

_ALWAYS = ("outcome", "kind", "root_cause", "confirmed", "likely", "remedies")
_WHERE_NAMED = ("source", "code", "also", "images", "group")


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_comes_to_exactly_its_own_fault(name: str) -> None:
    """The outcome, the set of failing checks and the proposed remedies are those of the scenario, and no others."""
    ran = run(name)
    keys = [*_ALWAYS, *(key for key in _WHERE_NAMED if key in ran.expected)]
    assert {key: ran.came_to[key] for key in keys} == {key: ran.expected[key] for key in keys}
    for key in ("unknown", "gaps"):
        assert set(ran.expected.get(key, [])) <= set(ran.came_to[key])


@pytest.mark.parametrize("name", NAMES)
def test_the_exit_code_tells_whether_a_cause_was_found(name: str) -> None:
    """1 where a cause was found, else 0; and nothing but the report was printed."""
    ran = run(name)
    assert ran.exit_code == int(ran.report["outcome"] == "cause-found")
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("name", NAMES)
def test_diagnosing_changes_nothing(name: str) -> None:
    """Nothing but readings is ever sent."""
    changing = [line for line in run(name).requests if line[0] not in {"GET", "HEAD", "POST"}]
    posts = [line[2] for line in run(name).requests if line[0] == "POST"]
    assert changing == []
    assert [path for path in posts if not _reads(path)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_file_is_small_and_says_what_it_shows(name: str) -> None:
    """A title, an expectation, and a patch over another world instead of a copy of it."""
    text = (HERE / f"{name}.json").read_text(encoding="utf-8")
    scenario: dict[str, Any] = json.loads(text)
    assert scenario["title"]
    assert scenario["extends"]
    assert scenario["expect"]["outcome"]
    assert len(text) < 12_000


def _reads(path: str) -> bool:
    plain = path.split("?")[0].lower()
    return plain.endswith(("/exporttemplate", "/resources", "/checknameavailability", "/exchange", "/token"))
