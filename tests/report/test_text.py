"""The report as text: what it says, how wide it is, and that nothing in it can rewrite a terminal."""

import re
import shlex
import textwrap
import unicodedata
from dataclasses import replace

import pytest

from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap
from acimedic.report.grant import grant_command
from acimedic.report.plain import plain, wrapped
from acimedic.report.text import as_lines, to_text
from checks.access import pull_role_missing
from tests import build
from tests.checks.faults import FAULTS
from tests.report.hostile import HOSTILE, diagnosed, everywhere

# What an agent of Azure Pipelines or GitHub Actions obeys in a job's output.
AGENT = re.compile(r"##(vso)?\[|^\s*::[a-z-]+[ :]", re.IGNORECASE)


def prose(line: str) -> bool:
    """Whether a line could have been broken: it is no command, and has no id or other long word."""
    return not line.lstrip().startswith(("az ", "docker ")) and all(len(word) < 40 for word in line.split())


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("evidence", [build.HEALTHY, *FAULTS.values()], ids=["healthy", *FAULTS])
def test_it_fits_the_terminal(evidence: Evidence, width: int) -> None:
    """Every line fits, but for commands and ids, which stay whole."""
    lines = to_text(diagnosed(evidence), width=width).splitlines()
    assert [line for line in lines if len(line) > width and prose(line)] == []
    assert [line for line in lines if line != line.rstrip()] == []


def test_cause_and_fix_come_first() -> None:
    """Before what was ruled out, and before the error."""
    text = to_text(diagnosed(build.without_role()))
    places = [text.index(word) for word in ("CAUSE", "FIX", "az role assignment create", "Azure said", "Ruled out")]
    assert places == sorted(places)
    assert "check pull-role-missing" in text


def test_a_command_stands_in_one_line() -> None:
    """It can be copied, however narrow the terminal is."""
    found = build.fault(pull_role_missing, build.without_role())
    lines = [line.strip() for line in to_text(diagnosed(build.without_role()), width=40).splitlines()]
    assert found.fix.az[0] in lines


def test_the_likely_is_called_likely_and_the_second_also() -> None:
    """How sure a finding is, and that there is more than one."""
    text = to_text(diagnosed(build.without_error(build.with_registry(bypass="None", on=build.without_role()))))
    assert text.count("(likely)") == 2
    assert text.index("CAUSE") < text.index("ALSO")


def test_the_plan_says_that_it_may_not_be_carried_out() -> None:
    """Each step with before, after, risk and undo."""
    text = to_text(diagnosed(build.with_registry(bypass="None", on=build.without_role())))
    assert "may not be carried out: no policy" in text
    assert text.count("undo: ") == 2
    assert text.count("risk: ") == 2


def test_the_policys_word_is_told() -> None:
    """One reason in the heading, several one by one; and what happens when a grant expires."""
    diagnosis = diagnosed(build.without_role())
    assert diagnosis.plan is not None
    step = replace(diagnosis.plan.steps[0], expiry="90 days after the change the role is taken back")
    plan = replace(diagnosis.plan, mode="review", steps=(step,))
    allowed = replace(plan, allowed=True, reason="by pairs[0]", reasons=("by pairs[0]",))
    text = to_text(replace(diagnosis, plan=allowed))
    assert "Proposed changes (mode review; may be carried out: by pairs[0])" in text
    assert "     expires: 90 days after the change the role is taken back" in text
    refused = replace(plan, reason="a; b", reasons=("quiet hours until 12:30", "the hourly limit of 4 would be passed"))
    text = to_text(replace(diagnosis, plan=refused))
    assert "Proposed changes (mode review; may not be carried out, for 2 reasons)" in text
    assert "  - quiet hours until 12:30\n  - the hourly limit" in text


def test_where_nothing_was_found_it_says_what_to_try() -> None:
    """What was ruled out, what to try, and what a support request needs."""
    text = to_text(diagnosed(build.HEALTHY))
    assert "UNKNOWN" in text
    assert "TRY" in text
    assert "support request" in text
    assert build.CORRELATION in text
    assert build.REGISTRY_ID in text


def test_another_failure_names_no_cause() -> None:
    """The error is quoted and nothing is proposed."""
    text = to_text(diagnosed(build.with_error("ContainerGroupQuotaReached", "quota exceeded", on=build.without_role())))
    assert "NO PULL" in text
    assert "No change is proposed." in text
    assert "CAUSE" not in text
    assert "support request" not in text


def test_a_gap_comes_with_the_command_that_would_close_it() -> None:
    """A role with just the missing action, at the place where it is missing."""
    text = to_text(diagnosed(build.unread_roles()))
    assert "role assignments: 403 AuthorizationFailed" in text
    command = grant_command(build.ROLES_GAP)
    assert command is not None
    assert command in text
    assert "Microsoft.Authorization/roleAssignments/read" in command
    assert build.REGISTRY_ID in command
    assert "needs Microsoft.Authorization" not in text


def test_a_gap_that_no_command_closes_names_the_permission() -> None:
    """Where the place is known in words alone, a person must say where."""
    text = to_text(diagnosed(build.without_registry()))
    assert "needs Microsoft.ContainerRegistry/registries/read at the registry's subscription" in text


