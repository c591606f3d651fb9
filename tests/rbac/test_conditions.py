import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acimedic.model.reading import Gap
from acimedic.rbac.actions import CONTENT_READ, METADATA_READ, PULL
from acimedic.rbac.conditions import evaluate, for_repository
from acimedic.rbac.grammar import DEEPEST, LONGEST

NAME = "@Request[Microsoft.ContainerRegistry/registries/repositories:name]"
READS = f"(!(ActionMatches{{'{CONTENT_READ}'}}) AND !(ActionMatches{{'{METADATA_READ}'}}))"


def scoped(expression: str) -> str:
    return f"({READS} OR ({expression}))"


DOCUMENTED_EQUALS = """
(
 (
  !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'})
  AND
  !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})
 )
 OR\x20
 (
  @Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase 'nginx'
 )
)
"""
DOCUMENTED_PREFIX = DOCUMENTED_EQUALS.replace("Equals", "StartsWith").replace("nginx", "backend/")
DOCUMENTED_PREFIXES = DOCUMENTED_PREFIX.replace(
    "'backend/'", f"'backend/'\n  OR\n  {NAME} StringStartsWithIgnoreCase 'frontend/js/'"
)


@pytest.mark.parametrize(
    ("condition", "repository", "answer"),
    [
        (DOCUMENTED_EQUALS, "nginx", True),
        (DOCUMENTED_EQUALS, "NGINX", True),
        (DOCUMENTED_EQUALS, "nginx2", False),
        (DOCUMENTED_EQUALS, "backend/nginx", False),
        (DOCUMENTED_EQUALS.replace("\n", ""), "nginx", True),
        (DOCUMENTED_PREFIX, "backend/nginx", True),
        (DOCUMENTED_PREFIX, "backend", False),
        (DOCUMENTED_PREFIX, "backend-infra/k8s", False),
        (DOCUMENTED_PREFIXES, "backend/nginx", True),
        (DOCUMENTED_PREFIXES, "frontend/js/react", True),
        (DOCUMENTED_PREFIXES, "frontend/css", False),
    ],
)
def test_the_documented_conditions(condition: str, repository: str, answer: bool) -> None:
    assert evaluate(condition, repository=repository) is answer


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        (f"{NAME} StringEquals 'shop/api'", True),
        (f"{NAME} StringEquals 'Shop/api'", False),
        (f"{NAME} stringequalsignorecase 'Shop/api'", True),
        (f"{NAME} StringNotEquals 'shop/web'", True),
        (f"{NAME} StringNotEqualsIgnoreCase 'SHOP/API'", False),
        (f"{NAME} StringStartsWith 'shop/'", True),
        (f"{NAME} StringStartsWith 'Shop/'", False),
        (f"{NAME} StringNotStartsWithIgnoreCase 'Shop/'", False),
        (f"{NAME} StringLike 'shop/*'", True),
        (f"{NAME} StringLike '*/a?i'", True),
        (f"{NAME} StringLike 'shop/?'", False),
        (f"{NAME} StringLike 'shop/\\*'", False),
        (f"{NAME} StringLike 'sh*a*i'", True),
        (f"{NAME} StringLikeIgnoreCase 'SHOP/*'", True),
        (f"{NAME} StringNotLike 'shop/*'", False),
        (f"{NAME} ForAnyOfAnyValues:StringEqualsIgnoreCase {{'web', 'SHOP/api'}}", True),
        (f"{NAME} ForAnyOfAnyValues:StringEqualsIgnoreCase {{'web', 'db'}}", False),
        (f"{NAME} ForAnyOfAllValues:StringNotEquals {{'web', 'db'}}", True),
        (f"{NAME} ForAnyOfAllValues:StringNotEquals {{'web', 'shop/api'}}", False),
        (f"{NAME} StringLike 'web'", False),
        (f"{NAME} ForAllOfAllValues:StringNotEquals {{'web', 'shop/api'}}", False),
        (f"{NAME} ForAllOfAnyValues:StringStartsWith {{'web/', 'shop/'}}", True),
        (f"{NAME} StringEquals {{'shop/api'}}", True),
        (f"NOT {NAME} StringEquals 'shop/api'", False),
        (f"!({NAME} StringEquals 'shop/api')", False),
        (f"!!({NAME} StringEquals 'shop/api')", True),
        (f"{NAME} StringEquals 'web' || {NAME} StringEquals 'shop/api'", True),
        (f"{NAME} StringEquals 'web' && {NAME} StringEquals 'shop/api'", False),
        ("@request[microsoft.containerregistry/REGISTRIES/repositories:Name] StringEquals 'shop/api'", True),
    ],
)
def test_expressions_over_the_repositorys_name(expression: str, answer: bool) -> None:
    assert evaluate(scoped(expression), repository="shop/api") is answer


