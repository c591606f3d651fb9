"""For every check the one change to HEALTHY that makes it blame something, and it alone."""

from dataclasses import replace
from datetime import timedelta

from acimedic.model.access import REPOSITORY_READER
from acimedic.model.evidence import Evidence
from acimedic.model.reading import Absent
from acimedic.model.testimony import NotThere, Platform
from acimedic.rbac import conditions
from tests import build

NOT_FOUND_IN_GROUP = (
    "The identity in the 'imageRegistryCredentials' of container group 'cg-web-01' not found in container group "
    "identity list."
)
HUB_SAYS_LATER = "An error response is received from the docker registry 'index.docker.io'. Please retry later."
NO_SUCH_HOST = "Get https://contoso.azurecr.io/v2/: dial tcp: lookup contoso.azurecr.io on 10.1.0.4:53: no such host"
THROTTLED = "TOOMANYREQUESTS: too many requests to source registry for cache rule hub"
REFUSED = "Get https://contoso.azurecr.io/v2/app/web/manifests/1.4.2: unauthorized: authentication required"
NO_REGISTRY = Absent(what="registry contoso.azurecr.io", source="GET https://contoso.azurecr.io/v2/")
NO_TAG = NotThere(what="tag", nearest=("1.4.1", "latest"), source=build.MANIFEST.source)
ENDPOINT_ID = build.endpoint().endpoint_id or ""
OTHER_IDENTITY = build.IDENTITY_ID.replace("id-pull", "id-other")

FAULTS: dict[str, Evidence] = {
    "image-reference-malformed": build.with_image("https://contoso.azurecr.io/app/web:1.4.2"),
    "image-host-missing": build.with_image("app/web:1.4.2"),
    "credential-server-missing": build.with_server(None),
    "credential-server-malformed": build.with_server("https://contoso.azurecr.io"),
    "credential-type-ambiguous": build.with_credentials(build.unclear(both=True)),
    "credential-count-exceeds-containers": build.with_error(
        "MoreImageRegistryCredentialsThanContainers",
        "More image registry credentials provided than containers in container group 'cg-web-01'.",
    ),
    "credential-identity-needs-newer-api": build.with_definition(api_version="2021-03-01"),
    "credential-identity-is-system-assigned": build.with_credential_identity("[system]"),
    "credential-identity-not-on-group": build.with_definition(user_identities=(OTHER_IDENTITY,)),
    "credential-identity-for-non-acr": build.with_server("ghcr.io", on=build.with_image("ghcr.io/contoso/web:1")),
    "credential-missing": build.with_credentials(),
    "credential-server-mismatch": build.with_server("contosodev.azurecr.io"),
    "vnet-injected-group": build.in_cloud(
        "AzureUSGovernment",
        on=build.with_definition(
            subnets=(build.SUBNET_ID,),
            on=build.with_server(
                "contoso.azurecr.us",
                on=build.with_image(
                    "contoso.azurecr.us/app/web:1.4.2", on=build.with_registry(login_server="contoso.azurecr.us")
                ),
            ),
        ),
    ),
    "private-endpoint-in-group-subnet": replace(
        build.with_definition(
            subnets=(build.SUBNET_ID,), on=build.with_registry(private_endpoints=(build.endpoint(),))
        ),
        endpoint_subnets=((ENDPOINT_ID.lower(), build.SUBNET_ID),),
    ),
    "private-registry-unreachable": build.with_credentials(on=build.with_image("10.1.0.7:5000/app/web:1")),
    "registry-not-found": build.without_registry(NO_REGISTRY),
    "registry-unhealthy": build.with_registry(provisioning_state="Failed"),
    "service-endpoint-restricted-registry": replace(
        build.with_registry(public_access="Enabled"),
        service_endpoints=((build.REGISTRY_ID.lower(), (build.SUBNET_ID,)),),
    ),
    "registry-in-other-tenant": replace(build.HEALTHY, tenants=((build.PLATFORM, build.OTHER_TENANT),)),
    "registry-refuses-arm-tokens": build.with_registry(arm_tokens="disabled"),
    "token-disabled-or-expired": build.with_token(enabled=False),
    "token-scope-excludes-repository": build.with_token(actions=("repositories/app/worker/content/read",)),
    "credential-rejected": build.with_event(
        build.failed_pull(REFUSED), on=build.with_password(on=build.open_registry())
    ),
    "image-not-found": build.with_testimony(NO_TAG),
    "image-quarantined": build.with_event(
        build.failed_pull("unknown: The operation is disallowed."), on=build.with_registry(quarantine="enabled")
    ),
    "image-os-mismatch": build.with_manifest(platforms=(Platform(os="windows", architecture="amd64"),)),
    "image-platform-mismatch": build.with_manifest(platforms=(Platform(os="linux", architecture="arm64"),)),
    "image-format-unsupported": build.with_manifest(
        index=True, attestations=True, media_type="application/vnd.oci.image.index.v1+json"
    ),
    "image-too-large": build.with_manifest(size=16 * 1024**3),
    "registry-throttled": build.with_event(build.failed_pull(THROTTLED)),
    "platform-transient": build.worked_before(),
    "private-dns-zone": build.with_event(build.failed_pull(NO_SUCH_HOST)),
    "windows-version-unsupported": build.with_definition(
        os_type="Windows", on=build.with_image("contoso.azurecr.io/app/web:ltsc2016")
    ),
    "registry-in-other-cloud": build.with_server(
        "contoso.azurecr.cn",
        on=build.with_image(
            "contoso.azurecr.cn/app/web:1.4.2", on=build.with_registry(login_server="contoso.azurecr.cn")
        ),
    ),
    "trusted-services-disabled": build.with_registry(bypass="None"),
    "username-credential-behind-firewall": build.with_password(),
    "identity-not-found": build.without_identity(),
    "pull-role-on-wrong-principal": build.with_access(
        assigned=(), everyone=(build.assignment(principal=build.CLIENT),)
    ),
    "pull-role-wrong-for-registry-mode": build.abac_registry(),
    "pull-role-condition-excludes-repository": build.abac_registry(
        on=build.with_roles(build.assignment(REPOSITORY_READER, condition=conditions.for_repository("app/worker")))
    ),
    "pull-role-missing": build.without_role(),
    "pull-denied-by-deny-assignment": build.with_access(denied=(build.denial(),)),
    "pull-role-propagating": build.with_roles(build.assignment(changed=build.FAILED_AT - timedelta(minutes=3))),
    "admin-user-disabled": build.with_password("contoso", on=build.open_registry()),
    "docker-hub-rate-limit": build.with_credentials(
        on=build.with_error(
            "RegistryErrorResponse",
            HUB_SAYS_LATER,
            on=build.with_definition(containers=(replace(build.WEB, image="nginx:1.27"),)),
        )
    ),
}
