"""Where things are kept on this machine when no setting says: apart from the commands, which load an engine."""

from collections.abc import Mapping
from dataclasses import replace

from acimedic.settings import Settings, read_settings
from acimedic.store.own_keys import default_path


def settings_with_store(environment: Mapping[str, str]) -> Settings:
    """The settings; a store that none of them names is a file of this user. Raises SettingsError, StoreSettingError."""
    settings = read_settings(environment)
    if settings.store is not None:
        return settings
    path = default_path(environment)
    if settings.gateway is not None:  # what is make-believe is never kept among what is real
        path = path.with_name(f"gateway-{path.name}")
    return replace(settings, store=str(path))
