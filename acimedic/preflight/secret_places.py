"""Where a container group holds what nobody may read (pure).

Source: https://learn.microsoft.com/azure/templates/microsoft.containerinstance/containergroups
"""

from acimedic.template import Json

_SECRET = frozenset({"password", "protectedsettings", "securevalue", "storageaccountkey", "workspacekey"})
_SECRET_NAMES = (
    "connection_string",
    "connectionstring",
    "credential",
    "key",
    "passwd",
    "password",
    "pwd",
    "secret",
    "token",
)


def is_secret(key: str, path: str) -> bool:
    """Whether the member `key` of the value at `path` is a secret by Azure's own name for it.

    The files of a volume of secrets are members of `secret`.
    """
    return key.lower() in _SECRET or (key.lower() == "secret" and ".volumes[" in path.lower())


def names_a_secret(name: Json) -> bool:
    """Whether the name of an environment variable, of a header or of the like says that its value is a secret."""
    return isinstance(name, str) and any(word in name.lower() for word in _SECRET_NAMES)
