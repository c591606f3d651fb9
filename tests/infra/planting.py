"""Plants faults in copies of the real files: each edit is made in the text, at the place of what it spoils."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.infra.checking.arguments import TAKES
from tests.infra.checking.azure_types import Book
from tests.infra.checking.folder import file_faults, world_of
from tests.infra.checking.parser import parse
from tests.infra.checking.symbols import all_statements
from tests.infra.checking.syntax import (
    Array,
    At,
    BicepError,
    Call,
    Choice,
    Constant,
    Declared,
    Dot,
    Expr,
    File,
    Item,
    Loop,
    Module,
    Name,
    Object,
    Resource,
    Spread,
    Statement,
    Text,
    body_of,
    children,
)

OF_BICEP = frozenset({"name", "parent", "scope", "dependsOn"})


@dataclass(frozen=True, slots=True)
class Edit:
    """What a file is spoilt by. what: in words, for the test's message."""

    start: int
    end: int
    put: str
    what: str


@dataclass(frozen=True)
class Folder:
    """The real files."""

    root: Path
    book: Book

    def texts(self) -> dict[Path, str]:
        return {path.resolve(): path.read_text(encoding="utf-8") for path in sorted(self.root.rglob("*.bicep"))}

    def survivors(self, spoil: Callable[[File], Iterator[Edit]]) -> tuple[int, list[str]]:
        """How many faults were planted, and those that the check did not find."""
        texts = self.texts()
        files = {path: parse(text) for path, text in texts.items()}
        count = 0
        unnoticed: list[str] = []
        for path, text in texts.items():
            for edit in spoil(files[path]):
                count += 1
                spoilt = text[: edit.start] + edit.put + text[edit.end :]
                if not self._noticed(path, spoilt, files):
                    unnoticed.append(f"{path.name}: {edit.what}")
        return count, unnoticed

    def _noticed(self, path: Path, text: str, files: dict[Path, File]) -> bool:
        try:
            file = parse(text)
        except BicepError:
            return True
        world = world_of(file, path, files | {path: file}, self.book)
        return any(True for _ in file_faults(file, world))


def resources(file: File) -> Iterator[tuple[Resource, Object]]:
    """Every resource with its body."""
    for each in all_statements(file):
        body = body_of(each.value) if isinstance(each, Resource) else None
        if isinstance(each, Resource) and body is not None:
            yield each, body


def deployed(file: File) -> Iterator[tuple[Resource, Object]]:
    """Those that do not exist already."""
    return (each for each in resources(file) if not each[0].existing)


def written(value: Expr, path: str) -> Iterator[tuple[str, Item]]:
    """Every property of an object and of what is written out within it, by its path."""
    if isinstance(value, Object):
        for item in value.items:
            if isinstance(item, Item) and item.key.literal is not None:
                inner = f"{path}.{item.key.literal}"
                yield inner, item
                yield from written(item.value, inner)
    elif not isinstance(value, (Text, Constant, Name, Call)):
        for each in children(value):
            yield from written(each, path)


def expressions(statement: Statement) -> Iterator[Expr]:
    """Every expression of a declaration."""
    ahead = [each for each in (statement.value,) if each is not None]
    while ahead:
        value = ahead.pop()
        yield value
        ahead += children(value)


def behind(at: At, put: str, what: str) -> Edit:
    return Edit(at.end, at.end, put, what)


def inside(body: Object, put: str, what: str) -> Edit:
    """Something put as the first thing within braces."""
    return Edit(body.at.start + 1, body.at.start + 1, f"\n{put}\n", what)


def without(item: Item, what: str) -> Edit:
    """The property taken out."""
    return Edit(item.at.start, item.value.at.end, "", what)


def key_misspelt(file: File) -> Iterator[Edit]:
    for resource, body in deployed(file):
        for path, item in written(body, resource.name):
            quoted = item.key.at.end - item.key.at.start > len(item.key.literal or "")
            end = item.key.at.end - (1 if quoted else 0)
            yield Edit(end, end, "Zz", f"{path} misspelt")


def read_only_written(file: File) -> Iterator[Edit]:
    for resource, body in deployed(file):
        yield inside(body, "id: 'x'", f"{resource.name}.id written")


def required_missing(file: File) -> Iterator[Edit]:
    for resource, body in deployed(file):
        for item in body.items:
            if isinstance(item, Item) and item.key.literal in {"name", "location"}:
                yield without(item, f"{resource.name}.{item.key.literal} left out")


def wrong_literal(file: File) -> Iterator[Edit]:
    for resource, body in deployed(file):
        for path, item in written(body, resource.name):
            if isinstance(item.value, Constant) and item.value.value is not None:
                yield Edit(item.value.at.start, item.value.at.end, "'Zz'", f"{path} a string")


def word_wrong(file: File) -> Iterator[Edit]:
    for resource, body in deployed(file):
        for path, item in written(body, resource.name):
            if isinstance(item.value, Text) and item.value.literal:
                end = item.value.at.end - 1
                yield Edit(end, end, "Zz", f"{path} a value that is none")


def symbol_undeclared(file: File) -> Iterator[Edit]:
    for each in file.statements:
        for value in expressions(each):
            if isinstance(value, Name):
                yield behind(value.at, "Zz", f"{value.name} in {each.name} undeclared")


def function_unknown(file: File) -> Iterator[Edit]:
    for each in file.statements:
        for value in expressions(each):
            if isinstance(value, Call) and value.base is None:
                end = value.at.start + len(value.name)
                yield Edit(end, end, "Zz", f"{value.name}() in {each.name}")


