"""Whether a change helped: what proves it, what does not, and what a person does next."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.messages import Proof
from acimedic.model.record import IncidentRecord
from acimedic.simulator import pull_outcome
from tests.groups import IMAGE, a_group
from tests.lifecycle.repairs import BOTH, ROLE, CrashError, Crashing, Repair, play
from tests.policy import written

LATER = timedelta(minutes=20)


async def applied(one: Repair) -> None:
    await one.decided()
    assert (await one.apply()).state == "applied"


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def event(name: str, message: str, at: datetime) -> dict[str, Any]:
    kind = "Warning" if name == "Failed" else "Normal"
    return {
        "name": name,
        "message": message,
        "type": kind,
        "count": 1,
        "firstTimestamp": stamp(at),
        "lastTimestamp": stamp(at),
    }


def pulled(at: datetime) -> dict[str, Any]:
    return event("Pulled", f'Successfully pulled image "{IMAGE}"', at)


def failed(at: datetime) -> dict[str, Any]:
    return event("Failed", f'Failed to pull image "{IMAGE}": unauthorized: authentication required', at)


def group(one: Repair, *events: dict[str, Any], image: str = IMAGE, state: str = "Running") -> None:
    """The container group is there, with these events."""
    identity = one.world["identities"]["pull"]["id"]
    view = {"currentState": {"state": state}, "events": [*events]}
    resource = str(one.record.incident.group)
    one.world["groups"]["web"] = a_group(resource, identity, view, state="Succeeded", image=image)


async def told(one: Repair, *, waited: bool = True) -> Proof:
    one.clock.go(LATER)
    return await one.verify(waited=waited)


@pytest.mark.parametrize("world", [ROLE, BOTH])
def test_a_change_that_was_just_made_is_not_yet_felt(tmp_path: Path, world: str) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        assert (await one.verify(waited=False)).state == "not-yet"

    play(tmp_path, story, world)


@pytest.mark.parametrize("world", [ROLE, BOTH])
def test_after_the_documented_time_the_facts_tell_that_it_is_in_effect(tmp_path: Path, world: str) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        assert (await told(one)).state == "in-effect"

    play(tmp_path, story, world)


def test_the_answer_names_the_command_that_deploys_again(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        said = (await told(one)).said
        assert "az deployment group create --name deploy-web --resource-group rg-orders-prod --subscription" in said

    play(tmp_path, story)


def test_a_group_that_is_there_is_to_be_restarted(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        group(one, state="Waiting")
        said = (await told(one)).said
        assert "az container restart --name cg-web-01 --resource-group rg-orders-prod --subscription" in said

    play(tmp_path, story)


def test_a_pull_after_the_change_proves_it(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        group(one, pulled(one.clock() + timedelta(minutes=12)))
        assert (await told(one)).state == "proved"

    play(tmp_path, story)


def test_deploying_again_as_azure_does_it_proves_it(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        one.clock.go(LATER)
        group(one)
        body = one.world["groups"]["web"]
        status, _ = pull_outcome(one.world, body, "2023-05-01")
        assert status == 201
        group(one, pulled(one.clock()))
        assert (await one.verify()).state == "proved"

    play(tmp_path, story, BOTH)


@pytest.mark.parametrize(
    "since",
    [timedelta(), -timedelta(minutes=1), -timedelta(days=1)],
    ids=["at-the-same-moment", "a-minute-before", "a-day-before"],
)
def test_a_pull_that_is_not_newer_than_the_change_proves_nothing(tmp_path: Path, since: timedelta) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        group(one, pulled(one.clock() + since))
        assert (await told(one)).state == "in-effect"

    play(tmp_path, story)


def test_an_image_that_was_on_the_machine_already_proves_nothing(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        message = f'Container image "{IMAGE}" already present on machine'
        group(one, event("Pulled", message, one.clock() + timedelta(minutes=12)))
        assert (await told(one)).state == "in-effect"

    play(tmp_path, story)


def test_a_pull_from_another_registry_proves_nothing(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        group(one, pulled(one.clock() + timedelta(minutes=12)), image="mcr.microsoft.com/aci:1")
        assert (await told(one)).state != "proved"

    play(tmp_path, story)


def test_one_container_of_several_proves_nothing_also_where_it_is_the_last(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        group(one, pulled(one.clock() + timedelta(minutes=12)))
        containers = one.world["groups"]["web"]["properties"]["containers"]
        containers.insert(0, containers[0] | {"name": "side"})
        containers[0]["properties"] = {"image": IMAGE, "instanceView": {"events": []}}
        assert (await told(one)).state == "in-effect"
        containers[0]["properties"] = containers[1]["properties"]
        assert (await one.verify()).state == "proved"

    play(tmp_path, story)


def test_until_every_container_has_pulled_its_image_nothing_is_proved(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        group(one, pulled(one.clock() + timedelta(minutes=12)))
        containers = one.world["groups"]["web"]["properties"]["containers"]
        waits = {"image": IMAGE, "instanceView": {"currentState": {"state": "Waiting"}, "events": []}}
        containers.append({"name": "side", "properties": waits})
        assert (await told(one)).state == "in-effect"

    play(tmp_path, story)


def test_a_pull_before_the_last_step_proves_nothing(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        with suppress(CrashError):
            await one.with_tools(store=Crashing(one.tools.store, 5, after=False)).apply()  # before the second step
        between = one.clock() + timedelta(minutes=5)
        one.clock.go(timedelta(minutes=10))
        assert (await one.apply()).state == "applied"
        group(one, pulled(between))
        assert (await told(one)).state == "in-effect"

    play(tmp_path, story, BOTH)


@pytest.mark.parametrize(("image", "state"), [(IMAGE, "proved"), ("contoso.azurecr.io/app/other:1", "in-effect")])
def test_where_a_role_is_for_some_repositories_only_a_pull_of_these_proves_it(
    tmp_path: Path, image: str, state: str
) -> None:
    def abac(world: dict[str, Any]) -> None:
        world["registries"]["contoso"]["properties"]["roleAssignmentMode"] = "AbacRepositoryPermissions"

    async def story(one: Repair) -> None:
        await applied(one)
        group(one, pulled(one.clock() + timedelta(minutes=12)), image=image)
        assert (await told(one)).state == state

    play(tmp_path, story, first=abac, pairs=[written.pair(repositories=["app/web"])])


def test_a_pull_that_fails_after_the_time_that_a_role_takes_did_not_help(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        group(one, failed(one.clock() + timedelta(minutes=11)), state="Waiting")
        proof = await told(one)
        assert proof.state == "did-not-help"
        assert "container 'web' failed to pull its image at 2026-11-20 08:31:00 UTC" in proof.said

    play(tmp_path, story)


def test_a_pull_that_fails_while_the_role_is_under_way_proves_nothing(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        group(one, failed(one.clock() + timedelta(minutes=9)), state="Waiting")
        assert (await told(one)).state == "in-effect"

    play(tmp_path, story)


def test_of_a_failure_and_a_later_pull_the_pull_counts(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        now = one.clock()
        group(one, failed(now + timedelta(minutes=11)), pulled(now + timedelta(minutes=12)))
        assert (await told(one)).state == "proved"

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("minutes", "outcome", "state"),
    [
        (15, "cause-found", "did-not-help"),
        (15, "undetermined", "did-not-help"),
        (15, "not-a-pull-failure", "in-effect"),
        (15, None, "in-effect"),
        (9, "cause-found", "in-effect"),
    ],
    ids=["same-again", "cause-unknown", "of-another-kind", "not-diagnosed", "too-soon"],
)
def test_a_later_incident_of_the_group_tells_whether_it_helped(
    tmp_path: Path, minutes: int, outcome: str | None, state: str
) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        at = one.clock() + timedelta(minutes=minutes)
        again = replace(one.record.incident, id="later", occurred_at=at)
        record = IncidentRecord(incident=again, state="diagnosed", received_at=at, changed_at=at, outcome=outcome)
        await one.tools.store.put_incident_if_absent(record)
        assert (await told(one)).state == state

    play(tmp_path, story)


def test_what_else_stands_in_the_way_is_named(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        one.registry["properties"]["networkRuleBypassOptions"] = "None"
        proof = await told(one)
        assert proof.state == "did-not-help"
        assert "trusted-services-disabled" in proof.said

    play(tmp_path, story)


def test_a_role_that_is_gone_again_is_not_in_effect(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        del one.world["roleAssignments"][one.assigned[0]["name"]]
        proof = await told(one)
        assert proof.state == "not-yet"
        assert "may not pull 'app/web'" in proof.said

    play(tmp_path, story)


def test_a_role_of_a_mode_that_the_registry_has_left_is_not_in_effect(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        one.registry["properties"]["roleAssignmentMode"] = "AbacRepositoryPermissions"
        proof = await told(one)
        assert proof.state == "not-yet"
        assert "registry 'contoso' is no longer in legacy mode" in proof.said

    play(tmp_path, story)


def test_a_bypass_that_is_shut_again_is_not_in_effect(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        one.registry["properties"]["networkRuleBypassOptions"] = "None"
        proof = await told(one)
        assert proof.state == "not-yet"
        assert "networkRuleBypassOptions of registry 'contoso' is None" in proof.said

    play(tmp_path, story, BOTH)


def test_assignments_that_cannot_be_read_are_not_taken_for_an_effect(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        one.world["permissions"] = [
            {"actions": ["*"], "notActions": ["Microsoft.Authorization/roleAssignments/read"], "scope": "/"}
        ]
        proof = await told(one)
        assert proof.state == "not-yet"
        assert "Whether it is in effect could not be told: " in proof.said
        assert "may not pull" not in proof.said

    play(tmp_path, story)


@pytest.mark.parametrize("path", ["roleAssignments", "registries"])
def test_what_may_not_be_read_is_not_told_as_a_refusal(tmp_path: Path, path: str) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        error = {"error": {"code": "AuthorizationFailed"}}
        one.world["faults"] = [{"method": "GET", "path": path, "status": 403, "body": error}]
        proof = await told(one)
        assert proof.state == "not-yet"
        assert proof.said.startswith("Whether it is in effect could not be told: ")

    play(tmp_path, story)


def test_a_mode_that_the_registry_does_not_show_is_not_told_as_one_that_it_has_left(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        one.registry["properties"]["roleAssignmentMode"] = "SomethingNew"
        assert "Whether it is in effect could not be told: registry 'contoso'" in (await told(one)).said

    play(tmp_path, story)


def test_of_a_refusal_and_what_could_not_be_read_the_refusal_is_told(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        one.registry["properties"]["networkRuleBypassOptions"] = "None"
        error = {"error": {"code": "AuthorizationFailed"}}
        one.world["faults"] = [{"method": "GET", "path": "roleAssignments", "status": 403, "body": error}]
        said = (await told(one)).said
        assert said == "It is not in effect: networkRuleBypassOptions of registry 'contoso' is None."

    play(tmp_path, story, BOTH)


@pytest.mark.parametrize("waited", [False, True])
def test_a_proof_says_when_the_last_step_was_made(tmp_path: Path, waited: bool) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        made = one.clock().isoformat()
        assert (await told(one, waited=waited)).changed_at == made

    play(tmp_path, story)


def test_what_was_taken_back_is_told_as_undone(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        await one.undo()
        assert (await told(one)).state == "undone"

    play(tmp_path, story, BOTH)


def test_what_was_taken_back_in_part_is_not_undone(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        one.assigned[0]["properties"]["condition"] = "somebody's"
        assert (await one.undo()).state == "kept"
        assert (await told(one)).state == "not-yet"

    play(tmp_path, story, BOTH)


def test_without_a_receipt_nothing_is_proved(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        group(one, pulled(one.clock() + timedelta(minutes=12)))
        assert (await told(one)).state == "not-yet"

    play(tmp_path, story)


def test_nothing_is_changed_by_looking(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        writes = one.writes
        await told(one)
        assert one.writes == writes

    play(tmp_path, story)


def test_an_answer_is_noted_once_until_it_changes(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await applied(one)
        for _ in range(2):
            await one.verify(waited=False)
        for _ in range(2):
            await told(one)
        await one.verify(waited=False)
        notes = await one.trail("proof")
        assert [note.rsplit('"state": ', 1)[1] for note in notes] == ['"not-yet"}', '"in-effect"}', '"not-yet"}']

    play(tmp_path, story)
