"""Card, mail and report in a real browser: nothing in them acts, whoever chose the names, and all can be read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from acimedic.model.news import Message
from acimedic.report.html import to_html
from acimedic.report.mail import to_mail
from tests import build
from tests.browser.browsing import PHONE, Scheme, Visit, visit
from tests.browser.showing import show_cards
from tests.browser.test_in_a_browser import AXE
from tests.notify.messages import crowd, digest, news, poisoned
from tests.npm import package
from tests.report.hostile import ACTIVE, everywhere, reported

NARROW = (320, 640)
OURS = frozenset({"medic.example.test", "portal.azure.com", "learn.microsoft.com"})
MESSAGES: dict[str, Callable[[], Message]] = {"incident": news, "storm": crowd, "digest": digest}
PAGES: dict[str, Callable[[], str]] = {
    "mail of an incident": lambda: to_mail(news()).html,
    "mail of a storm": lambda: to_mail(crowd()).html,
    "mail of a digest": lambda: to_mail(digest()).html,
    "report": lambda: to_html(reported(build.without_role())),
    "report without a cause": lambda: to_html(reported(build.unread_roles())),
}
EVERY_MESSAGE = pytest.mark.parametrize("name", MESSAGES)
EVERY_PAGE = pytest.mark.parametrize("name", PAGES)
EITHER = pytest.mark.parametrize("scheme", ["light", "dark"])
HOSTILE = pytest.mark.parametrize("text", ACTIVE.values(), ids=ACTIVE)

_OPEN = "document.querySelectorAll('details').forEach(each => each.open = true)"
_UNFOLD = "document.querySelectorAll('[aria-expanded=false]').forEach(each => each.click())"
_WATCH = "window.acted = []; window.alert = said => window.acted.push(said)"
# What a reader's program runs, loads or sends, and every attribute that is a script.
_ACTIVE = """[...document.querySelectorAll('body *')].filter(each =>
  each.matches('script, img, iframe, object, embed, form, input, link, base, svg, video, audio, [http-equiv=refresh]')
  || [...each.attributes].some(one => one.name.startsWith('on'))).map(each => each.outerHTML)"""
_LINKS = "[...document.querySelectorAll('a[href]')].map(each => each.href)"
_CUT = """[...document.querySelectorAll('main .ac-textBlock')].filter(each => each.getClientRects().length
  && each.getBoundingClientRect().right > document.querySelector('main').getBoundingClientRect().right + 1)
  .map(each => each.outerHTML)"""


@contextmanager
def shown(
    browser: Browser, page: str, *, scheme: Scheme = "light", size: tuple[int, int] = (760, 900)
) -> Iterator[Visit]:
    """A page in a tab of its own, with all that is folded opened."""
    with visit(browser, scheme=scheme, size=size) as tab:
        _begin(tab)
        tab.page.set_content(page)
        tab.page.evaluate(_OPEN)
        yield tab


@contextmanager
def drawn(
    browser: Browser, *messages: Message, scheme: Scheme = "light", size: tuple[int, int] = (592, 800)
) -> Iterator[Visit]:
    """Cards in a tab of their own, with all that is folded opened."""
    with visit(browser, scheme=scheme, size=size) as tab:
        _begin(tab)
        show_cards(tab, *messages, scheme=scheme)
        tab.page.evaluate(_UNFOLD)
        yield tab


def _begin(tab: Visit) -> None:
    """A page on which whatever runs is noticed."""
    tab.page.add_init_script(_WATCH)
    tab.page.goto("about:blank")


def loaded(tab: Visit) -> list[str]:
    """The addresses that were asked for, but for the empty page that it began with."""
    return [address for address in tab.asked if address != "about:blank"]


def complaints(tab: Visit, *, within: str = "html") -> list[tuple[str, str]]:
    """What axe-core finds that keeps people from reading: of serious or critical impact."""
    tab.page.evaluate((package("axe-core", AXE) / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8"))
    found = tab.page.evaluate(f"async () => await axe.run('{within}', {{preload: false}})")
    assert found["passes"]
    grave = [each for each in found["violations"] if each["impact"] in {"serious", "critical"}]
    return [(each["id"], each["nodes"][0]["html"]) for each in grave]


@EVERY_MESSAGE
def test_a_card_asks_for_nothing_and_the_browser_complains_of_nothing(browser: Browser, name: str) -> None:
    with drawn(browser, MESSAGES[name]()) as tab:
        assert tab.page.locator(".ac-adaptiveCard").count() == 1
        assert (loaded(tab), tab.console) == ([], [])


@EVERY_PAGE
def test_a_page_to_send_asks_for_nothing_and_the_browser_complains_of_nothing(browser: Browser, name: str) -> None:
    with shown(browser, PAGES[name]()) as tab:
        assert tab.page.locator("p").count() > 0
        assert (loaded(tab), tab.console) == ([], [])


@EVERY_PAGE
@EITHER
def test_axe_finds_nothing_serious_on_a_page_to_send(browser: Browser, name: str, scheme: Scheme) -> None:
    with shown(browser, PAGES[name](), scheme=scheme) as tab:
        # Where a page paints no ground, axe-core takes it for white; the browser paints that of the reader's theme.
        tab.page.evaluate("document.documentElement.style.background = 'Canvas'")
        assert complaints(tab) == []


@EVERY_MESSAGE
@EITHER
def test_every_word_of_a_card_can_be_read_in_teams_own_colours(browser: Browser, name: str, scheme: Scheme) -> None:
    with drawn(browser, MESSAGES[name](), scheme=scheme) as tab:
        assert [found for found in complaints(tab, within="main") if found[0] == "color-contrast"] == []


@pytest.mark.parametrize("size", [(592, 800), PHONE])
@EVERY_MESSAGE
def test_nothing_that_a_card_says_is_cut_at_its_edge(browser: Browser, name: str, size: tuple[int, int]) -> None:
    with drawn(browser, MESSAGES[name](), size=size) as tab:
        assert tab.page.evaluate(_CUT) == []


@pytest.mark.parametrize("size", [(760, 900), PHONE, NARROW])
@EVERY_PAGE
def test_no_page_to_send_is_wider_than_the_screen(browser: Browser, name: str, size: tuple[int, int]) -> None:
    with shown(browser, PAGES[name](), size=size) as tab:
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_what_is_folded_on_a_card_unfolds(browser: Browser) -> None:
    with visit(browser) as tab:
        show_cards(tab, news())
        said = tab.page.get_by_text("roleAssignmentMode of the registry")
        assert not said.is_visible()
        tab.page.get_by_role("button", name="Evidence").click()
        assert said.is_visible()


def test_what_runs_loads_or_leads_away_is_noticed(browser: Browser) -> None:
    """Or the tests below could not fail."""
    page = "<a href='https://evil.example'>x</a><img src='https://evil.example/x' onerror='alert(1)'>"
    with shown(browser, page) as tab:
        tab.page.wait_for_function("window.acted.length")
        noticed = _does(tab)
        assert (len(noticed.active), noticed.strangers) == (1, {"https://evil.example/"})
        assert (noticed.acted, noticed.asked) == ([1], ["https://evil.example/x"])


@HOSTILE
def test_hostile_names_do_nothing_on_a_card(browser: Browser, text: str) -> None:
    with drawn(browser, *poisoned(text)) as tab:
        assert _does(tab) == Quiet()


@HOSTILE
def test_hostile_names_do_nothing_in_a_mail(browser: Browser, text: str) -> None:
    page = "".join(to_mail(message).html for message in poisoned(text))
    with shown(browser, page) as tab:
        assert tab.page.locator("h2").count() > 1
        assert _does(tab) == Quiet()


@HOSTILE
def test_hostile_names_do_nothing_in_a_report(browser: Browser, text: str) -> None:
    with shown(browser, to_html(everywhere(text))) as tab:
        assert _does(tab) == Quiet()


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """What a page does by itself; by default nothing.

    active: elements that run, load or send. strangers: links that are not ours. acted: scripts that ran. asked:
    addresses that were asked for. console: what the browser said.
    """

    active: list[str] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)
    acted: list[object] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)


def _does(tab: Visit) -> Quiet:
    return Quiet(
        active=tab.page.evaluate(_ACTIVE),
        strangers=_strangers(tab),
        acted=tab.page.evaluate("window.acted"),
        asked=loaded(tab),
        console=tab.console,
    )


def _strangers(tab: Visit) -> set[str]:
    """Links that lead neither where ours do nor to a registry of Azure, at which there is no page to see."""
    links: list[str] = tab.page.evaluate(_LINKS)
    hosts = ((link, urlsplit(link).hostname) for link in links)
    return {link for link, host in hosts if host not in OURS and not (host or "").endswith(".azurecr.io")}
