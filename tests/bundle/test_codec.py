"""Values as JSON and back: what was written is read, and nothing else is."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acimedic.model.evidence import Evidence
from acimedic.model.plan import BypassSwitch, RoleGrant
from acimedic.model.reading import Absent, Gap
from acimedic.model.registry import Registry
from acimedic.model.resource_id import ResourceId
from acimedic.value_codec import ValueCodecError, as_values, from_values
from tests import build

MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]))
IDS = st.sampled_from([build.GROUP_ID, build.REGISTRY_ID, build.GROUP_ID.upper()]).map(ResourceId.parse)
st.register_type_strategy(ResourceId, IDS)
st.register_type_strategy(datetime, MOMENTS)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.just("is"), inner, max_size=4),
    max_leaves=20,
)


def travelled(evidence: Evidence) -> Evidence:
    """As it comes back from JSON text."""
    return from_values(Evidence, json.loads(json.dumps(as_values(evidence))))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.from_type(Evidence))
def test_any_evidence_comes_back_as_it_was(evidence: Evidence) -> None:
    assert travelled(evidence) == evidence


def test_an_id_comes_back_in_the_case_in_which_it_was_written() -> None:
    """Ids of any case are equal, so that equality does not tell."""
    shouted = build.with_incident(group=ResourceId.parse(build.GROUP_ID.upper()))
    assert str(travelled(shouted).group) == str(shouted.group)


@pytest.mark.parametrize("reading", [build.REGISTRY, Gap(reading="registry", reason="403"), Absent("registry", "GET")])
def test_members_of_a_union_are_told_apart(reading: Registry | Gap | Absent) -> None:
    there = replace(build.HEALTHY, registries=((build.HOST, reading),))
    assert travelled(there).registry(build.HOST) == reading


def test_a_text_can_be_changed_on_the_way_out() -> None:
    assert as_values((Gap(reading="a", reason="b"),), str.upper) == [
        {"is": "Gap", "reading": "A", "reason": "B", "permission": None, "scope": None}
    ]


def test_what_has_no_form_is_not_written() -> None:
    with pytest.raises(TypeError):
        as_values({"a": 1})


def test_a_field_that_is_not_known_is_overlooked() -> None:
    said = as_values(build.HEALTHY) | {"later": {"is": "Later"}}
    assert from_values(Evidence, said) == build.HEALTHY


def test_a_field_that_has_a_default_may_be_missing() -> None:
    said = as_values(build.HEALTHY)
    del said["others"]
    assert from_values(Evidence, said) == build.HEALTHY


def test_a_field_without_a_default_may_not_be_missing() -> None:
    said = as_values(build.HEALTHY)
    del said["cloud"]
    with pytest.raises(ValueCodecError, match=r"^Evidence\.cloud does not hold what belongs there$"):
        from_values(Evidence, said)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cloud", 1),
        ("cloud", None),
        ("error_source", "rumour"),
        ("failed_at", "yesterday"),
        ("failed_at", 5),
        ("others", "abc"),
        ("others", [1]),
        ("incident", {"is": "Registry"}),
        ("incident", []),
        ("tenants", [["a"]]),
        ("tenants", [["a", "b", "c"]]),
        ("live", {"is": "Registry"}),
        ("live", {"is": ["Gap"]}),
        ("precedent", {"is": "Precedent", "when": "2026-01-01T00:00:00+00:00", "same_definition": 1, "source": ""}),
    ],
)
def test_what_does_not_belong_there_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValueCodecError):
        from_values(Evidence, as_values(build.HEALTHY) | {field: value})


def test_an_id_that_is_none_is_refused() -> None:
    said = as_values(build.HEALTHY)
    said["incident"]["group"] = "/subscriptions/../x"
    with pytest.raises(ValueCodecError):
        from_values(Evidence, said)


@given(ANY)
def test_no_other_value_is_taken_for_evidence(value: Any) -> None:
    with pytest.raises(ValueCodecError):
        from_values(Evidence, value)


@given(ANY)
def test_no_other_value_breaks_a_union_within(value: Any) -> None:
    try:
        read = from_values(Evidence, as_values(build.HEALTHY) | {"definition": value})
    except ValueCodecError:
        return
    assert isinstance(read.definition, Gap | type(build.DEFINITION))


def test_a_class_outside_the_hints_is_refused_though_it_is_a_dataclass() -> None:
    switch = as_values(BypassSwitch(registry_id="r", before="a", after="b"))
    with pytest.raises(ValueCodecError):
        from_values(RoleGrant, switch)
