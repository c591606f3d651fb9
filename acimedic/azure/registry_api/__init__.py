"""Asking registries themselves about an image: Azure's as who we are, a few others as nobody.

`ask` says what the registry says of an image: a `Manifest`, `NotThere`, `Absent` (the host) or a `Gap`. `enter` has us
let in before it is known what of.
"""

from acimedic.azure.registry_api.asking import ask, enter

__all__ = ["ask", "enter"]
