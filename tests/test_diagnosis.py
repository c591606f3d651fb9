"""What the verdicts come to: outcomes, the root cause, silences, and how sure a finding may be."""

from dataclasses import replace
from typing import get_args

import pytest

import checks
import remediation
from acimedic.diagnosis import diagnose, of_no_group
from acimedic.errors import parse
from acimedic.model.access import REPOSITORY_READER
from acimedic.model.diagnosis import Diagnosis, Kind
from acimedic.model.evidence import Evidence
from acimedic.model.incident import DeploymentFailure
from acimedic.model.reading import Gap
from acimedic.model.resource_id import ResourceId
from acimedic.model.verdict import Fail, Skip
from acimedic.planning import draw_plan
from acimedic.rbac import conditions
from acimedic.report.text import to_text
from tests import build
from tests.checks.faults import HUB_SAYS_LATER, NO_SUCH_HOST

OTHER_FAILURES: dict[str, tuple[str, str]] = {
    "quota": ("ContainerGroupQuotaReached", "container group quota 'StandardCores' exceeded in region 'westeurope'."),
    "capacity": ("InsufficientCapacity", "The requested resource is not available in the location 'westeurope'."),
    "policy": ("RequestDisallowedByPolicy", "Resource 'cg-web-01' was disallowed by policy."),
    "provider-not-registered": ("MissingSubscriptionRegistration", "The subscription is not registered."),
    "dns-label": ("DnsNameLabelNotAvailable", "DNS name label 'orders' in container group 'cg-web-01' not available."),
    "subnet-delegation": ("SubnetMissingRequiredDelegation", "Subnet requires a delegation."),
    "network-config": ("NetworkProfileNotFound", "The network profile was not found."),
    "volume-mount": ("CannotAccessStorageAccount", "Cannot access storage account 'ordersfiles'."),
    "request-invalid": ("InvalidOsType", "The 'osType' for container group '<null>' is invalid."),
    "container-crash": ("CrashLoopBackOff", "Back-off restarting failed container"),
    "transitioning": ("ContainerGroupTransitioning", "The container group 'cg-web-01' is still transitioning."),
    "template": ("InvalidTemplate", "Deployment template validation failed: parameter 'tag' is not provided."),
    "other-resource": ("StorageAccountAlreadyTaken", "The storage account named ordersfiles is already taken."),
    "other": ("SomethingNobodyKnows", "It went wrong in a way of its own."),
}
PULLED = build.event("Pulled", f'Successfully pulled image "{build.IMAGE}"', kind="Normal")
UNAUTHORIZED = build.failed_pull("unauthorized: authentication required")
RUNNING_AGAIN = build.event("Started", "Started container", kind="Normal")


def diagnosed(evidence: Evidence) -> Diagnosis:
    """What every check says of it, with the plan."""
    diagnosis = diagnose(evidence, checks.ALL)
    return replace(diagnosis, plan=draw_plan(diagnosis, remediation.ALL))


