"""Where we were ever let in, and what we ever listened to: kept by azd, since a deployment takes nothing away.

What azd keeps of one run is written over by the next. Whatever a later choice leaves out would otherwise be forgotten,
and with it the rights that were given there.
"""

from collections.abc import Iterable, Mapping, Sequence

from azure_cli import listed, remember
from installation import subscription_of

REACH = "ACIMEDIC_EVER_REACH"
TOPICS = "ACIMEDIC_EVER_TOPICS"
_GIVEN_AT = ("ACIMEDIC_FOUND_GRANTS", "ACIMEDIC_FOUND_IMAGES", "ACIMEDIC_FOUND_IMAGES_ABAC")
_BEGUN = ("ACIMEDIC_FOUND_", "ACIMEDIC_EVER_", "ACIMEDIC_MADE_", "ACIMEDIC_SUFFIX")


def begun(environment: Mapping[str, str]) -> bool:
    """Whether a deployment was ever begun: the hook before it has left something."""
    return any(name.startswith(_BEGUN) and value.strip() for name, value in environment.items())


def reached(environment: Mapping[str, str]) -> list[str]:
    """Every subscription in which a role was ever given: watched, read, and those of registries."""
    found = listed(environment, REACH) + listed(environment, "ACIMEDIC_REACH")
    found += [subscription_of(place) for name in _GIVEN_AT for place in listed(environment, name)]
    return once(each.lower() for each in found)


def topics(environment: Mapping[str, str]) -> list[str]:
    """Every system topic that may have an event subscription of ours, by resource id."""
    names = ("ACIMEDIC_TOPICS", "ACIMEDIC_FOUND_TOPICS", TOPICS)
    return once(place for name in names for place in listed(environment, name))


def keep(environment: Mapping[str, str], reach: Sequence[str], places: Sequence[str]) -> None:
    """Add to what is kept, before anything is given there."""
    remember(REACH, ",".join(once([*reached(environment), *reach])))
    remember(TOPICS, ",".join(once([*topics(environment), *places])))


def forget(environment: Mapping[str, str], reach: Iterable[str], places: Iterable[str]) -> None:
    """Leave out where nothing of ours was found any more."""
    gone, silent = {each.lower() for each in reach}, {each.lower() for each in places}
    if gone:
        remember(REACH, ",".join(each for each in reached(environment) if each not in gone))
    if silent:
        remember(TOPICS, ",".join(each for each in topics(environment) if each.lower() not in silent))


def once(found: Iterable[str]) -> list[str]:
    """Each in its first spelling, since Azure writes the same id in several ways."""
    spelt: dict[str, str] = {}
    for each in found:
        spelt.setdefault(each.lower(), each)
    return [each for each in spelt.values() if each]
