"""The make-believe Azure, and a refusal that was recorded from the real one."""

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acimedic.azure.reader import AzureReader
from acimedic.azure.registry_api import ask
from acimedic.azure.session import Session
from acimedic.model.reading import Absent, Gap
from acimedic.model.registry import Registry
from acimedic.model.resource_id import ResourceId
from acimedic.model.testimony import Manifest, NotThere, Testimony
from acimedic.settings import read_settings
from acimedic.simulator import Simulator, load_world

from .making import LINUX, REGISTRY, asked, image, reason
from .town import Reply, Town, routes

ACR = "contoso.azurecr.io"
RECORDING = Path(__file__).parents[2].parent / "shared/payloads/b-interactions/acr__test_acr_create_abac.2025.json"


def world(**properties: object) -> dict[str, Any]:
    """The healthy world, its registry open to the network."""
    held: dict[str, Any] = load_world("healthy")
    held["registries"]["contoso"]["properties"] |= {"publicNetworkAccess": "Enabled", "networkRuleSet": None}
    held["registries"]["contoso"]["properties"] |= properties
    return held


def said(azure: Simulator, text: str, *, visible: bool = True) -> Testimony:
    async def run() -> Testimony:
        async with Session(read_settings({"ACIMEDIC_GATEWAY": azure.url})) as session:
            shown = await AzureReader(session).registry(ResourceId.parse(azure.world["registries"]["contoso"]["id"]))
            assert isinstance(shown, Registry)
            return await ask(session, image(text), registry=shown if visible else None, want_platform=LINUX)

    return asyncio.run(run())


def at_registries(azure: Simulator) -> list[str]:
    return [f"{method} {path}" for method, host, path, _ in azure.requests if "management" not in host]


def test_the_healthy_image_is_there() -> None:
    with Simulator(world()) as azure:
        found = said(azure, f"{ACR}/app/web:1.4.2")
        assert len(at_registries(azure)) == 4
    assert isinstance(found, Manifest)
    assert ([str(each) for each in found.platforms], found.size) == (["linux/amd64"], 61442117)


def test_an_index_shows_its_platforms() -> None:
    with Simulator(world()) as azure:
        found = said(azure, f"{ACR}/app/worker:2.1.0")
    assert isinstance(found, Manifest)
    assert (found.index, len(found.platforms)) == (True, 2)


def test_a_missing_tag_has_neighbours() -> None:
    with Simulator(world()) as azure:
        found = said(azure, f"{ACR}/app/web:1.4.3")
    assert isinstance(found, NotThere)
    assert (found.what, set(found.nearest)) == ("tag", {"1.4.1", "1.4.2"})


def test_a_missing_repository_has_neighbours() -> None:
    with Simulator(world()) as azure:
        found = said(azure, f"{ACR}/app/weeb:1")
    assert isinstance(found, NotThere)
    assert (found.what, found.nearest[0]) == ("repository", "app/web")


def test_a_closed_registry_is_not_checked() -> None:
    with Simulator(load_world("healthy")) as azure:
        found = said(azure, f"{ACR}/app/web:nope")
        assert len(at_registries(azure)) == 1
    assert isinstance(found, Gap)
    assert "403 DENIED" in found.reason


def test_a_caller_without_a_role_is_not_let_in() -> None:
    held = world() | {"caller": {"objectId": "ffffffff-0000-4000-8000-000000000001"}}
    with Simulator(held) as azure:
        assert "401 UNAUTHORIZED" in reason(said(azure, f"{ACR}/app/web:1.4.2"))


def test_an_open_registry_answers_a_caller_without_a_role() -> None:
    held = world(anonymousPullEnabled=True) | {"caller": {"objectId": "ffffffff-0000-4000-8000-000000000001"}}
    with Simulator(held) as azure:
        assert isinstance(said(azure, f"{ACR}/app/web:1.4.2"), Manifest)


def test_a_registry_that_does_not_exist_is_absent() -> None:
    with Simulator(world()) as azure:
        assert isinstance(said(azure, "nosuch.azurecr.io/app/web:1", visible=False), Absent)


def test_a_registry_that_we_cannot_see_is_a_gap() -> None:
    with Simulator(world()) as azure:
        assert reason(said(azure, f"{ACR}/app/web:1.4.2", visible=False)).startswith("not asked: ")
        assert at_registries(azure) == ["GET /v2/"]


@pytest.mark.parametrize(
    "text", ["nginx", "index.docker.io/library/nginx:1.27", "mcr.microsoft.com/azuredocs/aci-helloworld"]
)
def test_a_public_image_is_there(text: str) -> None:
    with Simulator(world()) as azure:
        assert isinstance(said(azure, text, visible=False), Manifest)


def test_a_missing_public_tag_has_neighbours() -> None:
    with Simulator(world()) as azure:
        found = said(azure, "nginx:1.72", visible=False)
    assert isinstance(found, NotThere)
    assert found.nearest == ("1.27",)


def test_a_public_repository_that_is_not_shown_proves_nothing() -> None:
    with Simulator(world()) as azure:
        assert "private or absent" in reason(said(azure, "contoso/web:1", visible=False))


def test_docker_hubs_limit_is_a_gap() -> None:
    held = world()
    held["hosts"]["docker.io"]["rateLimited"] = True
    with Simulator(held) as azure:
        assert "429 TOOMANYREQUESTS" in reason(said(azure, "nginx", visible=False))


def test_the_refusal_that_azure_was_recorded_with_is_a_gap() -> None:
    if not RECORDING.exists():
        if os.environ.get("ACIMEDIC_REQUIRE"):
            pytest.fail(f"{RECORDING.name} is absent, and ACIMEDIC_REQUIRE is set")
        pytest.skip("the recordings are not there")
    (recorded,) = (each for each in json.loads(RECORDING.read_text()) if each["uri"].endswith(".azurecr.io/v2/"))
    refused = Reply(status=recorded["status"], body=recorded["response_body"])
    with Town(routes((r"", refused))) as town:
        found = asked(town, registry=replace(REGISTRY, mode="abac"))
    assert isinstance(found, Gap)
    assert "401 UNAUTHORIZED authentication required, visit https://aka.ms/acr/authorization" in found.reason