def blamed(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    """What is blamed, and how sure."""
    return [
        (finding.check, finding.verdict.confidence) for finding in diagnosis.fails if isinstance(finding.verdict, Fail)
    ]


def test_where_all_is_in_order_it_is_undetermined() -> None:
    """A pull failed, and no check found out why: nothing is blamed and nothing proposed."""
    diagnosis = diagnosed(build.HEALTHY)
    assert diagnosis.outcome == "undetermined"
    assert diagnosis.kind is None
    assert diagnosis.root_cause is None
    assert diagnosis.plan is None
    assert "no check found out why" in diagnosis.headline


def test_one_fault_is_the_cause() -> None:
    """The headline is its summary."""
    diagnosis = diagnosed(build.without_role())
    assert diagnosis.outcome == "cause-found"
    assert diagnosis.root_cause is not None
    assert diagnosis.root_cause.check == "pull-role-missing"
    assert isinstance(diagnosis.root_cause.verdict, Fail)
    assert diagnosis.headline == diagnosis.root_cause.verdict.summary


@pytest.mark.parametrize("kind", OTHER_FAILURES)
def test_another_failure_is_no_pull_failure(kind: str) -> None:
    """Whatever else is wrong: every check is skipped with that reason, the error is quoted, nothing is proposed."""
    code, message = OTHER_FAILURES[kind]
    diagnosis = diagnosed(build.with_error(code, message, on=build.without_role()))
    assert diagnosis.outcome == "not-a-pull-failure"
    assert diagnosis.kind == kind
    assert diagnosis.root_cause is None
    assert diagnosis.plan is None
    assert message in diagnosis.headline
    verdicts = [finding.verdict for finding in diagnosis.findings]
    assert len(verdicts) == len(checks.ALL)
    assert all(isinstance(item, Skip) and kind in item.reason for item in verdicts)


def test_every_kind_is_tried() -> None:
    """The kinds above are those of the report's contract."""
    assert set(OTHER_FAILURES) == set(get_args(Kind))


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InternalServerError", "Encountered an internal server error."),
        ("BadRequest", ""),
        ("400", "Bad Request"),
        ("OperationTimedOut", "The operation timed out."),
        ("DeploymentFailed", "At least one resource deployment operation failed."),
        ("ResourceDeploymentFailure", "The resource operation completed with terminal provisioning state 'Failed'."),
    ],
)
def test_an_error_that_proves_nothing_leaves_faults_likely(code: str, message: str) -> None:
    """The service's own trouble, a bare status or a wrapper: what else is wrong is likely at most, without a plan."""
    assert diagnosed(build.with_error(code, message)).outcome == "undetermined"
    diagnosis = diagnosed(build.with_error(code, message, on=build.without_role()))
    assert blamed(diagnosis) == [("pull-role-missing", "likely")]
    assert diagnosis.plan is None


def test_where_nobody_says_what_failed_faults_are_likely() -> None:
    """Neither an error nor an event says that a pull failed: likely at most, and no plan."""
    diagnosis = diagnosed(build.without_error(build.with_registry(bypass="None", on=build.without_role())))
    assert blamed(diagnosis) == [("trusted-services-disabled", "likely"), ("pull-role-missing", "likely")]
    assert diagnosis.plan is None
    assert diagnosed(build.without_error()).headline.startswith("Nothing says that an image")


def test_an_event_is_enough_to_confirm() -> None:
    """A container's event says that the pull failed, where no error text could be had."""
    diagnosis = diagnosed(build.with_event(UNAUTHORIZED, on=build.without_error(build.without_role())))
    assert blamed(diagnosis) == [("pull-role-missing", "confirmed")]


def test_an_event_of_an_earlier_failure_is_not() -> None:
    """It says that another pull failed, hours ago."""
    old = build.failed_pull("unauthorized: authentication required", minutes=-180)
    diagnosis = diagnosed(build.with_event(old, on=build.without_error(build.without_role())))
    assert blamed(diagnosis) == [("pull-role-missing", "likely")]


def test_what_was_asked_for_is_not_known_but_what_was_before() -> None:
    """The group as it was before a refused update is not what was asked for: likely at most, and no plan."""
    diagnosis = diagnosed(build.with_definition(origin="previous", on=build.without_role()))
    assert blamed(diagnosis) == [("pull-role-missing", "likely")]
    assert diagnosis.plan is None


@pytest.mark.parametrize(
    ("evidence", "silent"),
    [
        (build.abac_registry(), "pull-role-missing"),
        (
            build.with_access(assigned=(), everyone=(build.assignment(principal=build.CLIENT),)),
            "pull-role-missing",
        ),
        (
            build.abac_registry(
                on=build.with_roles(
                    build.assignment(REPOSITORY_READER, condition=conditions.for_repository("app/worker"))
                )
            ),
            "pull-role-missing",
        ),
        (build.with_roles(build.assignment(changed=build.FAILED_AT)), "pull-role-missing"),
        (build.with_server("https://contoso.azurecr.io"), "credential-missing"),
        (build.with_server("https://contoso.azurecr.io"), "credential-server-mismatch"),
        (build.with_server("contosodev.azurecr.io"), "credential-missing"),
        (build.with_image("app/web:1.4.2"), "credential-server-mismatch"),
        (build.with_image("app/web:1.4.2"), "credential-missing"),
    ],
)
def test_a_specific_fault_silences_the_general_one(evidence: Evidence, silent: str) -> None:
    """One thing that is wrong is told once, in the most telling way."""
    found = build.faults(evidence)
    assert len(found) == 1
    assert silent not in found


