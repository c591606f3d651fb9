"""What the settings say about telling people: where to, and from whom (pure). Who is written to is never repeated."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from acimedic.environment import secret

_WEBHOOK = re.compile(r"ACIMEDIC_TEAMS_[A-Z0-9_]{1,64}")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_CONTAINER = re.compile(
    r"https://[a-z0-9]{3,24}\.blob\.core\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)/[a-z0-9-]{3,63}"
)
_MAILBOX = re.compile(r"[^\s@,;<>\"]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


def routes(environment: Mapping[str, str], wrong: list[str]) -> str | None:
    """A file's name: as the policy, the routes are part of what was deployed, and never fetched."""
    text = environment.get("ACIMEDIC_ROUTES", "").strip()
    if _ADDRESS.match(text):
        wrong.append("ACIMEDIC_ROUTES is the name of a file, not an address")
    return text or None


def webhooks(environment: Mapping[str, str], wrong: list[str]) -> tuple[tuple[str, str], ...]:
    """The webhooks by the names of their settings. They are secrets: whoever knows one can write to the channel."""
    names = sorted(name for name in environment if _WEBHOOK.fullmatch(name))
    found = [(name, secret(environment, name, wrong)) for name in names]
    return tuple((name, url) for name, url in found if url)


def endpoint(environment: Mapping[str, str], name: str, wrong: list[str]) -> str | None:
    """The address of a service, https."""
    text = environment.get(name, "").strip().rstrip("/")
    if not text:
        return None
    try:
        parts = urlsplit(text)
        good = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not text.isprintable() or re.search(r"[@?#\s\\\"'<>]", text):
        wrong.append(f"{name} is the address of a service, https://HOST, without a query or a key")
        return None
    return text


def container(environment: Mapping[str, str], wrong: list[str]) -> str | None:
    """The container in which events lie that could not be delivered."""
    text = environment.get("ACIMEDIC_DEADLETTERS", "").strip().rstrip("/")
    if text and not _CONTAINER.fullmatch(text):
        wrong.append("ACIMEDIC_DEADLETTERS is the address of a container of blobs, without a query or a key")
        return None
    return text or None


def sender(environment: Mapping[str, str], wrong: list[str]) -> str | None:
    """The address that mails come from."""
    text = environment.get("ACIMEDIC_MAIL_FROM", "").strip()
    if text and not _MAILBOX.fullmatch(text):
        wrong.append("ACIMEDIC_MAIL_FROM is a mail address, such as donotreply@example.com")
        return None
    return text or None


def recipients(environment: Mapping[str, str], wrong: list[str]) -> tuple[str, ...]:
    """Who is written to where there are no routes: addresses with commas between them."""
    found = tuple(each.strip() for each in environment.get("ACIMEDIC_MAIL_TO", "").split(",") if each.strip())
    if any(not _MAILBOX.fullmatch(each) for each in found):
        wrong.append("ACIMEDIC_MAIL_TO is a list of mail addresses with commas between them, and one of them is none")
    return tuple(dict.fromkeys(found))
