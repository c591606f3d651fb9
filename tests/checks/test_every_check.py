"""What holds for every check: silent where all is in order, exact and useful where it blames something."""

import logging
import re
import shlex
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import checks
from acimedic.diagnosis import check_id, diagnose
from acimedic.model.verdict import Pass, Skip, Unknown
from tests import build
from tests.checks.faults import FAULTS

EVERY = pytest.mark.parametrize("check", checks.ALL, ids=check_id)
NAMES = ("cg-web-01", "contoso", "id-pull", "'web'", "nginx")


@EVERY
def test_a_healthy_pull_is_blamed_by_no_check(check: ModuleType) -> None:
    """Where everything is in order a check passes or does not apply, and says why."""
    found = build.verdict(check, build.HEALTHY)
    assert isinstance(found, Pass | Skip)
    assert len(found.reason) > 10


@EVERY
def test_one_change_makes_exactly_this_check_fail(check: ModuleType) -> None:
    """The one change that is this check's fault is blamed by this check and by no other."""
    assert build.faults(FAULTS[check_id(check)]) == [check_id(check)]


@EVERY
def test_a_fault_names_what_it_blames(check: ModuleType) -> None:
    """The summary is one sentence that names a resource, without the marks of a template."""
    summary = build.fault(check, FAULTS[check_id(check)]).summary
    assert any(name in summary for name in NAMES)
    assert summary.endswith((".", "?"))
    assert "None" not in summary
    assert "Gap(" not in summary


@EVERY
def test_a_fault_can_be_repaired(check: ModuleType) -> None:
    """The fix says in words what to do, and its commands are commands."""
    fix = build.fault(check, FAULTS[check_id(check)]).fix
    assert len(fix.text) > 30
    assert all(command.startswith(("az ", "docker ")) for command in fix.az)


@EVERY
def test_a_fault_shows_its_evidence(check: ModuleType) -> None:
    """Every line of evidence says what was seen, its value, and where."""
    evidence = build.fault(check, FAULTS[check_id(check)]).evidence
    assert evidence
    assert all(fact.fact and fact.value and fact.source for fact in evidence)


@EVERY
def test_where_the_definition_is_not_known_nothing_is_blamed(check: ModuleType) -> None:
    """Without a definition a check is unknown, and says what is missing; or the error and the image alone tell."""
    found = build.verdict(check, build.without_definition())
    assert isinstance(found, Unknown | Pass | Skip)
    if isinstance(found, Unknown):
        assert found.gap is not None
        assert found.gap.reason


@EVERY
def test_a_check_has_a_test_of_its_own(check: ModuleType) -> None:
    """Every check has a file of tests here, named after it."""
    assert (Path(__file__).parent / f"test_{check_id(check).replace('-', '_')}.py").exists()


@EVERY
def test_a_check_is_its_own_page(check: ModuleType) -> None:
    """The docstring names cause, evidence and fix; the documentation is a page of the web."""
    page = check.__doc__ or ""
    assert re.match(r"[A-Z][^\n]+\.\n\n", page)
    assert all(f"\n{part}: " in page for part in ("Cause", "Evidence", "Fix"))
    assert re.fullmatch(r"https://[a-z.]+/\S+", check.DOCS)
    assert check.ERRORS
    assert getattr(check, "ABOUT", "pull") in {"pull", "group"}


def test_ids_are_their_own() -> None:
    """No two checks have one id, and every fault belongs to a check."""
    ids = [check_id(check) for check in checks.ALL]
    assert len(set(ids)) == len(ids)
    assert set(FAULTS) <= set(ids)


@pytest.mark.parametrize("about", ["pull", "group"])
def test_a_crash_is_unknown(about: str, caplog: pytest.LogCaptureFixture) -> None:
    """A check that crashes is unknown, never passed or skipped, and its traceback is logged."""

    def crash(_: object) -> None:
        raise KeyError("oops")

    broken = SimpleNamespace(__name__="checks.access.broken_check", __doc__="", DOCS="", ABOUT=about, check=crash)
    with caplog.at_level(logging.ERROR):
        diagnosis = diagnose(build.HEALTHY, [broken, *checks.ALL])
    first = diagnosis.findings[0]
    assert first.check == "broken-check"
    assert isinstance(first.verdict, Unknown)
    assert "KeyError" in first.verdict.reason
    assert "Traceback" in caplog.text
    assert len({finding.check for finding in diagnosis.findings}) == len(checks.ALL) + 1


@EVERY
def test_a_command_can_be_pasted_as_it_is(check: ModuleType) -> None:
    """What is to be filled in is quoted: a shell would read `<registry>` as files to read and to write."""
    for command in build.fault(check, FAULTS[check_id(check)]).fix.az:
        words = list(shlex.shlex(command, posix=True, punctuation_chars=True))
        assert not {"<", ">", ";", "|", "&", "(", ")"} & set(words), command
