"""The pages in a real browser: what people read and press, and that nothing else happens."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.browsing import PHONE, WIDE, Scheme, visit
from tests.browser.house import HOSTILE, OVER, House
from tests.npm import package

AXE = "4.14.1"  # of axe-core
PAGES: dict[str, Callable[[House], str]] = {
    "list": lambda house: f"{house.address}/api/incidents",
    "empty list": lambda house: f"{house.address}/api/incidents?state=failed",
    "incident": lambda house: house.page(),
    "incident without a report": lambda house: f"{house.address}/api/incidents/{OVER}",
    "decision": lambda house: house.decision(),
    "expired link": lambda house: house.decision(ago=timedelta(minutes=1)),
    "catalogue": lambda house: f"{house.address}/api/checks",
    "check": lambda house: f"{house.address}/api/checks/pull-role-missing",
    "nothing there": lambda house: f"{house.address}/api/checks/none",
}
EVERY_PAGE = pytest.mark.parametrize("name", PAGES)
_REFUSED = {"expired link", "nothing there"}


def test_the_first_address_leads_to_the_list(browser: Browser, reading: House) -> None:
    with visit(browser) as tab:
        tab.to(reading.address)
        assert tab.page.url == f"{reading.address}/api/incidents"


def test_from_the_list_to_the_incident_to_the_decision(browser: Browser, reading: House) -> None:
    with visit(browser) as tab:
        tab.to(f"{reading.address}/api/incidents")
        tab.page.get_by_role("link", name="cg-web-01").click()
        expect(tab.page.get_by_role("heading", level=1)).to_have_text(
            "Failed: container group cg-web-01 in resource group rg-orders-prod"
        )
        tab.page.get_by_role("link", name="Look at the plan and decide").click()
        expect(tab.page.get_by_role("button", name="Approve this plan")).to_be_visible()


def test_the_cause_and_the_fix_are_seen_without_scrolling(browser: Browser, reading: House) -> None:
    with visit(browser) as tab:
        tab.to(reading.page())
        expect(tab.page.get_by_role("heading", name="Cause: pull-role-missing")).to_be_in_viewport()
        expect(tab.page.get_by_role("heading", name="Fix")).to_be_in_viewport()


def test_the_form_narrows_the_list_and_keeps_what_was_chosen(browser: Browser, reading: House) -> None:
    with visit(browser) as tab:
        tab.to(f"{reading.address}/api/incidents")
        tab.page.get_by_label("State").select_option(label="It helped")
        tab.page.get_by_label("Cause").select_option("trusted-services-disabled")
        tab.page.get_by_role("button", name="Narrow").click()
        assert tab.page.locator(".list h2").all_inner_texts() == [HOSTILE.replace("\u202e", "\\u202e")]
        expect(tab.page.get_by_label("State")).to_have_value("proved")


def test_the_form_narrows_the_list_by_date(browser: Browser, reading: House) -> None:
    with visit(browser) as tab:
        tab.to(f"{reading.address}/api/incidents")
        tab.page.get_by_label("Since").fill("2999-01-01")
        tab.page.get_by_role("button", name="Narrow").click()
        assert "No incident is like that" in tab.text


def test_approving_through_the_form_decides(browser: Browser, deciding: House) -> None:
    """The form comes with `Origin: null`, for our own pages forbid the browser to tell where it was."""
    with visit(browser) as tab:
        origins: list[str | None] = []
        tab.page.on("request", lambda request: origins.append(request.all_headers().get("origin")))
        tab.to(deciding.decision())
        tab.page.get_by_role("button", name="Approve this plan").click()
        expect(tab.page.get_by_role("heading", level=1)).to_have_text("Approved")
        assert (origins[-1], tab.console) == ("null", [])
    assert deciding.decided() == ["approve"]


def test_an_incident_says_who_decided(browser: Browser, deciding: House) -> None:
    with visit(browser) as tab:
        tab.to(deciding.decision("reject"))
        tab.page.get_by_role("button", name="Reject it").click()
        tab.page.get_by_role("link", name="Follow the incident").click()
        decided = tab.page.locator("section", has=tab.page.get_by_role("heading", name="Who decided"))
        expect(decided.get_by_role("listitem")).to_contain_text("Rejected on this machine")
    assert deciding.decided() == ["reject"]


def test_approving_with_the_keyboard_alone_decides(browser: Browser, deciding: House) -> None:
    with visit(browser) as tab:
        tab.to(deciding.decision())
        for _ in range(30):
            tab.page.keyboard.press("Tab")
            if tab.page.evaluate("document.activeElement.textContent") == "Approve this plan":
                break
        tab.page.keyboard.press("Enter")
        expect(tab.page.get_by_role("heading", level=1)).to_have_text("Approved")
    assert deciding.decided() == ["approve"]


def test_a_link_that_was_used_decides_no_more(browser: Browser, deciding: House) -> None:
    address = deciding.decision()
    with visit(browser) as tab:
        tab.to(address)
        tab.page.get_by_role("button", name="Reject it").click()
        assert tab.to(address) == 409
        assert "decided on already" in tab.text
        assert tab.page.get_by_role("button").count() == 0


def test_of_two_tabs_the_first_decides(browser: Browser, deciding: House) -> None:
    with visit(browser) as one, visit(browser) as other:
        for tab in (one, other):
            tab.to(deciding.decision())
        one.page.get_by_role("button", name="Approve this plan").click()
        other.page.get_by_role("button", name="Reject it").click()
        expect(other.page.get_by_role("heading", level=1)).to_have_text("Not decided")
    assert deciding.decided() == ["approve"]


def test_a_link_that_has_expired_shows_no_form(browser: Browser, reading: House) -> None:
    with visit(browser) as tab:
        assert tab.to(reading.decision(ago=timedelta(minutes=1))) == 410
        assert tab.page.get_by_role("button").count() == 0


def test_the_catalogue_leads_to_each_cause(browser: Browser, reading: House) -> None:
    with visit(browser) as tab:
        tab.to(f"{reading.address}/api/checks")
        tab.page.get_by_role("link", name="image-too-large").click()
        expect(tab.page.get_by_role("heading", level=1)).to_have_text("image-too-large")


def test_the_bundle_is_saved_as_a_file(browser: Browser, reading: House) -> None:
    with visit(browser) as tab:
        tab.to(reading.page())
        with tab.page.expect_download() as waiting:
            tab.page.get_by_role("link", name="Download the bundle").click()
        assert waiting.value.suggested_filename == f"acimedic-{reading.incident}.json"
        saved = json.loads(waiting.value.path().read_bytes())
    assert saved["incident"] == reading.incident


@EVERY_PAGE
def test_a_page_asks_for_nothing_elsewhere_and_the_browser_complains_of_nothing(
    browser: Browser, reading: House, name: str
) -> None:
    with visit(browser) as tab:
        tab.to(PAGES[name](reading))
        # A browser writes to its console that a page was refused.
        complaints = [said for said in tab.console if "the server responded with a status of 4" not in said]
        assert bool(tab.console) == (name in _REFUSED)
        assert [address for address in tab.asked if not address.startswith(f"{reading.address}/")] == []
        assert complaints == []


@EVERY_PAGE
@pytest.mark.parametrize(("scheme", "size"), [("light", WIDE), ("dark", WIDE), ("light", PHONE)])
def test_axe_finds_nothing_to_complain_of(
    browser: Browser, reading: House, name: str, scheme: Scheme, size: tuple[int, int]
) -> None:
    with visit(browser, scheme=scheme, size=size) as tab:
        tab.to(PAGES[name](reading))
        tab.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        axe = package("axe-core", AXE) / "node_modules" / "axe-core" / "axe.min.js"
        tab.page.evaluate(axe.read_text(encoding="utf-8"))
        found = tab.page.evaluate("async () => await axe.run(document, {preload: false})")
        assert found["passes"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []


@EVERY_PAGE
@pytest.mark.parametrize("size", [WIDE, PHONE, (320, 640)])
def test_no_page_is_wider_than_the_screen(browser: Browser, reading: House, name: str, size: tuple[int, int]) -> None:
    with visit(browser, size=size) as tab:
        tab.to(PAGES[name](reading))
        tab.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= size[0]


@EVERY_PAGE
def test_the_keyboard_reaches_everything_that_can_be_pressed(browser: Browser, reading: House, name: str) -> None:
    with visit(browser) as tab:
        tab.to(PAGES[name](reading))
        tab.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        found = "[...document.querySelectorAll('a, button, select, summary, input:not([type=hidden])')]"
        wanted = tab.page.evaluate(f"{found}.map((each, number) => (each.dataset.number = number, number))")
        reached: set[int] = set()
        for _ in range(len(wanted) + 10):  # a field for a date takes several steps
            tab.page.keyboard.press("Tab")
            number = tab.page.evaluate("document.activeElement.dataset.number ?? null")
            reached |= set() if number is None else {int(number)}
        assert reached == set(wanted)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_the_keyboard_is_can_be_seen(browser: Browser, reading: House, scheme: Scheme) -> None:
    with visit(browser, scheme=scheme) as tab:
        tab.to(reading.decision())
        button = tab.page.get_by_role("button", name="Reject it")
        tab.page.get_by_role("button", name="Approve this plan").focus()
        tab.page.keyboard.press("Tab")
        assert button.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"


def test_a_hostile_name_is_read_as_it_is_written(browser: Browser, reading: House) -> None:
    with visit(browser) as tab:
        tab.to(f"{reading.address}/api/incidents/{OVER}")
        assert "<script>alert(1)</script>\\u202egnp" in tab.page.get_by_role("heading", level=1).inner_text()
