"""A Teams webhook: what counts as told, what is tried again, and that its address is never seen."""

import asyncio
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from acimedic.azure.transport import Transport
from acimedic.model.news import Message
from acimedic.notify.port import NotToldError, Sink
from acimedic.notify.teams import Patience, TeamsSink, WebhookError
from acimedic.report.card import to_card
from tests.adapters.replay import Answer, Replay, route
from tests.notify.messages import crowd, digest, news

SECRET = "s1gNaTuRe-0f-Th3-W0rkFl0w"
PATH = "/powerautomate/automations/direct/workflows/9c0ffee/triggers/manual/paths/invoke"
HOST = "default1234.56.environment.api.powerplatform.com"
WEBHOOK = f"https://{HOST}:443{PATH}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SECRET}"
HURRIED = Patience(connect=5, answer=0.05, total=20)
HTML = Answer(status=200, body=b"<!doctype html><p>Fine", headers={"Content-Type": "text/html"})


@dataclass
class Clock:
    """Pauses that take no time, and are remembered."""

    paused: list[float] = field(default_factory=list)

    async def pause(self, seconds: float) -> None:
        self.paused.append(seconds)


def sink(gateway: str, clock: Clock | None = None, patience: Patience | None = None) -> TeamsSink:
    pause = (clock or Clock()).pause
    return TeamsSink(
        name="teams",
        webhook=WEBHOOK,
        transport=lambda: Transport(gateway, pause),
        card=to_card,
        patience=patience or Patience(),
    )


def webhook(*answers: Answer) -> Replay:
    return Replay(route("POST", ".*", *answers))


def tell(replay: Replay, message: Message | None = None, **options: object) -> None:
    made = sink(replay.url, **options)  # type: ignore[arg-type]
    asyncio.run(made.send(message if message is not None else news()))


def refusal(act: Callable[[], None]) -> NotToldError:
    with pytest.raises(NotToldError) as raised:
        act()
    return raised.value


def test_it_is_a_sink_that_may_repeat_itself() -> None:
    made: Sink = sink("http://127.0.0.1:9")
    assert (made.name, made.once) == ("teams", False)


@pytest.mark.parametrize("message", [news(), crowd(), digest()], ids=["news", "crowd", "digest"])
def test_the_card_arrives_as_it_was_drawn(message: Message) -> None:
    with webhook(Answer(status=202)) as replay:
        tell(replay, message)
        (asked,) = replay.asked
        assert asked.json == to_card(message)
        assert asked.headers["content-type"] == "application/json"


def test_it_goes_to_the_webhook_through_the_gateway() -> None:
    with webhook(Answer(status=202)) as replay:
        tell(replay)
        (asked,) = replay.asked
        assert f"https://{asked.host}{asked.target}" == WEBHOOK


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_it_is_told_once_a_success_is_answered(status: int) -> None:
    with webhook(Answer(status=status)) as replay:
        tell(replay)
        assert len(replay.asked) == 1


def test_html_with_a_success_is_a_success() -> None:
    with webhook(HTML) as replay:
        tell(replay)
        assert len(replay.asked) == 1


def test_a_success_whose_body_breaks_off_is_a_success() -> None:
    with webhook(Answer(status=202, body={"x": "y" * 1000}, fault="cut")) as replay:
        tell(replay)
        assert len(replay.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413])
def test_a_refusal_is_final_and_not_repeated(status: int) -> None:
    with webhook(Answer(status=status, body={"error": {"message": SECRET}})) as replay:
        error = refusal(lambda: tell(replay))
        assert (error.final, error.unclear, len(replay.asked)) == (True, False, 1)
        assert str(status) in str(error)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with webhook(Answer(status=status, headers={"Location": "https://evil.example.com/"})) as replay:
        error = refusal(lambda: tell(replay))
        assert (error.final, replay.hosts) == (True, {f"{HOST}:443"})


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_busy_webhook_is_asked_again(status: int) -> None:
    with webhook(Answer(status=status), Answer(status=202)) as replay:
        tell(replay)
        assert [asked.json for asked in replay.asked] == [to_card(news())] * 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_webhook_that_stays_busy_may_be_asked_later(status: int) -> None:
    with webhook(Answer(status=status)) as replay:
        error = refusal(lambda: tell(replay))
        assert (error.final, error.unclear, len(replay.asked)) == (False, False, 4)


@pytest.mark.parametrize("status", [502, 504])
def test_after_a_gateways_error_it_is_said_that_it_may_be_a_repetition(status: int) -> None:
    with webhook(Answer(status=status), Answer(status=202)) as replay:
        tell(replay)
        assert "may be a repetition" in replay.asked[1].body.decode()


@pytest.mark.parametrize("status", [502, 504])
def test_gateways_errors_leave_it_unclear(status: int) -> None:
    with webhook(Answer(status=status)) as replay:
        assert refusal(lambda: tell(replay)).unclear


def test_a_refusal_does_not_clear_up_what_was_unclear() -> None:
    with webhook(Answer(status=504), Answer(status=404)) as replay:
        error = refusal(lambda: tell(replay))
        assert (error.final, error.unclear) == (False, True)


