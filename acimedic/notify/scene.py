"""Where an incident happened: what it may have in common with others, and who else wants to hear of it.

Taken from the diagnosis, and remembered in the body of the incident's record until people have been told.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from acimedic.model.definition import Definition, IdentityCredential
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.image import ImageReference
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap
from acimedic.model.record import IncidentRecord

_LONGEST = 300
_DOCKER_HUB = "docker.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is known; None for what is not.

    route: what the group's tag `acimedic-notify` says. registry: the host. identity: the id, in lower case.
    changed: something is known to have changed before the failure.
    """

    route: str | None = None
    registry: str | None = None
    identity: str | None = None
    region: str | None = None
    changed: bool = False


def seen(diagnosis: Diagnosis) -> Scene:
    """The scene of a diagnosis: of the pull that is blamed, or of the first where none is."""
    evidence = diagnosis.evidence
    known = [each for each in (evidence.definition, evidence.live) if isinstance(each, Definition)]
    cause = diagnosis.root_cause
    pulls = [finding.pull for finding in (cause, *diagnosis.findings) if finding is not None and finding.pull]
    hosts = [host for pull in pulls if (host := _host(pull)) is not None]
    before, history = evidence.precedent, evidence.history
    return Scene(
        route=next((each.notify for each in known if each.notify), None),
        registry=hosts[0] if hosts else None,
        identity=next((id_ for pull in pulls[:1] if (id_ := _identity(pull)) is not None), None),
        region=next((each.location for each in known if each.location), None),
        changed=(before is not None and not before.same_definition)
        or (not isinstance(history, Gap) and bool(history.changes)),
    )


def with_scene(record: IncidentRecord, scene: Scene) -> IncidentRecord:
    """The record with its scene; whatever else it remembers stays."""
    return replace(record, body=json.dumps(_body(record) | {"scene": asdict(scene)}, sort_keys=True))


def scene_of(record: IncidentRecord) -> Scene:
    """The scene that a record remembers; an empty one where it remembers none."""
    said = _body(record).get("scene")
    if not isinstance(said, Mapping):
        return Scene()
    texts = {name: _text(said.get(name)) for name in ("route", "registry", "identity", "region")}
    return Scene(**texts, changed=said.get("changed") is True)


def culprit(record: IncidentRecord, scene: Scene) -> str | None:
    """What failures of one cause have in common, in words: the registry, or the region where none is to blame."""
    if record.cause == "platform-transient" or record.outcome == "not-a-pull-failure":
        return None if scene.region is None else f"region {scene.region}"
    if scene.registry is None:
        return None
    return "Docker Hub" if scene.registry == _DOCKER_HUB else f"registry {scene.registry}"


def _host(pull: Pull) -> str | None:
    if not isinstance(pull.reference, ImageReference):
        return None
    return _DOCKER_HUB if pull.reference.is_docker_hub else str(pull.reference.host)


def _identity(pull: Pull) -> str | None:
    named = pull.credential.identity if isinstance(pull.credential, IdentityCredential) else None
    return named.lower() if isinstance(named, str) else None


def _text(value: object) -> str | None:
    return value[:_LONGEST] if isinstance(value, str) and value else None


def _body(record: IncidentRecord) -> dict[str, object]:
    try:
        said = json.loads(record.body)
    except ValueError:
        return {}
    return dict(said) if isinstance(said, Mapping) else {}
