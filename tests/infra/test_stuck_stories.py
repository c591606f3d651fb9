"""The alert on stories that stand still, carried out on the lines that stories log: real ones, told by the engine."""

import json
import logging
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from acimedic.lifecycle.lines import standing
from acimedic.lifecycle.messages import Mark, from_json
from tests.infra import kql
from tests.infra.checking.__main__ import ROOT
from tests.infra.deployed import template
from tests.lifecycle.lab import BEGAN, FOUND, INCIDENT, Lab, World, failing

MINUTE = timedelta(minutes=1)
TICK = timedelta(milliseconds=10)
BACK = timedelta(days=2)
"""How far a log alert looks back: https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-types#log-alerts."""

SLACK = timedelta(hours=2)
NOT_KNOWN = {"error_known": False, "said": "not yet"}
APPROVED = {"word": "approve", "said": "by a person", "approval": "nonce-1"}


def first_of(times: int, early: Any, late: Any) -> Any:
    return lambda _, before: early if before < times else late


STORIES: dict[str, tuple[str, dict[str, Any]]] = {
    "observe": ("observe", {}),
    "auto": ("auto", {}),
    "late error": ("auto", {"diagnose": first_of(3, NOT_KNOWN, FOUND)}),
    "nobody decides": ("review", {"diagnose": FOUND | {"decide_within": 86_400}}),
    "approved": (
        "review",
        {"diagnose": FOUND | {"decide_within": 86_400}, "decision": first_of(1, {"word": "none"}, APPROVED)},
    ),
    "waits for days": ("review", {}),
    "refused": ("auto", {"apply": {"state": "refused", "said": "the policy has changed"}}),
    "proved later": (
        "auto",
        {"verify": first_of(8, {"state": "in-effect", "said": "i"}, {"state": "proved", "said": "p"})},
    ),
    "lent": ("auto", {"diagnose": FOUND | {"grant": 40 * 3600}}),
    "waits for its turn": (
        "auto",
        {"take_turn": first_of(9, {"granted": False, "said": "w", "wait": 3600}, {"granted": True})},
    ),
    "fails": ("auto", {"apply": failing(9, None)}),
}


def alert() -> dict[str, Any]:
    """The row of the table."""
    found = template("alerts").variable("alerts")
    assert isinstance(found, list)
    (row,) = [each for each in found if isinstance(each, dict) and each["name"] == "stuck-story"]
    assert isinstance(row, dict)
    return row


def row(at: datetime, **line: Any) -> dict[str, Any]:
    return {"TimeGenerated": at, "Message": json.dumps(line)}


CAME = row(BEGAN, line="audit-head", id=INCIDENT, number=1, seal="s", kind="received")