@pytest.mark.parametrize(
    ("evidence", "both"),
    [
        (
            build.with_registry(bypass="None", on=build.without_role()),
            ["trusted-services-disabled", "pull-role-missing"],
        ),
        (
            build.with_definition(user_identities=(), on=build.without_role()),
            ["credential-identity-not-on-group", "pull-role-missing"],
        ),
        (build.with_password("contoso"), ["username-credential-behind-firewall", "admin-user-disabled"]),
        (
            build.with_error("RegistryErrorResponse", HUB_SAYS_LATER, on=build.with_image("app/web:1")),
            ["image-host-missing", "docker-hub-rate-limit"],
        ),
    ],
)
def test_independent_blockers_are_all_told(evidence: Evidence, both: list[str]) -> None:
    """Neither explains the other, so both must go before the image can be pulled."""
    assert [finding.check for finding in diagnosed(evidence).fails] == both


def test_the_confirmed_goes_before_the_likely() -> None:
    """A likely fault that stands earlier in the catalogue is not the root cause beside a confirmed one."""
    evidence = build.with_event(build.failed_pull(NO_SUCH_HOST), on=build.without_role())
    diagnosis = diagnosed(evidence)
    assert blamed(diagnosis) == [("pull-role-missing", "confirmed"), ("private-dns-zone", "likely")]
    assert diagnosis.root_cause is not None
    assert diagnosis.root_cause.check == "pull-role-missing"


def test_of_several_confirmed_the_first_of_the_catalogue_is_the_cause() -> None:
    """The order in which a pull can go wrong."""
    evidence = build.with_definition(user_identities=(), on=build.with_registry(bypass="None", on=build.without_role()))
    found = [check for check, _ in blamed(diagnosed(evidence))]
    assert found == ["credential-identity-not-on-group", "trusted-services-disabled", "pull-role-missing"]


def test_the_findings_stand_in_catalogue_order_each_container_in_its_own() -> None:
    """Every check's verdict is there, for each container; a check about the group speaks once."""
    evidence = build.with_containers(build.WEB, build.container("migrate", build.IMAGE, init=True))
    diagnosis = diagnosed(evidence)
    told = [(finding.check, finding.container) for finding in diagnosis.findings]
    assert len(told) == len(set(told))
    for check in checks.ALL:
        name = check.__name__.rsplit(".", 1)[-1].replace("_", "-")
        about = [None] if getattr(check, "ABOUT", "pull") == "group" else ["web", "migrate"]
        assert [container for found, container in told if found == name] == about


def test_a_crash_after_a_successful_pull_is_no_pull_failure() -> None:
    """The image was pulled, and the container then ended again and again."""
    evidence = build.with_event(
        PULLED, RUNNING_AGAIN, state="Waiting CrashLoopBackOff", on=build.without_error(build.without_role())
    )
    diagnosis = diagnosed(evidence)
    assert (diagnosis.outcome, diagnosis.kind) == ("not-a-pull-failure", "container-crash")
    assert "'web'" in diagnosis.headline


@pytest.mark.parametrize(
    "evidence",
    [
        build.with_event(PULLED, UNAUTHORIZED, state="Waiting CrashLoopBackOff", on=build.without_error()),
        build.with_event(UNAUTHORIZED, state="Terminated Error", on=build.without_error()),
        build.with_event(PULLED, state="Running", on=build.without_error()),
        build.with_event(
            replace(PULLED, last="2026-11-01T00:00:00Z"), state="Terminated Error", on=build.without_error()
        ),
    ],
    ids=["failed after it", "never pulled", "still running", "pulled weeks ago"],
)
def test_not_every_end_is_a_crash(evidence: Evidence) -> None:
    """A pull that failed later, none at all, a container that runs, or a success of another attempt."""
    assert diagnosed(evidence).outcome == "undetermined"


def test_the_last_pull_decides_whether_it_crashed() -> None:
    """Pulled, then refused once, then pulled again: the container ended by itself."""
    again = build.event("Pulled", f'Successfully pulled image "{build.IMAGE}"', minutes=3, kind="Normal")
    evidence = build.with_event(PULLED, UNAUTHORIZED, again, state="Waiting CrashLoopBackOff", on=build.without_error())
    assert diagnosed(evidence).kind == "container-crash"


