"""Marks in each resource of a template what it refers to, so that evaluating it tells what that is (pure).

The evaluation of a resource does not say which resources its reference() and list*() were about. Their first
arguments, as properties of their own, are evaluated where they stand.
"""

from collections.abc import Iterator, Mapping

from acimedic.template import Json
from acimedic.template.syntax import Access, Call, Literal, Malformed, Node, is_expression, parse_expression
from acimedic.template.values import find_key

REFERS = "acimedic:refers"
LOOP = "acimedic:loop"
_DEPTH = 30


def marked(template: Mapping[str, Json]) -> dict[str, Json]:
    """The template, with what each resource refers to and the name of its loop as properties of the resource."""
    return _template(dict(template), 0)


def _template(template: dict[str, Json], depth: int) -> dict[str, Json]:
    key = find_key(template, "resources")
    if key is None or depth > _DEPTH:
        return template
    return {**template, key: _section(template[key], depth)}


def _section(resources: Json, depth: int) -> Json:
    if isinstance(resources, list):
        return [_resource(each, depth + 1) for each in resources]
    if isinstance(resources, dict):
        return {symbol: _resource(each, depth + 1) for symbol, each in resources.items()}
    return resources


def _resource(definition: Json, depth: int) -> Json:
    if not isinstance(definition, dict) or depth > _DEPTH:
        return definition
    found: dict[str, Json] = dict(definition)
    own: list[Json] = []
    for key, value in definition.items():
        if key.lower() == "resources":
            found[key] = _section(value, depth)
        elif key.lower() == "properties" and isinstance(value, dict):
            found[key], rest = _properties(value, depth)
            own.append(rest)
        elif key.lower() not in ("copy", "dependson"):
            own.append(value)
    found[REFERS] = list(dict.fromkeys(f"[{each}]" for part in own for each in _targets(part)))
    loop = find_key(definition, "copy")
    named = definition[loop] if loop is not None else None
    if isinstance(named, dict) and isinstance(named.get("name"), str):
        found[LOOP] = named["name"]
    return found


def _properties(properties: dict[str, Json], depth: int) -> tuple[Json, Json]:
    """The properties with the resources of an inner template marked, and what of them is not that template."""
    key = find_key(properties, "template")
    inner = properties[key] if key is not None else None
    if key is None or not isinstance(inner, dict):
        return properties, properties
    rest: dict[str, Json] = {name: value for name, value in properties.items() if name != key}
    return {**properties, key: _template(inner, depth)}, rest


def _targets(root: Json) -> Iterator[str]:
    """The first arguments of reference() and list*() in a tree, as they are written."""
    stack: list[Json] = [root]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack += [*value, *value.values()]
        elif isinstance(value, list):
            stack += value
        elif isinstance(value, str) and is_expression(value):
            node = parse_expression(value)
            if not isinstance(node, Malformed):
                yield from _calls(node)


def _calls(root: Node) -> Iterator[str]:
    stack: list[Node] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Access):
            stack += [node.target, node.key]
        elif isinstance(node, Call):
            stack += node.arguments
            if node.arguments and _refers(node.key):
                yield _written(node.arguments[0])


def _refers(key: str) -> bool:
    return key in ("reference", "references") or (key.startswith("list") and "." not in key)


def _written(node: Node) -> str:
    match node:
        case Literal(value=str(text)):
            quoted = text.replace("'", "''")
            return f"'{quoted}'"
        case Literal(value=number):
            return str(number)
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(_written(each) for each in arguments)})"
        case Access(target=target, key=key, safe=safe):
            return f"{_written(target)}[{'?' if safe else ''}{_written(key)}]"
