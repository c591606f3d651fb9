"""How to tell whether a candidate is the cause: what to look at, and with which command."""

from collections.abc import Mapping

__all__ = ["DOCS", "TELLING"]

DOCS = (
    "https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/management/"
    "acr-image-pull-failures-managed-identity"
)
"""Where a cause is documented that no check module stands for."""

TELLING: Mapping[str, str] = {
    "image-reference-malformed": (
        "Read the image as Azure quotes it: no scheme, lower case, no variable or blank in it."
    ),
    "image-host-missing": "An image without a host is asked of Docker Hub: was <registry>.azurecr.io/ meant before it?",
    "credential-server-missing": "Look for an entry of imageRegistryCredentials without 'server'.",
    "credential-server-malformed": "'server' must be the bare login server: no https://, path, port or variable.",
    "credential-type-ambiguous": (
        "Each entry of imageRegistryCredentials needs exactly one of 'username' and 'identity'; an empty text "
        "counts as none."
    ),
    "credential-count-exceeds-containers": (
        "Count imageRegistryCredentials and containers; drop entries that serve no image."
    ),
    "credential-identity-needs-newer-api": (
        "Look at the api-version of the request: an identity credential needs 2021-07-01 or later."
    ),
    "credential-identity-is-system-assigned": (
        "Only a user-assigned identity can pull; look at 'identity' of the credential."
    ),
    "credential-identity-not-on-group": (
        "The credential's identity must also be under identity.userAssignedIdentities (az: --acr-identity and "
        "--assign-identity)."
    ),
    "credential-identity-for-non-acr": "Identities pull from Azure container registries only; others need a user name.",
    "credential-missing": (
        "Does the definition that reached Azure have an entry of imageRegistryCredentials for the image's "
        "host? An identity on the group alone is not used for pulls."
    ),
    "credential-server-mismatch": "Compare 'server' of each credential with the host of the image, letter by letter.",
    "vnet-injected-group": "Only in Azure Government: is the group in a virtual network, and does an identity pull?",
    "private-dns-zone": (
        "Only a container event that says 'lookup … no such host' tells: az container show --query "
        "containers[].instanceView.events."
    ),
    "private-endpoint-in-group-subnet": (
        "Is the registry's private endpoint in the subnet of the group? Give it its own."
    ),
    "windows-version-unsupported": (
        "Look at the image's Windows version (docker manifest inspect, os.version): 2019 or 2022."
    ),
    "private-registry-unreachable": (
        "Azure pulls from its own addresses, never through your network: can the registry be reached from the internet?"
    ),
    "registry-not-found": "Does the name resolve? nslookup <registry>.azurecr.io; az acr list --query [].loginServer.",
    "registry-in-other-cloud": (
        "azurecr.io is the public cloud, azurecr.us Government, azurecr.cn China: is it the group's?"
    ),
    "registry-unhealthy": (
        'az acr show --name <registry> --query "[provisioningState, status]"; az acr check-health --name <registry>.'
    ),
    "trusted-services-disabled": (
        'az acr show --name <registry> --query "[publicNetworkAccess, networkRuleSet.defaultAction, '
        'networkRuleBypassOptions]": restricted and bypass None is the fault, if an identity pulls.'
    ),
    "username-credential-behind-firewall": (
        'az acr show --name <registry> --query "[publicNetworkAccess, networkRuleSet.defaultAction]": a '
        "restricted registry refuses a user name and password, also from the same virtual network; use an "
        "identity."
    ),
    "service-endpoint-restricted-registry": (
        "Does the registry have virtual network rules (service endpoints)? az acr network-rule list --name <registry>."
    ),
    "identity-not-found": "az identity show --ids <identity id>: does it still exist?",
    "registry-in-other-tenant": (
        "Compare the tenants of the registry's and the identity's subscriptions: az account show."
    ),
    "pull-role-on-wrong-principal": (
        "Compare the role's principal with the identity's: az identity show --query [principalId, clientId]; "
        "roles count for the principal id."
    ),
    "pull-role-wrong-for-registry-mode": (
        "az acr show --name <registry> --query roleAssignmentMode: with ABAC, AcrPull grants nothing and "
        "Container Registry Repository Reader is needed."
    ),
    "pull-role-condition-excludes-repository": (
        "az role assignment list --scope <registry id> --query [].condition: does the condition name this repository?"
    ),
    "pull-role-missing": (
        "az role assignment list --assignee <principal id> --scope <registry id> --include-inherited: is "
        "there a role that pulls, such as AcrPull?"
    ),
    "pull-denied-by-deny-assignment": (
        "Does a managed application, blueprint or deployment stack hold the registry? az rest on "
        "denyAssignments shows what it denies."
    ),
    "pull-role-propagating": (
        "Was the role given, or the registry made, minutes before? Deploy again after 10 minutes, change nothing."
    ),
    "registry-refuses-arm-tokens": (
        "az acr config authentication-as-arm show --registry <registry>: disabled refuses tokens for Azure "
        "Resource Manager."
    ),
    "admin-user-disabled": (
        "az acr show --name <registry> --query adminUserEnabled: false is the fault where the user name is "
        "the registry's name."
    ),
    "token-disabled-or-expired": (
        "az acr token show --registry <registry> --name <user name>: status, and expiry of its passwords."
    ),
    "token-scope-excludes-repository": (
        "az acr scope-map show: does the token's scope map have content/read for the repository?"
    ),
    "credential-rejected": (
        "Try them: docker login <server> with exactly that user name and password; was one rotated, expired, "
        "or changed by the shell's quoting?"
    ),
    "image-not-found": (
        "az acr repository show-tags --name <registry> --repository <repository>, or docker manifest inspect "
        "<image>: is it there under exactly this name?"
    ),
    "image-quarantined": (
        "az acr show --name <registry> --query policies.quarantinePolicy.status: enabled hides images that "
        "were not scanned."
    ),
    "image-os-mismatch": "docker manifest inspect <image>: is 'os' the osType of the group?",
    "image-platform-mismatch": (
        "docker manifest inspect <image>: is there linux/amd64? A build on an ARM computer needs --platform "
        "linux/amd64."
    ),
    "image-format-unsupported": (
        "docker manifest inspect <image>: an OCI index with attestations? Does docker pull work elsewhere, or "
        "an older tag here? Build with --provenance=false, or push a pulled copy."
    ),
    "image-too-large": "Add up the layers (docker manifest inspect --verbose): above 15 GB nothing is promised.",
    "docker-hub-rate-limit": (
        "Is Docker Hub asked, without a credential? Deploy again, sign in to docker.io, or import the image: "
        "az acr import."
    ),
    "registry-throttled": (
        "Look for 429 in the container's events and in the registry's metrics; a cache rule may be at its "
        "source's limit."
    ),
    "platform-transient": (
        "Did the same definition work shortly before, and do other groups fail too? Deploy again; look at "
        "Azure's service health."
    ),
}
