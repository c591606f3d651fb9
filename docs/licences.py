"""docs/licences.md: everything that is installed to run ACI Medic, and under which licence.

Read from what is installed, as the packages say it themselves: https://packaging.python.org/specifications/core-metadata/
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import distribution
from pathlib import Path
from typing import cast

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "Apache-2.0": "keep the notices",
    "BSD-2-Clause": "keep the notice",
    "BSD-3-Clause": "keep the notice",
    "ISC": "keep the notice",
    "MIT": "keep the notice",
    "MIT-0": "nothing is asked for",
    "MPL-2.0": "changes to the package's own files are given back; none are made",
    "PSF-2.0": "keep the notice",
    "Unlicense": "nothing is asked for",
}
"""What may be part of the app, and what it asks of whoever passes the app on: nothing that reaches our own code."""
_SPELT = {
    "apache 2.0": "Apache-2.0",
    "mit license": "MIT",
    "osi approved :: bsd license": "BSD-3-Clause",
    "osi approved :: mit license": "MIT",
    "osi approved :: apache software license": "Apache-2.0",
}
"""Other spellings, in lower case. All that say BSD alone have three clauses in their licence file."""
_HEAD = """\
# Licences

What `requirements.txt` installs to run ACI Medic, with all that this needs in turn, and the licence that each package
states. Written by `make docs` from what is installed; a test fails where a package has a licence that is not in the
second table, or where this page is stale. Versions are in the parts list of each release (`acimedic.cdx.json`).
ACI Medic itself is under MIT.

| package | licence | |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Package:
    """What is installed. own: it stands in requirements.txt."""

    name: str
    licence: str
    own: bool

    @property
    def allowed(self) -> bool:
        """Whether one of the licences to choose from is allowed, with all that go together with it."""
        choices = re.split(r"\s+OR\s+", self.licence.strip("()"))
        return any(all(part.strip("() ") in ALLOWED for part in re.split(r"\s+AND\s+", each)) for each in choices)


def installed() -> list[Package]:
    """Everything that runs, by name. Raises PackageNotFoundError where something is not installed."""
    own = {canonicalize_name(each.name) for each in _listed()}
    waiting, found = list(_listed()), dict[str, Package]()
    while waiting:
        needed = waiting.pop()
        name = canonicalize_name(needed.name)
        package = distribution(needed.name)
        if name not in found:
            found[name] = Package(name, licence(cast(Message, package.metadata)), name in own)
        elif not needed.extras:
            continue
        extras = needed.extras or {""}
        for each in map(Requirement, package.requires or []):
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(each)
    return sorted(found.values(), key=lambda each: each.name)


def licence(metadata: Message) -> str:
    """The SPDX expression of a package; else its own words, which are then allowed nowhere."""
    if expression := metadata.get("License-Expression"):
        return str(expression)
    words = str(metadata.get("License") or "").strip()
    labels = [each for each in metadata.get_all("Classifier") or [] if each.startswith("License :: ")]
    for said in (words, *(each.removeprefix("License :: ") for each in labels)):
        known = said if said in ALLOWED else _SPELT.get(said.lower())
        if known is not None:
            return known
    return (words.partition("\n")[0] or "; ".join(labels) or "none")[:80]


def page() -> str:
    """The page as Markdown."""
    rows = [f"| {each.name} | {each.licence} | {'' if each.own else 'needed by another'} |" for each in installed()]
    asks = [f"| {name} | {what} |" for name, what in ALLOWED.items()]
    return _HEAD + "\n".join([*rows, "", "| licence | what it asks |", "|---|---|", *asks, ""])


def _listed() -> Iterator[Requirement]:
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text:
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate():
                yield needed
