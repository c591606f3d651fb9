"""The files that `acimedic preflight` is given: a template and its parameters, or Bicep, which is built first."""

import re
from collections.abc import Mapping
from pathlib import Path

from acimedic.asked_group import is_bare_group
from acimedic.cli.bicep import Built, built, is_bicep, place_of_symbol, place_of_type
from acimedic.cli.files import called, read_file
from acimedic.cli.trouble import CannotRunError
from acimedic.model.report import ToldPlace
from acimedic.model.resource_id import CONTAINER_GROUPS
from acimedic.preflight.request import is_template
from acimedic.preflight.source import Source
from acimedic.template import MAX_SIZE, Json, TemplateError, parse

_SYMBOL = re.compile(r"resources\.([A-Za-z_]\w*)")


class BicepSource(Source):
    """What was built of a Bicep file: places are those of the Bicep file, as far as they can be found there."""

    def __init__(self, name: str, text: bytes, bicep: str) -> None:
        super().__init__(name, text)
        self._bicep = bicep

    def place(self, path: str, within: tuple[str | int, ...] = ()) -> ToldPlace:
        """The declaration of the resource; without line where it is not in this file, as those of modules are not."""
        place = super().place(path, within)
        symbol = _SYMBOL.fullmatch(path)
        found = place_of_symbol(self._bicep, symbol[1]) if symbol is not None else None
        if found is None and "template" not in path:
            found = place_of_type(self._bicep, CONTAINER_GROUPS)
        line, column = found or (None, None)
        return ToldPlace(file=self.name, path=place.path, line=line, column=column)


def read_template(name: str, parameters: str | None) -> tuple[Source, Mapping[str, Json]]:
    """The template and what its parameters are given. Raises CannotRunError."""
    if name == "-" and parameters == "-":
        raise CannotRunError("the template and its parameters cannot both come from standard input")
    made = built(name) if is_bicep(name) else None
    source = _source(name, made)
    if not is_bare_group(source.value) and not is_template(source.value):
        raise CannotRunError(
            f"{called(name)} is neither an ARM template (it has no 'resources' as an array or object) "
            "nor a container group (no 'properties' with 'containers', or another 'type')"
        )
    if parameters is not None:
        given = built(parameters).parameters if is_bicep(parameters) else read_file(parameters, MAX_SIZE)
        return source, _parameters(parameters, given or b"")
    return source, _parameters(name, made.parameters) if made is not None and made.parameters else {}


def _source(name: str, made: Built | None) -> Source:
    try:
        if made is None:
            return Source(called(name), read_file(name, MAX_SIZE))
        written = Path(name).read_text("utf-8", "replace") if name.lower().endswith(".bicep") else ""
        return BicepSource(name, made.template, written)
    except TemplateError as error:
        raise CannotRunError(f"{called(name)} is not a template: {error}") from error


def _parameters(name: str, text: bytes) -> Mapping[str, Json]:
    try:
        value = parse(text)
    except TemplateError as error:
        raise CannotRunError(f"{called(name)} is not a parameter file: {error}") from error
    if not isinstance(value, dict):
        raise CannotRunError(f"{called(name)} is not a parameter file: it is no JSON object")
    return value
