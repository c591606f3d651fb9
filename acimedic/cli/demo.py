"""`acimedic demo`: the main job, end to end, on a make-believe Azure.

Each scene takes a failure event in, tells the incident's story on the local engine as it is told in Azure, with a
person's approval where a change is proposed, deploys again as a person would, and asks the simulated Azure, which
decides by itself, whether the image could be pulled. At the end what was changed is taken back.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.request import Request, urlopen

from acimedic.cli.stage import SCENES, settings_over
from acimedic.incident import from_event
from acimedic.lifecycle.deciding import AWAITING, by_hand, decide
from acimedic.lifecycle.intake import receive
from acimedic.lifecycle.keeping import found, kept_plan, kept_report
from acimedic.lifecycle.local import Local
from acimedic.lifecycle.messages import TakeBack
from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.receipts import changed_plans
from acimedic.lifecycle.taking_back import undo
from acimedic.lifecycle.tools import Tools
from acimedic.model.incident import Incident
from acimedic.model.record import IncidentRecord
from acimedic.model.resource_id import CONTAINER_GROUPS, ResourceId
from acimedic.report.plain import wrapped
from acimedic.report.text import as_lines
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world, pull_outcome
from acimedic.template import Json, Scope, Unresolved, evaluate

_FELT = timedelta(minutes=11)
_LATER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One scene: its make-believe Azure, whose clock the scene moves, and how wide the stage is."""

    azure: Simulator
    incident: Incident
    width: int
    brief: bool

    def now(self) -> datetime:
        """What time it is in this Azure."""
        return datetime.fromisoformat(str(self.azure.world["now"]))

    def let_pass(self, time: timedelta) -> None:
        """Move the clock."""
        self.azure.world["now"] = (self.now() + time).strftime("%Y-%m-%dT%H:%M:%SZ")

    def say(self, text: str) -> None:
        """Tell whoever watches."""
        sys.stdout.write("\n".join(wrapped(text, width=self.width)) + "\n")


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
    good = [_scene(name, f"{n} of {len(scenes)}", width, brief=n > 1) for n, name in enumerate(scenes, 1)]
    said = f"{sum(good)} of {len(good)} scenes ended as they should. No Azure was touched."
    sys.stdout.write("\n".join(wrapped(said, width=width)) + "\n")
    return 0 if all(good) else 1


def _scene(name: str, place: str, width: int, *, brief: bool) -> bool:
    world = load_world(name)
    incident = from_event(world["event"])
    if not isinstance(incident, Incident):
        raise TypeError("a scene's event is a container group's failure")
    with Simulator(world) as azure, tempfile.TemporaryDirectory(prefix="acimedic-demo-") as folder:
        scene = Scene(azure=azure, incident=incident, width=width, brief=brief)
        sys.stdout.write(f"\n{'=' * width}\n")
        scene.say(f"{place}: {world['title']}")
        sys.stdout.write(f"{'=' * width}\n")
        return asyncio.run(_play(scene, settings_over(azure, Path(folder))))


async def _play(scene: Scene, settings: Settings) -> bool:
    scene.say(f"An event arrives: {scene.incident.operation} of container group {scene.incident.group.name} failed.")
    could = _could_pull(scene)
    async with open_tools(settings, now=scene.now) as tools:
        with Local(tools, ":memory:") as local:
            await receive(scene.incident, tools, local)
            await local.advance()
            record = await found(tools, scene.incident.id)
            sys.stdout.write("\n" + await _report(scene, tools, record) + "\n")
            if record.state != AWAITING:
                can = _could_pull(scene)
                scene.say(f"Nothing is changed: the repair is a person's. Deploying again would answer {can}.")
                return record.outcome != "undetermined" and could == can and not can.startswith("201")
            return await _repair(scene, tools, local, record, could)


async def _repair(scene: Scene, tools: Tools, local: Local, record: IncidentRecord, could: str) -> bool:
    """Approve, change, wait, deploy again, prove, and take back."""
    approved = await decide(tools, await by_hand(tools, record, "approve"), approver=None)
    scene.say("A person approves the plan. All of it is read and checked again, then changed, one step at a time:")
    await local.wake(record.id, approved.nonce)
    await local.advance()
    states = [await _told(scene, tools)]
    scene.let_pass(_FELT)
    await local.advance()
    states.append(await _told(scene, tools))
    can = _deploy_again(scene)
    scene.say(f"The user deploys again: {could} before, {can} now.")
    scene.let_pass(_LATER)
    await local.advance()
    states.append(await _told(scene, tools))
    for plan in await changed_plans(tools, record.id):
        back = await undo(tools, TakeBack(incident=record.id, plan=plan))
        states.append(back.state)
        scene.say(f"Taken back, to leave this Azure as it was: {back.state}.")
    entries = (await tools.store.audit(record.id)).entries
    scene.say(f"({len(scene.azure.requests)} requests in all; {len(entries)} entries in the audit)")
    return states == ["applied", "in-effect", "proved", "undone"] and can.startswith("201")


async def _told(scene: Scene, tools: Tools) -> str:
    """Where the incident stands by now."""
    record = await found(tools, scene.incident.id)
    scene.say(f"  {scene.now():%H:%M}  {record.state}: {record.said}")
    return record.state


async def _report(scene: Scene, tools: Tools, record: IncidentRecord) -> str:
    report = await kept_report(tools, record.id)
    plan = None if record.plan_hash is None else await kept_plan(tools, record.id, record.plan_hash)
    if report is None or (plan is None and record.state == AWAITING):
        raise LookupError("a story that waits for a decision has kept its report and its plan")
    return as_lines(report, width=scene.width, brief=scene.brief)


def _could_pull(scene: Scene) -> str:
    definition, version = _asked_for(scene.azure.world, scene.incident.group)
    return _status(pull_outcome(scene.azure.world, definition, version))


def _deploy_again(scene: Scene) -> str:
    """Put the container group once more, as the user's deployment would."""
    definition, version = _asked_for(scene.azure.world, scene.incident.group)
    request = Request(  # noqa: S310 - the simulator's own address
        f"{scene.azure.url}{scene.incident.group}?api-version={version}",
        data=json.dumps(_known(definition)).encode(),
        headers={"Host": "management.azure.com", "Content-Type": "application/json", "Authorization": "Bearer demo"},
        method="PUT",
    )
    with urlopen(request) as answer:  # noqa: S310  # nosec B310  # the simulator's own
        return _status((answer.status, json.load(answer)))


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


def _known(value: object) -> object:
    """What could be evaluated of a definition; the rest (names of outputs, values of variables) decides no pull."""
    if isinstance(value, Mapping):
        return {key: _known(each) for key, each in value.items() if not isinstance(each, Unresolved)}
    if isinstance(value, list):
        return [_known(each) for each in value if not isinstance(each, Unresolved)]
    return value


def _status(answer: tuple[int, object]) -> str:
    status, body = answer
    error = cast(Mapping[str, Mapping[str, str]], body).get("error") if isinstance(body, Mapping) else None
    return f"{status} {error['code']}" if error else f"{status} Created"
