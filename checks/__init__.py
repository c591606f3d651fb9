"""The checks, in the order in which a pull can go wrong. A check is a module; its file name is its id.

To add one: write the module in the folder of its stage, add its line here, a scenario and a test.
"""

from types import ModuleType

from checks.access import (
    admin_user_disabled,
    identity_not_found,
    pull_denied_by_deny_assignment,
    pull_role_condition_excludes_repository,
    pull_role_missing,
    pull_role_on_wrong_principal,
    pull_role_propagating,
    pull_role_wrong_for_registry_mode,
)
from checks.definition import (
    credential_count_exceeds_containers,
    credential_identity_for_non_acr,
    credential_identity_is_system_assigned,
    credential_identity_needs_newer_api,
    credential_identity_not_on_group,
    credential_missing,
    credential_server_malformed,
    credential_server_mismatch,
    credential_server_missing,
    credential_type_ambiguous,
    image_host_missing,
    image_reference_malformed,
)
from checks.limits import private_dns_zone, vnet_injected_group, windows_version_unsupported
from checks.network import trusted_services_disabled, username_credential_behind_firewall
from checks.registry import registry_in_other_cloud
from checks.service import docker_hub_rate_limit

ALL: tuple[ModuleType, ...] = (
    # what was asked for
    image_reference_malformed,
    image_host_missing,
    credential_server_missing,
    credential_server_malformed,
    credential_type_ambiguous,
    credential_count_exceeds_containers,
    credential_identity_needs_newer_api,
    credential_identity_is_system_assigned,
    credential_identity_not_on_group,
    credential_identity_for_non_acr,
    credential_missing,
    credential_server_mismatch,
    # limits of the platform
    vnet_injected_group,
    private_dns_zone,
    windows_version_unsupported,
    # the registry
    registry_in_other_cloud,
    # the way to it
    trusted_services_disabled,
    username_credential_behind_firewall,
    # sign-in and permission
    identity_not_found,
    pull_role_on_wrong_principal,
    pull_role_wrong_for_registry_mode,
    pull_role_condition_excludes_repository,
    pull_role_missing,
    pull_denied_by_deny_assignment,
    pull_role_propagating,
    admin_user_disabled,
    # the service
    docker_hub_rate_limit,
)
