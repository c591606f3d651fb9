"""Somebody can write the store, and has no key: plans, receipts, decisions and the trail may say anything."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.changing import apply
from acimedic.lifecycle.keeping import keep_plan, kept_plan
from acimedic.lifecycle.messages import Change, TakeBack
from acimedic.lifecycle.receipts import change_key, past
from acimedic.lifecycle.taking_back import undo
from acimedic.model.plan import BypassSwitch, Plan, RoleGrant, Step
from acimedic.model.record import AuditTrail, Intent, StepReceipt
from acimedic.planning import fingerprint
from acimedic.policy import Consent
from acimedic.store.chain import Broken, Verified, head_at, verify
from acimedic.value_codec import as_values
from tests.lifecycle.repairs import BOTH, NONCE, STRANGER, Repair, play
from tests.policy import written

Alter = Callable[[Step], Step]


def grant(step: Step, **changes: Any) -> Step:
    assert isinstance(step.change, RoleGrant)
    return replace(step, change=replace(step.change, **changes))


def of_my_own(one: Repair, *steps: Step) -> Plan:
    """A plan that is whole and sound, as far as can be told without a key."""
    made = fingerprint(one.record.id, steps, one.plan.facts, one.plan.policy)
    return replace(one.plan, hash=made, steps=steps)


async def forged(one: Repair, plan: Plan, *, receipt: bool = True) -> None:
    """All that the store would hold, had this plan been carried out; but not the trail."""
    await keep_plan(one.tools, one.record.id, plan, one.clock())
    for number, step in enumerate(plan.steps, 1):
        key = change_key(plan.hash, "auto", number)
        who: dict[str, Any] = {"incident_id": one.record.id, "key": key, "at": one.clock(), "gateway": True}
        body = json.dumps(as_values(step), sort_keys=True)
        await one.tools.store.record_intent(Intent(body=body, **who))
        if receipt:
            await one.tools.store.record_receipt(StepReceipt(state="done", body="{}", **who))
    assert (await past(one.tools, one.record.id, plan)).made, "the forgery is where the receipts are looked for"


def stands(one: Repair, step: Step) -> None:
    """Somebody else has made in Azure just what the step would make."""
    assert isinstance(step.change, RoleGrant)
    name = step.change.assignment_id.rpartition("/")[2]
    body = copy.deepcopy(one.world["roleAssignments"]["push"])
    body |= {"id": step.change.assignment_id, "name": name}
    body["properties"] |= {
        "principalId": step.change.principal_id,
        "roleDefinitionId": step.change.role_definition_id,
        "scope": step.change.registry_id,
        "condition": step.change.condition,
    }
    one.world["roleAssignments"][name] = body


async def undone(one: Repair, plan: Plan) -> str:
    return (await undo(one.tools, TakeBack(incident=one.record.id, plan=plan.hash))).state


@pytest.mark.parametrize(
    "alter",
    [
        lambda step: grant(step, principal_id=STRANGER),
        lambda step: grant(step, role_definition_id=f"{step.change.role_definition_id[:-36]}{STRANGER}"),
        lambda step: replace(step, risk="none at all"),
    ],
    ids=["principal", "role", "words"],
)
def test_a_plan_that_was_swapped_after_the_approval_is_not_carried_out(tmp_path: Path, alter: Alter) -> None:
    async def story(one: Repair) -> tuple[str, list[str]]:
        await one.decided()
        swapped = replace(one.plan, steps=tuple(map(alter, one.plan.steps)))
        await keep_plan(one.tools, one.record.id, swapped, one.clock())
        return (await one.apply()).state, one.writes

    assert play(tmp_path, story) == ("refused", [])


@pytest.mark.parametrize("approval", [None, NONCE])
def test_a_plan_of_somebodys_own_is_not_carried_out_on_another_plans_approval(
    tmp_path: Path, approval: str | None
) -> None:
    async def story(one: Repair) -> tuple[str, list[str]]:
        await one.decided()
        plan = of_my_own(one, replace(one.plan.steps[0], risk="none at all"))
        await keep_plan(one.tools, one.record.id, plan, one.clock())
        assert await kept_plan(one.tools, one.record.id, plan.hash) is not None
        answer = await apply(one.tools, Change(incident=one.record.id, plan=plan.hash, approval=approval))
        return answer.state, one.writes

    assert play(tmp_path, story) == ("refused", [])


def test_in_the_mode_auto_a_plan_of_somebodys_own_is_held_against_what_azure_shows(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[str, list[str]]:
        plan = of_my_own(one, replace(one.plan.steps[0], risk="none at all"))
        await keep_plan(one.tools, one.record.id, plan, one.clock())
        answer = await apply(one.tools, Change(incident=one.record.id, plan=plan.hash, approval=None))
        assert "what it rests on has moved" in answer.said
        return answer.state, one.writes

    assert play(tmp_path, story, mode="auto") == ("refused", [])


@pytest.mark.parametrize(
    "alter",
    [
        lambda step: grant(step, principal_id=STRANGER),
        lambda step: grant(step, assignment_id=f"{step.change.registry_id}/providers/x/roleAssignments/{STRANGER}"),
        lambda step: grant(step, role_definition_id=f"{step.change.role_definition_id[:-36]}{STRANGER}"),
        lambda step: replace(step, target="/subscriptions/x"),
    ],
    ids=["principal", "assignment", "role", "target"],
)
def test_a_plan_that_no_remedy_draws_is_no_plan(tmp_path: Path, alter: Alter) -> None:
    async def story(one: Repair) -> Plan | None:
        plan = of_my_own(one, alter(one.plan.steps[0]))
        await keep_plan(one.tools, one.record.id, plan, one.clock())
        return await kept_plan(one.tools, one.record.id, plan.hash)

    assert play(tmp_path, story) is None


def test_what_moved_after_the_approval_stops_the_change(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[str, list[str]]:
        await one.decided()
        one.world["identities"]["pull"]["properties"]["principalId"] = STRANGER
        return (await one.apply()).state, one.writes

    assert play(tmp_path, story) == ("refused", [])


def test_a_policy_that_changed_after_the_approval_stops_the_change(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[str, list[str]]:
        await one.decided()
        wider = written.consent(changes_per_hour=50)
        return (await one.with_tools(consent=wider).apply()).state, one.writes

    assert play(tmp_path, story) == ("refused", [])


def test_a_policy_that_is_gone_after_the_approval_stops_the_change(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[str, list[str]]:
        await one.decided()
        return (await one.with_tools(consent=Consent(mode="auto")).apply()).state, one.writes

    assert play(tmp_path, story) == ("refused", [])


@pytest.mark.parametrize("receipt", [True, False], ids=["with a receipt", "with an intent alone"])
def test_what_somebody_else_made_is_not_deleted_for_a_forged_receipt(tmp_path: Path, receipt: bool) -> None:
    async def story(one: Repair) -> tuple[str, int, list[str]]:
        stands(one, one.plan.steps[0])
        await forged(one, one.plan, receipt=receipt)
        return await undone(one, one.plan), len(one.assigned), one.writes

    assert play(tmp_path, story) == ("nothing", 1, [])


def test_a_forged_intent_does_not_make_ours_what_somebody_else_made(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[str, str, int, list[str]]:
        stands(one, one.plan.steps[0])
        await forged(one, one.plan, receipt=False)
        change = Change(incident=one.record.id, plan=one.plan.hash, approval=None)
        applied = await apply(one.tools, change)
        return applied.state, await undone(one, one.plan), len(one.assigned), one.writes

    assert play(tmp_path, story, mode="auto") == ("refused", "nothing", 1, [])


def test_no_plan_of_somebodys_own_closes_a_registry_to_services(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[str, str, list[str]]:
        switch = next(step for step in one.plan.steps if isinstance(step.change, BypassSwitch))
        one.registry["properties"]["networkRuleBypassOptions"] = "AzureServices"
        plan = of_my_own(one, switch)
        await forged(one, plan)
        return await undone(one, plan), one.bypass, one.writes

    assert play(tmp_path, story, BOTH) == ("nothing", "AzureServices", [])


def test_no_plan_of_somebodys_own_takes_another_role_away(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[str, list[str]]:
        owners = one.world["roleAssignments"]["owners"]
        step = grant(
            one.plan.steps[0],
            assignment_id=owners["id"],
            principal_id=owners["properties"]["principalId"],
            role_definition_id=owners["properties"]["roleDefinitionId"],
        )
        plan = of_my_own(one, step)
        await forged(one, plan)
        assert "owners" in one.world["roleAssignments"]
        return await undone(one, plan), one.writes

    assert play(tmp_path, story) == ("kept", [])


def test_of_what_we_made_only_what_is_exactly_ours_is_taken_back(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[str, list[str]]:
        await one.decided()
        assert (await one.apply()).state == "applied"
        one.assigned[0]["properties"]["principalId"] = STRANGER
        return await undone(one, one.plan), one.writes

    assert play(tmp_path, story) == ("kept", ["PUT"])


# --- the trail


def altered(trail: AuditTrail) -> AuditTrail:
    last = trail.entries[-1]
    note = replace(last.note, body='{"said": "nothing happened"}')
    return replace(trail, entries=(*trail.entries[:-1], replace(last, note=note)))


def cut(trail: AuditTrail) -> AuditTrail:
    return replace(trail, entries=trail.entries[:-1])


def without_one(trail: AuditTrail) -> AuditTrail:
    return replace(trail, entries=(trail.entries[0], *trail.entries[2:]))


def turned(trail: AuditTrail) -> AuditTrail:
    return replace(trail, entries=trail.entries[::-1])


class Tampered:
    """A store that tells another trail than was written."""

    def __init__(self, store: Any, how: Callable[[AuditTrail], AuditTrail]) -> None:
        self._store, self._how = store, how

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def audit(self, incident: str) -> AuditTrail:
        return self._how(await self._store.audit(incident))


@pytest.mark.parametrize("how", [altered, cut, without_one, turned])
def test_a_trail_that_was_tampered_with_is_seen(tmp_path: Path, how: Callable[[AuditTrail], AuditTrail]) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        await one.apply()
        trail = await one.tools.store.audit(one.record.id)
        assert isinstance(verify(trail, one.tools.audit, one.record.id, gateway=True), Verified)
        assert isinstance(verify(how(trail), one.tools.audit, one.record.id, gateway=True), Broken)

    play(tmp_path, story)


def test_a_trail_that_was_cut_back_with_its_head_is_seen_by_the_log(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        await one.apply()
        trail = await one.tools.store.audit(one.record.id)
        logged = [entry.seal for entry in trail.entries]
        short = AuditTrail(entries=trail.entries[:1], head=head_at(trail.entries[0]))
        # Without the log a chain that was cut back looks like a shorter one.
        assert isinstance(verify(short, one.tools.audit, one.record.id, gateway=True), Verified)
        assert isinstance(verify(short, one.tools.audit, one.record.id, gateway=True, logged=logged), Broken)

    play(tmp_path, story)


@pytest.mark.parametrize("how", [altered, cut, without_one, turned])
def test_on_a_trail_that_was_tampered_with_nothing_is_taken_back(
    tmp_path: Path, how: Callable[[AuditTrail], AuditTrail]
) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        await one.apply()
        tampered = one.with_tools(store=Tampered(one.tools.store, how))
        answer = await tampered.undo()
        assert answer.state == "kept"
        assert "is not as it was written" in answer.said
        assert len(one.assigned) == 1

    play(tmp_path, story)


def test_a_trail_of_another_incident_is_seen(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        await one.apply()
        trail = await one.tools.store.audit(one.record.id)
        assert isinstance(verify(trail, one.tools.audit, "another", gateway=True), Broken)

    play(tmp_path, story)


def test_a_trail_made_through_a_gateway_counts_nowhere_else(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        await one.apply()
        trail = await one.tools.store.audit(one.record.id)
        assert isinstance(verify(trail, one.tools.audit, one.record.id, gateway=False), Broken)

    play(tmp_path, story)


def test_what_was_recorded_through_another_azure_is_not_taken_back_here(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[str, int]:
        await one.decided()
        assert (await one.apply()).state == "applied"
        # The same records, read by a process that speaks to another Azure.
        settings = replace(one.tools.settings, gateway=None)
        return (await one.with_tools(settings=settings).undo()).state, len(one.assigned)

    assert play(tmp_path, story) == ("nothing", 1)
