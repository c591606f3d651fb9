"""What tells this installation from others: the names that the templates give, and nothing that anybody else may give.

A tag is not enough: azd puts the name of its environment on whatever it deploys, and many are called `prod`.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from azure_cli import ROOT, text

ROLES = ("read", "grant", "switch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """name: of the azd environment. subscription and group: of the app. suffix: what its names end with."""

    name: str
    subscription: str
    group: str
    suffix: str

    @property
    def event_subscription(self) -> str:
        """The name of our event subscriptions, and what those of their alerts begin with."""
        return f"acimedic-{self.suffix}"

    @property
    def identity(self) -> str:
        """The resource id of the app's identity (main.bicep)."""
        scope = f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
        return f"{scope}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-acimedic-{self.suffix}"

    def topic_in(self, subscription: str) -> str:
        """The resource id of a system topic of ours in a subscription (main.bicep, watched.bicep)."""
        group = self.group if subscription.lower() == self.subscription else f"rg-acimedic-{self.name}-events"
        scope = f"/subscriptions/{subscription}/resourceGroups/{group}"
        return f"{scope}/providers/Microsoft.EventGrid/systemTopics/evgs-acimedic-{self.suffix}"

    def owns_topic(self, topic: object) -> bool:
        """Whether we made the topic: by its name, its group and its tag, all three."""
        place = text(topic, "id")
        named = place.lower() == self.topic_in(subscription_of(place)).lower()
        return named and text(topic, "tags", "azd-env-name") == self.name

    def kind_of_role(self, name: str) -> str:
        """`read`, `grant` or `switch` where a role of that name is one of ours; else empty."""
        words = name.split(" ")
        ours = len(words) == 5 and words[:2] == ["ACI", "Medic"] and words[3] == self.suffix
        return words[2] if ours and words[2] in ROLES else ""


def planned(environment: Mapping[str, str]) -> Installation:
    """What the next deployment makes."""
    name, subscription = environment.get("AZURE_ENV_NAME", ""), environment.get("AZURE_SUBSCRIPTION_ID", "").strip()
    return Installation(
        name=name,
        subscription=subscription.lower(),
        group=environment.get("ACIMEDIC_RESOURCE_GROUP", "").strip() or f"rg-acimedic-{name}",
        suffix=_suffix(f"/subscriptions/{subscription.lower()}", name, environment.get("AZURE_LOCATION", "")),
    )


def standing(environment: Mapping[str, str]) -> Installation:
    """What the last deployment made; what it was to make, where it did not come to its end."""
    meant = planned(environment)
    return Installation(
        name=meant.name,
        subscription=meant.subscription,
        group=environment.get("AZURE_RESOURCE_GROUP", "").strip() or meant.group,
        suffix=environment.get("ACIMEDIC_SUFFIX", "").strip() or meant.suffix,
    )


def subscription_of(place: str) -> str:
    """The subscription of a resource id, in lower case; empty where it names none."""
    parts = place.lower().split("/")
    return parts[2] if parts[1:2] == ["subscriptions"] and len(parts) > 2 else ""


def _suffix(*parts: str) -> str:
    """What `uniqueString()` in main.bicep comes to, of the same three."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from acimedic.template.hashing import unique_string

    return unique_string(parts)
