"""A container group while it is being corrected: what is changed, and what the checks say of it then (pure)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import checks
from acimedic.asked_group import definition_of
from acimedic.diagnosis import diagnose
from acimedic.image import server_fault
from acimedic.model.definition import Container, Credential, Definition
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.evidence import Evidence
from acimedic.model.image import ImageReference, RegistryHost
from acimedic.model.reading import Gap
from acimedic.preflight.corrections.pair import CannotError, Pair
from acimedic.preflight.corrections.paths import as_written, counts, path_of, value_at
from acimedic.preflight.corrections.varying import Varying
from acimedic.preflight.places import Steps
from acimedic.preflight.request import Examined
from acimedic.pulls import pulls
from acimedic.template import Json

CREDENTIALS: Steps = ("properties", "imageRegistryCredentials")
_CHECKS = tuple(each for each in checks.ALL if each.__name__.startswith(("checks.definition.", "checks.limits.")))
_PUBLIC = ("mcr.microsoft.com",)


class Draft:
    """The group as far as it is corrected. What is asked for by name is asked as the checks read it last."""

    def __init__(self, examined: Examined, source: Mapping[str, Json]) -> None:
        self._asked = examined.asked
        self._pair = Pair(source, examined.asked.resource.body, Varying(examined.asked.template))
        self.diagnosis: Diagnosis = examined.diagnosis
        self.changes: list[str] = []
        self.notes: list[str] = []

    @property
    def source(self) -> dict[str, Json]:
        """The group as it is written now."""
        return self._pair.source

    @property
    def evidence(self) -> Evidence:
        """What the checks were given."""
        return self.diagnosis.evidence

    @property
    def definition(self) -> Definition:
        """The group as the checks read it."""
        read = self.evidence.definition
        return self._asked.definition if isinstance(read, Gap) else read

    @property
    def credentials(self) -> tuple[Credential, ...]:
        """The registry credentials; none where they could not be evaluated, for then nothing is said of them."""
        read = self.definition.credentials
        return () if isinstance(read, Gap) else read

    def images(self) -> Iterator[tuple[Container, Steps]]:
        """Every container and init container, with the way to its image."""
        read = self.definition.containers
        seen = {True: 0, False: 0}
        for each in () if isinstance(read, Gap) else read:
            kind = "initContainers" if each.init else "containers"
            yield each, ("properties", kind, seen[each.init], "properties", "image")
            seen[each.init] += 1

    def unserved(self) -> tuple[RegistryHost, ...] | None:
        """The registries that the images name and no credential is for, each once; None where one is not known."""
        found: dict[str, RegistryHost] = {}
        for pull in pulls(self.evidence):
            reference = pull.reference
            if not isinstance(reference, ImageReference) or isinstance(pull.credential, Gap):
                return None
            wanting = pull.credential is None and pull.meant is None and not reference.host_implied
            if wanting and reference.host.name not in _PUBLIC:
                found.setdefault(reference.host.name, reference.host)
        return tuple(found.values())

    def every_server_is_clear(self) -> bool:
        """Whether it is known of every credential for which registry it is."""
        return all(isinstance(each.server, str) and server_fault(each.server) is None for each in self.credentials)

    def out_of_reach(self) -> str | None:
        """Why nothing of this group can be corrected where it is written; None where it can."""
        if not isinstance(value_at(self.source, ("properties",)), dict | str):
            return "the group is not written in the template as an object of its own"
        if self._pair.looped and any(map(counts, _decisive(self.source))):
            return "it is one of a loop of groups, and differs from round to round"
        return None

    def diagnose(self) -> None:
        """Let the checks look at the group as it is now."""
        version = self.value(("apiVersion",))
        known = version if isinstance(version, str) else self._asked.resource.api_version
        resource = replace(self._asked.resource, body=self._pair.body, api_version=known)
        definition = definition_of(resource, self._asked.group, self._asked.definition.source, supplied=True)
        self.diagnosis = diagnose(replace(self.evidence, definition=definition), _CHECKS)

    def value(self, steps: Steps) -> Json:
        """What the group has at a place, evaluated; None where there is nothing."""
        return value_at(self._pair.body, steps)

    def written(self, steps: Steps) -> Json:
        """What is written at a place; None where nothing is written there by itself."""
        return value_at(self.source, steps)

    def set(
        self, steps: Steps, value: Json, shown: str, *, written: Json = None, name: str | None = None
    ) -> tuple[str, ...]:
        """Give a property this value; why that could not be done, where it could not.

        shown: the value in words. written: how it is to stand in the template, where that is not the value itself.
        name: how the property's name is to stand there, where that is an expression.
        """
        text = as_written(value) if written is None else written
        path = path_of(steps)
        return self._done(
            lambda: self._pair.set(steps, value, text, name), f"{path} is now", f"{path} should be", shown
        )

    def remove(self, steps: Steps, why: str) -> tuple[str, ...]:
        """Take a property or an element away; why that could not be done, where it could not."""
        last, path = steps[-1], path_of(steps)

        def do() -> list[str]:
            return self._pair.remove_element(steps[:-1], last) if isinstance(last, int) else self._pair.remove(steps)

        return self._done(do, f"{path} is removed:", f"{path} should be removed:", why)

    def append(self, steps: Steps, value: Json, shown: str, *, written: Json) -> tuple[str, ...]:
        """Add an element to an array, which is made where there is none; why that could not be done."""
        if self.value(steps) is None:
            return self.set(steps, [value], shown, written=[written])
        path = path_of(steps)
        return self._done(
            lambda: self._pair.append(steps, value, written),
            f"{path} has another entry:",
            f"{path} should have:",
            shown,
        )

    def _done(self, do: Callable[[], list[str]], now: str, meant: str, shown: str) -> tuple[str, ...]:
        try:
            said = do()
        except CannotError as cannot:
            return (f"{meant} {shown}; {cannot}",)
        self.changes += [*said, f"{now} {shown}"]
        return ()


def _decisive(source: dict[str, Json]) -> Iterator[Json]:
    """All that is written of what decides a pull."""
    for steps in (("apiVersion",), ("identity",), CREDENTIALS, ("properties", "copy")):
        yield value_at(source, steps)
    properties = value_at(source, ("properties",))
    if not isinstance(properties, dict):
        yield properties
    for kind in ("containers", "initContainers"):
        containers = value_at(source, ("properties", kind))
        for each in containers if isinstance(containers, list) else [containers]:
            inner = value_at(each, ("properties",))
            yield value_at(inner, ("image",)) if isinstance(inner, dict) else each