@pytest.mark.parametrize(
    "expression",
    [
        "@Resource[Microsoft.ContainerRegistry/registries/repositories:name] StringEquals 'shop/api'",
        "@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:a_b] StringEquals 'shop/api'",
        "@Environment[UtcNow] DateTimeGreaterThan '2026-01-01T00:00:00Z'",
        "Exists @Request[Microsoft.ContainerRegistry/registries/repositories:name]",
        "SubOperationMatches{'Blob.List'}",
        f"{NAME} StringMatches 'shop/api'",
        f"{NAME} ForSomeValues:StringEquals {{'shop/api'}}",
        f"{NAME} StringEquals {{'shop/api', 'web'}}",
        f"{NAME} StringEquals shop",
        f"{NAME} NumericEquals 1",
        "'shop/api' StringEquals 'shop/api'",
        f"{{'shop/api'}} ForAnyOfAnyValues:StringEquals {NAME}",
    ],
)
def test_what_is_not_documented_for_registries_is_a_gap(expression: str) -> None:
    assert isinstance(evaluate(scoped(expression), repository="shop/api"), Gap)


UNKNOWN = "@Environment[isPrivateLink] BoolEquals true"
YES = f"{NAME} StringEquals 'shop/api'"
NO = f"{NAME} StringEquals 'web'"


@pytest.mark.parametrize(
    ("expression", "answer"),
    [(f"{UNKNOWN} OR {YES}", True), (f"{UNKNOWN} AND {NO}", False), (f"({UNKNOWN} AND {NO}) OR {YES}", True)],
)
def test_known_parts_decide_beside_an_unknown_one(expression: str, answer: bool) -> None:
    assert evaluate(expression, repository="shop/api") is answer


@pytest.mark.parametrize("expression", [f"{UNKNOWN} OR {NO}", f"{UNKNOWN} AND {YES}", f"!({UNKNOWN})"])
def test_an_unknown_part_that_matters_is_a_gap(expression: str) -> None:
    answer = evaluate(expression, repository="shop/api")

    assert isinstance(answer, Gap)
    assert "isPrivateLink" in answer.reason


def test_and_beside_or_without_parentheses_has_no_documented_order() -> None:
    assert isinstance(evaluate(f"{YES} OR {YES} AND {NO}", repository="shop/api"), Gap)


def test_and_beside_or_is_decided_where_every_order_agrees() -> None:
    assert evaluate(f"{NO} OR {NO} AND {NO}", repository="shop/api") is False


def test_a_condition_on_pushing_lets_every_repository_be_pulled() -> None:
    condition = f"(!(ActionMatches{{'{CONTENT_READ.replace('read', 'write')}'}}) OR ({NO}))"

    assert evaluate(condition, repository="shop/api") is True


def test_a_condition_on_the_metadata_alone_still_stops_a_pull() -> None:
    condition = f"(!(ActionMatches{{'{METADATA_READ}'}}) OR ({NO}))"

    assert evaluate(condition, repository="shop/api") is False
    assert evaluate(condition, repository="shop/api", actions=(CONTENT_READ,)) is True


def test_an_action_pattern_may_hold_a_wildcard() -> None:
    condition = f"(!(ActionMatches{{'Microsoft.ContainerRegistry/registries/repositories/*'}}) OR ({NO}))"

    assert evaluate(condition, repository="shop/api") is False


def test_an_action_at_a_time_as_terraform_modules_write_it() -> None:
    one = "(!(ActionMatches{{'{}'}}) OR {} StringStartsWithIgnoreCase 'shop/')"
    condition = " AND ".join(one.format(action, NAME) for action in (CONTENT_READ, METADATA_READ))

    assert evaluate(condition, repository="shop/api") is True
    assert evaluate(condition, repository="web") is False


def test_the_registrys_condition_says_nothing_about_the_legacy_action() -> None:
    assert evaluate(DOCUMENTED_EQUALS, repository=None, actions=(PULL,)) is True


def test_the_name_is_unknown_where_the_registry_names_none() -> None:
    assert isinstance(evaluate(YES, repository=None, actions=(PULL,)), Gap)


