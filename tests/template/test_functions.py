"""Functions of the template language: documented examples, and what they refuse."""

from datetime import UTC, datetime

import pytest

from acimedic.template import Json, Scope, Unresolved, evaluate, evaluate_expression

SCOPE = Scope(
    subscription_id="s",
    resource_group="rg",
    tenant_id="t",
    location="westeurope",
    deployment_name="main",
    now=datetime(2026, 4, 9, 19, 18, 4, tzinfo=UTC),
)
VARIABLES: dict[str, Json] = {
    "unknown": "[newGuid()]",
    "half": {"known": 1, "open": "[newGuid()]"},
    "list": ["a", "[newGuid()]", "c"],
}


def value_of(expression: str) -> Json:
    return evaluate_expression(expression, SCOPE, variables=VARIABLES)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # strings
        ("[concat('a', 1, true())]", "a1True"),
        ("[format('{0:N50}', 7)]", f"7.{'0' * 50}"),
        ("[format('{0:D5}|{1,5}|{1,-5}|{{x}}', 42, 'ab')]", "00042|   ab|ab   |{x}"),
        (
            "[format('{0:000} {1:F1} {2:X4} {3:N1} {4:#,##0.00}', 7, 2, 255, 1234567, 1234)]",
            "007 2.0 00FF 1,234,567.0 1,234.00",
        ),
        ("[format('{0}', null())]", ""),
        ("[string(createObject('a', createArray(1, 'x', null())))]", '{"a":[1,"x",null]}'),
        ("[string(true())]", "True"),
        ("[split('a;b,c', createArray(';', ','))]", ["a", "b", "c"]),
        ("[split('a,,b', ',')]", ["a", "", "b"]),
        ("[substring('abc', 1)]", "bc"),
        ("[replace('aXa', 'X', '''')]", "a'a"),
        ("[uriComponent('a b/ä')]", "a%20b%2F%C3%A4"),
        ("[uriComponentToString('a%20b')]", "a b"),
        ("[uri('http://contoso.org/first/second', 'nested/x.sh')]", "http://contoso.org/first/nested/x.sh"),
        ("[base64ToJson(base64('{\"a\": 1}'))]", {"a": 1}),
        ("[json('null')]", None),
        ("[json('{''a'': [1, 2,], // comment\n}')]", {"a": [1, 2]}),
        ("[like('abcdef', 'a*c*')]", True),
        ("[like('aXbYa', 'a*b*a')]", True),
        ("[like('abc**def', '*def')]", True),
        ("[like('', '***')]", True),
        ("[like('a', 'b')]", False),
        ("[like('aba', 'ab*ba')]", False),
        ("[toUpper('straße')]", "STRAßE"),
        # a character above U+FFFF takes two places
        ("[length('😀')]", 2),
        ("[substring('a😀b', 1, 2)]", "😀"),
        ("[take('😀a', 2)]", "😀"),
        ("[skip('😀a', 2)]", "a"),
        ("[first('a😀')]", "a"),
        ("[last('😀a')]", "a"),
        ("[indexOf('😀b', 'B')]", 2),
        ("[lastIndexOf('😀b😀b', 'b')]", 5),
        ("[padLeft('😀', 3)]", " 😀"),
        ("[format('{0,3}|{0,-3}', '😀')]", " 😀|😀 "),
        ("[toUpper('a😀')]", "A😀"),
        ("[trim(' \u0085\u3000a\t')]", "a"),
        ("[trim('\x1ca\x1f')]", "\x1ca\x1f"),
        ("[uri('https://h:8443/a/', 'b')]", "https://h:8443/a/b"),
        ("[uri('https://h/a//b', 'c//d')]", "https://h/a//c//d"),
        # arrays
        ("[distinct(createArray(1, true(), 1, createObject('a', 1), createObject('a', 1)))]", [1, True, {"a": 1}]),
        ("[concat(createArray(1), createArray(2))]", [1, 2]),
        ("[union(createArray(1, 2), createArray(2, true()))]", [1, 2, True]),
        ("[intersection(createArray(1, 2, 3), createArray(3, 2))]", [2, 3]),
        ("[flatten(createArray(createArray(1), createArray(2, 3)))]", [1, 2, 3]),
        ("[range(5, 3)]", [5, 6, 7]),
        ("[min(3, 1, 2)]", 1),
        ("[max(createArray(3, 1))]", 3),
        ("[indexFromEnd(createArray(1, 2, 3), 1)]", 3),
        ("[tryIndexFromEnd(createArray(1), 5)]", None),
        ("[first(createArray())]", None),
        ("[skip(createArray(1, 2, 3), 2)]", [3]),
        ("[array('x')]", ["x"]),
        # objects
        (
            "[union(createObject('a', createObject('b', 1)), createObject('a', createObject('c', 2)))]",
            {"a": {"b": 1, "c": 2}},
        ),
        ("[shallowMerge(createArray(createObject('a', createObject('b', 1)), createObject('a', 2)))]", {"a": 2}),
        ("[items(createObject('b', 1, 'a', 2))]", [{"key": "a", "value": 2}, {"key": "b", "value": 1}]),
        ("[objectKeys(createObject('a', 1, 'b', 2))]", ["a", "b"]),
        ("[union(createObject('A', 1), createObject('a', 2))]", {"A": 2}),
        ("[intersection(createObject('a', 1, 'b', 2), createObject('a', 1, 'b', 3))]", {"a": 1}),
        ("[contains(createObject('Key', 1), 'key')]", True),
        ("[tryGet(createObject('a', createArray(createObject('b', 5))), 'a', 0, 'b')]", 5),
        ("[tryGet(createObject(), 'a', 'b')]", None),
        # access
        ("[createObject('a', createArray(7, 8)).A[1]]", 8),
        ("[createObject('a', 1).?b.?c]", None),
        ("[createArray(1)[?3]]", None),
        ("[createObject('a b', 1)['a b']]", 1),
        # lambdas
        ("[map(createArray(1, 2), lambda('x', 'i', add(lambdaVariables('x'), lambdaVariables('i'))))]", [1, 3]),
        ("[filter(range(0, 5), lambda('x', greater(lambdaVariables('x'), 2)))]", [3, 4]),
        ("[reduce(range(1, 4), 0, lambda('a', 'b', add(lambdaVariables('a'), lambdaVariables('b'))))]", 10),
        ("[sort(createArray(3, 1, 2), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))]", [1, 2, 3]),
        ("[toObject(createArray('a', 'b'), lambda('x', lambdaVariables('x')), lambda('x', 1))]", {"a": 1, "b": 1}),
        (
            "[groupBy(createArray('aa', 'ab', 'ba'), lambda('x', first(lambdaVariables('x'))))]",
            {"a": ["aa", "ab"], "b": ["ba"]},
        ),
        ("[mapValues(createObject('a', 1), lambda('v', add(lambdaVariables('v'), 1)))]", {"a": 2}),
        # logic and numbers
        ("[equals(1, true())]", False),
        ("[equals('a', 'A')]", False),
        ("[div(-7, 2)]", -3),
        ("[mod(-7, 2)]", -1),
        ("[int('-5')]", -5),
        ("[bool('TRUE')]", True),
        ("[xor(true(), false())]", True),
        ("[greaterOrEquals('b', 'a')]", True),
        ("[lessOrEquals(2, 2)]", True),
        # letters count before their case
        ("[less('a', 'B')]", True),
        ("[less('Z', 'a')]", False),
        ("[less('aB', 'Ab')]", True),
        ("[less('app', 'Apple')]", True),
        ("[greater('A9', 'a10')]", True),
        ("[greaterOrEquals('x-y', 'x-y')]", True),
        ("[less('1.10', '1.2')]", True),
        ("[int('7')]", 7),
        ("[float('1.5')]", 1.5),
        ("[bool(0)]", False),
        ("[div(7, 2)]", 3),
        # dates
        ("[utcNow()]", "20260409T191804Z"),
        ("[utcNow('yyyy-MM-dd')]", "2026-04-09"),
        ("[utcNow('d')]", "04/09/2026"),
        ("[dateTimeAdd(utcNow('o'), 'PT1H')]", "2026-04-09T20:18:04Z"),
        ("[dateTimeAdd('2020-04-07 14:53:14Z', 'P3Y', 'yyyy')]", "2023"),
        ("[dateTimeAdd('2020-04-07T00:00:00+02:00', '-P1D')]", "2020-04-05T22:00:00Z"),
        ("[dateTimeToEpoch('1970-01-01T01:00:00Z')]", 3600),
        ("[dateTimeFromEpoch(3600)]", "1970-01-01T01:00:00Z"),
        ("[utcNow('ddd, dd MMMM yy h:mm tt K')]", "Thu, 09 April 26 7:18 PM Z"),
        ("[utcNow('r')]", "Thu, 09 Apr 2026 19:18:04 GMT"),
        ("[utcNow('o')]", "2026-04-09T19:18:04.0000000Z"),
        ("[utcNow('zzz')]", "+00:00"),
        ("[dateTimeAdd('20200131T000000Z', 'P1DT1M', 's')]", "2020-02-01T00:01:00"),
        ("[dateTimeAdd('2020-01-01T00:00:00-02:00', 'PT0.5S', 'HH:mm:ss.ff')]", "02:00:00.50"),
        ("[format('{0:00.##}|{1:#,##0}|{2:N0}|{3:0.0#}', 5, 12345, 2, 7)]", "05|12,345|2|7.0"),
        # networks
        ("[cidrSubnet('10.144.0.0/20', 24, 1)]", "10.144.1.0/24"),
        ("[cidrHost('10.144.3.0/24', 0)]", "10.144.3.1"),
        ("[parseCidr('10.144.0.0/20').lastUsable]", "10.144.15.254"),
        # scopes and ids
        ("[resourceGroup().location]", "westeurope"),
        ("[RESOURCEGROUP().ID]", "/subscriptions/s/resourceGroups/rg"),
        ("[subscription().subscriptionid]", "s"),
        ("[tenant().tenantId]", "t"),
        ("[deployment().name]", "main"),
        ("[environment().suffixes.acrLoginServer]", ".azurecr.io"),
        ("[resourceId('other', 'A.B/c/', 'n')]", "/subscriptions/s/resourceGroups/other/providers/A.B/c/n"),
        ("[resourceId('sub', 'other', 'A.B/c', 'n')]", "/subscriptions/sub/resourceGroups/other/providers/A.B/c/n"),
        (
            "[managementGroupResourceId('mg', 'A.B/c', 'n')]",
            "/providers/Microsoft.Management/managementGroups/mg/providers/A.B/c/n",
        ),
        # what is known decides
        ("[if(true(), 'a', variables('unknown'))]", "a"),
        ("[and(variables('unknown'), false())]", False),
        ("[or(true(), variables('unknown'))]", True),
        ("[coalesce(null(), 'x', variables('unknown'))]", "x"),
        ("[variables('half').known]", 1),
        ("[length(variables('list'))]", 3),
        ("[first(variables('list'))]", "a"),
        ("[contains(variables('list'), 'a')]", True),
        ("[equals(variables('half'), createObject('known', 2, 'open', 1))]", False),
        ("[contains(variables('half'), 'open')]", True),
    ],
)
def test_a_function_gives_what_is_documented(expression: str, expected: Json) -> None:
    value = value_of(expression)
    assert value == expected
    assert type(value) is type(expected)


