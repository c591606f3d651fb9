import pytest

from acimedic.model.access import ACR_PULL, REPOSITORY_READER
from acimedic.model.registry import Mode
from acimedic.rbac import BUILT_IN, Allowed, Refused

from .worlds import access, assignment, pulling

BOTH, LEGACY, ABAC, NEITHER = {"legacy", "abac"}, {"legacy"}, {"abac"}, set[str]()

PULLS = {
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": ("AcrPull", LEGACY),
    "8311e382-0749-4cb8-b61a-304f252e45ec": ("AcrPush", LEGACY),
    "c2f4ef07-c644-48eb-af81-4b1b4947fb11": ("AcrDelete", NEITHER),
    "6cef56e8-d556-48e5-a04f-b8e64114680f": ("AcrImageSigner", NEITHER),
    "cdda3590-29a3-44f6-95f2-9f980659eb04": ("AcrQuarantineReader", NEITHER),
    "c8d4ff99-41c3-41a8-9f60-21dfdad59608": ("AcrQuarantineWriter", NEITHER),
    "b93aa761-3e63-49ed-ac28-beffa264f7ac": ("Container Registry Repository Reader", ABAC),
    "2a1e307c-b015-4ebd-883e-5b7698a07328": ("Container Registry Repository Writer", ABAC),
    "2efddaa5-3f1f-4df3-97df-af3f13818f4c": ("Container Registry Repository Contributor", ABAC),
    "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7": ("Container Registry Repository Catalog Lister", NEITHER),
    "577a9874-89fd-4f24-9dbd-b5034d0ad23a": ("Container Registry Data Importer and Data Reader", BOTH),
    "69b07be0-09bf-439a-b9a6-e73de851bd59": (
        "Container Registry Configuration Reader and Data Access Configuration Reader",
        NEITHER,
    ),
    "3bc748fc-213d-45c1-8d91-9da5725539b9": (
        "Container Registry Contributor and Data Access Configuration Administrator",
        NEITHER,
    ),
    "fb382eab-e894-4461-af04-94435c366c3f": ("Container Registry Tasks Contributor", NEITHER),
    "bf94e731-3a51-4a7c-8c54-a1ab9971dfc1": ("Container Registry Transfer Pipeline Contributor", NEITHER),
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": ("Reader", LEGACY),
    "b24988ac-6180-42a0-ab88-20f7382dd24c": ("Contributor", LEGACY),
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": ("Owner", LEGACY),
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": ("User Access Administrator", LEGACY),
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": ("Role Based Access Control Administrator", LEGACY),
    "73c42c96-874c-492b-b04d-ab87d138a893": ("Log Analytics Reader", LEGACY),
    "92aaf0da-9dab-42b6-94a3-d43ce8d16293": ("Log Analytics Contributor", LEGACY),
    "43d0d8ad-25c7-4714-9337-8ba259a9fe05": ("Monitoring Reader", LEGACY),
    "749f88d5-cbae-40b8-bcfc-e573ddc772fa": ("Monitoring Contributor", LEGACY),
    "f1a07417-d97a-45cb-824c-7a7467783830": ("Managed Identity Operator", NEITHER),
    "4633458b-17de-408a-b874-0445c86b69e6": ("Key Vault Secrets User", NEITHER),
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": ("Storage Blob Data Reader", NEITHER),
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": ("Storage Blob Data Contributor", NEITHER),
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": ("Storage Blob Data Owner", NEITHER),
    "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8": ("Azure Kubernetes Service Contributor Role", NEITHER),
    "de139f84-1756-47ae-9be6-808fbbe84772": ("Website Contributor", NEITHER),
}


@pytest.mark.parametrize("mode", ["legacy", "abac"])
@pytest.mark.parametrize("guid", PULLS)
def test_a_built_in_role_lets_pull_in_the_modes_that_honour_it(guid: str, mode: Mode) -> None:
    name, modes = PULLS[guid]
    pull = pulling(access(assignment(guid)), mode)

    assert BUILT_IN[guid].name == name
    assert isinstance(pull.decision, Allowed if mode in modes else Refused)
    assert bool(pull.wrong_mode) is (mode not in modes and bool(modes))


def test_every_role_is_filed_under_its_own_guid() -> None:
    assert all(role.guid == guid == guid.lower() and len(guid) == 36 for guid, role in BUILT_IN.items())


def test_no_two_roles_share_a_name() -> None:
    assert len({role.name for role in BUILT_IN.values()}) == len(BUILT_IN)


def test_no_built_in_role_is_custom_and_each_names_its_page() -> None:
    assert all(not role.custom and role.source.startswith("https://learn.") for role in BUILT_IN.values())


def test_the_models_own_role_ids_are_in_the_table() -> None:
    assert BUILT_IN[ACR_PULL].name == "AcrPull"
    assert BUILT_IN[REPOSITORY_READER].name == "Container Registry Repository Reader"
