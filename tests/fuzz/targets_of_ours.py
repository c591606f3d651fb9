"""What we or our users wrote, and somebody may have changed: policy, routes, links, bundles, kept reports."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from itsdangerous import Signer

from acimedic.approval import Approval, ApprovalError, Witnessed, offer, read, read_witness, sign, witness
from acimedic.bundle import VERSION, BundleError, read_bundle, write_bundle
from acimedic.model.evidence import Evidence
from acimedic.notify.routes import InvalidRoutes, Routes, parse_routes
from acimedic.policy import InvalidPolicy, Policy, parse_policy
from acimedic.report.as_json import NoReportError, as_object, as_text, read_report
from acimedic.value_codec import as_values, from_values
from tests import build
from tests.fuzz import samples
from tests.fuzz.choices import Choices
from tests.fuzz.holding import in_one_line
from tests.fuzz.mutating import as_bytes, changed_bytes, changed_json, changed_text
from tests.fuzz.mutating import as_text as text_of
from tests.fuzz.nasty import words
from tests.fuzz.target import Target
from tests.report.hostile import diagnosed, reported

_NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_KEYS = ("n" * 40, "o" * 40)
_SALTS = ("acimedic approval link, version 1", "acimedic decision, version 1")
_JSON_PIECES = ("[", "{", '{"a":', '"', "\\", "//", "/*", " ", "\n", "0", "1e", ",", "a", '{"a":1,"a":', "[0,")
_POLICIES = (samples.documented("policy.example.json"),)
_POLICY_WORDS = words(
    "version remedies subscriptions pairs changes_per_hour quiet_hours expires_after approval_route registry identity "
    "resource_group repositories note time_zone windows days from to monday 24:00 P1D Europe/Berlin UTC Africa"
)
_ROUTES = (samples.documented("routes.example.json"),)
_ROUTE_WORDS = words(
    "version routes default rules name teams mail style decides note severities outcomes subscriptions resource_groups "
    "orders digest action ACIMEDIC_TEAMS_X a@b.example"
)


def _policy(choices: Choices) -> bytes:
    return changed_json(choices, _POLICIES, _POLICY_WORDS)


def hold_policy(data: bytes) -> None:
    """A policy with its hash, or every fault of it in a line; the same from bytes as from their text."""
    for given in (data, text_of(data)):
        found = parse_policy(given)
        match found:
            case Policy():
                assert len(found.hash) == 64
            case InvalidPolicy(faults=faults):
                assert faults
                for fault in faults:
                    in_one_line(fault)


def _routes(choices: Choices) -> bytes:
    return changed_json(choices, _ROUTES, _ROUTE_WORDS)


def hold_routes(data: bytes) -> None:
    """Routes that are named once, or every fault in a line."""
    found = parse_routes(data)
    match found:
        case Routes(routes=routes):
            assert len({route.name for route in routes}) == len(routes)
            assert "@" not in repr(found), "an address is printed"
        case InvalidRoutes(faults=faults):
            assert faults
            for fault in faults:
                in_one_line(fault)


_APPROVAL = Approval(
    incident="incident-1", plan="plan-1", decision="approve", nonce="n" * 24, expires=_NOW.replace(year=2030)
)
_TOLD = {"i": "incident-1", "p": "plan-1", "d": "approve", "n": "n" * 24, "e": 1900000000, "a": None, "t": 1763629200}

_TOKEN_WORDS = ("approve", "reject", "i", "p", "d", "n", "e", "a", "t")


def _token(choices: Choices) -> bytes:
    if choices.below(3):
        said, salt = changed_json(choices, (_TOLD,), _TOKEN_WORDS), choices.pick(_SALTS)
        signer = Signer(list(_KEYS), salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
        return signer.sign(base64.urlsafe_b64encode(said).rstrip(b"="))
    links = (sign(_APPROVAL, _KEYS), witness(Witnessed(approval=_APPROVAL, approver=None, decided_at=_NOW), _KEYS))
    data = as_bytes(changed_text(choices, links, (".", "-", "=", "eJ", "\ud800", "é")))
    return changed_bytes(choices, data) if choices.once_in(4) else data


def hold_token(data: bytes) -> None:
    """A decision that signs again to a link of the same, or ApprovalError, whoever signed it."""
    text = text_of(data)
    try:
        found = read(text, _KEYS, now=_NOW)
    except ApprovalError as error:
        in_one_line(str(error))
    else:
        assert read(sign(found, _KEYS), _KEYS, now=_NOW) == found
    try:
        witnessed = read_witness(text, _KEYS)
    except ApprovalError as error:
        in_one_line(str(error))
    else:
        assert read_witness(witness(witnessed, _KEYS), _KEYS) == witnessed


@cache
def _bundles() -> tuple[Any, ...]:
    of = (build.without_role(), build.unread_roles(), build.with_event(build.failed_pull("unauthorized")))
    return tuple(json.loads(write_bundle(diagnosed(each), gateway=False, made_at=_NOW)) for each in of)


def _bundle(choices: Choices) -> bytes:
    if choices.once_in(6):
        return changed_json(choices, _bundles(), ("bundle", "gateway", "evidence", "digest"))
    whole = choices.pick(_bundles())
    evidence = changed_json(choices, (whole["evidence"],), ("is", "Gap", "Registry", "reading", "reason", "Absent"))
    try:
        decoded = json.loads(evidence)
        told = json.dumps([VERSION, False, decoded], sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return evidence
    digest = f"sha256:{hashlib.sha256(told.encode()).hexdigest()}"
    kept = {"bundle": VERSION, "gateway": False, "digest": digest, "evidence": "@"}
    return json.dumps(kept).encode().replace(b'"@"', evidence)


def hold_bundle(data: bytes) -> None:
    """Evidence that is written back as it was read, or BundleError in a line."""
    try:
        found = read_bundle(data)
    except BundleError as error:
        in_one_line(str(error))
        return
    assert from_values(Evidence, as_values(found.evidence)) == found.evidence


@cache
def _reports() -> tuple[Any, ...]:
    of = (build.without_role(), build.unread_roles(), build.with_registry(bypass="None", on=build.without_role()))
    return tuple(json.loads(as_text(as_object(reported(each)))) for each in of)


_REPORT_WORDS = words(
    "version incident outcome kind root_cause findings gaps plan support candidates definitions notes location fix "
    "verdict confidence fail pass resource name unresolved line column how_to_tell"
)


def _report(choices: Choices) -> bytes:
    return changed_json(choices, _reports(), _REPORT_WORDS)


def hold_report(data: bytes) -> None:
    """A report that is told as JSON and read back equal, or NoReportError in a line."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return
    try:
        found = read_report(document)
    except NoReportError as error:
        in_one_line(str(error))
        return
    assert read_report(json.loads(as_text(as_object(found)))) == found


TARGETS = (
    Target(
        name="policy",
        generate=_policy,
        hold=hold_policy,
        seeds=tuple(json.dumps(each, indent=1).encode() for each in _POLICIES),
        pieces=_JSON_PIECES,
        longest=256 * 1024,
        in_check=1_500,
    ),
    Target(
        name="routes",
        generate=_routes,
        hold=hold_routes,
        seeds=tuple(json.dumps(each, indent=1).encode() for each in _ROUTES),
        pieces=_JSON_PIECES,
        longest=256 * 1024,
        in_check=1_500,
    ),
    Target(
        name="approval-token",
        generate=_token,
        hold=hold_token,
        seeds=(as_bytes(sign(offer("i", "p", "reject", expires=_NOW.replace(year=2030)), _KEYS)),),
        pieces=("a", ".", "eJ", "-", "=", "é"),
    ),
    Target(
        name="bundle",
        generate=_bundle,
        hold=hold_bundle,
        pieces=_JSON_PIECES,
        longest=16 * 1024 * 1024,
        in_check=500,
    ),
    Target(
        name="report",
        generate=_report,
        hold=hold_report,
        pieces=_JSON_PIECES,
        longest=1024 * 1024,
        in_check=1_000,
    ),
)
