"""Where a container group holds what nobody may read (pure).

Source: https://learn.microsoft.com/azure/templates/microsoft.containerinstance/containergroups
"""

import re

from acimedic.template import Json

_SECRET = frozenset({"password", "protectedsettings", "securevalue", "storageaccountkey", "workspacekey"})
_SECRET_NAMES = ("auth", "cert", "conn", "credential", "cookie", "key", "pass", "pwd", "sas", "secret", "token")
_OF_PEOPLES_OWN_NAMES = re.compile(r"(?:^|\.)(?:tags|settings|keyvaluepairs)$", re.IGNORECASE)
_COMMAND = re.compile(r"(?:^|\.)(?:command|args)$", re.IGNORECASE)
_PRIVATE = re.compile(r"(?:^|\.)(?:ccepolicy|keyvaluepairs)$", re.IGNORECASE)
_AROUND = re.compile(
    r"(?:^|\.)(?:azurefile|containers|diagnostics|environmentvariables|extensions|httpheaders|imageregistrycredentials"
    r"|initcontainers|loganalytics|properties|tags|volumes)(?:\[\d+\])?$",
    re.IGNORECASE,
)
_NAMED_VALUE = re.compile(
    r"(?:^|\.)(?:environmentvariables|httpheaders)(?:\[\d+\])?\.(?:value|secure\w+)$", re.IGNORECASE
)


def is_secret(key: str, path: str) -> bool:
    """Whether the member `key` of the value at `path` is a secret by Azure's own name for it, or by its owner's.

    The files of a volume of secrets are members of `secret`. Names of tags and settings are their owner's.
    """
    if key.lower() in _SECRET or (key.lower() == "secret" and ".volumes[" in path.lower()):
        return True
    return _OF_PEOPLES_OWN_NAMES.search(path) is not None and names_a_secret(key)


def is_around_secrets(path: str) -> bool:
    """Whether what belongs at `path` is an object or an array with secrets in it: a text there may hold them all."""
    return _AROUND.search(path) is not None


def is_private(path: str) -> bool:
    """Whether what stands at `path` is nobody else's business, whatever it is called.

    So are values of environment variables, of headers and of files, command lines, and what repeats them.
    """
    return is_command(path) or _PRIVATE.search(path) is not None or _NAMED_VALUE.search(path) is not None


def is_command(path: str) -> bool:
    """Whether a command line stands at `path`, word for word."""
    return _COMMAND.search(path) is not None


def names_a_secret(name: Json) -> bool:
    """Whether the name of an environment variable, of a header or of the like says that its value is a secret."""
    return isinstance(name, str) and any(word in name.lower() for word in _SECRET_NAMES)
