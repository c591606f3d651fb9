"""The scene: taken from a diagnosis, remembered with the incident, and what failures have in common by it."""

from dataclasses import replace
from datetime import timedelta

import pytest

import checks
from acimedic.definition import from_arm
from acimedic.diagnosis import diagnose
from acimedic.model.definition import Definition
from acimedic.model.evidence import Evidence
from acimedic.model.history import Change
from acimedic.model.reading import Gap
from acimedic.model.record import IncidentRecord
from acimedic.notify.scene import Scene, culprit, scene_of, seen, with_scene
from tests import build
from tests.notify.square import NOON


def of(evidence: Evidence) -> Scene:
    return seen(diagnose(evidence, checks.ALL))


def record(**what: object) -> IncidentRecord:
    made = IncidentRecord(
        incident=build.HEALTHY.incident, state="diagnosed", received_at=NOON, changed_at=NOON, outcome="cause-found"
    )
    return replace(made, **what)  # type: ignore[arg-type]


def test_the_registry_and_the_identity_are_those_of_the_pull_that_is_blamed() -> None:
    found = of(build.without_role())
    assert (found.registry, found.identity) == (build.HOST, build.IDENTITY_ID.lower())


def test_docker_hub_is_one_registry_under_all_its_names() -> None:
    hosts = {of(build.with_image(image)).registry for image in ("index.docker.io/a/b:1", "nginx", "docker.io/x")}
    assert hosts == {"docker.io"}


def test_of_a_definition_that_was_not_read_nothing_is_known() -> None:
    found = of(build.without_definition())
    assert (found.route, found.identity, found.region) == (None, None, None)


def test_a_change_before_the_failure_is_remembered() -> None:
    made = Change(about="r", what="role removed", operation="o", when=NOON - timedelta(hours=1), source="s")
    assert of(build.worked_before(made)).changed
    assert not of(build.worked_before()).changed


def test_an_earlier_success_of_something_else_is_a_change() -> None:
    assert of(build.worked_before(same=False)).changed


@pytest.mark.parametrize("origin", ["live", "template"])
def test_the_groups_tag_names_a_route(origin: str) -> None:
    body = {"tags": {"ACImedic-Notify": "orders", "owner": "petra@example.com"}, "properties": {}}
    read = from_arm(body, origin=origin, source="s", api_version=Gap(reading="r", reason="x"))  # type: ignore[arg-type]
    assert read.notify == "orders"
    assert "petra" not in repr(read)
    assert of(build.with_definition(notify="orders")).route == "orders"


@pytest.mark.parametrize("tags", [None, "x", [], {"acimedic-notify": 3}, {"acimedic-notify": None}, {}])
def test_a_tag_that_is_none_names_no_route(tags: object) -> None:
    read: Definition = from_arm({"tags": tags, "properties": {}}, origin="live", source="s", api_version=None)
    assert read.notify is None


def test_what_a_record_remembers_comes_back_and_the_rest_of_it_stays() -> None:
    scene = Scene(route="r", registry="h", identity="i", region="e", changed=True)
    kept = with_scene(record(body='{"offer": {"plan": "p"}}'), scene)
    assert scene_of(kept) == scene
    assert '"plan": "p"' in kept.body


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"scene": 3}', '{"scene": {"route": 3, "changed": "yes"}}'])
def test_where_nothing_is_remembered_the_scene_is_empty(body: str) -> None:
    assert scene_of(record(body=body)) == Scene()


@pytest.mark.parametrize(
    ("what", "scene", "said"),
    [
        ({"cause": "pull-role-missing"}, Scene(registry="c.azurecr.io", region="r"), "registry c.azurecr.io"),
        ({"cause": "docker-hub-rate-limit"}, Scene(registry="docker.io"), "Docker Hub"),
        ({"cause": "platform-transient"}, Scene(registry="c.azurecr.io", region="westeurope"), "region westeurope"),
        ({"outcome": "not-a-pull-failure"}, Scene(registry="c.azurecr.io", region="r"), "region r"),
        ({"cause": "platform-transient"}, Scene(registry="c.azurecr.io"), None),
        ({"cause": "pull-role-missing"}, Scene(region="r"), None),
    ],
)
def test_what_failures_of_one_cause_have_in_common(what: dict[str, object], scene: Scene, said: str | None) -> None:
    assert culprit(record(**what), scene) == said
