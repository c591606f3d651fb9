"""A folder of Bicep files -> all that is wrong in it, and what could not be checked."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pycep import BicepParser

from tests.infra.checking.arguments import argument_faults
from tests.infra.checking.azure_types import Book
from tests.infra.checking.deployed_names import name_faults
from tests.infra.checking.fitting import Fault, misfits
from tests.infra.checking.meaning import World
from tests.infra.checking.modules import default_faults, module_faults, needed
from tests.infra.checking.order import order_faults
from tests.infra.checking.parser import parse
from tests.infra.checking.resources import resource_faults, type_faults, version_notes
from tests.infra.checking.symbols import all_statements, nested_in, symbol_faults
from tests.infra.checking.syntax import BicepError, Declared, File, Module, Resource


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """One fault, with its file and line."""

    file: str
    line: int
    said: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """faults: what is wrong. notes: the types and versions that could not be looked up, each once."""

    files: int
    resources: int
    faults: tuple[Told, ...]
    notes: tuple[str, ...]


def check_folder(folder: Path, book: Book) -> Outcome:
    """Every `.bicep` file below a folder, and `main.parameters.json`."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.bicep"))}
    files: dict[Path, File] = {}
    faults: set[Told] = set()
    for path, text in texts.items():
        try:
            files[path.resolve()] = parse(text)
        except BicepError as error:
            faults.add(Told(str(path.relative_to(folder)), error.line, error.said))
    notes: set[str] = set()
    count = 0
    for path in texts:
        file = files.get(path.resolve())
        if file is not None:
            world = world_of(file, path, files, book)
            name = str(path.relative_to(folder))
            faults |= {Told(name, fault.at.line, fault.said) for fault in file_faults(file, world)}
            resources = [each for each in all_statements(file) if isinstance(each, Resource)]
            notes |= {note for each in resources if (note := version_notes(each, world)) is not None}
            count += len(resources)
    faults |= set(_parameters(folder, files))
    return Outcome(files=len(texts), resources=count, faults=tuple(sorted(faults)), notes=tuple(sorted(notes)))


def second_reading(folder: Path) -> tuple[Told, ...]:
    """The files that pycep cannot read: checkov reads with it, and would leave them out without a word."""
    found: list[Told] = []
    for path in sorted(folder.rglob("*.bicep")):
        try:
            BicepParser().parse(text=path.read_text(encoding="utf-8"))
        except Exception as error:  # noqa: BLE001 - it raises whatever its parser raises
            first = str(error).splitlines()[0] if str(error) else type(error).__name__
            found.append(
                Told(str(path.relative_to(folder)), getattr(error, "line", 1), f"pycep cannot read it: {first}")
            )
    return tuple(found)


def world_of(file: File, path: Path, files: dict[Path, File], book: Book) -> World:
    """What names mean in a file."""
    uses = [each.path.literal for each in file.statements if isinstance(each, Module)]
    modules = {each: files.get((path.parent / each).resolve()) for each in uses if each is not None}
    named = {each.name: each for each in all_statements(file) if not _is_output(each)}
    types: dict[Resource, tuple[str, str]] = {}
    for each in file.statements:
        if isinstance(each, Resource):
            _types(each, None, types)
    return World(book=book, folder=path.parent, modules=modules, named=named, types=types, imported=file.imported)


def _is_output(statement: object) -> bool:
    return isinstance(statement, Declared) and statement.kind == "output"


def _types(resource: Resource, outer: tuple[str, str] | None, types: dict[Resource, tuple[str, str]]) -> None:
    """The type and version of a resource, and of those within: they go on from the one around them."""
    name, _, version = (resource.type.literal or "").partition("@")
    if outer is not None:
        name, version = f"{outer[0]}/{name}", version or outer[1]
    types[resource] = (name, version)
    for inner, above in nested_in(resource):
        if above is resource:
            _types(inner, (name, version), types)


def file_faults(file: File, world: World) -> Iterator[Fault]:
    """All that is wrong in one file."""
    yield from symbol_faults(file, world)
    yield from order_faults(file, world)
    yield from name_faults(file, world)
    yield from argument_faults(file, world)
    for each in file.statements:
        if isinstance(each, Resource):
            yield from type_faults(each, world)
            yield from resource_faults(each, world, file.target, inside=None)
            for inner, outer in nested_in(each):
                yield from resource_faults(inner, world, file.target, inside=outer)
        elif isinstance(each, Module):
            yield from module_faults(each, world, file.target)
        elif each.kind == "param":
            yield from default_faults(each, world)
        elif each.kind == "output" and each.value is not None and each.shape is not None:
            yield from misfits(each.value, each.shape, world, path=f"output {each.name}")


def _parameters(folder: Path, files: dict[Path, File]) -> Iterator[Told]:
    """`main.parameters.json` gives what `main.bicep` takes."""
    path, main = folder / "main.parameters.json", files.get((folder / "main.bicep").resolve())
    if main is None or not path.is_file():
        return
    try:
        given = json.loads(path.read_text(encoding="utf-8"))["parameters"]
    except (ValueError, KeyError, TypeError) as error:
        yield Told(path.name, 1, f"it cannot be read: {error}")
        return
    for name in given:
        if name not in main.params:
            yield Told(path.name, 1, f"main.bicep has no parameter {name!r}")
    for param in main.params.values():
        if needed(param) and param.name not in given:
            yield Told(path.name, 1, f"the parameter {param.name!r} is required")
