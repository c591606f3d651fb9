"""The built-in roles made for container registries.

Source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/containers (30 June 2025)
"""

from acimedic.model.access import Permission, Role

_PAGE = "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/containers"


def _registry(*actions: str) -> tuple[str, ...]:
    return tuple(f"Microsoft.ContainerRegistry/registries/{action}" for action in actions)


def _alert_rules() -> tuple[str, ...]:
    verbs = ("Write", "Delete", "Read", "Activated/Action", "Resolved/Action", "Throttled/Action", "Incidents/Read")
    return tuple(f"Microsoft.Insights/AlertRules/{verb}" for verb in verbs)


def _role(guid: str, name: str, actions: tuple[str, ...] = (), data_actions: tuple[str, ...] = ()) -> Role:
    permission = Permission(actions=actions, data_actions=data_actions)
    return Role(guid=guid, name=name, permissions=(permission,), custom=False, source=_PAGE)


_DIAGNOSTICS = (
    "providers/Microsoft.Insights/diagnosticSettings/read",
    "providers/Microsoft.Insights/diagnosticSettings/write",
    "providers/Microsoft.Insights/logDefinitions/read",
    "providers/Microsoft.Insights/metricDefinitions/read",
)
_REPOSITORY_READ = ("repositories/metadata/read", "repositories/content/read")
_REPOSITORY_WRITE = ("repositories/metadata/write", "repositories/content/write")
_REPOSITORY_DELETE = ("repositories/metadata/delete", "repositories/content/delete")

_LEGACY = (
    _role("7f951dda-4ed3-4680-a7ca-43fe172d538d", "AcrPull", _registry("pull/read")),
    _role("8311e382-0749-4cb8-b61a-304f252e45ec", "AcrPush", _registry("pull/read", "push/write")),
    _role("c2f4ef07-c644-48eb-af81-4b1b4947fb11", "AcrDelete", _registry("artifacts/delete")),
    _role(
        "6cef56e8-d556-48e5-a04f-b8e64114680f",
        "AcrImageSigner",
        _registry("sign/write"),
        _registry("trustedCollections/write"),
    ),
    _role(
        "cdda3590-29a3-44f6-95f2-9f980659eb04",
        "AcrQuarantineReader",
        _registry("quarantine/read"),
        _registry("quarantinedArtifacts/read"),
    ),
    _role(
        "c8d4ff99-41c3-41a8-9f60-21dfdad59608",
        "AcrQuarantineWriter",
        _registry("quarantine/read", "quarantine/write"),
        _registry("quarantinedArtifacts/read", "quarantinedArtifacts/write"),
    ),
)

_REPOSITORIES = (
    _role(
        "b93aa761-3e63-49ed-ac28-beffa264f7ac",
        "Container Registry Repository Reader",
        data_actions=_registry(*_REPOSITORY_READ),
    ),
    _role(
        "2a1e307c-b015-4ebd-883e-5b7698a07328",
        "Container Registry Repository Writer",
        data_actions=_registry(*_REPOSITORY_READ, *_REPOSITORY_WRITE),
    ),
    _role(
        "2efddaa5-3f1f-4df3-97df-af3f13818f4c",
        "Container Registry Repository Contributor",
        data_actions=_registry(*_REPOSITORY_READ, *_REPOSITORY_WRITE, *_REPOSITORY_DELETE),
    ),
    _role(
        "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7",
        "Container Registry Repository Catalog Lister",
        data_actions=_registry("catalog/read"),
    ),
    _role(
        "577a9874-89fd-4f24-9dbd-b5034d0ad23a",
        "Container Registry Data Importer and Data Reader",
        _registry("importImage/action", "read", "pull/read"),
        _registry("repositories/content/read", "repositories/metadata/read", "catalog/read"),
    ),
)

_CONFIGURATION_READER = _role(
    "69b07be0-09bf-439a-b9a6-e73de851bd59",
    "Container Registry Configuration Reader and Data Access Configuration Reader",
    _registry(
        "operationStatuses/read",
        "read",
        "privateEndpointConnections/read",
        "privateEndpointConnections/operationStatuses/read",
        "listCredentials/action",
        "tokens/read",
        "tokens/operationStatuses/read",
        "scopeMaps/read",
        "scopeMaps/operationStatuses/read",
        "webhooks/read",
        "webhooks/getCallbackConfig/action",
        "webhooks/listEvents/action",
        "webhooks/operationStatuses/read",
        "replications/read",
        "replications/operationStatuses/read",
        "connectedRegistries/read",
        *_DIAGNOSTICS,
    )
    + _alert_rules(),
)

