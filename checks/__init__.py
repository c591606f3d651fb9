"""The checks, in the order in which a pull can go wrong. A check is a module; its file name is its id.

To add one: write the module in the folder of its stage, add its line here, a scenario and a test.
"""

from types import ModuleType

from checks.access import (
    admin_user_disabled,
    credential_rejected,
    identity_not_found,
    pull_denied_by_deny_assignment,
    pull_role_condition_excludes_repository,
    pull_role_missing,
    pull_role_on_wrong_principal,
    pull_role_propagating,
    pull_role_wrong_for_registry_mode,
    registry_in_other_tenant,
    registry_refuses_arm_tokens,
    token_disabled_or_expired,
    token_scope_excludes_repository,
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
from checks.image import (
    image_format_unsupported,
    image_not_found,
    image_os_mismatch,
    image_platform_mismatch,
    image_quarantined,
    image_too_large,
)
from checks.limits import (
    private_dns_zone,
    private_endpoint_in_group_subnet,
    private_registry_unreachable,
    vnet_injected_group,
    windows_version_unsupported,
)
from checks.network import (
    service_endpoint_restricted_registry,
    trusted_services_disabled,
    username_credential_behind_firewall,
)
from checks.registry import registry_in_other_cloud, registry_not_found, registry_unhealthy
from checks.service import docker_hub_rate_limit, platform_transient, registry_throttled

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
    private_endpoint_in_group_subnet,
    windows_version_unsupported,
    private_registry_unreachable,
    # the registry
    registry_not_found,
    registry_in_other_cloud,
    registry_unhealthy,
    # the way to it
    trusted_services_disabled,
    username_credential_behind_firewall,
    service_endpoint_restricted_registry,
    # sign-in and permission
    identity_not_found,
    registry_in_other_tenant,
    pull_role_on_wrong_principal,
    pull_role_wrong_for_registry_mode,
    pull_role_condition_excludes_repository,
    pull_role_missing,
    pull_denied_by_deny_assignment,
    pull_role_propagating,
    registry_refuses_arm_tokens,
    admin_user_disabled,
    token_disabled_or_expired,
    token_scope_excludes_repository,
    credential_rejected,
    # the image
    image_not_found,
    image_quarantined,
    image_os_mismatch,
    image_platform_mismatch,
    image_format_unsupported,
    image_too_large,
    # the service
    docker_hub_rate_limit,
    registry_throttled,
    platform_transient,
)
