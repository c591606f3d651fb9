"""Nobody learns through us what a registry of others holds: two worlds that differ only in that are told alike."""

import asyncio
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from acimedic.incident import from_event
from acimedic.lifecycle.intake import receive
from acimedic.lifecycle.keeping import EVIDENCE, REPORT
from acimedic.lifecycle.local import Local
from acimedic.lifecycle.opening import open_tools
from acimedic.settings import Settings
from acimedic.simulator import Simulator
from acimedic.web import handlers
from tests.policy.written import document
from tests.scenarios.running import command, load

World = dict[str, Any]
OPEN = "image-in-order-open-registry"
HEALTHY = load(OPEN)
EVENT = HEALTHY["event"]
GROUP = EVENT["data"]["resourceUri"]
REGISTRY = HEALTHY["registries"]["contoso"]["id"]
HOME, AWAY = GROUP.split("/")[2], REGISTRY.split("/")[2]
ASKED = {"event": EVENT}
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def world(name: str, *changes: Callable[[World], None]) -> World:
    made = deepcopy(load(name))
    for change in changes:
        change(made)
    return made


def told(made: World, asked: World = ASKED, **settings: Any) -> World:
    """What is answered over HTTP; the address of the make-believe Azure is no part of it."""
    with Simulator(made) as azure:
        body = json.dumps(asked).encode()
        there = Settings(gateway=azure.url, time_limit=300.0, **settings)
        answer = asyncio.run(handlers.diagnose("application/json", body, there))
    assert answer.status == 200, answer.body
    report: World = json.loads(answer.body)
    return report


def without_tag(made: World) -> None:
    made["registries"]["contoso"]["x-images"]["app/web"]["tags"].pop("1.4.2")


def without_repository(made: World) -> None:
    made["registries"]["contoso"]["x-images"].pop("app/web")


def without_tokens(made: World) -> None:
    made["registries"]["contoso"]["x-tokens"].clear()


def moved_home(made: World) -> None:
    """The same world with the registry in the group's own subscription."""
    text = json.dumps(made).replace(REGISTRY, REGISTRY.replace(AWAY, HOME))
    made.clear()
    made.update(json.loads(text))


def finding(report: World, check: str) -> World:
    (found,) = [each for each in report["findings"] if each["check"] == check]
    return dict(found)


def policy(folder: Path) -> str:
    file = folder / "policy.json"
    file.write_text(json.dumps(document()), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("gone", [without_tag, without_repository])
def test_which_images_a_registry_elsewhere_holds_is_not_told(gone: Callable[[World], None]) -> None:
    assert told(world(OPEN)) == told(world(OPEN, gone))


def test_the_same_two_worlds_differ_for_a_registry_at_home() -> None:
    report = told(world(OPEN, without_tag, moved_home))
    assert report["root_cause"] == "image-not-found"
    assert "1.4.1" in report["headline"]


def test_to_whom_else_a_registry_elsewhere_gave_a_role_is_not_told() -> None:
    assert told(world("role-missing")) == told(world("role-on-client-id"))


def test_that_the_own_identity_has_no_role_is_told_even_so() -> None:
    assert told(world("role-on-client-id"))["root_cause"] == "pull-role-missing"


def test_at_home_the_wrong_principal_is_named() -> None:
    report = told(world("role-on-client-id", moved_home))
    assert report["root_cause"] == "pull-role-on-wrong-principal"


def test_where_the_policy_pairs_group_and_registry_everything_is_told(tmp_path: Path) -> None:
    report = told(world(OPEN, without_tag), policy=policy(tmp_path))
    assert (report["root_cause"], "1.4.1" in report["headline"]) == ("image-not-found", True)


def test_a_template_of_the_callers_own_does_not_make_the_pair(tmp_path: Path) -> None:
    """Whoever asks could name the paired identity in it."""
    given = ASKED | {"template": HEALTHY["deployments"]["web"]["x-template"]}
    settings = {"policy": policy(tmp_path)}
    assert told(world(OPEN), given, **settings) == told(world(OPEN, without_tag), given, **settings)


def test_whether_a_token_of_a_registry_elsewhere_exists_is_not_told() -> None:
    assert told(world("token-disabled")) == told(world("token-disabled", without_tokens))


def test_the_reason_is_told() -> None:
    report = told(world(OPEN, without_tag))
    assert "not told" in finding(report, "image-not-found")["summary"]
    assert any("contoso" in gap["reading"] and "not told" in gap["reason"] for gap in report["gaps"])


def test_what_azure_told_the_group_itself_stays() -> None:
    """The container's own event says that there is no such manifest."""
    assert told(world("tag-not-there"))["root_cause"] == "image-not-found"


def test_the_command_line_with_a_persons_own_sign_in_tells_everything() -> None:
    with Simulator(world(OPEN, without_tag)) as azure:
        settings = {"ACIMEDIC_GATEWAY": azure.url, "ACIMEDIC_TIME_LIMIT": "300"}
        _, out, _ = command(["diagnose", "--event", "-", "--format", "json"], json.dumps(EVENT), settings)
    assert json.loads(out)["root_cause"] == "image-not-found"


def kept(made: World, folder: Path) -> list[object]:
    """All that people can see of an incident after its story has told what was found."""

    async def whole(there: Settings) -> list[object]:
        async with open_tools(there, now=lambda: NOW) as tools:
            with Local(tools, ":memory:") as local:
                (incident,) = await receive(from_event(EVENT), tools, local)
                await local.advance()
            record, trail = await tools.store.incident(incident), await tools.store.audit(incident)
            files = [await tools.store.report(incident, name) for name in (REPORT, EVIDENCE)]
            return [record, *files, *((entry.note.kind, entry.note.body) for entry in trail.entries)]

    with Simulator(made) as azure:
        folder.mkdir()
        found = asyncio.run(whole(Settings(gateway=azure.url, store=str(folder / "medic.db"), time_limit=300.0)))
    assert all(found)
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (world(OPEN), world(OPEN, without_tag)),
        (world(OPEN), world(OPEN, without_repository)),
        (world("role-missing"), world("role-on-client-id")),
    ],
)
def test_what_is_kept_and_told_of_an_incident_is_alike_too(one: World, other: World, tmp_path: Path) -> None:
    """Record, report, bundle and trail."""
    assert kept(one, tmp_path / "one") == kept(other, tmp_path / "other")


def test_what_is_kept_differs_for_a_registry_at_home(tmp_path: Path) -> None:
    one, other = world(OPEN, moved_home), world(OPEN, without_tag, moved_home)
    assert kept(one, tmp_path / "one") != kept(other, tmp_path / "other")
