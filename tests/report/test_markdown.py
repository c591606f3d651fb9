"""The report as Markdown, read by a Markdown reader with every extension that makes something of a bare text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from acimedic.report.links import may_link
from acimedic.report.markdown import to_markdown
from acimedic.report.markdown_words import code, fenced, prose
from acimedic.report.plain import plain
from tests import build
from tests.report.hostile import HOSTILE, everywhere, reported

READER = MarkdownIt("gfm-like", {"html": True, "linkify": True})
BLOCKS = {"heading", "paragraph", "bullet_list", "list_item"}
EXPECTED = {"inline", "fence", "text", "code_inline", "strong_open", "strong_close", "link_open", "link_close"} | {
    f"{block}_{end}" for block in BLOCKS for end in ("open", "close")
}
# Mentions, references, bare addresses, and all punctuation by which Markdown marks something up.
TRIGGER = re.compile(r"[@#<>\[\]`*_|~\\$!&=+{}]|://|www\.|\w[.:]\w|:\w+:|[A-Za-z]-?\d|\b[0-9a-f]{7,40}\b")

TIME = re.compile(r"\b2026-11-20 08:12:29 UTC")  # of ours, and of digits alone


def tokens(markdown: str) -> list[Token]:
    """Every token, those within a line included."""
    found: list[Token] = []
    for token in READER.parse(markdown):
        found += [token, *(token.children or ())]
    return found


def structure(markdown: str) -> list[str]:
    """The blocks, without what stands in them."""
    return [token.type for token in READER.parse(markdown)]


@pytest.mark.parametrize("outcome", ["cause-found", "undetermined", "not-a-pull-failure"])
@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_makes_nothing_of_itself(bad: str, outcome: str) -> None:
    """No HTML, image, table or heading stems from it, and no link leads elsewhere than to Microsoft."""
    found = tokens(to_markdown(everywhere(bad, outcome=outcome)))
    assert {token.type for token in found} <= EXPECTED
    links = [token for token in found if token.type == "link_open"]
    assert [token.attrs["href"] for token in links if not may_link(str(token.attrs["href"]))] == []
    assert [token for token in links if token.markup == "linkify"] == []


@pytest.mark.parametrize("outcome", ["cause-found", "undetermined", "not-a-pull-failure"])
@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_leaves_the_blocks_as_they_are(bad: str, outcome: str) -> None:
    """Headings, lists and fences are those of a report of harmless names."""
    harmless = structure(to_markdown(everywhere("name", outcome=outcome)))
    assert structure(to_markdown(everywhere(bad, outcome=outcome))) == harmless


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_outside_of_code_stand_ordinary_words(bad: str) -> None:
    """So that nothing is left for whoever looks for mentions and references in what a reader has made of it."""
    texts = [token.content for token in tokens(to_markdown(everywhere(bad))) if token.type == "text"]
    assert [text for text in texts if TRIGGER.search(TIME.sub("", text))] == []


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_seen_is_shown(bad: str) -> None:
    """Nothing unprintable is left, and it can be written as UTF-8."""
    text = to_markdown(everywhere(bad))
    assert [char for char in set(text) - {"\n"} if plain(char) != char] == []
    assert text.encode()


@given(st.text())
def test_a_code_span_is_one_and_holds_the_text(text: str) -> None:
    """Whatever backticks it has."""
    (paragraph,) = [token for token in READER.parse(f"x {code(text)} y") if token.type == "inline"]
    assert [token.type for token in paragraph.children or ()] == ["text", "code_inline", "text"]
    assert (paragraph.children or [])[1].content == (plain(text).strip() or " ")


@given(st.lists(st.text(alphabet=st.characters() | st.sampled_from("`~\n> ")), min_size=1))
def test_a_fence_is_closed_by_its_end_alone(lines: list[str]) -> None:
    """Whatever fences the lines hold."""
    (token,) = READER.parse(fenced(*lines))
    assert token.type == "fence"
    assert token.content == "".join(f"{plain(line)}\n" for line in lines)


@given(st.text() | st.from_regex(r"([#>*+-]|\d+[.)]|=+|`+|\[x\]) [\w@/:.<>]+", fullmatch=True))
def test_prose_is_one_paragraph_of_words_and_code(text: str) -> None:
    """At the start of a line as well; a text of spaces alone is none at all."""
    told = READER.parse(prose(text))
    assert [token.type for token in told] in ([], ["paragraph_open", "inline", "paragraph_close"])
    assert {token.type for token in tokens(prose(text))} <= EXPECTED
    kept = "".join(token.content for token in tokens(prose(text)) if token.type in {"text", "code_inline"})
    assert "".join(kept.split()) == "".join(plain(text).split())


def test_ordinary_words_stay_and_names_are_code() -> None:
    """Quotes around a name and the end of a sentence stay outside of it."""
    assert prose("Registry 'contoso' (closed) has no role.") == "Registry 'contoso' (closed) has no role."
    assert prose("pull 'contoso.azurecr.io/app:1', then") == "pull '`contoso.azurecr.io/app:1`', then"
    assert prose("- 1. # @a") == "`-` `1`. `#` `@a`"


def test_cause_and_fix_come_first() -> None:
    """Then the plan, what Azure said, and last what was ruled out."""
    text = to_markdown(reported(build.without_role()))
    words = ("Cause found", "Cause: `pull-role-missing`", "**Fix:**", "az role assignment create", "**Evidence**")
    later = ("### Proposed changes", "```diff", "risk:", "undo:", "### What Azure said", "### Ruled out")
    places = [text.index(word) for word in words + later]
    assert places == sorted(places)


def test_a_command_stands_whole_in_a_block_of_its_own() -> None:
    """It can be copied."""
    report = reported(build.without_role())
    (command,) = report.fails[0].fix.az if report.fails[0].fix else ()
    blocks = [token.content for token in tokens(to_markdown(report)) if token.type == "fence"]
    assert f"{command}\n" in blocks


def test_a_change_is_shown_as_a_difference() -> None:
    """What goes and what comes."""
    report = reported(build.with_registry(bypass="None"))
    (difference,) = [token.content for token in tokens(to_markdown(report)) if token.info == "diff"]
    assert difference == "- networkRuleBypassOptions: None\n+ networkRuleBypassOptions: AzureServices\n"


def test_a_gap_comes_with_the_command_that_would_close_it() -> None:
    """Or with the permission and its place."""
    report = reported(build.unread_roles())
    (told,) = report.gaps
    blocks = [token.content for token in tokens(to_markdown(report)) if token.info == "sh"]
    assert f"{told.command}\n" in blocks
    assert "Needs `Microsoft.ContainerRegistry/registries/read` at" in to_markdown(reported(build.without_registry()))


def test_where_nothing_was_found_it_says_what_to_try_and_what_support_needs() -> None:
    """With the link to Microsoft's form."""
    text = to_markdown(reported(build.HEALTHY))
    assert "Cause not known" in text
    assert "**Try:**" in text
    assert "(<https://portal.azure.com/" in text
    assert "support request" not in to_markdown(reported(build.without_role()))


def test_a_gateway_is_owned_up_to() -> None:
    """A report about a make-believe Azure says so, and only such a report."""
    assert "make-believe" in to_markdown(reported(build.HEALTHY, gateway=True))
    assert "make-believe" not in to_markdown(reported(build.HEALTHY))
