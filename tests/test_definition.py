"""A container group's ARM JSON -> the definition: what could not be evaluated is never nothing."""

from acimedic.definition import from_arm
from acimedic.model.reading import Gap
from acimedic.template import Unresolved


def subnets(**properties: object) -> object:
    """The subnets of a group with these properties."""
    return from_arm({"properties": properties}, origin="template", source="t", api_version=None).subnets


def test_a_network_profile_is_a_network() -> None:
    """The older way into a virtual network."""
    assert subnets(networkProfile={"id": "/profile"}) == ("/profile",)
    assert subnets() == ()


def test_a_network_profile_that_was_not_evaluated_is_not_known() -> None:
    """Whole, or its id alone."""
    unknown = Unresolved("a parameter without a value")
    assert isinstance(subnets(networkProfile=unknown), Gap)
    assert isinstance(subnets(networkProfile={"id": unknown}), Gap)
