"""What Azure's error codes stand for: a failed pull, another failure, or nothing by themselves.

Sources, beside the recordings and reports that the tests read:
https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/management/acr-image-pull-failures-managed-identity
https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
https://learn.microsoft.com/azure/container-instances/container-instances-troubleshooting
"""

import re

__all__ = ["family_of_code", "is_known", "is_wrapper", "kind_of_code", "kind_of_unknown_code", "proves_nothing"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WRAPPERS = _words(
    """
    aggregateddeploymentfailed cloudexception clouderror deploymentfailed deploymentoperationfailed
    deploymentstackdeploymentfailed deploymentstackdeleteresourcesfailed deploymentstackupdatefailed error failed
    failure httpresponseerror invalidtemplatedeployment multipleerrorsoccurred nesteddeploymentfailed operationfailed
    preflightvalidationcheckfailed providerfailed requestfailedexception resourcedeploymentfailed
    resourcedeploymentfailure resourceoperationfailure resterror unknown validationerror validationforresourcefailed
    retryableerror accepted badrequest conflict created forbidden gone methodnotallowed notfound ok preconditionfailed
    unauthorized unprocessableentity
    """
)
"""Codes that only say that something inside them failed, and the names of HTTP statuses."""

_SAY_NOTHING = _words(
    """
    badgateway clienttimeout gatewaytimeout generalerror internalerror internaloperationerror internalserverfailure
    internalservererror operationtimedout operationtimeout requesttimeout responsetimeout serverbusy servererror
    servertimeout serviceunavailable timeout toomanyrequests unexpectederror unknownerror
    """
)
"""Codes of the service's own trouble. `ServiceUnavailable` with a sentence about capacity is judged by the sentence."""

_FAMILIES = {
    "inaccessibleimage": "inaccessible-image",
    "registryerrorresponse": "registry-error-response",
    "invalidimageregistrycredentialtype": "identity-not-supported-in-credential",
    "ambiguousimageresitrycredentialtype": "ambiguous-credential",  # the service's own spelling
    "ambiguousimageregistrycredentialtype": "ambiguous-credential",
    "invalidimageregistryidentity": "identity-not-in-group",
    "moreimageregistrycredentialsthancontainers": "too-many-credentials",
    "invalidimageregistryserver": "invalid-server",
    "invalidimageregistryusername": "username-invalid",
    "invalidimageregistrypassword": "password-invalid",
    "imageostypenotmatchcontainergroup": "os-mismatch",
    "osversionnotsupported": "os-version-unsupported",
    "unsupportedwindowsversion": "os-version-unsupported",
    "windowsversionnotsupported": "os-version-unsupported",
    "identitynotsupportedonwindows": "identity-not-supported-on-windows",
    "unauthorizedforcredentialoperations": "admin-user-disabled",
    "errimagepull": "pull-event",
    "failedtopullimage": "pull-event",
    "imagepullbackoff": "pull-event",
    "imagepullfailed": "pull-event",
    "invalidimagename": "image-request-invalid",
    "errinvalidimagename": "image-request-invalid",
}

_REGISTRY_ERRORS = frozenset({"UNAUTHORIZED", "DENIED", "MANIFEST_UNKNOWN", "NAME_UNKNOWN", "TOOMANYREQUESTS"})
"""Codes of the registry's own `errors[]`, told from HTTP names by being in capitals."""

_KINDS = {
    "quota": "containergroupquotareached quotaexceeded resourcequotaexceeded deploymentquotaexceeded",
    "capacity": "insufficientcapacity allocationfailed zonalallocationfailed overconstrainedallocationrequest"
    " skunotavailable resourcenotavailable resourcesnotavailable requestedresourcenotavailable",
    "policy": "requestdisallowedbypolicy requestdisallowedbyazure policyviolation",
    "provider-not-registered": "missingsubscriptionregistration subscriptionnotregistered noregisteredproviderfound"
    " missingregistrationforlocation missingregistrationfortype resourceprovidernotregistered",
    "dns-label": "dnsnamelabelnotavailable dnsnamelabelinuse dnslabelinuse invaliddnsnamelabel invaliddomainnamelabel"
    " dnsrecordinuse",
    "subnet-delegation": "subnetmissingrequireddelegation subnetnotdelegated subnetdelegationscannotchange"
    " subnetdelegationmissing subnetalreadydelegated",
    "network-config": "networkprofilenotfound invalidnetworkprofile subnetisfull subnetnotfound invalidsubnet"
    " virtualnetworknotfound virtualnetworknotsupported inusesubnetcannotbeupdated privateipaddressnotsupported"
    " invalidipaddresstype",
    "volume-mount": "failedmountazurefilevolume cannotaccessstorageaccount inaccessiblestorageaccount failedmount"
    " failedmountvolume failedmountgitrepovolume",
    "request-invalid": "invalidostype resourcerequestsnotspecified resourcelimitslessthanrequests invalidcontainerports"
    " containerlimitgreaterthancontainergrouptotalrequest invalidcontainername invalidrequestcontent invalidparameter"
    " invalidrestartpolicy prioritynotspecified invalidapiversionparameter missingapiversionparameter"
    " invalidresourcetype invalidresourcename locationrequired propertychangenotallowed invalidresourcelocation"
    " invalidrequestformat locationnotavailableforresourcetype unsupportedmediatype linkedinvalidpropertyid"
    " nullresourceproperties",
    "container-crash": "crashloopbackoff runcontainererror createcontainererror containercannotrun oomkilled"
    " containergroupexited startcontainererror",
    "transitioning": "containergrouptransitioning containergroupstilltransitioning anotheroperationinprogress"
    " operationinprogress",
    "other-resource": "tasksoperationsnotallowed parentresourcenotfound storageaccountalreadytaken vaultalreadyexists"
    " roleassignmentexists roleassignmentupdatenotpermitted roledefinitionwithsamenameexists principalnotfound"
    " accountnameinvalid",
    "template": "invalidtemplate invaliddeploymentparametervalue invaliddeploymentparameterkey templateviolation"
    " deploymentparametersnotvalid invalidcontentlink invalidtemplatecirculardependency"
    " templateresolutionerror invaliddeploymentlocation",
}
_KIND_OF = {code: kind for kind, codes in _KINDS.items() for code in codes.split()}

_HINTS = (
    ("quota", re.compile(r"quota", re.IGNORECASE)),
    ("capacity", re.compile(r"capacity", re.IGNORECASE)),
    ("policy", re.compile(r"disallowedby|policyviolation|deniedbypolicy", re.IGNORECASE)),
    ("provider-not-registered", re.compile(r"registration|notregistered", re.IGNORECASE)),
    ("dns-label", re.compile(r"dnsname|dnslabel|domainname", re.IGNORECASE)),
    ("subnet-delegation", re.compile(r"delegat(?!edmanaged)", re.IGNORECASE)),
    ("network-config", re.compile(r"network|subnet|vnet|ipaddress", re.IGNORECASE)),
    ("volume-mount", re.compile(r"volume|mount|azurefile|storageaccount", re.IGNORECASE)),
    ("transitioning", re.compile(r"transitioning", re.IGNORECASE)),
    ("template", re.compile(r"template", re.IGNORECASE)),
)
_REQUEST = re.compile(r"^(?:invalid|duplicate|missing|unsupported)|notspecified$|notsupported$", re.IGNORECASE)


def is_wrapper(code: str | None) -> bool:
    """Whether the code, an HTTP name or a bare number included, only wraps what really happened."""
    return code is None or code.isdigit() or (code.lower() in _WRAPPERS and code not in _REGISTRY_ERRORS)


def proves_nothing(code: str | None) -> bool:
    """Whether no cause can be read from the code: wrappers, the service's own trouble, time-outs."""
    return is_wrapper(code) or ((code or "").lower() in _SAY_NOTHING and code not in _REGISTRY_ERRORS)


def family_of_code(code: str | None) -> str | None:
    """The family of pull failures that the code alone proves."""
    if code is None:
        return None
    if code in _REGISTRY_ERRORS:
        return "pull-event"
    known = _FAMILIES.get(code.lower())
    return known or ("credential-request-invalid" if "imageregistry" in code.lower() else None)


def kind_of_code(code: str | None) -> str | None:
    """The kind of other failure that a known code proves."""
    return _KIND_OF.get((code or "").lower())


def is_known(code: str) -> bool:
    """Whether the code stands in one of this module's tables."""
    return proves_nothing(code) or family_of_code(code) is not None or kind_of_code(code) is not None


def kind_of_unknown_code(code: str, *, about_group: bool) -> str:
    """The kind that an unlisted code suggests by its name: it is specific, so it does prove another failure."""
    for kind, hint in _HINTS:
        if hint.search(code):
            return kind
    return "request-invalid" if about_group and _REQUEST.search(code) else "other"