def param_unused(file: File) -> Iterator[Edit]:
    for each in file.statements:
        if isinstance(each, Declared) and each.kind == "param":
            yield behind(each.at, "Zz", f"param {each.name} renamed")


def description_missing(file: File) -> Iterator[Edit]:
    for each in file.statements:
        described = each.decorator("description") if isinstance(each, Declared) and each.kind == "param" else None
        if described is not None:
            yield behind(described.at, "Zz", f"{each.name} not described")


def module_param_wrong(file: File) -> Iterator[Edit]:
    for each, params in _modules(file):
        for item in params.items:
            if isinstance(item, Item):
                yield behind(item.key.at, "Zz", f"{each.name}.{item.key.literal} misspelt")


def module_output_wrong(file: File) -> Iterator[Edit]:
    for each in file.statements:
        for value in expressions(each):
            if isinstance(value, Dot) and isinstance(value.base, Dot) and value.base.name == "outputs":
                yield behind(value.at, "Zz", f"outputs.{value.name} in {each.name}")


def module_file_wrong(file: File) -> Iterator[Edit]:
    for each, _ in _modules(file):
        yield Edit(each.path.at.end - 1, each.path.at.end - 1, "x", f"file of {each.name}")


def brace_lost(file: File) -> Iterator[Edit]:
    for resource, body in resources(file):
        yield Edit(body.at.end - 1, body.at.end, "", f"brace of {resource.name}")


def version_wrong(file: File) -> Iterator[Edit]:
    for resource, _ in resources(file):
        if "@" in (resource.type.literal or ""):
            end = resource.type.at.end - 1
            yield Edit(end, end, "9", f"version of {resource.name}")


def name_taken(file: File) -> Iterator[Edit]:
    """Of two of one kind at one place, both with names that are written out, one with the other's name."""
    known: dict[tuple[object, ...], Text] = {}
    bodies = [(each.type.literal, body) for each, body in deployed(file)]
    bodies += [("module", body) for each, body in _modules(file)]
    for kind, body in bodies:
        name = body.get("name")
        if isinstance(name, Text) and name.literal is not None:
            above = [value.name if isinstance(value, Name) else None for value in map(body.get, ("parent", "scope"))]
            first = known.setdefault((kind, *above), name)
            if first is not name:
                yield Edit(name.at.start, name.at.end, f"'{first.literal}'", f"{name.literal} named {first.literal}")


def item_twice(file: File) -> Iterator[Edit]:
    for _, items in _looped(file):
        words = [each for each in items if isinstance(each, Text)]
        for other in words[1:]:
            yield Edit(other.at.start, other.at.end, f"'{words[0].literal}'", f"{other.literal} written twice")


def item_property_wrong(file: File) -> Iterator[Edit]:
    for loop, items in _looped(file):
        ahead: list[Expr] = [loop.body]
        while ahead:
            value = ahead.pop()
            ahead += children(value)
            if isinstance(value, Dot) and isinstance(value.base, Name) and value.base.name == loop.names[0] and items:
                yield behind(value.at, "Zz", f"{loop.names[0]}.{value.name}")


def item_property_missing(file: File) -> Iterator[Edit]:
    for _, items in _looped(file):
        for number, each in enumerate(items):
            if isinstance(each, Object):
                yield from (without(item, f"{number}: {path}") for path, item in written(each, "item"))


def loaded_file_wrong(file: File) -> Iterator[Edit]:
    for each in file.statements:
        for value in expressions(each):
            if isinstance(value, Call) and value.name.startswith("load"):
                path = value.arguments[0].at
                yield Edit(path.end - 1, path.end - 1, "Zz", f"{value.name}() in {each.name}")


def decorator_argument_wrong(file: File) -> Iterator[Edit]:
    for each in file.statements:
        for decorator in each.decorators:
            for argument in decorator.arguments:
                if isinstance(argument, Constant):
                    at = argument.at
                    yield Edit(at.start, at.end, f"'{argument.value}'", f"@{decorator.name}() of {each.name}")


def function_argument_wrong(file: File) -> Iterator[Edit]:
    for each in file.statements:
        for value in expressions(each):
            if isinstance(value, Call) and value.base is None and value.name in TAKES and value.arguments:
                at = value.arguments[0].at
                yield Edit(at.start, at.end, "{}", f"{value.name}() in {each.name}")


def _looped(file: File) -> Iterator[tuple[Loop, tuple[Expr, ...]]]:
    """Every loop of what is deployed with the items that it goes through, in any branch, where they are written out."""
    variables = {each.name: each.value for each in file.statements if isinstance(each, Declared) and each.kind == "var"}
    for each in file.statements:
        if isinstance(each, Resource) and isinstance(each.value, Loop):
            ahead: list[Expr | None] = [each.value.source]
            items: list[Expr] = []
            while ahead:
                value = ahead.pop()
                if isinstance(value, Name):
                    ahead.append(variables.get(value.name))
                elif isinstance(value, Choice):
                    ahead += [value.yes, value.no]
                elif isinstance(value, Array):
                    items += [item for item in value.items if not isinstance(item, Spread)]
            yield each.value, tuple(items)


def _modules(file: File) -> Iterator[tuple[Module, Object]]:
    for each in file.statements:
        body = body_of(each.value) if isinstance(each, Module) else None
        params = body.get("params") if body is not None else None
        if isinstance(each, Module) and isinstance(params, Object):
            yield each, params
