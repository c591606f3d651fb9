"""A policy beside the command line: what the report says of the plan, through a make-believe Azure."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acimedic.policy import TAG
from acimedic.simulator import Simulator
from tests import build
from tests.policy.written import GROUP, PAIR, document, pair, policy
from tests.scenarios.running import command, load

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FREEZE = {"time_zone": "UTC", "windows": [{"days": list(DAYS), "from": "00:00", "to": "24:00"}]}
Change = Callable[[dict[str, Any]], object]


def diagnosed(
    folder: Path,
    written: Any,
    *,
    mode: str | None = "review",
    world: str = "role-missing",
    change: Change | None = None,
    form: str = "json",
    **settings: str,
) -> tuple[int, str, str, list[str]]:
    """Exit code, output, error output, and every request that was no reading."""
    made = load(world)
    if change is not None:
        change(made)
    file = folder / "policy.json"
    file.write_text(written if isinstance(written, str) else json.dumps(written, indent=1), encoding="utf-8")
    with Simulator(made) as azure:
        chosen = {"ACIMEDIC_GATEWAY": azure.url, "ACIMEDIC_TIME_LIMIT": "300", "ACIMEDIC_POLICY": str(file)}
        chosen |= ({} if mode is None else {"ACIMEDIC_MODE": mode}) | settings
        code, out, err = command(["diagnose", "--event", "-", "--format", form], json.dumps(made["event"]), chosen)
        writes = [f"{line[0]} {line[2]}" for line in azure.requests if line[0] not in {"GET", "HEAD", "POST"}]
    return code, out, err, writes


def tag(value: str) -> Change:
    return lambda world: world["registries"]["contoso"]["tags"].update({TAG: value})


def plan_of(folder: Path, written: Any, **more: Any) -> dict[str, Any]:
    """The plan in the JSON report."""
    code, out, err, writes = diagnosed(folder, written, **more)
    assert (code, err, writes) == (1, "", [])
    found: dict[str, Any] = json.loads(out)["plan"]
    return found


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, bool, str]]] = {
    "nobody asked": ({}, {"mode": None}, ("observe", False, "the mode is observe")),
    "a person decides": ({}, {}, ("review", True, "by pairs[0] of the policy, once a person has approved it")),
    "without a person": ({}, {"mode": "auto"}, ("auto", True, "by pairs[0] of the policy, without a person")),
    "a group of identities": (
        {"pairs": [pair("identity", resource_group=GROUP)]},
        {},
        ("review", True, "by pairs[0]"),
    ),
    "a group, without a person": (
        {"pairs": [pair("identity", resource_group=GROUP)]},
        {"mode": "auto"},
        ("auto", False, "mode auto needs the identity itself"),
    ),
    "a look-alike": (
        {"pairs": [pair("identity", resource_group=f"{GROUP}-evil")]},
        {},
        ("review", False, "does not name identity 'id-pull' and registry 'contoso' as a pair"),
    ),
    "another remedy": (
        {"remedies": ["enable-trusted-services"]},
        {},
        ("review", False, "does not list the remedy assign-pull-role"),
    ),
    "some repositories of a legacy registry": (
        {"pairs": [pair(repositories=["app/web"])]},
        {},
        ("review", False, "opens every repository"),
    ),
    "the repository of an abac registry": (
        {"pairs": [pair(repositories=["app/*"])]},
        {"world": "abac-registry-no-role"},
        ("review", True, "by pairs[0]"),
    ),
    "no repository of an abac registry": (
        {},
        {"world": "abac-registry-no-role"},
        ("review", False, "does not list repository 'app/web'"),
    ),
    "two steps": ({}, {"world": "trusted-services-off-and-role-missing"}, ("review", True, "by pairs[0]")),
    "two steps, one change an hour": (
        {"changes_per_hour": 1},
        {"world": "trusted-services-off-and-role-missing"},
        ("review", False, "the hourly limit of 1 would be passed"),
    ),
    "a freeze": ({"quiet_hours": FREEZE}, {}, ("review", False, "quiet hours all week")),
    "a tag that says off": ({}, {"change": tag("off")}, ("review", False, f"tagged {TAG}: off")),
    "a tag that asks for a person": ({}, {"mode": "auto", "change": tag("review")}, ("review", True, f"tagged {TAG}")),
    "a tag that would widen": ({}, {"change": tag("auto")}, ("review", False, "taken for off")),
    "another subscription": (
        {},
        {"ACIMEDIC_SUBSCRIPTIONS": build.PLATFORM},
        ("review", False, "which ACIMEDIC_SUBSCRIPTIONS does not name"),
    ),
}


@pytest.mark.parametrize(("changes", "more", "said"), CASES.values(), ids=CASES)
def test_the_report_says_whether_it_may_be_carried_out(
    tmp_path: Path, changes: dict[str, Any], more: dict[str, Any], said: tuple[str, bool, str]
) -> None:
    """Mode, allowed and the reason; and diagnosing changes nothing, whatever is allowed."""
    mode, allowed, reason = said
    plan = plan_of(tmp_path, document(**changes), **more)
    assert (plan["mode"], plan["allowed"]) == (mode, allowed)
    assert reason in plan["reason"]
    assert plan["reason"] == "; ".join(plan["reasons"])
    assert plan["policy"] == policy(**changes).hash
    assert plan["steps"]


def test_the_same_incident_has_the_same_plan(tmp_path: Path) -> None:
    """Read twice from Azure, one hash; under another policy another."""
    first, again = (plan_of(tmp_path, document())["hash"] for _ in range(2))
    assert first == again
    assert plan_of(tmp_path, document(approval_route="others"))["hash"] != first


def test_an_expiry_is_told(tmp_path: Path) -> None:
    """In the step, in words; and for machines in the plan."""
    plan = plan_of(tmp_path, document(expires_after="P30D"))
    assert plan["expires_after"] == "P30D"
    assert plan["steps"][0]["expiry"].startswith("30 days after the change the role is taken back")
    _, text, _, _ = diagnosed(tmp_path, document(expires_after="P30D"), form="text")
    assert "expires: 30 days after the change" in text


def test_a_policy_with_a_fault_closes_everything_loudly(tmp_path: Path) -> None:
    """Reading goes on; the report and standard error say what is wrong, and where."""
    wrong = document(pairs=[PAIR | {"identity": "*"}], more=1)
    code, out, err, writes = diagnosed(tmp_path, wrong, mode="auto")
    plan = json.loads(out)["plan"]
    assert (code, writes) == (1, [])
    assert (plan["mode"], plan["allowed"], plan["policy"]) == ("auto", False, None)
    assert plan["reason"].startswith("the policy is not valid: pairs[0].identity (line ")
    assert err.count("\n") == 1
    assert err.startswith("acimedic: the policy is not valid, so nothing may be changed: pairs[0].identity (line ")
    assert "more (line" in err


def test_a_policy_that_is_named_and_missing_is_not_no_policy(tmp_path: Path) -> None:
    """A slip in its name is said."""
    _, out, err, _ = diagnosed(tmp_path, document(), ACIMEDIC_POLICY=str(tmp_path / "polcy.json"))
    assert "polcy.json is not a file" in json.loads(out)["plan"]["reason"]
    assert "polcy.json" in err


def test_a_wrong_mode_stops_the_command(tmp_path: Path) -> None:
    """Bad input: nothing is half done."""
    code, out, err, _ = diagnosed(tmp_path, document(), mode="automatic")
    assert (code, out) == (2, "")
    assert "ACIMEDIC_MODE is 'automatic'; it is one of observe, review, auto" in err
