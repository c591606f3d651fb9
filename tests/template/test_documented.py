"""The examples of Microsoft's own pages on the functions of a template: each gives what its page says.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions and the page of each
group of functions below it. What a page's example has as a parameter or variable stands in `WRITTEN`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from acimedic.template import Json, Scope, Unresolved, evaluate_expression

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
SCOPE = Scope(
    subscription_id=SUBSCRIPTION.rpartition("/")[2],
    resource_group="examplegroup",
    now=datetime(2019, 3, 5, 17, 53, 18, tzinfo=UTC),
)

EVIE: Json = {"name": "Evie", "age": 5, "interests": ["Ball", "Frisbee"]}
CASPER: Json = {"name": "Casper", "age": 3, "interests": ["Other dogs"]}
INDY: Json = {"name": "Indy", "age": 2, "interests": ["Butter"]}
KIRA: Json = {"name": "Kira", "age": 8, "interests": ["Rubs"]}
NESTED_FIRST: Json = {"property": {"one": "a", "two": "b", "three": "c1"}, "nestedArray": [1, 2]}
NESTED_SECOND: Json = {"property": {"three": "c2", "four": "d", "five": "e"}, "nestedArray": [3, 4]}
ITEM_1: Json = {"enabled": True, "displayName": "Example item 1", "number": 300}
ITEM_2: Json = {"enabled": False, "displayName": "Example item 2", "number": 200}

WRITTEN: dict[str, Json] = {
    "json": "{'one': 'a', 'two': 'b'}",
    "words": ["one", "two", "three"],
    "letters": {"one": "a", "two": "b", "three": "c"},
    "four": {"propA": "one", "propB": "two", "propC": "three", "propD": {"propD-1": "sub", "propD-2": "sub"}},
    "numbers": [0, 3, 2, 5, 4],
    "mixed": {"valueA": 10, "valueB": "Example Text"},
    "nulls": {
        "null1": None,
        "null2": None,
        "string": "default",
        "int": 1,
        "object": {"first": "default"},
        "array": [1],
    },
    "dogs": [EVIE, CASPER, INDY, KIRA],
    "ages": "[map(variables('dogs'), lambda('dog', lambdaVariables('dog').age))]",
    "nestedFirst": NESTED_FIRST,
    "nestedSecond": NESTED_SECOND,
    "entities": {"item002": ITEM_2, "item001": ITEM_1},
    "jsonObject": '{"a": "b"}',
    "jsonArray": "[[1,2,3 ]",
    "var1": "myVariable",
    "var3": "[ variables('var1') ]",
}

STRING: dict[str, Json] = {
    "base64('one, two, three')": "b25lLCB0d28sIHRocmVl",
    "base64ToString('b25lLCB0d28sIHRocmVl')": "one, two, three",
    "base64ToJson(base64(variables('json')))": {"one": "a", "two": "b"},
    "concat(createArray('1-1', '1-2'), createArray('2-1', '2-2'))": ["1-1", "1-2", "2-1", "2-2"],
    "contains('OneTwoThree', 'e')": True,
    "contains('OneTwoThree', 'z')": False,
    "contains('OneTwoThree', 'one')": False,  # the comparison is case-sensitive
    "contains(variables('letters'), 'one')": True,
    "contains(variables('letters'), 'ONE')": True,  # that of a key is not
    "contains(variables('letters'), 'a')": False,
    "contains(variables('words'), 'three')": True,
    "contains(variables('words'), 'four')": False,
    "dataUri('Hello')": "data:text/plain;charset=utf8;base64,SGVsbG8=",
    "dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')": "Hello, World!",
    "empty(createArray())": True,
    "empty(createObject())": True,
    "empty('')": True,
    "endsWith('abcdef', 'ef')": True,
    "endsWith('abcdef', 'F')": True,
    "endsWith('abcdef', 'e')": False,
    "first(variables('words'))": "one",
    "first('One Two Three')": "O",
    "format('{0}, {1}. Formatted number: {2:N0}', 'Hello', 'User', 8175133)": (
        "Hello, User. Formatted number: 8,175,133"
    ),
    "indexOf('test', 't')": 0,
    "lastIndexOf('test', 't')": 3,
    "indexOf('abcdef', 'CD')": 2,
    "lastIndexOf('abcdef', 'AB')": 0,
    "indexOf('abcdef', 'z')": -1,
    "join(variables('words'), ',')": "one,two,three",
    "join(variables('words'), ';')": "one;two;three",
    "last(variables('words'))": "three",
    "last('One Two Three')": "e",
    "length(variables('words'))": 3,
    "length('One Two Three')": 13,
    "length(variables('four'))": 4,
    "padLeft('123', 10, '0')": "0000000123",
    "padLeft('123', 2, '0')": "123",  # a longer string stays as it is
    "padLeft('123', 5)": "  123",  # the default is a space
    "replace('123-123-1234', '-', '')": "1231231234",
    "replace('123-123-1234', '1234', 'xxxx')": "123-123-xxxx",
    "skip(variables('words'), 2)": ["three"],
    "skip('one two three', 4)": "two three",
    "skip('one two three', 0)": "one two three",
    "skip('one two three', -1)": "one two three",
    "skip('one two three', 99)": "",
    "skip(variables('words'), 99)": [],
    "split('one,two,three', ',')": ["one", "two", "three"],
    "split('one;two,three', createArray(',', ';'))": ["one", "two", "three"],
    "startsWith('abcdef', 'ab')": True,
    "startsWith('abcdef', 'A')": True,
    "startsWith('abcdef', 'e')": False,
    "string(variables('mixed'))": '{"valueA":10,"valueB":"Example Text"}',
    "string(createArray('a', 'b', 'c'))": '["a","b","c"]',
    "string(5)": "5",
    "substring('one two three', 4, 3)": "two",
    "substring('one two three', 4, 0)": "",  # an empty string where the length is zero
    "substring('one two three', 4)": "two three",  # the rest where it is left out
    "take(variables('words'), 2)": ["one", "two"],
    "take('one two three', 2)": "on",
    "take('one two three', 0)": "",
    "take('one two three', -1)": "",
    "take('one two three', 99)": "one two three",
    "take(variables('words'), 99)": ["one", "two", "three"],
    "toLower('One Two Three')": "one two three",
    "toUpper('One Two Three')": "ONE TWO THREE",
    "trim('    one two three   ')": "one two three",
    "length(uniqueString(resourceGroup().id))": 13,
    "length(guid(resourceGroup().id))": 36,
    "uri('http://contoso.org/firstpath', 'myscript.sh')": "http://contoso.org/myscript.sh",
    "uri('http://contoso.org/firstpath/', 'myscript.sh')": "http://contoso.org/firstpath/myscript.sh",
    "uri('http://contoso.org/firstpath/azuredeploy.json', 'myscript.sh')": "http://contoso.org/firstpath/myscript.sh",
    "uri('http://contoso.org/firstpath/azuredeploy.json/', 'myscript.sh')": (
        "http://contoso.org/firstpath/azuredeploy.json/myscript.sh"
    ),
    # What ends in a slash is followed by the relative one, whatever stands before.
    "uri('http://contoso.org/a//b/', 'c')": "http://contoso.org/a//b/c",
    "uri('http://contoso.com/resources/', 'nested/azuredeploy.json')": (
        "http://contoso.com/resources/nested/azuredeploy.json"
    ),
    "uriComponent('http://contoso.com/resources/nested/azuredeploy.json')": (
        "http%3A%2F%2Fcontoso.com%2Fresources%2Fnested%2Fazuredeploy.json"
    ),
    "uriComponentToString('http%3A%2F%2Fcontoso.com%2Fresources%2Fnested%2Fazuredeploy.json')": (
        "http://contoso.com/resources/nested/azuredeploy.json"
    ),
}

ARRAY: dict[str, Json] = {
    "array(1)": [1],
    "array('efgh')": ["efgh"],
    "array(createObject('a', 'b', 'c', 'd'))": [{"a": "b", "c": "d"}],
    "createArray('a', 'b', 'c')": ["a", "b", "c"],
    "createArray(1, 2, 3)": [1, 2, 3],
    "createArray(variables('letters'))": [{"one": "a", "two": "b", "three": "c"}],
    "createArray(variables('words'))": [["one", "two", "three"]],
    "createArray()": [],
    "intersection(variables('letters'), createObject('one', 'a', 'two', 'z', 'three', 'c'))": {
        "one": "a",
        "three": "c",
    },
    "intersection(variables('words'), createArray('two', 'three'))": ["two", "three"],
    "max(variables('numbers'))": 5,
    "max(0,3,2,5,4)": 5,
    "min(variables('numbers'))": 0,
    "min(0,3,2,5,4)": 0,
    "range(5, 3)": [5, 6, 7],
    "union(variables('words'), createArray('three', 'four'))": ["one", "two", "three", "four"],
    "union(createObject('one', 'a', 'two', 'b', 'three', 'c1'), "
    "createObject('three', 'c2', 'four', 'd', 'five', 'e'))": {
        "one": "a",
        "two": "b",
        "three": "c2",
        "four": "d",
        "five": "e",
    },
}

OBJECT: dict[str, Json] = {
    "createObject('intProp', 1, 'stringProp', 'abc', 'boolProp', true(), 'arrayProp', createArray('a', 'b', 'c'), "
    "'objectProp', createObject('key1', 'value1'))": {
        "intProp": 1,
        "stringProp": "abc",
        "boolProp": True,
        "arrayProp": ["a", "b", "c"],
        "objectProp": {"key1": "value1"},
    },
    "items(variables('entities'))": [{"key": "item001", "value": ITEM_1}, {"key": "item002", "value": ITEM_2}],
    "items(variables('entities'))[0].value.displayName": "Example item 1",
    "items(variables('entities'))[1].value.enabled": False,
    "empty(json('null'))": True,
    "json(variables('jsonObject'))": {"a": "b"},
    "json('\"test\"')": "test",
    "json('true')": True,
    "json('3')": 3,
    "json(variables('jsonArray'))": [1, 2, 3],
    "json(concat('{\"a\": \"', 'demo value', '\"}'))": {"a": "demo value"},
    "empty(null())": True,
    "union(variables('nestedFirst'), variables('nestedSecond'))": {
        "property": {"one": "a", "two": "b", "three": "c2", "four": "d", "five": "e"},
        "nestedArray": [3, 4],
    },
    "union(createArray(createArray('one', 'two'), createArray('three')), "
    "createArray(createArray('three'), createArray('four', 'two')))": [["one", "two"], ["three"], ["four", "two"]],
}

COMPARISON: dict[str, Json] = {
    "coalesce(variables('nulls').null1, variables('nulls').null2, variables('nulls').string)": "default",
    "coalesce(variables('nulls').null1, variables('nulls').null2, variables('nulls').int)": 1,
    "coalesce(variables('nulls').null1, variables('nulls').null2, variables('nulls').object)": {"first": "default"},
    "coalesce(variables('nulls').null1, variables('nulls').null2, variables('nulls').array)": [1],
    "empty(coalesce(variables('nulls').null1, variables('nulls').null2))": True,
    "equals(1, 1)": True,
    "equals('a', 'a')": True,
    "equals(createArray('a', 'b'), createArray('a', 'b'))": True,
    "equals(createObject('a', 'b'), createObject('a', 'b'))": True,
    "not(equals(1, 2))": True,
    "greater(1, 2)": False,
    "greater('A', 'a')": True,
    "greaterOrEquals(1, 2)": False,
    "greaterOrEquals('A', 'a')": True,
    "less(1, 2)": True,
    "less('A', 'a')": False,
    "lessOrEquals(1, 2)": True,
    "lessOrEquals('A', 'a')": False,
}

LOGICAL: dict[str, Json] = {
    "and(bool('true'), bool('false'))": False,
    "or(bool('true'), bool('false'))": True,
    "not(bool('true'))": False,
    "bool('true')": True,
    "bool('false')": False,
    "bool(1)": True,
    "bool(0)": False,
    "true()": True,
    "false()": False,
    "if(equals('a', 'a'), 'yes', 'no')": "yes",
    "if(equals('a', 'b'), 'yes', 'no')": "no",
    "if(equals('a', 'a'), json('{\"test\": \"value1\"}'), json('null'))": {"test": "value1"},
}

NUMERIC: dict[str, Json] = {
    "add(5, 3)": 8,
    "div(8, 3)": 2,
    "float('3.0')": 3.0,
    "float(3)": 3.0,
    "int('4')": 4,
    "mod(7, 3)": 1,
    "mul(5, 3)": 15,
    "sub(7, 3)": 4,
}

DATE: dict[str, Json] = {
    "dateTimeAdd('2023-01-01 00:00:00Z', 'P1Y')": "2024-01-01T00:00:00Z",
    "dateTimeAdd('2024-01-01 00:00:00Z', 'P1Y')": "2024-12-31T00:00:00Z",
    "dateTimeAdd('2023-02-01 00:00:00Z', 'P1M')": "2023-03-03T00:00:00Z",
    "dateTimeAdd('2024-02-01 00:00:00Z', 'P1M')": "2024-03-02T00:00:00Z",
    "utcNow()": "20190305T175318Z",
    "utcNow('d')": "03/05/2019",
    "utcNow('M d')": "3 5",
}

CIDR: dict[str, Json] = {
    "parseCidr('10.144.0.0/20')": {
        "network": "10.144.0.0",
        "netmask": "255.255.240.0",
        "broadcast": "10.144.15.255",
        "firstUsable": "10.144.0.1",
        "lastUsable": "10.144.15.254",
        "cidr": 20,
    },
    "parseCidr('fdad:3236:5555::/48')": {
        "network": "fdad:3236:5555::",
        "netmask": "ffff:ffff:ffff::",
        "firstUsable": "fdad:3236:5555::",
        "lastUsable": "fdad:3236:5555:ffff:ffff:ffff:ffff:ffff",
        "cidr": 48,
    },
    **{f"cidrSubnet('10.144.0.0/20', 24, {at})": f"10.144.{at}.0/24" for at in range(5)},
    "cidrSubnet('fdad:3236:5555::/48', 52, 0)": "fdad:3236:5555::/52",
    **{f"cidrSubnet('fdad:3236:5555::/48', 52, {at})": f"fdad:3236:5555:{at}000::/52" for at in range(1, 5)},
    **{f"cidrHost('10.144.3.0/24', {at})": f"10.144.3.{at + 1}" for at in range(5)},
    **{f"cidrHost('fdad:3236:5555:3000::/52', {at})": f"fdad:3236:5555:3000::{at + 1}" for at in range(5)},
}

DOG = "variables('dogs')[lambdaVariables('i')].name"
SUM = "lambda('cur', 'next', add(lambdaVariables('cur'), lambdaVariables('next')))"
LAMBDA: dict[str, Json] = {
    "filter(variables('dogs'), lambda('dog', greaterOrEquals(lambdaVariables('dog').age, 5)))": [EVIE, KIRA],
    "filter(range(0, 10), lambda('i', greater(lambdaVariables('i'), 5)))": [6, 7, 8, 9],
    "filter(range(0, 10), lambda('i', equals(0, mod(lambdaVariables('i'), 2))))": [0, 2, 4, 6, 8],
    "map(variables('dogs'), lambda('dog', lambdaVariables('dog').name))": ["Evie", "Casper", "Indy", "Kira"],
    "map(variables('dogs'), lambda('dog', format('Hello {0}!', lambdaVariables('dog').name)))": [
        "Hello Evie!",
        "Hello Casper!",
        "Hello Indy!",
        "Hello Kira!",
    ],
    "map(range(0, length(variables('dogs'))), lambda('i', createObject('i', lambdaVariables('i'), "
    f"'dog', {DOG}, 'greeting', format('Ahoy, {{0}}!', {DOG}))))": [
        {"i": 0, "dog": "Evie", "greeting": "Ahoy, Evie!"},
        {"i": 1, "dog": "Casper", "greeting": "Ahoy, Casper!"},
        {"i": 2, "dog": "Indy", "greeting": "Ahoy, Indy!"},
        {"i": 3, "dog": "Kira", "greeting": "Ahoy, Kira!"},
    ],
    f"reduce(variables('ages'), 0, {SUM})": 18,
    f"reduce(variables('ages'), 1, {SUM})": 19,
    "reduce(createArray(createObject('foo', 123), createObject('bar', 456), createObject('baz', 789)), createObject(), "
    "lambda('cur', 'next', union(lambdaVariables('cur'), lambdaVariables('next'))))": {
        "foo": 123,
        "bar": 456,
        "baz": 789,
    },
    "sort(variables('dogs'), lambda('a', 'b', less(lambdaVariables('a').age, lambdaVariables('b').age)))": [
        INDY,
        CASPER,
        EVIE,
        KIRA,
    ],
    "toObject(variables('dogs'), lambda('entry', lambdaVariables('entry').name))": {
        "Evie": EVIE,
        "Casper": CASPER,
        "Indy": INDY,
        "Kira": KIRA,
    },
    "toObject(variables('dogs'), lambda('entry', lambdaVariables('entry').name), "
    "lambda('entry', lambdaVariables('entry').age))": {"Evie": 5, "Casper": 3, "Indy": 2, "Kira": 8},
}

STORAGE = "providers/Microsoft.Storage/storageAccounts/examplestorage"
OTHER_SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
RESOURCE: dict[str, Json] = {
    "resourceId('Microsoft.Storage/storageAccounts','examplestorage')": (
        f"{SUBSCRIPTION}/resourceGroups/examplegroup/{STORAGE}"
    ),
    "resourceId('otherResourceGroup', 'Microsoft.Storage/storageAccounts','examplestorage')": (
        f"{SUBSCRIPTION}/resourceGroups/otherResourceGroup/{STORAGE}"
    ),
    f"resourceId('{OTHER_SUBSCRIPTION}', 'otherResourceGroup', 'Microsoft.Storage/storageAccounts','examplestorage')": (
        f"/subscriptions/{OTHER_SUBSCRIPTION}/resourceGroups/otherResourceGroup/{STORAGE}"
    ),
    "resourceId('Microsoft.SQL/servers/databases', 'serverName', 'databaseName')": (
        f"{SUBSCRIPTION}/resourceGroups/examplegroup/providers/Microsoft.SQL/servers/serverName/databases/databaseName"
    ),
    "extensionResourceId(resourceGroup().Id , 'Microsoft.Authorization/locks', 'lock')": (
        f"{SUBSCRIPTION}/resourceGroups/examplegroup/providers/Microsoft.Authorization/locks/lock"
    ),
    "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'acdd72a7-3385-48ef-bd42-f606fba81ae7')": (
        f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
    ),
    "tenantResourceId('Microsoft.Authorization/policyDefinitions', '0a914e76-4921-4c19-b460-a2d36003525a')": (
        "/providers/Microsoft.Authorization/policyDefinitions/0a914e76-4921-4c19-b460-a2d36003525a"
    ),
}

DEPLOYMENT: dict[str, Json] = {
    "variables('var1')": "myVariable",
    "variables('numbers')": [0, 3, 2, 5, 4],
    "variables('var3')": "myVariable",
    "variables('letters')": {"one": "a", "two": "b", "three": "c"},
}

PAGES: dict[str, dict[str, Json]] = {
    "array": ARRAY,
    "cidr": CIDR,
    "comparison": COMPARISON,
    "date": DATE,
    "deployment": DEPLOYMENT,
    "lambda": LAMBDA,
    "logical": LOGICAL,
    "numeric": NUMERIC,
    "object": OBJECT,
    "resource": RESOURCE,
    "string": STRING,
}


def _examples() -> Iterator[object]:
    for page, examples in PAGES.items():
        for expression, value in examples.items():
            yield pytest.param(expression, value, id=f"{page}: {expression[:70]}")


@pytest.mark.parametrize(("expression", "value"), list(_examples()))
def test_an_example_gives_what_its_page_says(expression: str, value: Json) -> None:
    given = evaluate_expression(f"[{expression}]", SCOPE, variables=WRITTEN)
    assert given == value
    assert type(given) is type(value)


def test_the_example_that_fails_says_where_the_string_ends() -> None:
    given = evaluate_expression("[substring('1234567890', 0, 11)]")
    assert given == Unresolved("substring(): 11 characters from 0 lie outside a string of 10")


# All of the page that lists them, but for those that Azure alone can answer.
LISTED = (
    "array concat contains createArray empty first indexOf intersection last lastIndexOf length max min range skip "
    "take union parseCidr cidrSubnet cidrHost coalesce equals greater greaterOrEquals less lessOrEquals dateTimeAdd "
    "dateTimeFromEpoch dateTimeToEpoch utcNow deployment environment parameters variables filter map reduce sort "
    "toObject and bool false if not or true add copyIndex div float int mod mul sub createObject items json null "
    "extensionResourceId reference references resourceId subscriptionResourceId tenantResourceId managementGroup "
    "resourceGroup subscription tenant base64 base64ToJson base64ToString dataUri dataUriToString endsWith format guid "
    "join padLeft replace split startsWith string substring toLower toUpper trim uniqueString uri uriComponent "
    "uriComponentToString"
)


@pytest.mark.parametrize("name", LISTED.split())
def test_every_function_that_is_listed_is_there(name: str) -> None:
    assert evaluate_expression(f"[{name}()]") != Unresolved(f"there is no function {name}()")