@pytest.mark.parametrize(
    "condition",
    [
        "",
        " ",
        "()",
        "(",
        ")",
        "AND",
        "!",
        "true",
        f"{YES} AND",
        f"({YES}",
        f"{YES})",
        f"{YES} {YES}",
        f"{NAME} StringEquals 'it''s'",
        f"{NAME} StringEquals 'open",
        f"{NAME} StringEquals",
        f"{NAME} AND 'x'",
        "ActionMatches{}",
        "ActionMatches{'a', }",
        f"ActionMatches{{{NAME}}}",
        "@Request[open",
        "a & b",
        "ActionMatches('a')",
        "\x00",
        "@@@",
    ],
)
def test_text_that_is_no_condition_is_a_gap(condition: str) -> None:
    assert isinstance(evaluate(condition, repository="shop/api"), Gap)


@pytest.mark.parametrize(
    "condition",
    [
        "(" * 4000,
        "(" * 100_000,
        "(" * 4000 + YES + ")" * 4000,
        "(" * (DEEPEST + 1) + YES + ")" * (DEEPEST + 1),
        "!" * 8000,
        "'" * 8001,
        "{" * 8000,
        "@a[" * 2600,
        YES + " " * LONGEST,
    ],
)
def test_hostile_text_is_a_gap(condition: str) -> None:
    assert isinstance(evaluate(condition, repository="shop/api"), Gap)


def test_as_deep_as_allowed_is_still_evaluated() -> None:
    assert evaluate("(" * DEEPEST + YES + ")" * DEEPEST, repository="shop/api") is True


def test_negations_may_follow_each_other() -> None:
    assert evaluate("!" * 4001 + f"({NO})", repository="shop/api") is True


def test_a_long_chain_is_evaluated() -> None:
    condition = " OR ".join([f"{NAME} StringEquals 'r{number}'" for number in range(70)] + [YES])

    assert evaluate(condition, repository="shop/api") is True


def test_the_worst_pattern_comes_to_an_end() -> None:
    """A matcher that goes back and forth would not end before the sun goes out."""
    pattern = "*" + "a" * 120 + "b" + "*" + "a" * 120 + "b"
    one = f"{NAME} StringLike '{pattern}'"
    condition = " OR ".join([one] * (LONGEST // (len(one) + 4)))
    assert evaluate(condition, repository="a" * 255) is False


def test_an_endless_repository_name_is_a_gap() -> None:
    assert isinstance(evaluate(DOCUMENTED_EQUALS, repository="a" * 257), Gap)


def test_a_reason_holds_no_control_characters() -> None:
    answer = evaluate("\x1b[31m(" * 3, repository="shop/api")

    assert isinstance(answer, Gap)
    assert answer.reason.isprintable()


@pytest.mark.parametrize("repository", ["shop", "shop/api", "a.b/c_d/e__f/g-h", "9"])
def test_the_condition_for_a_repository_lets_it_in_and_others_out(repository: str) -> None:
    condition = for_repository(repository)

    assert evaluate(condition, repository=repository) is True
    assert evaluate(condition, repository=f"{repository}x") is False


def test_the_condition_for_a_repository_is_the_documented_one() -> None:
    assert "".join(for_repository("nginx").split()) == "".join(DOCUMENTED_EQUALS.split())


@pytest.mark.parametrize(
    "repository",
    ["", " ", "it's", "a' OR 'b", "A", "a b", "a:1", "a@sha256", "/a", "a/", "a//b", "a\n", "-a", "a*", "é", "a" * 257],
)
def test_no_condition_is_made_for_what_is_no_repository(repository: str) -> None:
    with pytest.raises(ValueError, match="not the name of a repository"):
        for_repository(repository)


_PIECES = st.sampled_from(
    [
        "(",
        ")",
        "{",
        "}",
        ",",
        "!",
        "&&",
        "||",
        "AND",
        "OR",
        "NOT",
        "'x'",
        NAME,
        "StringEquals",
        "ActionMatches",
        UNKNOWN,
    ]
)


@settings(derandomize=True, max_examples=300)
@given(st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=30).map(" ".join)), st.text(max_size=30))
def test_any_text_gets_an_answer(condition: str, repository: str) -> None:
    assert isinstance(evaluate(condition, repository=repository), bool | Gap)


_NAMES = st.from_regex(r"[a-z0-9]{1,9}([._-][a-z0-9]{1,9})?(/[a-z0-9]{1,9}){0,3}", fullmatch=True)


@settings(derandomize=True)
@given(_NAMES, _NAMES)
def test_a_condition_lets_in_its_own_repository_only(mine: str, other: str) -> None:
    assert evaluate(for_repository(mine), repository=other) is (mine == other)