UNKNOWN = "newGuid(): it is new for each deployment"


@pytest.mark.parametrize(
    "expression",
    [
        "[concat('a', variables('unknown'))]",
        "[concat('a', variables('half').open)]",
        "[if(variables('unknown'), 'a', 'b')]",
        "[and(true(), variables('unknown'))]",
        "[coalesce(variables('unknown'), 'x')]",
        "[contains(variables('list'), 'z')]",
        "[contains(variables('list'), 'c')]",
        "[indexOf(variables('list'), 'c')]",
        "[string(variables('half'))]",
        "[join(variables('list'), ',')]",
        "[format('{0}', variables('half'))]",
        "[equals(variables('half'), createObject('known', 1, 'open', 1))]",
        "[union(variables('list'), createArray('a'))]",
        "[union(variables('half'), createObject('open', createObject('x', 1))).open]",
        "[map(variables('list'), lambda('x', toUpper(lambdaVariables('x'))))[1]]",
        "[filter(variables('list'), lambda('x', equals(lambdaVariables('x'), 'a')))]",
        "[createObject(variables('unknown'), 1)]",
        "[not(variables('unknown'))]",
        "[variables('half')[variables('unknown')]]",
        "[createArray(1, 2)[variables('unknown')]]",
    ],
)
def test_what_hangs_on_an_unknown_value_is_unknown_for_its_reason(expression: str) -> None:
    assert value_of(expression) == Unresolved(UNKNOWN)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("[toLower(1)]", "toLower(): a string is expected, not an integer"),
        ("[add('1', 2)]", "add(): an integer is expected, not a string"),
        ("[add(true(), 2)]", "add(): an integer is expected, not a boolean"),
        ("[mul(9223372036854775807, 2)]", "mul(): the result is larger than a 64-bit integer"),
        ("[div(1, 0)]", "div(): division by zero"),
        ("[substring('abc', 2, 5)]", "substring(): 5 characters from 2 lie outside a string of 3"),
        ("[toLower()]", "toLower(): takes 1 arguments, not 0"),
        ("[noSuch('x')]", "there is no function noSuch()"),
        ("[listKeys('x', 'y')]", "listKeys(): keys and secrets of a resource are not read"),
        ("[parameters('nope')]", "the template has no parameter 'nope'"),
        ("[variables('nope')]", "the template has no variable 'nope'"),
        ("[createObject('a', 1).b]", "there is no property 'b'"),
        ("[createArray(1)[1]]", "there is no element 1 in an array of 1"),
        ("[null().x]", "null has no member that a string could name"),
        ("[resourceId('A.B/c')]", "resourceId(): cannot be called with 1 arguments"),
        ("[resourceId('A.B/c', 'a', 'b')]", "resourceId(): 2 names do not fit the type A.B/c"),
        ("[if('true', 1, 2)]", "if(): the condition is not a boolean"),
        ("[format('{1}', 'a')]", "format(): there is no argument 1"),
        ("[range(0, 10001)]", "range(): a range of 10001 numbers from 0 is not allowed"),
        ("[json('{')]", "json(): not JSON: the document ends too early"),
        ("[copyIndex()]", "copyIndex() outside a loop"),
        ("[copyIndex('x')]", "copyIndex('x') stands outside of that loop"),
        ("[fail('because')]", "the template fails: because"),
        ("[map('x', 'y')]", "map(): an array is expected, not a string"),
        ("[like('ABC', 'a*')]", "like(): a pattern whose meaning is not documented"),
        ("[format('{0:C}', 5)]", "format(): the number format 'C' is not evaluated"),
        ("[utcNow('t')]", "utcNow(): the date format 't' is not evaluated"),
        ("[utcNow('T')]", "utcNow(): the date format 'T' is not evaluated"),
        ("[dateTimeAdd('yesterday', 'P1D')]", "dateTimeAdd(): not an ISO 8601 date"),
        ("[dateTimeAdd('2020-13-01', 'P1D')]", "dateTimeAdd(): not a date of the calendar"),
        ("[dateTimeAdd('9999-12-31', 'P1D')]", "dateTimeAdd(): a date beyond the calendar"),
        ("[dateTimeAdd('2020-01-01', 'P')]", "dateTimeAdd(): not an ISO 8601 duration"),
        ("[dateTimeFromEpoch(999999999999)]", "dateTimeFromEpoch(): a date beyond the calendar"),
        ("[utcNow('Q')]", "utcNow(): the date format 'Q' is not evaluated"),
        ("[cidrSubnet('10.0.0.0/24', 20, 0)]", "cidrSubnet(): /20 is no part of 10.0.0.0/24"),
        ("[cidrHost('x', 0)]", "cidrHost(): not an IP range in CIDR notation"),
        ("[int('x')]", "int(): a string that is no integer"),
        ("[int('99999999999999999999')]", "int(): a string that is no integer"),
        ("[float('x')]", "float(): a string that is no number"),
        ("[bool('yes')]", "bool(): a string that is neither true nor false"),
        ("[greater(true(), 1)]", "greater(): two integers or two strings are expected, not a boolean"),
        ("[base64ToString('€')]", "base64ToString(): not base64 of a text"),
        ("[dataUriToString('x')]", "dataUriToString(): not a data URI"),
        ("[uri('relative', 'x')]", "uri(): a URI that .NET would rewrite"),
        ("[length(5)]", "length(): an integer has no length"),
        ("[max()]", "max(): takes 1 to any number of arguments, not 0"),
        ("[max(createArray())]", "max(): no number is given"),
        (
            "[toObject(createArray('a', 'a'), lambda('x', lambdaVariables('x')))]",
            "toObject(): two elements have the key 'a'",
        ),
        ("[filter(createArray(1), lambda('x', 1))]", "filter(): the lambda gives no boolean"),
        ("[lambdaVariables('x')]", "there is no lambda variable 'x'"),
        ("[resourceId('a', 'b')]", "resourceId(): no argument is a resource type such as Microsoft.Web/sites"),
        ("[less('a-b', 'ab')]", "less(): signs cannot be ordered reliably"),
        ("[less('a', 'a-')]", "less(): signs cannot be ordered reliably"),
        ("[less('ä', 'b')]", "less(): strings beyond ASCII cannot be ordered reliably"),
        ("[uri('https://h:443/a/', 'b')]", "uri(): a URI that .NET would rewrite"),
        ("[uri('HTTP://h:80/a/', 'b')]", "uri(): a URI that .NET would rewrite"),
        ("[uri('https://h/a%20b/', 'c')]", "uri(): a URI that .NET would rewrite"),
        ("[uri('https://h/a//b/', '../c')]", "uri(): a URI with empty segments and more than a path"),
        ("[take('😀', 1)]", "take(): half of a character above U+FFFF"),
        ("[skip('😀', 1)]", "skip(): half of a character above U+FFFF"),
        ("[first('😀')]", "first(): half of a character above U+FFFF"),
        ("[last('😀')]", "last(): half of a character above U+FFFF"),
        ("[substring('😀', 0, 1)]", "substring(): half of a character above U+FFFF"),
        ("[substring('😀', 0, 3)]", "substring(): 3 characters from 0 lie outside a string of 2"),
        ("[padLeft('a', 3, '😀')]", "padLeft(): a width from 0 and one padding character are expected"),
        ("[toUpper('𐐨')]", "toUpper(): a letter above U+FFFF"),
    ],
)
def test_a_refusal_says_what_is_wrong(expression: str, reason: str) -> None:
    assert value_of(expression) == Unresolved(reason)


