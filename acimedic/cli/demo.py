"""`acimedic demo`: the main job, end to end, on a make-believe Azure.

Each scene takes a failure event, reads the simulated Azure through the real SDKs, names the cause, carries out what
may be repaired, and asks the simulated Azure, which decides by itself, whether the image could now be pulled.
"""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from acimedic.carry_out import carry_out
from acimedic.incident import from_event
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.incident import Incident
from acimedic.model.plan import Receipt
from acimedic.model.resource_id import CONTAINER_GROUPS, ResourceId
from acimedic.report.plain import wrapped
from acimedic.report.text import to_text
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world, pull_outcome
from acimedic.template import Json, Scope, evaluate

SCENES = (
    "role-missing",
    "trusted-services-off-and-role-missing",
    "service-principal-behind-firewall",
    "credential-server-malformed",
    "quota-exceeded",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one scene came to."""

    before: Diagnosis
    receipts: tuple[Receipt, ...]
    after: Diagnosis | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument("scene", nargs="*", metavar="SCENE", help=f"of {', '.join(SCENES)}; all of them by default")


def run(arguments: argparse.Namespace) -> int:
    """Play the scenes; 1 if one did not end as it should."""
    scenes = tuple(arguments.scene) or SCENES
    unknown = [scene for scene in scenes if scene not in SCENES]
    if unknown:
        from acimedic.cli.trouble import CannotRunError

        raise CannotRunError(f"there is no scene '{unknown[0]}'; there are {', '.join(SCENES)}")
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    good = [
        _scene(scene, f"{number} of {len(scenes)}", width, brief=number > 1) for number, scene in enumerate(scenes, 1)
    ]
    _say(f"{sum(good)} of {len(good)} scenes ended as they should. No Azure was touched.", width)
    return 0 if all(good) else 1


def _scene(name: str, place: str, width: int, *, brief: bool) -> bool:
    world = load_world(name)
    with Simulator(world) as azure:
        _rule(f"{place}: {world['title']}", width)
        settings = Settings(gateway=azure.url)
        incident = from_event(world["event"])
        if not isinstance(incident, Incident):
            raise TypeError("a scene's event is a container group's failure")
        _say(f"An event arrives: {incident.operation} of container group {incident.group.name} failed.", width)
        definition, version = _asked_for(azure.world, incident.group)
        could = pull_outcome(azure.world, definition, version)
        told = asyncio.run(_play(incident, settings))
        sys.stdout.write("\n" + to_text(told.before, width=width, gateway=True, brief=brief) + "\n")
        for receipt in told.receipts:
            _say(
                f"Carried out, for the demonstration alone: {receipt.step.summary}: {receipt.state}, {receipt.said}.",
                width,
            )
        can = pull_outcome(azure.world, definition, version)
        requests = len(azure.requests)
    return _ending(told, _status(could), _status(can), requests, width)


async def _play(incident: Incident, settings: Settings) -> Told:
    from acimedic.azure.reader import AzureReader
    from acimedic.azure.session import Session
    from acimedic.azure.writer import AzureWriter
    from acimedic.pipeline import investigate

    async with Session(settings) as session:
        now = datetime.now(UTC)
        before = await investigate(incident, AzureReader(session), cloud=settings.cloud, now=now)
        if before.plan is None:
            return Told(before=before, receipts=(), after=None)
        receipts = await carry_out(before.plan, AzureWriter(session), AzureReader(session), asyncio.sleep)
        after = await investigate(incident, AzureReader(session), cloud=settings.cloud, now=now)
        return Told(before=before, receipts=receipts, after=after)


def _ending(told: Told, could: str, can: str, requests: int, width: int) -> bool:
    """Say how the scene ended, and whether it ended as it should."""
    if told.after is None:
        _say(f"Nothing is changed: the repair is a person's. Deploying again would answer {can}.", width)
        return told.before.outcome != "undetermined" and not can.startswith("201")
    blamed = [finding.check for finding in told.after.fails if finding.confirmed]
    left = ", ".join(blamed) or "nothing"
    _say(f"Diagnosed again: {left} stands in the way.", width)
    _say(f"Deploying again: {could} before, {can} now. ({requests} requests in all)", width)
    return not blamed and can.startswith("201") and all(receipt.in_place for receipt in told.receipts)


def _asked_for(world: Mapping[str, object], group: ResourceId) -> tuple[dict[str, object], str]:
    """The container group that the failed deployment asked for, as a person would deploy it again."""
    deployments = cast(Mapping[str, Mapping[str, Mapping[str, Json]]], world["deployments"])
    for deployment in deployments.values():
        where = ResourceId.parse(str(deployment["id"]))
        scope = Scope(
            subscription_id=where.subscription,
            resource_group=where.resource_group,
            tenant_id=None,
            location=None,
            deployment_name=where.name,
            management_group=None,
            now=None,
        )
        parameters = cast(Mapping[str, Json], deployment["properties"].get("parameters") or {})
        for resource in evaluate(deployment["x-template"], parameters, scope).resources:
            if resource.type == CONTAINER_GROUPS and isinstance(resource.body, dict):
                body = cast(dict[str, object], resource.body)
                return body | {"id": str(group), "name": group.name}, str(resource.api_version)
    raise LookupError("a scene's deployment asks for a container group")


def _status(answer: tuple[int, object]) -> str:
    status, body = answer
    error = cast(Mapping[str, Mapping[str, str]], body).get("error") if isinstance(body, Mapping) else None
    return f"{status} {error['code']}" if error else f"{status} Created"


def _rule(title: str, width: int) -> None:
    sys.stdout.write(f"\n{'=' * width}\n")
    _say(title, width)
    sys.stdout.write(f"{'=' * width}\n")


def _say(text: str, width: int) -> None:
    sys.stdout.write("\n".join(wrapped(text, width=width)) + "\n")
