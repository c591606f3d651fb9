"""Asking registries themselves about an image: Azure's as who we are, a few others as nobody.

`ask` says what the registry says of an image: a `Manifest`, `NotThere`, `Absent` (the host) or a `Gap`.
"""

from acimedic.azure.registry_api.asking import ask

__all__ = ["ask"]