@pytest.mark.parametrize(
    "gap",
    [
        replace(build.ROLES_GAP, reason="no answer within 25 s"),
        replace(build.ROLES_GAP, permission=None),
        replace(build.ROLES_GAP, scope=None),
        replace(build.ROLES_GAP, scope="the registry's subscription"),
    ],
)
def test_where_no_right_would_help_there_is_no_command(gap: Gap) -> None:
    """A time-out is no matter of rights; an unknown place cannot be given one at."""
    assert grant_command(gap) is None


def test_a_hostile_scope_stays_one_word_of_the_command() -> None:
    """A name with a quote and a semicolon does not end the word."""
    gap = replace(build.ROLES_GAP, scope="/subscriptions/a/resourceGroups/x'; rm -rf ~ #")
    command = grant_command(gap)
    assert command is not None
    assert "'/subscriptions/a/resourceGroups/x'\"'\"'; rm -rf ~ #'" in command


def test_a_gateway_is_owned_up_to() -> None:
    """A report about a make-believe Azure says so, and only such a report."""
    diagnosis = diagnosed(build.HEALTHY)
    assert "make-believe" in to_text(diagnosis, gateway=True)
    assert "make-believe" not in to_text(diagnosis)


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_never_reaches_the_terminal(bad: str) -> None:
    """In the image, the container, the registry, the identity, the tags, the error: shown as escapes, in one line."""
    evidence = build.with_error(
        "InaccessibleImage", f"The image '{bad}' in container group 'x' is not accessible. {bad}"
    )
    evidence = build.with_containers(build.container(bad, bad), build.container("b" + bad, bad, init=True), on=evidence)
    evidence = build.with_registry(name=bad, tags=((bad, bad),), on=evidence)
    evidence = build.with_identity(name=bad, on=evidence)
    evidence = replace(evidence, gaps=(Gap(reading=bad, reason=bad, permission=bad, scope="/" + bad),))
    text = to_text(diagnosed(evidence))
    assert [
        char for char in text if char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ] == []
    assert not any(line.startswith("CAUSE    everything") for line in text.splitlines())


@pytest.mark.parametrize("outcome", ["cause-found", "undetermined", "not-a-pull-failure"])
@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_anywhere_stays_a_text(bad: str, outcome: str) -> None:
    """Nothing unseen is left, and no line is a command to a pipeline's agent."""
    text = as_lines(everywhere(bad, outcome=outcome), width=80)
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in text if char != "\n")
    assert not any(AGENT.search(line) for line in text.splitlines())


@pytest.mark.parametrize(
    ("bad", "shown"),
    [
        ("a ##vso[task.complete]b", "a \\x23#vso[task.complete]b"),
        ("###VSO[x]", "#\\x23#VSO[x]"),
        ("##[error]x", "\\x23#[error]x"),
        ("::error::x", "\\x3a:error::x"),
        ("a ::add-mask::x", "a \\x3a:add-mask::x"),
        ("2001:db8::1 ::1 a::b ## c #1", "2001:db8::1 ::1 a::b ## c #1"),
    ],
)
def test_a_command_to_an_agent_is_shown_as_an_escape(bad: str, shown: str) -> None:
    """Where Azure Pipelines or GitHub Actions would obey it, and there alone."""
    assert plain(bad) == shown


@pytest.mark.parametrize("text", ["", "  ", "a", " a  b ", "a\tb\n", "é ", "\x0b", "x" * 35, "x " * 18, "x" * 99])
@pytest.mark.parametrize("first", [None, "  - "])
def test_a_line_that_fits_is_what_the_wrapping_would_make_of_it(text: str, first: str | None) -> None:
    begins = "   " if first is None else first
    lines = textwrap.wrap(
        plain(text),
        width=40,
        initial_indent=begins,
        subsequent_indent="   ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    assert wrapped(text, width=40, indent="   ", first=first) == (lines or [begins])


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_in_a_fault_stays_harmless(bad: str) -> None:
    """Where a role is missing, names stand in summary, fix, command, plan and evidence."""
    evidence = build.with_registry(name=bad, on=build.with_identity(name=bad, on=build.without_role()))
    text = to_text(diagnosed(evidence))
    assert "CAUSE" in text
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in text if char != "\n")


def test_a_name_of_ten_thousand_characters_does_no_harm() -> None:
    """The report stays a report."""
    bad = "a" * 10_000
    evidence = build.with_registry(name=bad, on=build.with_identity(name=bad, on=build.without_role()))
    text = to_text(diagnosed(evidence), width=80)
    assert "CAUSE" in text
    assert len(text) < 400_000


def test_a_command_in_the_report_is_safe_to_paste() -> None:
    """A name that would run something stays one word for the shell."""
    evidence = build.with_registry(name="x$(touch /tmp/owned)`id`;id", bypass="None")
    text = to_text(diagnosed(evidence))
    assert "--name 'x$(touch /tmp/owned)`id`;id'" in text


def test_the_command_that_closes_a_gap_can_be_pasted_as_it_is() -> None:
    """Two commands, whose words end where they should."""
    command = grant_command(build.ROLES_GAP)
    assert command is not None
    words = list(shlex.shlex(command, posix=True, punctuation_chars=True))
    assert [word for word in words if word in {"<", ">", "&&"}] == ["&&"]
    assert words[words.index("--assignee") + 1] == "<object id of ACI Medic>"
