"""Messages and reports as their readers see them: a card by Microsoft's own renderer, a mail and a report as a page."""

from acimedic.model.news import Message
from acimedic.report.card import to_card
from tests.browser.browsing import Scheme, Visit
from tests.notify.renderer import installed

_CARD_WIDTH = 560

# What Microsoft publishes of how Teams looks; a card chooses among these and sets no colour of its own.
# Source: https://github.com/microsoft/AdaptiveCards/tree/main/samples/HostConfig, microsoft-teams-{light,dark}.json
_CANVAS = {"light": "#f5f5f5", "dark": "#1f1f1f"}
_PAPER = {"light": "#ffffff", "dark": "#2d2c2c"}
_INK = {"light": ("#252424", "#bf252424"), "dark": ("#ffffff", "#bfffffff")}
_ON_COLOUR = ("#252424", "#bf252424")
_TEXT = {
    "light": {"accent": "#6264a7", "good": "#92c353", "warning": "#f8d22a", "attention": "#c4314b"},
    "dark": {"accent": "#a6a7dc", "good": "#92c353", "warning": "#f8d22a", "attention": "#d74654"},
}
_BANDS = {"accent": "#c7def9", "good": "#ccffcc", "warning": "#ffe2b2", "attention": "#ffc5b2"}
_LINK = {"light": "#4f52b2", "dark": "#a6a7dc"}

_DRAW = """([contents, config, strict]) => {
  const markdown = window.markdownit({ html: true, linkify: strict });
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = markdown.render(text);
    result.didProcess = true;
  };
  for (const content of contents) {
    const card = new AdaptiveCards.AdaptiveCard();
    card.hostConfig = new AdaptiveCards.HostConfig(config);
    card.parse(content);
    document.querySelector("main").append(card.render());
  }
}"""


def show_cards(tab: Visit, *messages: Message, scheme: Scheme = "light", strict: bool = True) -> None:
    """Draw the cards of messages in a tab. strict: whatever looks like an address becomes a link."""
    tab.page.set_content(_page(scheme))
    modules = installed() / "node_modules"
    tab.page.add_script_tag(path=modules / "markdown-it" / "dist" / "markdown-it.min.js")
    tab.page.add_script_tag(path=modules / "adaptivecards" / "dist" / "adaptivecards.js")
    tab.page.evaluate(_DRAW, [[*map(_content, messages)], _config(scheme), strict])


def _content(message: Message) -> object:
    attachments = to_card(message)["attachments"]
    assert isinstance(attachments, list)
    return attachments[0]["content"]


def _page(scheme: Scheme) -> str:
    ink, line = _INK[scheme][0], "#d1d1d1" if scheme == "light" else "#484644"
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Card</title><style>
body {{ margin: 0; padding: 16px; background: {_CANVAS[scheme]}; color: {ink}; }}
main {{ width: {_CARD_WIDTH}px; max-width: 100%; border-radius: 6px; overflow: hidden; background: {_PAPER[scheme]};
  box-shadow: 0 1px 3px #0004; }}
p {{ margin: 0; }}
a {{ color: {_LINK[scheme]}; }}
.ac-pushButton {{ font: 600 14px "Segoe UI", system-ui, sans-serif; color: {ink}; background: {_PAPER[scheme]};
  border: 1px solid {line}; border-radius: 4px; padding: 6px 12px; }}
.ac-pushButton.style-positive {{ color: #ffffff; background: #5b5fc7; border-color: #5b5fc7; }}
</style></head><body><main></main></body></html>"""


def _config(scheme: Scheme) -> dict[str, object]:
    words = {"size": "Default", "color": "Default", "isSubtle": False, "wrap": True}
    bands = {name: _style(_ON_COLOUR, colour, scheme) for name, colour in _BANDS.items()}
    return {
        "fontFamily": "'Segoe UI', system-ui, sans-serif",
        "fontSizes": {"small": 12, "default": 14, "medium": 14, "large": 18, "extraLarge": 24},
        "spacing": {"small": 8, "default": 12, "medium": 16, "large": 20, "extraLarge": 24, "padding": 16},
        "containerStyles": {"default": _style(_INK[scheme], _PAPER[scheme], scheme), **bands},
        "actions": {"maxActions": 6, "spacing": "Default", "buttonSpacing": 8, "actionAlignment": "Left"},
        "factSet": {
            "title": {**words, "weight": "Bolder"},
            "value": {**words, "weight": "Default"},
            "spacing": 16,
        },
    }


def _style(ink: tuple[str, str], paper: str, scheme: Scheme) -> dict[str, object]:
    colours = {name: {"default": colour, "subtle": colour} for name, colour in _TEXT[scheme].items()}
    return {
        "backgroundColor": paper,
        "foregroundColors": {"default": {"default": ink[0], "subtle": ink[1]}, **colours},
    }
