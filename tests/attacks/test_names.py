"""Names and error texts that would like to be obeyed, through every way in which an incident is told."""

import argparse
import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from acimedic.approver import Approver
from acimedic.cli import incidents
from acimedic.report.as_json import as_object
from acimedic.report.html import to_html
from acimedic.report.markdown import to_markdown
from acimedic.report.text import as_lines
from acimedic.simulator import Simulator, load_world
from tests.report.hostile import ACTIVE, HOSTILE, UNSEEN, everywhere
from tests.web.desk import JSON, Desk, desk, plan
from tests.whole.life import ROLE, Town

TEXTS = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
TERMINAL = UNSEEN | {name: ACTIVE[name] for name in ("github actions", "azure pipelines", "lines", "script")}
PLAIN = "plain"


class Tags(HTMLParser):
    """The tags of a page, with the names of their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


def holds_no_order(printed: str) -> bool:
    """Whether a terminal finds nothing to act upon, and an eye nothing hidden."""
    return all(char.isprintable() or char == "\n" for char in printed)


@TEXTS
def test_a_report_on_a_terminal_holds_nothing_that_is_obeyed(text: str) -> None:
    assert holds_no_order(as_lines(everywhere(text)))


@TEXTS
def test_a_report_as_a_page_has_no_tag_of_theirs(text: str) -> None:
    known = {name for name, _ in Tags(to_html(everywhere(PLAIN))).found}
    page = to_html(everywhere(text))
    assert {name for name, _ in Tags(page).found} <= known
    assert [name for _, names in Tags(page).found for name in names if name.startswith("on")] == []


@TEXTS
def test_a_report_as_json_says_it_as_data(text: str) -> None:
    whole = as_object(everywhere(text))
    assert json.loads(json.dumps(whole)) == whole


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN.keys())
def test_a_report_in_markdown_hides_nothing(text: str) -> None:
    assert holds_no_order(to_markdown(everywhere(text)))


# --- the page on which a person decides


def asked(folder: Path, text: str, *, headers: dict[str, str] | None = None) -> tuple[bytes, dict[str, str]]:
    """The answer to a GET for a decision in which risk and group are named so."""

    async def work(sitting: Desk) -> tuple[bytes, dict[str, str]]:
        answer = await sitting.get(headers=headers or {}, who=lambda: Approver("x"))
        assert answer.status == 200
        return answer.body, dict(answer.headers)

    async def whole() -> tuple[bytes, dict[str, str]]:
        fit = text.encode("utf-8", "replace").decode()[:5000]  # half a character is not kept
        async with desk(folder, drawn=plan(risk=fit), group="shop") as sitting:
            return await work(sitting)

    return asyncio.run(whole())


@TEXTS
def test_the_page_of_a_decision_has_no_tag_of_theirs(tmp_path: Path, text: str) -> None:
    page, headers = asked(tmp_path, text)
    plain, _ = asked(tmp_path, PLAIN)
    assert Tags(page.decode()).found == Tags(plain.decode()).found
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@TEXTS
def test_a_decision_as_json_is_no_page(tmp_path: Path, text: str) -> None:
    body, headers = asked(tmp_path, text, headers=JSON)
    assert headers["Content-Type"].startswith("application/json")
    assert headers["X-Content-Type-Options"] == "nosniff"
    (step,) = json.loads(body)["plan"]["steps"]
    assert step["risk"] == text.encode("utf-8", "replace").decode()[:5000]


# --- the whole, over a world whose image, group and error text are poisoned


@pytest.fixture(scope="module")
def azure() -> Iterator[Simulator]:
    with Simulator(load_world(ROLE)) as azure:
        yield azure


def poisoned(text: str) -> Callable[[dict[str, Any]], None]:
    def poison(world: dict[str, Any]) -> None:
        deployment = world["deployments"]["web"]["properties"]
        deployment["parameters"]["imageTag"]["value"] = f"1.4.2{text}"
        for detail in deployment["error"]["details"]:
            detail["message"] = detail["message"].replace("1.4.2", f"1.4.2{text}") + text
        world["registries"]["contoso"]["tags"][f"note{text}"] = text
        world["deployments"]["web"]["x-template"]["resources"][0]["properties"]["containers"][0]["name"] += text

    return poison


@pytest.mark.parametrize("text", TERMINAL.values(), ids=TERMINAL.keys())
def test_log_and_audit_of_a_poisoned_incident_hold_nothing_that_is_obeyed(
    tmp_path: Path,
    azure: Simulator,
    text: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO, logger="acimedic")

    async def whole() -> Town:
        town = Town(tmp_path, azure, ROLE, mode="auto", first=poisoned(text))
        async with town.life() as life:
            await life.told()
            while await life.next():
                pass
            assert (await life.record()).closed
        return town

    town = asyncio.run(whole())
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("acimedic")]
    assert lines
    assert all(holds_no_order(line) and "\n" not in line and json.loads(line) for line in lines)
    for name, value in {
        "ACIMEDIC_GATEWAY": azure.url,
        "ACIMEDIC_STORE": town.settings.store or "",
        "ACIMEDIC_AUDIT_KEY": town.settings.audit_keys[0],
        "ACIMEDIC_APPROVAL_KEY": town.settings.approval_keys[0],
    }.items():
        monkeypatch.setenv(name, value)
    arguments = argparse.Namespace(what="show", incident=town.incident.id, audit=True, format="text")
    assert incidents.run(arguments) == 0
    printed = capsys.readouterr().out
    assert town.incident.id in printed
    assert holds_no_order(printed)
