"""Takes the pictures in docs/images with a real browser: of the pages of `acimedic serve`, of messages and of a report.

Run by `python -m docs.pictures`; needs what tests/browser needs. Nothing compares them.
"""

import html
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser

from acimedic.model.incident import incident_id
from acimedic.model.news import Crowd, News
from acimedic.model.record import IncidentRecord
from acimedic.report.mail import to_mail
from acimedic.simulator import load_world
from tests import build
from tests.browser.browsing import PHONE, WIDE, Scheme, Visit, chromium, visit
from tests.browser.house import House, house
from tests.browser.showing import show_cards
from tests.notify.told import crowd_of, news_of, record_of, report_of

HERE = Path(__file__).parent / "images"
_SCHEMES: tuple[Scheme, ...] = ("light", "dark")
_CARD, _MAIL = (592, 200), (760, 900)


def main() -> None:
    """Write every picture."""
    with tempfile.TemporaryDirectory() as folder, house(Path(folder), over="cg-nightly") as at, chromium() as browser:
        _pages(browser, at)
        _report(browser, _diagnosed(at, Path(folder)))
        _messages(browser)
    sys.stdout.write(f"{len(list(HERE.glob('*.png')))} pictures in {HERE.name}\n")


def _pages(browser: Browser, at: House) -> None:
    pages = {
        "incidents": f"{at.address}/api/incidents",
        "incident": at.page(),
        "decision": at.decision(),
        "causes": f"{at.address}/api/checks",
    }
    for name, address in pages.items():
        _everywhere(browser, name, lambda tab, address=address: tab.to(address))  # type: ignore[misc]  # bound now


def _report(browser: Browser, page: str) -> None:
    _everywhere(browser, "report", lambda tab: tab.page.set_content(page))


def _everywhere(browser: Browser, name: str, show: Callable[[Visit], object]) -> None:
    for scheme in _SCHEMES:
        with visit(browser, scheme=scheme, size=WIDE) as tab:
            show(tab)
            tab.page.screenshot(path=HERE / f"{name}-{scheme}.png")
    with visit(browser, size=PHONE) as tab:
        show(tab)
        tab.page.screenshot(path=HERE / f"{name}-phone.png")


def _messages(browser: Browser) -> None:
    news = _awaiting()
    mail = to_mail(news)
    for scheme in _SCHEMES:
        with visit(browser, scheme=scheme, size=_CARD) as tab:
            show_cards(tab, news, scheme=scheme, strict=False)
            tab.page.screenshot(path=HERE / f"card-{scheme}.png", full_page=True)
        with visit(browser, scheme=scheme, size=_MAIL) as tab:
            tab.page.set_content(mail.html)
            tab.page.screenshot(path=HERE / f"mail-{scheme}.png")
    with visit(browser, size=_CARD) as tab:
        show_cards(tab, _storm(), strict=False)
        tab.page.screenshot(path=HERE / "card-storm-light.png", full_page=True)
    with visit(browser, size=_MAIL) as tab:
        tab.page.set_content(_terminal(f"Subject: {mail.subject}\n\n{mail.text}"))
        tab.page.screenshot(path=HERE / "mail-text.png")


def _terminal(text: str) -> str:
    """72 columns of one width, as clients show that break long lines."""
    style = "font: 14px/1.4 monospace; width: 72ch; margin: 16px auto; white-space: pre-wrap; overflow-wrap: anywhere"
    return f'<!DOCTYPE html><title>Mail</title><pre style="{style}">{html.escape(text)}</pre>'


def _diagnosed(at: House, folder: Path) -> str:
    """What `acimedic diagnose --format html` writes of the event, over the server's Azure."""
    event = folder / "event.json"
    event.write_text(json.dumps(load_world("role-missing")["event"]), encoding="utf-8")
    chosen = {
        "PATH": os.environ["PATH"],
        "ACIMEDIC_GATEWAY": str(at.settings.gateway),
        "ACIMEDIC_POLICY": str(at.settings.policy),
        "ACIMEDIC_MODE": at.settings.mode,
        "ACIMEDIC_STORE": str(folder / "other.db"),
    }
    words = [sys.executable, "-m", "acimedic", "diagnose", "--event", str(event), "--format", "html"]
    done = subprocess.run(words, env=chosen, capture_output=True, text=True, check=False)
    if not done.stdout:
        raise SystemExit(done.stderr)
    return done.stdout


def _awaiting() -> News:
    """A missing role, and a plan that somebody has until tomorrow to decide on."""
    record = record_of("awaiting-decision", due_at=build.FAILED_AT + timedelta(days=1))
    return news_of(record=record, said=report_of().headline, portal=None)


def _storm() -> Crowd:
    groups = (f"cg-{name}" for name in ("web-01", "web-02", "orders", "billing", "mailer", "nightly"))
    told = tuple(_failed(name, at=20 - 3 * number) for number, name in enumerate(groups))
    cause, where = "trusted-services-disabled", "registry contoso.azurecr.io"
    headline = f"14 container groups failed with one cause ({cause}) at {where}."
    return crowd_of(cause=cause, culprit=where, headline=headline, told=told)


def _failed(name: str, *, at: int) -> IncidentRecord:
    """An incident of the group of this name, so many minutes after the first."""
    group = replace(build.INCIDENT.group, names=(name,))
    failed = build.FAILED_AT + timedelta(minutes=at)
    made = replace(build.INCIDENT, id=incident_id(build.CORRELATION, group), group=group, occurred_at=failed)
    return record_of(incident=made)


if __name__ == "__main__":
    main()