def test_azure_says_that_the_pull_failed_so_it_is_no_crash() -> None:
    """The error proves a failed pull; a container that has crashed before does not change it."""
    evidence = build.with_event(PULLED, state="Waiting CrashLoopBackOff", on=build.without_role())
    assert diagnosed(evidence).outcome == "cause-found"


def test_a_deployment_scripts_group_is_told() -> None:
    """Groups whose name ends in azscripts are Azure's own; the report says whose they are."""
    group = ResourceId.parse(build.GROUP_ID.replace("cg-web-01", "orders-azscripts"))
    assert "deployment script" in to_text(diagnosed(build.with_incident(group=group)))
    assert "deployment script" not in to_text(diagnosed(build.HEALTHY))


def test_the_images_are_named_each_once_the_errors_first() -> None:
    """The image of the error goes before those of the definition."""
    side = f"{build.HOST}/app/side:1"
    evidence = build.with_containers(build.container("side", side), build.WEB, build.container("again", side))
    assert diagnosed(evidence).images == (build.IMAGE, side)


def test_without_a_definition_the_errors_image_is_looked_at() -> None:
    """The registry's state is known without the definition."""
    diagnosis = diagnosed(build.without_definition(build.with_registry(bypass="None")))
    assert blamed(diagnosis) == [("trusted-services-disabled", "likely")]
    assert diagnosis.images == (build.IMAGE,)
    assert diagnosis.plan is None


def test_with_neither_definition_nor_error_nothing_is_known() -> None:
    """Every check that needs an image is unknown, with the reading that is missing."""
    diagnosis = diagnosed(build.without_definition(build.without_error(build.without_role())))
    assert diagnosis.outcome == "undetermined"
    assert diagnosis.fails == ()
    assert diagnosis.images == ()
    assert build.TEMPLATE_GAP in diagnosis.gaps


def test_a_gap_is_told_once() -> None:
    """However many checks needed the reading, the permission that would give it is named once."""
    diagnosis = diagnosed(build.unread_roles())
    assert diagnosis.outcome == "undetermined"
    assert [gap for gap in diagnosis.gaps if gap == build.ROLES_GAP] == [build.ROLES_GAP]


DEPLOYMENT = ResourceId.parse(
    f"/subscriptions/{build.APP}/resourceGroups/rg-orders-prod/providers/Microsoft.Resources/deployments/deploy-web"
)
FAILURE = DeploymentFailure(deployment=DEPLOYMENT, correlation_id=build.CORRELATION, occurred_at=build.FAILED_AT)


def test_a_deployment_without_a_failed_group_is_another_resources_failure() -> None:
    """Something else of the deployment failed; the error is quoted."""
    chain = parse({"error": {"code": "StorageAccountAlreadyTaken", "message": "The name ordersfiles is taken."}})
    diagnosis = of_no_group(FAILURE, chain, checks.ALL, cloud="AzureCloud")
    assert (diagnosis.outcome, diagnosis.kind) == ("not-a-pull-failure", "other-resource")
    assert "ordersfiles" in diagnosis.headline
    assert len(diagnosis.findings) == len(checks.ALL)


def test_a_deployment_that_could_not_be_read_is_undetermined() -> None:
    """Which group failed is not known, and why not is told."""
    gap = Gap(reading="deployment deploy-web", reason="403 AuthorizationFailed")
    diagnosis = of_no_group(FAILURE, gap, checks.ALL, cloud="AzureCloud")
    assert diagnosis.outcome == "undetermined"
    assert diagnosis.gaps == (gap,)
    assert "deploy-web" in diagnosis.headline


def test_a_crash_beside_an_image_that_was_not_pulled_proves_nothing() -> None:
    """One container has ended by itself; another's image could not be had, which the error leaves open."""
    group = build.with_containers(
        replace(build.WEB, events=(PULLED,), state="Waiting CrashLoopBackOff"),
        replace(build.container("api", build.IMAGE), events=(UNAUTHORIZED,), state="Waiting ImagePullBackOff"),
    )
    unclear = build.with_error("InternalServerError", "An error occurred.", on=replace(group, live=group.definition))
    assert diagnosed(unclear).outcome != "not-a-pull-failure"
