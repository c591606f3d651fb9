"""Whether something written in a template is worth the same in every deployment of it (pure)."""

from collections.abc import Iterator, Mapping

from acimedic.template import Json, Unresolved
from acimedic.template.syntax import Access, Call, Literal, Malformed, Node, is_expression, parse_expression

_GIVEN = frozenset(
    ("deployer", "deployment", "newguid", "parameters", "reference", "references", "resourcegroup", "resourceinfo")
)
_GIVEN |= {"subscription", "utcnow"}
"""Functions whose value is given with a deployment, or is there only once something is deployed."""


class Varying:
    """Knows the variables of a template: what a variable is made of counts as what it stands for."""

    def __init__(self, template: Mapping[str, Json]) -> None:
        self._template = template
        self._known: dict[str, list[Json]] | None = None

    def varies(self, written: Json) -> bool:
        """Whether parameters, or what else a deployment is given, take part in it."""
        return self._tree(written, frozenset())

    def _tree(self, written: Json, seen: frozenset[str]) -> bool:
        match written:
            case dict():
                return any(self._tree(key, seen) or self._tree(each, seen) for key, each in written.items())
            case list():
                return any(self._tree(each, seen) for each in written)
            case str():
                return is_expression(written) and self._expression(written, seen)
            case bool() | int() | float() | None | Unresolved():
                return False

    def _expression(self, text: str, seen: frozenset[str]) -> bool:
        node = parse_expression(text)
        return isinstance(node, Malformed) or self._node(node, seen)

    def _node(self, node: Node, seen: frozenset[str]) -> bool:
        match node:
            case Literal():
                return False
            case Access(target=target, key=key):
                return self._node(target, seen) or self._node(key, seen)
            case Call(key="variables", arguments=(Literal(value=name),)):
                return self._variable(str(name).lower(), seen)
            case Call(key=key, arguments=arguments):
                given = key in _GIVEN or key == "variables" or key.startswith("list")
                return given or any(self._node(each, seen) for each in arguments)

    def _variable(self, name: str, seen: frozenset[str]) -> bool:
        made_of = self._variables.get(name)
        if made_of is None:
            return True
        return name not in seen and any(self._tree(each, seen | {name}) for each in made_of)

    @property
    def _variables(self) -> dict[str, list[Json]]:
        """What is written for each name, in the template and in those within it: which one counts is not asked."""
        if self._known is None:
            self._known = {}
            for section in _sections(dict(self._template)):
                for name, value in _named(section):
                    self._known.setdefault(name.lower(), []).append(value)
        return self._known


def _sections(root: Json) -> Iterator[dict[str, Json]]:
    stack = [root]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            yield from (each for key, each in value.items() if key.lower() == "variables" and isinstance(each, dict))
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def _named(section: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    """Each variable with what makes it; those that loops make are under `copy`."""
    for key, value in section.items():
        if key.lower() == "copy" and isinstance(value, list):
            yield from ((str(each.get("name")), each) for each in value if isinstance(each, dict))
        else:
            yield key, value