def told(name: str, caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What a whole story logs of where it stands, each line at its time."""
    mode, answers = STORIES[name]
    lab = Lab(World(**answers))
    lab.begin(mode)
    lab.finish()
    marks = [from_json(Mark, each) for each in lab.world.said("record")]
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="tests.lines"):
        for mark in marks:
            standing(logging.getLogger("tests.lines"), mark)
    # The lab's clock stands still while activities run; a log's does not.
    times = [datetime.fromisoformat(mark.at) + number * TICK for number, mark in enumerate(marks, 1)]
    return [{"TimeGenerated": at, "Message": message} for at, message in zip(times, caplog.messages, strict=True)]


def found(rows: list[dict[str, Any]], now: datetime) -> list[str]:
    """The incidents that the alert names at a moment, of what it can see."""
    seen = [each for each in rows if now - BACK < each["TimeGenerated"] <= now]
    return [each["id"] for each in kql.run(alert()["query"], seen, now=now)]


def expected(last: dict[str, Any]) -> datetime:
    """When the story goes on after a line, by what the story's own rules say."""
    line, at = json.loads(last["Message"]), last["TimeGenerated"]
    if line.get("due") is not None:
        return datetime.fromisoformat(line["due"])
    later = line.get("state") in {"in-effect", "not-yet"}
    assert isinstance(at, datetime)
    return at + timedelta(hours=25 if later else 0)


@pytest.mark.parametrize("name", STORIES)
def test_a_story_that_goes_on_is_not_named(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """At no moment: just before each of its next lines, and long after the last."""
    rows = [CAME, *told(name, caplog)]
    assert len(rows) > 2
    for number in range(1, len(rows)):
        assert found(rows[:number], rows[number]["TimeGenerated"]) == [], number
    assert found(rows, rows[-1]["TimeGenerated"] + 5 * SLACK) == []


@pytest.mark.parametrize("name", sorted(STORIES.keys() - {"waits for days"}))
def test_a_story_that_dies_is_named_wherever_it_dies(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """After each of its lines but the last, two hours after it should have gone on, and not before."""
    rows = [CAME, *told(name, caplog)]
    for number in range(1, len(rows)):
        died = rows[:number]
        until = expected(died[-1])
        assert found(died, until + SLACK - MINUTE) == [], number
        assert found(died, until + SLACK + MINUTE) == [INCIDENT], number


def test_a_wait_that_is_longer_than_the_alert_looks_back_is_seen_by_the_query_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As the page says: three days after somebody was asked, only a question about that long a time finds it."""
    died = [CAME, *told("waits for days", caplog)[:2]]
    late = expected(died[-1]) + 2 * SLACK
    assert found(died, late) == []
    assert [each["id"] for each in kql.run(alert()["query"], died, now=late)] == [INCIDENT]


def test_an_incident_whose_story_is_never_begun_is_named() -> None:
    """Two hours after it came."""
    assert found([CAME], BEGAN + SLACK + MINUTE) == [INCIDENT]


def test_an_incident_that_was_only_counted_is_not_named() -> None:
    """Beyond the ceiling there is no story."""
    over = row(BEGAN + MINUTE, line="audit-head", id=INCIDENT, number=2, seal="s", kind="over-ceiling")
    assert found([CAME, over], BEGAN + 2 * SLACK) == []


def test_a_late_delivery_of_what_has_ended_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The line of its coming may be logged again."""
    rows = told("observe", caplog)
    assert found([*rows, CAME | {"TimeGenerated": rows[-1]["TimeGenerated"] + MINUTE}], BEGAN + 5 * SLACK) == []


def test_other_lines_are_no_sign_of_life(caplog: pytest.LogCaptureFixture) -> None:
    """What is told, put into the trail or looked into does not make a story go on."""
    rows = told("auto", caplog)[:2]
    later = rows[-1]["TimeGenerated"] + SLACK
    rows += [row(later, line=line, id=INCIDENT, kind="state", state="applied") for line in ("state", "audit-head")]
    assert found(rows, later + MINUTE) == [INCIDENT]


def test_stories_are_told_apart(caplog: pytest.LogCaptureFixture) -> None:
    """One that has ended beside one that has not."""
    assert found(
        [*told("observe", caplog), CAME | row(BEGAN, line="audit-head", id="other", kind="received")], BEGAN + 2 * SLACK
    ) == ["other"]


def test_the_alert_looks_back_as_far_as_it_can() -> None:
    """Two days: a wait for a decision of a day is over within it."""
    assert alert()["within"] == "P2D"


def test_the_page_asks_the_same() -> None:
    """Line by line what the alert asks."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    asked = page.partition("### What stands still\n")[2].partition("```kql\n")[2].partition("```")[0]
    assert re.sub(r"\s+", " ", asked).strip() == alert()["query"]


def test_every_runbook_that_an_alert_names_is_there() -> None:
    """Under that heading."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = re.findall(r'"([A-Z][^"]+)"', " ".join(re.findall(r"Runbooks?: [^']*", template("alerts").text)))
    assert named
    assert [each for each in named if f"### {each}\n" not in page] == []
