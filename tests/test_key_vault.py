"""A reference to a Key Vault that the platform has not resolved is no secret: everybody can guess it."""

import pytest

from acimedic.settings import SettingsError, read_settings

REFERENCE = "@Microsoft.KeyVault(SecretUri=https://contoso.vault.azure.net/secrets/approval/)"


@pytest.mark.parametrize(
    "name",
    [
        "ACIMEDIC_APPROVAL_KEY",
        "ACIMEDIC_APPROVAL_KEY_EARLIER",
        "ACIMEDIC_AUDIT_KEY",
        "ACIMEDIC_AUDIT_KEY_EARLIER",
        "ACIMEDIC_HASH_KEY",
    ],
)
@pytest.mark.parametrize("text", [REFERENCE, REFERENCE.lower(), f" {REFERENCE}"], ids=["whole", "lower-case", "space"])
def test_it_is_taken_for_no_key(name: str, text: str) -> None:
    keys = {name.removesuffix("_EARLIER"): "k" * 48, name: text}
    with pytest.raises(SettingsError, match=f"{name} is a reference to a Key Vault that the platform has not resolved"):
        read_settings(keys)


def test_it_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({"ACIMEDIC_APPROVAL_KEY": REFERENCE})
    assert "contoso.vault" not in str(refused.value)
