"""A policy that consents to what `build`'s group needs, as a person would write it; and functions that change it."""

import json
from typing import Any

from acimedic.model.plan import RunMode
from acimedic.policy import Consent, InvalidPolicy, Policy, parse_policy
from tests import build

PAIR: dict[str, Any] = {"registry": build.REGISTRY_ID, "identity": build.IDENTITY_ID}
GROUP = f"/subscriptions/{build.APP}/resourceGroups/rg-orders-prod"
DOCUMENT: dict[str, Any] = {
    "version": 1,
    "remedies": ["assign-pull-role", "enable-trusted-services"],
    "subscriptions": [build.APP, build.PLATFORM],
    "pairs": [PAIR],
    "changes_per_hour": 4,
}


def document(*without: str, **changes: Any) -> dict[str, Any]:
    """The document with these keys instead, and without those."""
    return {key: value for key, value in (DOCUMENT | changes).items() if key not in without}


def pair(*without: str, **changes: Any) -> dict[str, Any]:
    """A pair with these keys instead, and without those."""
    return {key: value for key, value in (PAIR | changes).items() if key not in without}


def policy(*without: str, **changes: Any) -> Policy:
    """The policy of such a document, which has to be valid."""
    found = parse_policy(json.dumps(document(*without, **changes)))
    assert isinstance(found, Policy), found
    return found


def consent(*, mode: RunMode = "review", served: tuple[str, ...] = (), **changes: Any) -> Consent:
    """Run in this mode under such a policy."""
    return Consent(mode=mode, policy=policy(**changes), subscriptions=served)


def faults(text: str | bytes) -> tuple[str, ...]:
    """What is wrong with a text that is no policy."""
    found = parse_policy(text)
    assert isinstance(found, InvalidPolicy), found
    assert found.faults
    return found.faults
