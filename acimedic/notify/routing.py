"""Which routes hear of a piece of news, in which manner, and which of them may decide (pure)."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from acimedic.model.news import News
from acimedic.notify.routes import Route, Routes, severity

Manner: TypeAlias = Literal["now", "later", "not"]
AWAITING = "awaiting-decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearer:
    """A route that hears of it. decides: it is given the link by which one decides. manner: `later` is in a digest."""

    route: Route
    decides: bool
    manner: Manner


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who hears of it. troubles: who should and cannot, in words. unknown: what a tag says that names no route."""

    hearers: tuple[Hearer, ...]
    troubles: tuple[str, ...] = ()
    unknown: str | None = None


def audience(routes: Routes, news: News, *, tag: str | None, asked: tuple[str, ...]) -> Audience:
    """Who hears of a piece of news.

    tag: the route that the group itself names; it reads and, for the tag's sake, never decides.
    asked: the routes that the policy names for the plan; one may decide, and where there is none, the default does.
    """
    names = list(routes.of(news.record, news.state))
    tagged = None if tag is None else routes.named(tag)
    names += [] if tagged is None else [tagged.name]
    deciders: tuple[str, ...] = ()
    troubles: list[str] = []
    if news.state == AWAITING:
        names += asked or routes.default
        deciders, troubles = _deciders(routes, asked)
    found = [route for name in dict.fromkeys(names) if (route := routes.named(name)) is not None]
    return Audience(
        hearers=tuple(_hearer(route, news, decides=route.name in deciders) for route in found),
        troubles=tuple(troubles),
        unknown=tag if tagged is None else None,
    )


def _deciders(routes: Routes, asked: tuple[str, ...]) -> tuple[tuple[str, ...], list[str]]:
    """The routes that are given the link, and what is wrong where there is none."""
    if len(asked) > 1:
        return (), [f"no link to decide: the plan's pairs name different routes in the policy ({', '.join(asked)})"]
    able = tuple(name for name in asked or routes.default if (route := routes.named(name)) and route.decides)
    if able:
        return able, []
    if not asked:
        return (), ["no link to decide: the policy names no route, and no default route has `decides`"]
    what = "does not have `decides`" if routes.named(asked[0]) else "is not among the routes"
    return (), [f"no link to decide: the route '{asked[0]}' that the policy names {what}"]


def _hearer(route: Route, news: News, *, decides: bool) -> Hearer:
    return Hearer(route=route, decides=decides, manner=_manner(route, news, decides=decides))


def _manner(route: Route, news: News, *, decides: bool) -> Manner:
    if decides:
        return "now"  # a decision is waited for, and expires
    match route.style:
        case "each":
            return "now"
        case "digest":
            return "later"
        case "quiet":
            return "now" if severity(news.state, news.record.outcome) == "action" else "not"
