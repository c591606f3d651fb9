"""The causes that a text leaves open, the likeliest first: how often × how well it fits (pure)."""

from collections.abc import Collection, Mapping

from acimedic.explain.features import Features
from acimedic.explain.priors import ACR_ONLY, CATALOGUE, prior
from acimedic.explain.rules import RULES

__all__ = ["rank"]

_OTHER_REGISTRY = {
    "docker-hub-rate-limit": 0.0,
    "image-host-missing": 0.0,
    "platform-transient": 12.0,
    "registry-throttled": 8.0,
    "registry-unhealthy": 4.0,
}
"""`RegistryErrorResponse` about another registry than Docker Hub: it answers, and not as it should."""

_LEAST_SHARE = 0.004
"""Candidates with less than this share of all the weight are left out."""

_FOUND = 8.0
"""How much likelier a cause is of which a check sees the fault in the definition or in the image."""

_GENERAL = frozenset({"inaccessible-image", "unclear", "pull-event", "pull-event:unauthorized"})
"""Families that any cause can have; the others' own words exclude what is not among their priors."""

_NOT_ACR = frozenset({"hub", "hub-implied", "mcr", "public", "private"})


def rank(features: Features, *, found: Collection[str] = (), proven: str | None = None) -> tuple[str, ...]:
    """Check ids, the likeliest first; ties in the order of the catalogue.

    found: checks that see their fault, without proof. proven: the cause that the text proves, which goes first.
    """
    weights = _weights(features, frozenset(found))
    total = sum(weights.values()) or 1.0
    order = sorted(CATALOGUE, key=lambda check: (-round(weights.get(check, 0.0), 6), CATALOGUE.index(check)))
    likely = [check for check in order if weights.get(check, 0.0) / total >= _LEAST_SHARE]
    if proven is None:
        return tuple(likely)
    return (proven, *(check for check in likely if check != proven and check in prior(features.family)))


def _weights(features: Features, found: frozenset[str]) -> dict[str, float]:
    known = prior(features.family)
    weights = {check: weight * _fit(check, features) for check, weight in known.items()}
    general = features.family in _GENERAL
    for check in found:
        if general or check in known:
            weights[check] = max(weights.get(check, 0.0), _floor(known)) * _FOUND
    return weights | _by_error(features, weights)


def _floor(known: Mapping[str, float]) -> float:
    """What a cause weighs at least of which a check sees the fault: as much as a usual one."""
    return max(known.values()) / 4


def _fit(check: str, features: Features) -> float:
    if check in ACR_ONLY and features.host in _NOT_ACR and not features.family.startswith("identity"):
        return 0.0
    fit = 1.0
    for mark in sorted(features.marks):
        fit *= RULES.get(mark, {}).get(check, 1.0)
    return fit


def _by_error(features: Features, weights: Mapping[str, float]) -> dict[str, float]:
    """What the error's own details decide."""
    if features.family == "registry-error-response" and features.registry and "docker" not in features.registry:
        return dict(_OTHER_REGISTRY)
    if features.family == "os-mismatch":
        return _by_system(features, weights)
    return {}


def _by_system(features: Features, weights: Mapping[str, float]) -> dict[str, float]:
    """`… doesn't support specified OS 'Linux'` is also what the service says of an image for ARM processors."""
    if features.specified_os == "windows" or "os:windows" in features.marks:
        return {"image-os-mismatch": max(weights.get("image-os-mismatch", 0.0), 20.0), "image-platform-mismatch": 0.5}
    return {}