def test_the_pauses_grow() -> None:
    clock = Clock()
    with webhook(Answer(status=503)) as replay:
        refusal(lambda: tell(replay, clock=clock))
    assert clock.paused == [1, 2, 4]


def test_a_pause_is_as_long_as_was_asked_for() -> None:
    clock = Clock()
    with webhook(Answer(status=429, headers={"Retry-After": "7"}), Answer(status=202)) as replay:
        tell(replay, clock=clock)
    assert clock.paused == [7]


def test_a_pause_that_is_too_long_is_left_to_a_later_attempt() -> None:
    clock = Clock()
    with webhook(Answer(status=429, headers={"Retry-After": "600"})) as replay:
        error = refusal(lambda: tell(replay, clock=clock))
        assert (error.final, len(replay.asked), clock.paused) == (False, 1, [])


@pytest.mark.parametrize("asked_for", ["Fri, 20 Nov 2026 08:00:00 GMT", "-1", "1e9", "", "soon"])
def test_what_is_no_number_of_seconds_is_passed_over(asked_for: str) -> None:
    clock = Clock()
    with webhook(Answer(status=429, headers={"Retry-After": asked_for}), Answer(status=202)) as replay:
        tell(replay, clock=clock)
    assert clock.paused == [1]


@pytest.mark.parametrize("fault", ["reset", "silence"])
def test_no_answer_leaves_it_unclear_and_is_not_repeated(fault: str) -> None:
    with webhook(Answer(fault=fault)) as replay:  # type: ignore[arg-type]
        error = refusal(lambda: tell(replay, patience=HURRIED))
        assert (error.final, error.unclear, len(replay.asked)) == (False, True, 1)


def test_a_webhook_that_is_not_there_is_tried_again_and_nothing_is_unclear() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        clock = Clock()
        made = sink(f"http://127.0.0.1:{held.getsockname()[1]}", clock)
        error = refusal(lambda: asyncio.run(made.send(news())))
    assert (error.final, error.unclear, len(clock.paused)) == (False, False, 3)


def test_in_all_it_takes_no_longer_than_it_may() -> None:
    with webhook(Answer(fault="silence")) as replay:
        error = refusal(lambda: tell(replay, patience=Patience(total=0.05)))
        assert "given up" in str(error)
        assert error.unclear


def test_giving_up_between_two_tries_leaves_nothing_unclear() -> None:
    async def forever(_: float) -> None:
        await asyncio.Event().wait()

    with webhook(Answer(status=503)) as replay:
        made = TeamsSink(
            name="teams",
            webhook=WEBHOOK,
            transport=lambda: Transport(replay.url, forever),
            card=to_card,
            patience=Patience(total=1),
        )
        error = refusal(lambda: asyncio.run(made.send(news())))
    assert (error.unclear, "503" in str(error)) == (False, True)


def chain(error: BaseException) -> str:
    """An exception with all that led to it, as words and as values."""
    said = ""
    while True:
        said += f"{error!s}{error!r}{vars(error)}"
        behind = error.__cause__ or error.__context__
        if behind is None:
            return said
        error = behind


@pytest.mark.parametrize(
    "answer",
    [Answer(status=403), Answer(status=503), Answer(status=504), Answer(fault="reset"), Answer(fault="silence")],
)
def test_no_trouble_shows_the_address(answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with webhook(answer) as replay:
        said = chain(refusal(lambda: tell(replay, patience=HURRIED)))
    for hidden in (SECRET, "9c0ffee"):
        assert hidden not in said
        assert hidden not in caplog.text


def test_no_trouble_brings_its_cause_along() -> None:
    with webhook(Answer(fault="reset")) as replay:
        error = refusal(lambda: tell(replay))
    assert (error.__cause__, error.__context__) == (None, None)


def test_the_sink_does_not_show_the_address() -> None:
    made = sink("http://127.0.0.1:9")
    assert "9c0ffee" not in f"{made!r}{made!s}"
    assert SECRET not in f"{made!r}{made!s}"


@pytest.mark.parametrize(
    "address",
    [
        "",
        f"http://prod-1.westeurope.logic.azure.com/x?sig={SECRET}",
        f"https://user:{SECRET}@prod-1.westeurope.logic.azure.com/x",
        f"https://prod-1.westeurope.logic.azure.com/x\n?sig={SECRET}",
        f"https://prod-1.westeurope.logic.azure.com/é?sig={SECRET}",
        f"https:///x?sig={SECRET}",
        f"https://contoso.webhook.office.com/webhookb2/{SECRET}",
        f"https://outlook.office.com/webhook/{SECRET}",
    ],
)
def test_what_is_no_webhook_is_refused_without_being_shown(address: str) -> None:
    with pytest.raises(WebhookError) as raised:
        TeamsSink(name="teams", webhook=address, transport=Transport, card=to_card)
    assert SECRET not in chain(raised.value)


@pytest.mark.parametrize(
    "address",
    [
        "https://prod-96.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?api-version=2016-06-01",
        WEBHOOK,
        "https://prod-1.usgovvirginia.logic.azure.us/workflows/1",
    ],
)
def test_such_an_address_is_a_webhook(address: str) -> None:
    assert TeamsSink(name="teams", webhook=address, transport=Transport, card=to_card).webhook == address