@pytest.mark.parametrize(
    "expression",
    [
        "[resourceGroup().name]",
        "[resourceGroup().location]",
        "[subscription().subscriptionId]",
        "[tenant().tenantId]",
        "[deployment().name]",
        "[utcNow()]",
        "[resourceId('A.B/c', 'n')]",
        "[managementGroup().name]",
    ],
)
def test_what_nobody_said_about_the_scope_is_unknown(expression: str) -> None:
    assert isinstance(evaluate_expression(expression), Unresolved)


def test_other_clouds_have_their_own_suffixes() -> None:
    value = evaluate_expression("[environment().suffixes.acrLoginServer]", Scope(cloud="AzureChinaCloud"))
    assert value == ".azurecr.cn"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("subscriptionDeploymentTemplate.json#", "/subscriptions/s/providers/A.B/c/n"),
        ("managementGroupDeploymentTemplate.json#", "/providers/A.B/c/n"),
        ("tenantDeploymentTemplate.json#", "/providers/A.B/c/n"),
        ("deploymentTemplate.json#", "/subscriptions/s/resourceGroups/rg/providers/A.B/c/n"),
    ],
)
def test_a_resource_id_begins_at_the_level_of_the_template(schema: str, expected: str) -> None:
    outputs: Json = {"id": {"type": "string", "value": "[resourceId('A.B/c', 'n')]"}}
    template = {"$schema": f"https://schema.management.azure.com/schemas/2019-04-01/{schema}", "outputs": outputs}
    assert evaluate(template, {}, SCOPE).outputs == {"id": expected}
