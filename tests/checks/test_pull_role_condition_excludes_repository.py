"""The check `pull-role-condition-excludes-repository`."""

import pytest

from acimedic.model.access import REPOSITORY_READER
from acimedic.model.evidence import Evidence
from acimedic.model.verdict import Pass, Unknown
from acimedic.rbac import conditions
from checks.access import pull_role_condition_excludes_repository as check
from checks.access import pull_role_missing
from tests import build

NAMED = conditions.for_repository("app/web")
PREFIX = NAMED.replace("StringEqualsIgnoreCase 'app/web'", "StringStartsWithIgnoreCase 'app/'")


def conditioned(*wanted: str) -> Evidence:
    """Repository Reader on an ABAC registry, once for each condition."""
    given = [
        build.assignment(REPOSITORY_READER, condition=item, name=str(number)) for number, item in enumerate(wanted)
    ]
    return build.abac_registry(on=build.with_roles(*given))


@pytest.mark.parametrize("repository", ["app/worker", "app/web2", "web"])
def test_a_condition_for_another_repository_is_a_fault(repository: str) -> None:
    """The only role leaves this repository out; the condition is shown."""
    found = build.fault(check, conditioned(conditions.for_repository(repository)))
    assert found.confidence == "confirmed"
    assert "app/web" in found.summary
    assert repository in build.said(found)


def test_it_alone_is_reported() -> None:
    """The missing role is explained by the condition."""
    found = build.faults(conditioned(conditions.for_repository("app/worker")))
    assert found == ["pull-role-condition-excludes-repository"]


@pytest.mark.parametrize("condition", [NAMED, NAMED.replace("app/web", "App/Web"), PREFIX])
def test_a_condition_that_names_the_repository_is_in_order(condition: str) -> None:
    """By name in any case, or by prefix."""
    assert isinstance(build.verdict(check, conditioned(condition)), Pass)


def test_one_of_two_conditions_is_enough() -> None:
    """A second assignment lets this repository in."""
    both = conditioned(conditions.for_repository("app/worker"), NAMED)
    assert isinstance(build.verdict(check, both), Pass)


def test_a_condition_of_an_unknown_form_is_not_judged() -> None:
    """Whether it lets the repository in nobody can say, so the missing role is unknown too."""
    evidence = conditioned("@Resource[Microsoft.Example/things:colour] StringEquals 'red'")
    assert isinstance(build.verdict(check, evidence), Pass)
    assert isinstance(build.verdict(pull_role_missing, evidence), Unknown)
