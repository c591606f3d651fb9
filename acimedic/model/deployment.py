"""What Azure keeps of a deployment: its history entry, its operations, the activity log.

Parameters, templates and error bodies may hold what users should not have put there; none of it is
part of a printable value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from acimedic.model.resource_id import ResourceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """An entry of the deployment history.

    duration: ISO 8601, as Azure wrote it. outputs: ids of the resources that it made.
    template_hash: Azure's own hash of the template, by which two deployments of the same template are known.
    """

    id: ResourceId
    correlation_id: str
    state: str
    timestamp: datetime | None
    duration: str | None
    location: str | None
    template_hash: str | None = None
    outputs: tuple[str, ...] = ()
    error: object = field(repr=False)
    parameters: Mapping[str, object] = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a deployment; `target` is None for `EvaluateDeploymentOutput`."""

    state: str
    target: str | None
    target_type: str | None
    status_code: str | None
    message: object = field(repr=False)
    timestamp: datetime | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedTemplate:
    """The template of a deployment; None where Azure keeps only a link to it."""

    template: Mapping[str, object] | None = field(repr=False)
    link: str | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An entry of the activity log. Callers, claims and addresses are dropped while reading."""

    resource: str
    operation: str
    status: str
    http_status: str | None
    message: object = field(repr=False)
    correlation_id: str
    time: datetime | None
    source: str
