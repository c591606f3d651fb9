"""Who may create container groups, or write tags, asks for what is not theirs. The mode is auto: nobody looks on."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from acimedic.model.plan import RunMode
from acimedic.simulator import Simulator, load_world
from tests.build import APP, IDENTITY_ID, OTHER_TENANT, PLATFORM, REGISTRY_ID
from tests.whole.life import BOTH, ROLE, Town

World = dict[str, Any]
PRINCIPAL = "77777777-2222-4333-8444-555555555555"
EVIL = f"/subscriptions/{APP}/resourceGroups/rg-orders-prod-evil"
OF_APP = f"/subscriptions/{APP}/resourceGroups/rg-orders-prod"
IDENTITIES = "providers/Microsoft.ManagedIdentity/userAssignedIdentities"


@dataclass(frozen=True)
class End:
    """What came of it. told: the incident in words, and every note of its trail."""

    state: str
    written: list[str]
    told: str


@pytest.fixture(scope="module")
def azure() -> Iterator[Simulator]:
    with Simulator(load_world(ROLE)) as azure:
        yield azure


def attacked(
    folder: Path,
    azure: Simulator,
    first: Callable[[World], None] | None = None,
    *,
    world: str = ROLE,
    mode: RunMode = "auto",
    **policy: Any,
) -> End:
    """The whole story over a world in which somebody prepared something, with nobody who decides."""

    async def whole() -> End:
        town = Town(folder, azure, world, mode=mode, first=first, **policy)
        async with town.life() as life:
            await life.told()
            while await life.next():
                pass
            record = await life.record()
            trail = await life.tools.store.audit(record.id)
            told = " ".join([record.said, *(entry.note.body for entry in trail.entries)])
            return End(record.state, town.written, told)

    return asyncio.run(whole())


def identity(world: World, resource_id: str, *, tenant: str | None = None) -> None:
    """The group asks for its image with another identity, which is there."""
    world["identities"]["evil"] = json.loads(json.dumps(world["identities"]["pull"]))
    properties = world["identities"]["evil"]["properties"]
    world["identities"]["evil"] |= {"id": resource_id, "name": resource_id.rpartition("/")[2]}
    properties["principalId"] = PRINCIPAL
    properties["tenantId"] = tenant or properties["tenantId"]
    _template(world)["variables"]["identityId"] = resource_id
    asked = _template(world)["resources"][0]
    asked["identity"]["userAssignedIdentities"] = {"[variables('identityId')]": {}}
    asked["properties"]["imageRegistryCredentials"][0]["identity"] = "[variables('identityId')]"


def _template(world: World) -> World:
    template: World = world["deployments"]["web"]["x-template"]
    return template


@pytest.mark.parametrize(("world", "writes"), [(ROLE, ["PUT"]), (BOTH, ["PATCH", "PUT"])])
def test_what_nobody_attacks_is_repaired(tmp_path: Path, azure: Simulator, world: str, writes: list[str]) -> None:
    assert attacked(tmp_path, azure, world=world).written == writes


def test_an_identity_that_the_policy_names_is_served_wherever_it_lies(tmp_path: Path, azure: Simulator) -> None:
    mine = f"{EVIL}/{IDENTITIES}/id-evil"
    pairs = [{"registry": REGISTRY_ID, "identity": mine}]
    assert attacked(tmp_path, azure, lambda world: identity(world, mine), pairs=pairs).written == ["PUT"]


@pytest.mark.parametrize("world", [ROLE, BOTH])
def test_a_group_that_names_another_teams_registry_gets_nothing(tmp_path: Path, azure: Simulator, world: str) -> None:
    end = attacked(tmp_path, azure, lambda it: identity(it, f"{OF_APP}/{IDENTITIES}/id-evil"), world=world)
    assert (end.state, end.written) == ("diagnosed", [])
    assert "the policy does not name" in end.told


def test_a_resource_group_that_only_begins_alike_is_not_the_one_that_is_named(tmp_path: Path, azure: Simulator) -> None:
    pairs = [{"registry": REGISTRY_ID, "resource_group": OF_APP}]
    end = attacked(
        tmp_path, azure, lambda world: identity(world, f"{EVIL}/{IDENTITIES}/id-pull"), mode="review", pairs=pairs
    )
    assert (end.state, end.written) == ("diagnosed", [])
    assert "the policy does not name" in end.told


def test_an_identity_of_a_subscription_that_is_not_named_gets_nothing(tmp_path: Path, azure: Simulator) -> None:
    far = f"/subscriptions/{OTHER_TENANT}/resourceGroups/rg-orders-prod/{IDENTITIES}/id-pull"
    pairs = [{"registry": REGISTRY_ID, "identity": far}]

    def elsewhere(world: World) -> None:
        world["subscriptions"]["far"] = world["subscriptions"]["app"] | {"subscriptionId": OTHER_TENANT}
        identity(world, far)

    end = attacked(tmp_path, azure, elsewhere, pairs=pairs)
    assert (end.state, end.written) == ("diagnosed", [])
    assert OTHER_TENANT in end.told


def test_an_identity_of_another_tenant_gets_nothing_though_the_policy_names_it(
    tmp_path: Path, azure: Simulator
) -> None:
    def foreign(world: World) -> None:
        world["identities"]["pull"]["properties"]["tenantId"] = OTHER_TENANT

    end = attacked(tmp_path, azure, foreign)
    assert end.written == []
    assert "tenant" in end.told


def test_an_identity_that_is_not_attached_to_the_group_gets_nothing(tmp_path: Path, azure: Simulator) -> None:
    def detached(world: World) -> None:
        _template(world)["resources"][0]["identity"] = {"type": "None"}

    assert attacked(tmp_path, azure, detached, world=BOTH).written == []


def test_an_identity_that_is_guessed_gets_nothing(tmp_path: Path, azure: Simulator) -> None:
    def guessed(world: World) -> None:
        identity(world, f"{OF_APP}/{IDENTITIES}/id-of-nobody")
        del world["identities"]["evil"]

    pairs = [{"registry": REGISTRY_ID, "identity": f"{OF_APP}/{IDENTITIES}/id-of-nobody"}]
    assert attacked(tmp_path, azure, guessed, pairs=pairs).written == []


@pytest.mark.parametrize("world", [ROLE, BOTH])
def test_where_the_registrys_owner_gave_no_write_role_it_is_said(tmp_path: Path, azure: Simulator, world: str) -> None:
    def readers(it: World) -> None:
        it["permissions"] = [{"actions": ["*/read", "*/action"], "notActions": [], "scope": "/"}]

    def as_before() -> Any:
        return azure.world["roleAssignments"].keys(), azure.world["registries"]["contoso"]["properties"]

    end = attacked(tmp_path, azure, readers, world=world)
    begun = load_world(world)
    assert end.state == "refused"
    assert "has not given ACI Medic its write role there" in end.told
    assert as_before() == (begun["roleAssignments"].keys(), begun["registries"]["contoso"]["properties"])


@pytest.mark.parametrize("value", ["auto", "allow", "on", "", "*", "review, auto", "AUTO"])
def test_a_tag_opens_nothing_that_the_policy_does_not(tmp_path: Path, azure: Simulator, value: str) -> None:
    def tagged(world: World) -> None:
        identity(world, f"{OF_APP}/{IDENTITIES}/id-evil")
        world["registries"]["contoso"]["tags"]["acimedic-remediation"] = value

    end = attacked(tmp_path, azure, tagged)
    assert (end.state, end.written) == ("diagnosed", [])


@pytest.mark.parametrize(("value", "state"), [("auto", "diagnosed"), ("off", "diagnosed"), ("review", "expired")])
def test_a_tag_makes_no_decision_of_a_person_needless(tmp_path: Path, azure: Simulator, value: str, state: str) -> None:
    def tagged(world: World) -> None:
        world["registries"]["contoso"]["tags"]["acimedic-remediation"] = value

    end = attacked(tmp_path, azure, tagged, mode="review")
    assert (end.state, end.written) == (state, [])


def test_a_tag_on_the_container_group_opens_nothing(tmp_path: Path, azure: Simulator) -> None:
    def tagged(world: World) -> None:
        _template(world)["resources"][0]["tags"] |= {"acimedic-remediation": "auto", "acimedic-notify": "attackers"}

    end = attacked(tmp_path, azure, tagged, mode="review")
    assert (end.state, end.written) == ("expired", [])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', "\ufeff{}", '{"version": 1, "version": 1}', "{}}"])
def test_a_policy_that_does_not_parse_closes_everything(tmp_path: Path, azure: Simulator, text: str) -> None:
    async def whole() -> tuple[str, list[str]]:
        town = Town(tmp_path, azure, ROLE, mode="auto")
        (tmp_path / "policy.json").write_text(text)
        async with town.life() as life:
            await life.told()
            while await life.next():
                pass
            return (await life.record()).said, town.written

    said, writes = asyncio.run(whole())
    assert writes == []
    assert "the policy is not valid" in said


@pytest.mark.parametrize(
    "pair",
    [
        {"registry": f"{REGISTRY_ID}-evil", "identity": IDENTITY_ID},
        {"registry": REGISTRY_ID.removesuffix("o"), "identity": IDENTITY_ID},
        {"registry": REGISTRY_ID, "identity": f"{IDENTITY_ID}-evil"},
        {"registry": REGISTRY_ID.replace(PLATFORM, APP), "identity": IDENTITY_ID},
        {"registry": REGISTRY_ID, "identity": IDENTITY_ID.replace("rg-orders-prod", "rg-orders")},
    ],
)
def test_an_entry_of_the_policy_that_only_looks_alike_opens_nothing(
    tmp_path: Path, azure: Simulator, pair: World
) -> None:
    end = attacked(tmp_path, azure, pairs=[pair])
    assert (end.state, end.written) == ("diagnosed", [])
