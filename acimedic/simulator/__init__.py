"""A make-believe Azure behind the gateway: for the demo, for tests, and as an independent witness.

It shares no code with the rest of the product and uses the standard library alone. See README.md here for the shape
of a world.
"""

from .exchange import Json, Request, Response
from .pull import pull_outcome
from .scenarios import load_world, world_names
from .server import Simulator

__all__ = ["Json", "Request", "Response", "Simulator", "load_world", "pull_outcome", "world_names"]
