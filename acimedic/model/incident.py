"""A failed deployment of a container group, as the product knows it from start to end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID, uuid5

from acimedic.model.resource_id import ResourceId

_NAMESPACE = UUID("5c1a0f0e-7a5b-5d43-9c39-6f0a4f0f3c11")  # made once for this product; changing it changes every id

Operation: TypeAlias = Literal["write", "start", "restart", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One container group that failed to deploy or start.

    correlation_id: as Azure wrote it, with or without dashes; None for a run by hand without one.
    occurred_at: when Azure says that it failed; None where nobody said.
    deployer: a keyed hash of the object id that deployed, kept only to refuse self-approval.
    also: ids of other groups' incidents of the same deployment.
    """

    id: str
    group: ResourceId
    correlation_id: str | None
    occurred_at: datetime | None
    operation: Operation
    deployer: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentFailure:
    """A failed deployment that has yet to be resolved into the groups it concerns."""

    deployment: ResourceId
    correlation_id: str | None
    occurred_at: datetime | None
    deployer: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that concerns no container group: acknowledged, logged, dropped."""

    reason: str


Signal: TypeAlias = Incident | DeploymentFailure | Ignored


def incident_id(correlation_id: str | None, resource: ResourceId) -> str:
    """The id under which duplicates and the several events of one deployment meet.

    A UUIDv5 of the correlation id (dashes removed, lower case) and the lower-case resource id.
    """
    told = f"{plain_correlation(correlation_id)}|{resource.key}"
    # A pasted text may hold half a character, which has no UTF-8.
    return str(uuid5(_NAMESPACE, told.encode("utf-8", "backslashreplace").decode()))


def plain_correlation(correlation_id: str | None) -> str:
    """A correlation id as it is compared: 66 of 275 recorded ones have no dashes."""
    return (correlation_id or "").replace("-", "").strip().lower()
