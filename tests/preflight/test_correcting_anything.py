"""Whatever a template holds, correcting its groups ends with an answer."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acimedic.preflight.correcting import corrected
from acimedic.preflight.offline import examine
from acimedic.preflight.request import Request
from acimedic.preflight.source import Source
from acimedic.template import TemplateError
from tests.preflight.fixing import GROUP, PULLER, examinations, healthy
from tests.preflight.templates import NOW, SCOPE

_TEMPLATES = Path(__file__).parents[2].parent / "shared" / "payloads" / "d-templates"
CALCULATED = settings(derandomize=True, deadline=None, max_examples=120)
SECRET = "Tr0ub4dor-and-3"

_KEYS = (
    "name type properties identity userAssignedIdentities containers initContainers image imageRegistryCredentials "
    "server username password secureValue environmentVariables value copy count input volumes secret apiVersion "
    "condition IMAGE Properties [variables('x')] [[x] networkProfile"
)
_keys = st.sampled_from(_KEYS.split(" "))
_texts = st.sampled_from(
    [
        "",
        " ",
        "[variables('x')]",
        "[variables('y')]",
        "[parameters('p')]",
        "[copyIndex()]",
        "[[x]",
        "[",
        "[concat('a', copyIndex('image'))]",
        '[json(\'{"password":"x"}\')]',
        "https://contoso.azurecr.io/App:1",
        "contoso.azurecr.io",
        "https://contoso.azurecr.io",
        "contoso.azurecr.io/a:1",
        "a:1 ",
        "system",
        "SystemAssigned",
        "2018-10-01",
        PULLER,
        "\ud800",
    ]
)
_leaves: st.SearchStrategy[Any] = st.one_of(_texts, st.none(), st.booleans(), st.integers(-2, 3), st.text(max_size=4))
_trees = st.recursive(
    _leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_keys, inner, max_size=4)),
    max_leaves=12,
)


def _mostly(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What is expected there, and now and then anything."""
    return st.integers(0, 11).flatmap(lambda chance: _trees if chance == 0 else strategy)


def _objects(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return _mostly(st.fixed_dictionaries({}, optional={key: _mostly(each) for key, each in members.items()}))


def _lists(strategy: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[Any]:
    return _mostly(st.lists(strategy, min_size=least, max_size=2))


_secrets = st.sampled_from([SECRET, f"[concat('{SECRET}')]", "[variables('z')]", "[parameters('p')]", ""])
_images = st.sampled_from(
    ["contoso.azurecr.io/App:1", "https://contoso.azurecr.io/a:1", "a:1", "[variables('i')]", "B:1 "]
)
_servers = st.sampled_from(["contoso.azurecr.io", "https://contoso.azurecr.io", "fabrikam.azurecr.io", "docker.io", ""])
_whole = st.fixed_dictionaries({"server": _servers, "username": _texts, "password": _secrets})
_entries = st.one_of(_whole, _objects(server=_servers, username=_texts, identity=_texts, password=_secrets))
_variables = _objects(name=_texts, value=_texts, secureValue=_secrets)
_inner = st.fixed_dictionaries(
    {"image": _mostly(_images)}, optional={"environmentVariables": _lists(_variables), "copy": _trees}
)
_containers = _lists(_mostly(st.fixed_dictionaries({"name": _texts, "properties": _mostly(_inner)})), 1)
_loop = st.fixed_dictionaries(
    {"name": st.just("imageRegistryCredentials"), "count": st.integers(0, 2), "input": _entries}
)
_properties = st.fixed_dictionaries(
    {"containers": _containers},
    optional={
        "initContainers": _containers,
        "imageRegistryCredentials": st.one_of(
            _lists(_entries), st.sampled_from(["[variables('x')]", "[variables('y')]"])
        ),
        "copy": _lists(_loop),
        "osType": _texts,
    },
)
_attached: st.SearchStrategy[Any] = st.dictionaries(
    st.sampled_from([PULLER, "x", "[variables('x')]"]), st.just({}), max_size=2
)
_identities = _objects(type=_texts, userAssignedIdentities=_attached)
_groups = st.fixed_dictionaries(
    {"apiVersion": _texts, "name": _texts, "properties": _mostly(_properties)},
    optional={"identity": _identities, "copy": st.sampled_from([None, {"name": "g", "count": 2}])},
)


def _template(group: dict[str, Any], value: Any) -> dict[str, Any]:
    parameters = {"p": {"type": "securestring"}}
    variables = {
        "x": value,
        "y": [{"server": "https://contoso.azurecr.io", "password": SECRET}],
        "z": SECRET,
        "i": "https://contoso.azurecr.io/b:1",
    }
    return {"parameters": parameters, "variables": variables, "resources": [{"type": GROUP, **group}]}


@CALCULATED
@given(group=_groups, value=_trees)
def test_no_group_makes_it_raise_or_show_a_secret(group: dict[str, Any], value: Any) -> None:
    request = Request(name="x", template=_template(group, value), scope=SCOPE)
    for each in examine(request, now=NOW).groups:
        assert SECRET not in json.dumps(corrected(each, {"type": GROUP, **group}).resource)


@CALCULATED
@given(source=_trees.filter(lambda tree: isinstance(tree, dict)))
def test_no_source_makes_it_raise_whatever_was_examined(source: dict[str, Any]) -> None:
    template = healthy()
    template["resources"][0]["properties"]["imageRegistryCredentials"] = [{"server": "https://contoso.azurecr.io"}]
    ((examined, _),) = examinations(template)
    made = corrected(examined, source)
    assert (made.resource is None) == (not made.changes)


@CALCULATED
@given(group=_groups, value=_trees)
def test_a_corrected_group_needs_no_second_correction(group: dict[str, Any], value: Any) -> None:
    template = _template(group, value)
    for each in examine(Request(name="x", template=template, scope=SCOPE), now=NOW).groups[:1]:
        made = corrected(each, template["resources"][0]).resource
        if made is not None:
            after = {**template, "resources": [made]}
            again = examine(Request(name="x", template=after, scope=SCOPE), now=NOW).groups[0]
            assert corrected(again, made).changes == ()


def _files() -> list[Any]:
    return [
        pytest.param(path, id=str(path.relative_to(_TEMPLATES)))
        for path in sorted(_TEMPLATES.rglob("*.json"))
        if path.parent != _TEMPLATES and path.parent.name != "oracle-deployments" and "param" not in path.name
    ]


@pytest.mark.parametrize("path", _files())
def test_what_others_wrote_is_corrected_only_where_it_is_faulty(path: Path) -> None:
    try:
        source = Source(path.name, path.read_bytes())
    except TemplateError:
        return
    for each in examine(Request(name=path.name, template=source.value, scope=SCOPE), now=NOW).groups:
        made = corrected(each, source.written(each.asked.path))
        assert bool(made.changes) <= bool(each.diagnosis.fails)
