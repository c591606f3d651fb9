"""Errors as Azure gave them and people reported them."""

# ruff: noqa: E501  (errors are quoted whole)

import json
import re
from typing import Any

from acimedic.errors import OtherFailure, PullFailure, Unclear, classify, parse

NOT_DECIDED_BY_TEXT = {
    "az900-159-image-moved-to-mcr": "the report holds the bare HTTP name BadRequest",
    "vk-505-image-without-login-server": "ProviderFailed is what a virtual node says of any failure",
    "docs-16832-existing-subnet-generic": "Resource state Failed names no cause; the subnet is known from the report's words",
}
KINDS = {
    "not_pull_capacity": {"capacity"},
    "not_pull_container_crash": {"container-crash"},
    "not_pull_request_invalid": {"request-invalid"},
    "not_pull_volume_mount": {"volume-mount"},
    "not_pull_quota": {"quota"},
    "not_pull_other_resource": {"other-resource"},
    "not_pull_dns_label": {"dns-label"},
}


def test_every_shape_gives_the_facts_it_holds(shape: dict[str, Any]) -> None:
    """Codes, image, container group and correlation id come out of each wrapping."""
    expect, chain = shape["expect"], parse(shape["payload"])
    assert list(chain.codes) == list(dict.fromkeys(expect["codes"]))
    assert chain.code == (expect["codes"][-1] if expect["codes"] else None)
    assert chain.image == expect["image"]
    assert (chain.container_group or "").rpartition("/")[2] == (expect["container_group"] or "")
    assert chain.correlation_id == expect["correlation_id"]
    if "expect_target" in expect:
        assert chain.cause is not None
        assert chain.cause.target == expect["expect_target"]


def test_text_and_decoded_json_say_the_same(shape: dict[str, Any]) -> None:
    """A JSON payload means the same as text, as bytes and decoded."""
    payload = shape["payload"]
    text = payload if isinstance(payload, str) else json.dumps(payload, indent=2)
    assert parse(text).links == parse(payload).links == parse(text.encode()).links


def test_nested_deployments_unwrap_to_what_azd_shows(azd: tuple[str, str]) -> None:
    """Each line that azd prints for a nested error is a link of the chain, and the cause is one of them."""
    text, expected = azd
    chain = parse(text)
    shown = re.findall(r"^(\w+): (.+)$", expected, re.MULTILINE)
    told = [(link.code, link.message) for link in chain.links]
    assert all(each in told for each in dict.fromkeys(shown))
    assert chain.cause is not None
    assert (chain.cause.code, chain.cause.message) in shown


def test_real_arm_errors_come_down_to_their_innermost_code(mined: dict[str, Any]) -> None:
    """The cause of a recorded error carries a code of its innermost layer, and none is taken for a failed pull."""
    chain = parse(mined["body"])
    codes = re.findall(r"[A-Z]\w+", re.sub(r"<json:[a-z+]*:", " ", mined["_shape"]["code_chain"]))
    assert chain.codes[0] == codes[0]
    assert chain.code in codes or chain.code == "AccountNameInvalid"  # told by failedResources alone
    assert not isinstance(classify(chain), PullFailure)


def test_reports_are_told_apart(case: dict[str, Any]) -> None:
    """A failed pull is called one, and nothing else is, wherever the reported text decides it."""
    if not case["error_text"]:
        return
    verdict = classify(parse(case["error_text"]))
    if case["id"] in NOT_DECIDED_BY_TEXT:
        assert isinstance(verdict, Unclear)
    elif case["is_pull_failure"]:
        assert isinstance(verdict, PullFailure)
    else:
        assert isinstance(verdict, OtherFailure)
        assert verdict.kind in KINDS[case["root_cause"]]
