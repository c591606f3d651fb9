"""Worlds in files. A scenario is another world with a patch over it: the healthy tenant, one thing changed."""

import json
from pathlib import Path

from . import patch
from .exchange import Json

WORLDS = Path(__file__).parent / "worlds"


def load_world(source: str | Path) -> Json:
    """Read a world from a file, or by the name of one that is shipped (``healthy``, ``role-missing``).

    ``extends`` names the world beneath, beside this file or among the shipped ones; ``patch`` is a list of
    RFC 6902 operations over it; every other key of the file replaces the one beneath.
    """
    path = _path(source)
    world: Json = json.loads(path.read_text(encoding="utf-8"))
    if "extends" not in world:
        return world
    beneath = path.parent / f"{world['extends']}.json"
    base = load_world(beneath if beneath.exists() else world["extends"])
    changed: Json = patch.apply(base, world.get("patch", []))
    return changed | {name: value for name, value in world.items() if name not in ("extends", "patch")}


def world_names() -> list[str]:
    """List the worlds that are shipped, the healthy one first."""
    names = sorted(path.stem for path in WORLDS.glob("*.json"))
    return ["healthy", *(name for name in names if name != "healthy")]


def _path(source: str | Path) -> Path:
    shipped = WORLDS / f"{source}.json"
    return shipped if isinstance(source, str) and shipped.exists() else Path(source)