_CONFIGURATION_ADMINISTRATOR = _role(
    "3bc748fc-213d-45c1-8d91-9da5725539b9",
    "Container Registry Contributor and Data Access Configuration Administrator",
    _registry(
        *("operationStatuses/read", "read", "write", "delete"),
        *("listCredentials/action", "regenerateCredential/action", "generateCredentials/action"),
        *("replications/read", "replications/write", "replications/delete", "replications/operationStatuses/read"),
        "privateEndpointConnectionsApproval/action",
        *(f"privateEndpointConnections/{verb}" for verb in ("read", "write", "delete", "operationStatuses/read")),
        *(f"tokens/{verb}" for verb in ("read", "write", "delete", "operationStatuses/read")),
        *(f"scopeMaps/{verb}" for verb in ("read", "write", "delete", "operationStatuses/read")),
        *(f"connectedRegistries/{verb}" for verb in ("read", "write", "delete", "deactivate/action")),
        *(f"webhooks/{verb}" for verb in ("read", "write", "delete", "getCallbackConfig/action", "ping/action")),
        *("webhooks/listEvents/action", "webhooks/operationStatuses/read"),
        *_DIAGNOSTICS,
    )
    + _alert_rules()
    + (
        "Microsoft.Resources/subscriptions/resourceGroups/read",
        "Microsoft.Resources/deployments/*",
        "Microsoft.Authorization/*/read",
        "Microsoft.ContainerRegistry/locations/operationResults/read",
        "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action",
        "Microsoft.Network/virtualNetworks/subnets/read",
        "Microsoft.Network/virtualNetworks/subnets/write",
        "Microsoft.Network/virtualNetworks/read",
        "Microsoft.Network/privateEndpoints/privateLinkServiceProxies/write",
    ),
)

_TASKS_CONTRIBUTOR = _role(
    "fb382eab-e894-4461-af04-94435c366c3f",
    "Container Registry Tasks Contributor",
    (
        *_registry(*(f"agentpools/{verb}" for verb in ("read", "write", "delete", "listQueueStatus/action"))),
        *_registry("agentpools/operationResults/status/read", "agentpools/operationStatuses/read"),
        *_registry(*(f"tasks/{verb}" for verb in ("read", "write", "delete", "listDetails/action"))),
        *_registry("scheduleRun/action", "listBuildSourceUploadUrl/action"),
        *_registry(*(f"runs/{verb}" for verb in ("read", "write", "listLogSasUrl/action", "cancel/action"))),
        *_registry(*(f"taskruns/{verb}" for verb in ("read", "write", "delete", "listDetails/action"))),
        *_registry("taskruns/operationStatuses/read", "read"),
        "Microsoft.Resources/deployments/*",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
    ),
)

_TRANSFER_CONTRIBUTOR = _role(
    "bf94e731-3a51-4a7c-8c54-a1ab9971dfc1",
    "Container Registry Transfer Pipeline Contributor",
    _registry(
        *(f"exportPipelines/{verb}" for verb in ("read", "write", "delete")),
        *(f"importPipelines/{verb}" for verb in ("read", "write", "delete")),
        *(f"pipelineRuns/{verb}" for verb in ("read", "write", "delete", "operationStatuses/read")),
    ),
)

_ARTIFACT_CACHE = (
    _role(
        "df87f177-bb12-4db1-9793-a413691eff94",
        "Container Registry Cache Rule Administrator",
        _registry(*(f"cacheRules/{verb}" for verb in ("read", "write", "delete", "operationStatuses/read"))),
    ),
    _role("c357b964-0002-4b64-a50d-7a28f02edc52", "Container Registry Cache Rule Reader", _registry("cacheRules/read")),
    _role(
        "f094fb07-0703-4400-ad6a-e16dd8000e14",
        "Container Registry Credential Set Administrator",
        _registry(*(f"credentialSets/{verb}" for verb in ("read", "write", "delete", "operationStatuses/read"))),
    ),
    _role(
        "29093635-9924-4f2c-913b-650a12949526",
        "Container Registry Credential Set Reader",
        _registry("credentialSets/read"),
    ),
)

REGISTRY_ROLES = (
    *_LEGACY,
    *_REPOSITORIES,
    _CONFIGURATION_READER,
    _CONFIGURATION_ADMINISTRATOR,
    _TASKS_CONTRIBUTOR,
    _TRANSFER_CONTRIBUTOR,
    *_ARTIFACT_CACHE,
)
"""All of them, in the order of what they let do."""
