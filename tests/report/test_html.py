"""The report as HTML, taken apart again: only what was written by us is a tag, and it stands in good order."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from jinja2 import DictLoader, UndefinedError
from markupsafe import Markup

import acimedic.report
from acimedic.report.html import POLICY, environment, fragment, to_html
from acimedic.report.links import may_link
from acimedic.report.plain import plain
from acimedic.report.style import COLOURS, STYLE
from checks.access import pull_role_missing
from tests import build
from tests.report.hostile import HOSTILE, everywhere, reported

ATTRIBUTES: dict[str, set[str]] = {
    "html": {"lang"},
    "meta": {"charset", "content", "http-equiv", "name"},
    "article": {"class"},
    "span": {"class"},
    "p": {"class"},
    "td": {"class"},
    "th": {"scope"},
    "a": {"href", "rel"},
}
BARE = set(
    re.findall(
        r"\w+",
        """
    head title style body main section h1 h2 h3 dl dt dd ul ol li pre code table caption thead tbody tr
    details summary del ins
""",
    )
)
VOID = {"meta"}
OUTCOMES = ("cause-found", "undetermined", "not-a-pull-failure")
TEMPLATES = sorted((Path(acimedic.report.__file__).parent / "templates").glob("*.jinja"))


class Reader(HTMLParser):
    """The tags with their attributes, the texts by the tag that they stand in, and what was not closed as opened."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.others: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        assert len(attrs) == len(dict(attrs))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.tags]

    def inside(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag]


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_becomes_no_tag_and_no_attribute(bad: str, outcome: str) -> None:
    """Tags and attributes are those of a report of harmless names, one for one."""
    report = everywhere(bad, outcome=outcome)
    read, harmless = Reader(to_html(report)), Reader(to_html(everywhere("name", outcome=outcome)))
    assert read.tags == harmless.tags
    assert read.others == []


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_only_expected_tags_and_attributes_occur(bad: str, outcome: str) -> None:
    """No script, no handler, no style attribute, nothing that is loaded; links lead to Microsoft alone."""
    for name, attributes in Reader(to_html(everywhere(bad, outcome=outcome))).tags:
        assert name in ATTRIBUTES or name in BARE
        assert set(attributes) <= ATTRIBUTES.get(name, set())
        assert name != "a" or may_link(attributes["href"] or "")


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_shown_as_it_is(bad: str) -> None:
    """Escaped once, and what is not seen made visible."""
    read = Reader(fragment(everywhere(bad)))
    assert plain(bad) in read.inside("dd") + read.inside("code")
    assert not any("\x00" <= char < " " and char != "\n" for _, text in read.texts for char in text)


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_the_page_is_ascii(bad: str) -> None:
    """Whatever stands in it."""
    assert to_html(everywhere(bad)).isascii()


@pytest.mark.parametrize(
    "url",
    [
        "https://learn.microsoft.com.evil.example/",
        "https://learn.microsoft.com@evil.example/",
        "http://learn.microsoft.com/",
        "https://learn.microsoft.com",
        "https://learn.microsoft.com/\nhttps://evil.example",
        "https://learn.microsoft.com/a)b",
        "https://learn.microsoft.com/>",
        'https://learn.microsoft.com/"',
        "https://learn.microsoft.com/\\evil",
        "HTTPS://LEARN.MICROSOFT.COM/",
        "//learn.microsoft.com/",
        "javascript:alert(1)//https://learn.microsoft.com/",
        " https://learn.microsoft.com/",
        "https://learn.microsoft.com/ä",
        "",
    ],
)
def test_other_addresses_are_no_links(url: str) -> None:
    """Lookalikes, other schemes, and what could end a link."""
    assert not may_link(url)


def test_the_pages_of_the_checks_are_links() -> None:
    """Microsoft's own, as every check has one."""
    assert may_link(pull_role_missing.DOCS)
    read = Reader(fragment(reported(build.without_role())))
    assert [attributes["href"] for name, attributes in read.tags if name == "a"] == [pull_role_missing.DOCS]


def test_cause_and_fix_come_first() -> None:
    """Then evidence, the plan, what Azure said, and last what was ruled out."""
    html = fragment(reported(build.without_role()))
    words = ("Cause found", "<h2>Cause:", "<h3>Fix</h3>", "az role assignment create", "<h3>Evidence</h3>")
    later = ("<h2>Proposed changes</h2>", "<dt>Risk</dt>", "<dt>Undo</dt>", "<h2>What Azure said", "<h2>Ruled out")
    places = [html.index(word) for word in words + later]
    assert places == sorted(places)


