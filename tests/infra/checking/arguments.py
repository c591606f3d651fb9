"""What functions and decorators are given: of the right type, for something that takes it, and files that are there."""

from collections.abc import Iterator, Mapping

from tests.infra.checking.fitting import Fault
from tests.infra.checking.likeness import refused
from tests.infra.checking.meaning import NAMESPACES, World, locals_of, shape_of, within_loop
from tests.infra.checking.shapes import Anything, Fields, ListOf, OneOf, Shape, Whole, Word, describe
from tests.infra.checking.symbols import all_statements
from tests.infra.checking.syntax import Call, Declared, Expr, File, Lambda, Loop, Name, Statement, Text, children

_WORD, _WHOLE, _LIST, _OBJECT = Word(), Whole(), ListOf(Anything), Fields(fields={}, more=Anything)
_WORDS = OneOf((_WORD, _LIST))
_ONE_WORD = ("base64", "base64ToString", "toLower", "toUpper", "trim", "uriComponent")
_LOADED = frozenset({"loadFileAsBase64", "loadJsonContent", "loadTextContent", "loadYamlContent"})

TAKES: Mapping[str, tuple[Shape, ...]] = {
    **dict.fromkeys(_ONE_WORD, (_WORD,)),
    "endsWith": (_WORD, _WORD),
    "filter": (_LIST, Anything()),
    "indexOf": (_WORDS, Anything()),
    "join": (_LIST, _WORD),
    "lastIndexOf": (_WORDS, Anything()),
    "managementGroup": (_WORD,),
    "map": (_LIST, Anything()),
    "range": (_WHOLE, _WHOLE),
    "replace": (_WORD, _WORD, _WORD),
    "resourceGroup": (_WORD, _WORD),
    "skip": (_WORDS, _WHOLE),
    "split": (_WORD, _WORDS),
    "startsWith": (_WORD, _WORD),
    "subscription": (_WORD,),
    "substring": (_WORD, _WHOLE, _WHOLE),
    "take": (_WORDS, _WHOLE),
    "uri": (_WORD, _WORD),
    "uniqueString": (_WORD,),
}
"""What a function takes, one by one; the last is for all that follow."""

_DECORATORS: Mapping[str, Shape] = {
    "allowed": _LIST,
    "batchSize": Whole(least=1),
    "description": _WORD,
    "maxLength": Whole(least=0),
    "maxValue": _WHOLE,
    "metadata": _OBJECT,
    "minLength": Whole(least=0),
    "minValue": _WHOLE,
    "secure": Anything(),
}
_LONG = (_WORD, _LIST)
_ON: Mapping[str, tuple[Shape, ...]] = {
    "maxLength": _LONG,
    "maxValue": (_WHOLE,),
    "minLength": _LONG,
    "minValue": (_WHOLE,),
    "secure": (_WORD, _OBJECT),
}
"""What a decorator may stand on, where that is not anything."""


def argument_faults(file: File, world: World) -> Iterator[Fault]:
    """All that is wrong with what is given."""
    for each in all_statements(file):
        for decorator in each.decorators:
            yield from _decorator(decorator, each, world)
        if each.value is not None:
            yield from _calls(each.value, within_loop(each.value, world))


def _decorator(decorator: Call, of: Statement, world: World) -> Iterator[Fault]:
    wanted = _DECORATORS.get(decorator.name)
    if wanted is None:
        return
    takes = 0 if decorator.name == "secure" else 1
    if len(decorator.arguments) != takes:
        yield Fault(decorator.at, f"@{decorator.name}() takes {takes} arguments and not {len(decorator.arguments)}")
    for argument in decorator.arguments:
        yield from _misgiven(argument, wanted, world, f"@{decorator.name}()")
    shape = world.resolved(of.shape or Anything()) if isinstance(of, Declared) else Anything()
    kinds = _ON.get(decorator.name)
    if kinds is not None and all(refused(shape, kind, world) is not None for kind in kinds):
        yield Fault(decorator.at, f"@{decorator.name}() does not go with {describe(shape)}")


def _calls(value: Expr, world: World) -> Iterator[Fault]:
    if isinstance(value, Call):
        if value.base is None or (isinstance(value.base, Name) and value.base.name in NAMESPACES):
            yield from _call(value, world)
        for inner in children(value):
            # What a lambda is given depends on its function: nothing is known of it here.
            of_lambda = dict.fromkeys(inner.names, Anything()) if isinstance(inner, Lambda) else {}
            yield from _calls(inner, world.within(of_lambda))
        return
    local = locals_of(value, world) if isinstance(value, Loop) else {}
    for inner in children(value):
        yield from _calls(inner, world.within(local))


def _call(call: Call, world: World) -> Iterator[Fault]:
    wanted = TAKES.get(call.name, ())
    for number, argument in enumerate(call.arguments if wanted else ()):
        yield from _misgiven(argument, wanted[min(number, len(wanted) - 1)], world, f"{call.name}()")
    if call.name in _LOADED and call.arguments:
        path = call.arguments[0]
        if not isinstance(path, Text) or path.literal is None:
            yield Fault(path.at, f"what {call.name}() loads has to be written out")
        elif not (world.folder / path.literal).is_file():
            yield Fault(path.at, f"there is no file {path.literal}")


def _misgiven(argument: Expr, wanted: Shape, world: World, function: str) -> Iterator[Fault]:
    found = world.resolved(shape_of(argument, world))
    why = refused(found, wanted, world)
    if why is not None:
        yield Fault(argument.at, f"{function} takes {why} and is given {describe(found)}")
