"""The bundle of an incident: diagnosed again it says the same, it tells on nobody, and it is checked."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import checks
from acimedic.bundle import BundleError, read_bundle, write_bundle
from acimedic.diagnosis import diagnose
from acimedic.model.access import DenyAssignment, Permission
from acimedic.model.evidence import Evidence
from acimedic.redact import redact
from acimedic.report.as_json import as_object
from acimedic.report.build import build_report
from tests import build
from tests.adapters.bodies import SECRETS, group_body
from tests.adapters.test_secrets import read_group
from tests.report.hostile import HOSTILE, diagnosed

MADE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
JANE = "0b9a7c1e-2f34-4d56-8a78-9c0d1e2f3a4b"


def bundle(evidence: Evidence, *, gateway: bool = False) -> bytes:
    return write_bundle(diagnosed(evidence), gateway=gateway, made_at=MADE)


@cache
def usual() -> bytes:
    return bundle(build.without_role())


def changed(**changes: Any) -> bytes:
    return json.dumps(json.loads(usual()) | changes).encode()


def told(evidence: Evidence) -> dict[str, object]:
    return as_object(build_report(diagnose(evidence, checks.ALL), gateway=False))


# --- what it says


@pytest.mark.parametrize(
    "evidence",
    [
        build.HEALTHY,
        build.without_role(),
        build.without_error(),
        build.without_definition(),
        build.unread_roles(),
        build.with_registry(bypass="None", on=build.without_role()),
        build.with_password(),
        build.worked_before(),
        build.with_event(build.failed_pull("unauthorized: authentication required")),
    ],
)
def test_diagnosed_again_it_says_the_same(evidence: Evidence) -> None:
    assert told(read_bundle(bundle(evidence)).evidence) == told(evidence)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_read_as_they_were_written(name: str) -> None:
    redacted = build.with_image(redact(HOSTILE[name]))
    assert told(read_bundle(bundle(build.with_image(HOSTILE[name]))).evidence) == told(redacted)


def test_what_support_asks_for_comes_first() -> None:
    document = json.loads(usual())
    assert list(document)[:6] == ["bundle", "made_at", "gateway", "incident", "support", "report"]
    assert build.REGISTRY_ID in "\n".join(document["support"])
    assert build.CORRELATION in "\n".join(document["support"])
    assert "pull-role-missing" in "\n".join(document["report"])


def test_it_proposes_nothing() -> None:
    assert diagnosed(build.without_role()).plan is not None
    assert "PLAN" not in "\n".join(json.loads(usual())["report"])


@pytest.mark.parametrize("gateway", [True, False])
def test_it_says_whether_its_azure_was_make_believe(gateway: bool) -> None:
    assert read_bundle(bundle(build.HEALTHY, gateway=gateway)).gateway is gateway


def test_the_same_diagnosis_gives_the_same_bytes() -> None:
    assert usual() == bundle(build.without_role())


# --- what it does not say


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_of_a_group_is_not_in_the_bundle(secret: str) -> None:
    assert secret in json.dumps(group_body())
    evidence = replace(build.HEALTHY, live=read_group(group_body()))
    assert b"cg-web" in bundle(evidence)
    assert secret.encode() not in bundle(evidence)


@pytest.mark.parametrize(
    "text",
    [
        "The client 'jane@example.com' with object id '{who}' is not allowed",
        "AccountKey={who}",
        "https://{who}:{who}@contoso.azurecr.io/app",
        "az acr login --password {who}",
        '{{"password": "{who}"}}',
        "mail {who}@example.com",
    ],
)
@pytest.mark.parametrize("place", ["error", "tenant", "image", "fact"])
def test_a_secret_in_any_text_is_not_in_the_bundle(text: str, place: str) -> None:
    said = text.format(who="hush-hush")
    evidence = {
        "error": lambda: build.with_error("InaccessibleImage", said),
        "tenant": lambda: replace(build.HEALTHY, tenants=((build.APP, said),)),
        "image": lambda: build.with_image(said),
        "fact": lambda: replace(build.HEALTHY, others=(said,)),
    }[place]()
    shown = bundle(evidence)
    assert b"hush-hush" not in shown.replace(b"https://hush-hush:(removed)@", b"")


def test_who_deployed_is_not_in_the_bundle() -> None:
    assert b"a-keyed-hash" not in bundle(build.with_incident(deployer="a-keyed-hash"))


@pytest.mark.parametrize("listed", ["assigned", "everyone"])
def test_roles_of_persons_are_not_in_the_bundle(listed: str) -> None:
    person = replace(build.assignment(), principal_id=JANE, principal_type="User")
    kept = replace(build.assignment(), principal_id=build.OTHER_PRINCIPAL, principal_type="ServicePrincipal")
    listing: dict[str, Any] = {listed: (person, kept)}
    shown = bundle(build.with_access(**listing)).decode()
    assert JANE not in shown
    assert build.OTHER_PRINCIPAL in shown


def test_persons_in_a_deny_assignment_are_not_in_the_bundle() -> None:
    deny = DenyAssignment(
        id=f"{build.REGISTRY_ID}/providers/Microsoft.Authorization/denyAssignments/d",
        name="d",
        scope=build.REGISTRY_ID,
        permissions=(Permission(actions=("*",)),),
        principals=(JANE, build.OTHER_PRINCIPAL),
        excluded=(JANE,),
        everyone=False,
        exact_scope_only=False,
        condition=None,
        principal_types=((JANE, "User"), (build.OTHER_PRINCIPAL, "ServicePrincipal")),
    )
    shown = bundle(build.with_access(denied=(deny,))).decode()
    assert JANE not in shown
    assert build.OTHER_PRINCIPAL in shown


def test_tags_of_a_registry_are_not_in_the_bundle() -> None:
    assert b"Jane Doe" not in bundle(build.with_registry(tags=(("owner", "Jane Doe"),)))


# --- what is no bundle


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"PK\x03\x04", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"bundle":' * 100_000, "not JSON"),
        (b"1" * 10_000, "not JSON"),
        (b"[]", "not the bundle"),
        (b"null", "not the bundle"),
        (b'{"version": 1}', "not the bundle"),
        (b'{"bundle": 1}', "digest"),
        (b'{"bundle": true}', "another version"),
        (b'{"bundle": "1"}', "another version"),
        (b'{"bundle": 2}', "another version"),
    ],
)
def test_what_is_no_bundle_is_refused_in_one_line(content: bytes, why: str) -> None:
    with pytest.raises(BundleError, match=why) as refused:
        read_bundle(content)
    assert "\n" not in str(refused.value)


@given(st.integers(min_value=1, max_value=len(usual()) - 2))
def test_a_bundle_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(BundleError):
        read_bundle(usual()[:length])


@pytest.mark.parametrize(
    "content",
    [
        changed(gateway=True),
        changed(evidence={}),
        changed(evidence=None),
        changed(digest=None),
        usual().replace(b'"AzureCloud"', b'"AzureChinaCloud"'),
    ],
)
def test_a_bundle_that_was_changed_is_refused(content: bytes) -> None:
    with pytest.raises(BundleError, match="digest"):
        read_bundle(content)


def test_a_bundle_that_another_program_wrote_is_held_to_the_types() -> None:
    """The digest can be made by anybody."""
    evidence = {"is": "Evidence", "incident": []}
    said = json.dumps([1, False, evidence], sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(BundleError, match=r"Evidence\.incident does not hold what belongs there"):
        read_bundle(changed(evidence=evidence, digest=f"sha256:{hashlib.sha256(said).hexdigest()}"))