def test_a_change_is_shown_before_and_after() -> None:
    """What goes is struck out, what comes is marked."""
    read = Reader(fragment(reported(build.with_registry(bypass="None"))))
    assert (read.inside("del"), read.inside("ins")) == (["None"], ["AzureServices"])


def test_a_gap_comes_with_the_command_that_would_close_it() -> None:
    """In a block that can be copied."""
    report = reported(build.unread_roles())
    (told,) = report.gaps
    assert told.command in Reader(fragment(report)).inside("code")


def test_what_was_ruled_out_is_folded() -> None:
    """And counted, so that nobody has to unfold it to know that there is something."""
    html = str(fragment(reported(build.without_role())))
    folded = html[html.index("<h2>Ruled out</h2>") :]
    assert re.match(r"<h2>Ruled out</h2>\n<details>\n<summary>\d+ faults ruled out, \d+ do not apply", folded)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_headings_go_down_a_step_at_a_time(outcome: str) -> None:
    """One h1, and no level left out."""
    levels = [int(name[1]) for name in Reader(fragment(everywhere("name", outcome=outcome))).names if name in HEADINGS]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(lower - upper <= 1 for upper, lower in pairwise(levels))


HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_table_has_a_caption_and_every_heading_of_it_a_scope(outcome: str) -> None:
    """So that a screen reader can tell what a cell is about."""
    read = Reader(fragment(everywhere("name", outcome=outcome)))
    after = [following for name, following in pairwise(read.names) if name == "table"]
    assert set(after) == {"caption"}
    assert {attributes.get("scope") for name, attributes in read.tags if name == "th"} == {"row", "col"}


def test_the_policy_lets_in_the_stylesheet_and_nothing_else() -> None:
    """By the hash of what stands in the page."""
    read = Reader(to_html(reported(build.HEALTHY)))
    (style,) = read.inside("style")
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [attributes["content"] for name, attributes in read.tags if "http-equiv" in attributes]
    assert policy == POLICY
    assert policy == f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"


def test_the_stylesheet_loads_nothing() -> None:
    """No address and no import; it cannot end the element that it stands in."""
    assert not re.search(r"url\(|@import|<", STYLE)
    assert STYLE.isascii()


@pytest.mark.parametrize("theme", COLOURS)
@pytest.mark.parametrize("paper", ["paper", "raised"])
@pytest.mark.parametrize("ink", ["ink", "faint", "link", "bad", "good", "wary"])
def test_what_is_written_can_be_read(theme: str, paper: str, ink: str) -> None:
    """A contrast of at least 4.5 : 1, in light and in dark."""
    colours = COLOURS[theme]
    darker, lighter = sorted((_luminance(colours[paper]), _luminance(colours[ink])))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    """As https://www.w3.org/TR/WCAG22/#dfn-relative-luminance defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_switches_no_escaping_off(template: Path) -> None:
    """It quotes every attribute, and leaves escaping to the engine."""
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", text)
    assert not re.search(r"""=\s*\{\{|='|\bon\w+=|\bstyle=|<script""", text)


def test_there_are_templates() -> None:
    """The page and its inner part."""
    assert [path.name for path in TEMPLATES] == ["page.html.jinja", "report.html.jinja"]


@pytest.mark.parametrize("value", [None, True, 1.5, ["a"], {"a": 1}])
def test_a_template_prints_texts_and_numbers_alone(value: object) -> None:
    """A None that nobody thought of is a mistake, and no word of the report."""
    made = environment(DictLoader({"a": "{{ value }}"}))
    with pytest.raises(TypeError):
        made.get_template("a").render(value=value)


def test_a_template_prints_nothing_that_is_not_there() -> None:
    """A misspelt name is a mistake."""
    with pytest.raises(UndefinedError):
        environment(DictLoader({"a": "{{ valeu }}"})).get_template("a").render(value="x")


def test_every_text_is_made_plain_and_escaped_once() -> None:
    """But for what a template has made already."""
    made = environment(DictLoader({"a": "{{ text }}{{ made }}{{ number }}"}))
    shown = made.get_template("a").render(text="<\x1b>", made=Markup("<b>"), number=7)
    assert shown == "&lt;\\x1b&gt;<b>7"


def test_a_gateway_is_owned_up_to() -> None:
    """A report about a make-believe Azure says so, and only such a report."""
    assert "make-believe" in fragment(reported(build.HEALTHY, gateway=True))
    assert "make-believe" not in fragment(reported(build.HEALTHY))
