"""A template's text, and where in it something is written (pure)."""

from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property

from acimedic.model.report import ToldPlace
from acimedic.template import Json, TemplateError, child_path, parse
from acimedic.template.lenient import Reader
from acimedic.template.reader import decode


class Source:
    """The text of a template as a person wrote it. Raises TemplateError where it is no JSON object."""

    def __init__(self, name: str, text: str | bytes) -> None:
        self.name = name
        self._text = decode(text)
        value = parse(self._text)
        if not isinstance(value, dict):
            raise TemplateError("a template is a JSON object", 1, 1)
        self.value: Mapping[str, Json] = value

    def place(self, path: str, within: tuple[str | int, ...] = ()) -> ToldPlace:
        """Where the culprit is written: `within` the value at `path`, or the nearest thing around it that is written.

        An expression may stand for a whole array or object; then the expression itself is the place.
        """
        found = path if path in self._offsets else ""
        node = self._values.get(found)
        for step in within if found == path else ():
            below = _step(node, found, step)
            if below is None:
                break
            found, node = below
        line, column = self._line_and_column(self._offsets.get(found, 0))
        return ToldPlace(file=self.name, path=found, line=line, column=column)

    def written(self, path: str) -> Mapping[str, Json]:
        """The object at a path as it is written, with its expressions; empty where there is none."""
        value = self._values.get(path)
        return value if isinstance(value, dict) else {}

    @cached_property
    def _offsets(self) -> dict[str, int]:
        reader = Reader(self._text, positions=True)
        reader.read()
        return reader.positions

    @cached_property
    def _values(self) -> dict[str, Json]:
        """Every container of the template by its path; scalars are never gone into."""
        found: dict[str, Json] = {}
        stack: list[tuple[str, Json]] = [("", dict(self.value))]
        while stack:
            path, value = stack.pop()
            found[path] = value
            members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
            stack.extend((child_path(path, key), each) for key, each in members if isinstance(each, dict | list))
        return found

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(at + 1 for at, each in enumerate(self._text) if each == "\n")]

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


def _step(node: Json, path: str, step: str | int) -> tuple[str, Json] | None:
    """One step down in what is written; a loop's `input` stands for each of its elements."""
    if isinstance(node, list):
        if isinstance(step, int) and step < len(node):
            return child_path(path, step), node[step]
        return None
    if not isinstance(node, dict):
        return None
    if isinstance(step, int):  # the element of a loop
        return (child_path(path, "input"), node["input"]) if "input" in node and "count" in node else None
    written = next((key for key in node if key.lower() == step.lower()), None)
    if written is not None:
        return child_path(path, written), node[written]
    return _loop(node, path, step)


def _loop(node: dict[str, Json], path: str, name: str) -> tuple[str, Json] | None:
    loops = node.get("copy")
    for at, loop in enumerate(loops if isinstance(loops, list) else []):
        if isinstance(loop, dict) and str(loop.get("name")).lower() == name.lower():
            return child_path(child_path(path, "copy"), at), loop
    return None
