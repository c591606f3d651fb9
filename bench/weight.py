"""What is deployed: the package, and what each dependency costs in space and in time."""

import importlib.util
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Figure

_ROOT = Path(__file__).parents[1]
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_MIB = 1024 * 1024
_LARGE, _SLOW = 5.0, 100.0
_IMPORTS = {
    "azure-functions": "azure.functions",
    "azure-functions-durable": "azure.durable_functions",
    "azure-identity": "azure.identity.aio",
    "azure-core": "azure.core.pipeline.transport",
    "azure-mgmt-core": "azure.mgmt.core",
    "azure-mgmt-authorization": "azure.mgmt.authorization.v2022_04_01.aio",
    "azure-mgmt-containerinstance": "azure.mgmt.containerinstance.aio",
    "azure-mgmt-containerregistry": "azure.mgmt.containerregistry.aio",
    "azure-mgmt-monitor": "azure.mgmt.monitor.aio",
    "azure-mgmt-msi": "azure.mgmt.msi.aio",
    "azure-mgmt-resource-deployments": "azure.mgmt.resource.deployments.aio",
    "azure-mgmt-resource-subscriptions": "azure.mgmt.resource.subscriptions.aio",
    "azure-mgmt-resourcegraph": "azure.mgmt.resourcegraph.aio",
    "azure-eventgrid": "azure.eventgrid.aio",
    "azure-communication-email": "azure.communication.email.aio",
    "azure-data-tables": "azure.data.tables.aio",
    "azure-storage-blob": "azure.storage.blob.aio",
}
"""What we import of a distribution whose name does not say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What a dependency costs. mib: its own files, without bytecode. direct: whether the app asks for it itself.

    ms: processor time of its import, with all that it imports in turn; None where the app does not ask for it itself.
    """

    name: str
    mib: float
    ms: float | None
    direct: bool


def figures() -> Iterator[Figure]:
    """The package, all dependencies together, and those that are large or slow."""
    shipped = package_kib()
    weighed = weights()
    total = sum(each.mib for each in weighed)
    yield Figure(name="package", value=round(shipped, 1), unit="KiB", method="the zip of .ci/package.py")
    yield Figure(
        name="dependencies",
        value=round(total, 1),
        unit="MiB",
        method=f"files of {len(weighed)} distributions as installed, without bytecode",
    )
    for each in sorted(weighed, key=lambda one: -one.mib):
        if each.mib > _LARGE or (each.ms or 0) > _SLOW:
            asked = "asked for" if each.direct else "asked for by others"
            slow = "not imported by itself" if each.ms is None else f"{each.ms:.0f} ms to import"
            yield Figure(name=f"of these {each.name}", value=round(each.mib, 1), unit="MiB", method=f"{asked}; {slow}")


def package_kib() -> float:
    """The size of what is deployed, without the dependencies, which Azure installs."""
    spec = importlib.util.spec_from_file_location("package", _ROOT / ".ci" / "package.py")
    if spec is None or spec.loader is None:
        raise RuntimeError("there is no .ci/package.py")
    packing = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(packing)
    with TemporaryDirectory() as folder:
        packed: Path = packing.pack(Path(folder))
        return packed.stat().st_size / 1024


def weights(*, times: int = 3) -> list[Weight]:
    """Every distribution that requirements.txt brings, by its own files; those that it names also by their import."""
    direct = _named((_ROOT / "requirements.txt").read_text("utf-8").splitlines())
    return [
        Weight(
            name=name,
            mib=_bytes(found) / _MIB,
            ms=_milliseconds(_IMPORTS.get(name, name), times) if name in direct else None,
            direct=name in direct,
        )
        for name, found in closure(direct).items()
    ]


def closure(names: list[str]) -> dict[str, Distribution]:
    """These distributions and all that they need, without extras."""
    found: dict[str, Distribution] = {}
    left = list(names)
    while left:
        name = left.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:  # for another Python or another system
            continue
        left += _named(found[name].requires or [])
    return found


def _named(lines: list[str]) -> list[str]:
    """The names of requirements, as far as they are asked for without an extra."""
    plain = [line for line in lines if "extra ==" not in line and not line.startswith("#")]
    matches = [_NAME.match(line) for line in plain]
    return [re.sub(r"[-_.]+", "-", match[0]).lower() for match in matches if match]


def _bytes(found: Distribution) -> int:
    files = [Path(str(found.locate_file(file))) for file in found.files or [] if file.suffix != ".pyc"]
    return sum(file.stat().st_size for file in files if file.is_file())


def _milliseconds(module: str, times: int) -> float:
    """The processor time of an import in a fresh process, with all that it imports in turn."""
    code = f"import time; began = time.process_time(); import {module}; print(time.process_time() - began)"
    taken = [
        float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
        for _ in range(times)
    ]
    return statistics.median(taken) * 1000
