"""Stories begun, woken and forgotten through the library's own client of the Durable extension."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from acimedic.lifecycle.durable import Durable
from tests.worker.extension import DurableEndpoint, Instance, speak

STORY = "46193ca8-1449-5e3c-ba4e-da87f7702a24"
GIVEN: dict[str, object] = {"incident": STORY, "mode": "review", "version": 1}


@pytest.fixture
def endpoint() -> Iterator[DurableEndpoint]:
    with DurableEndpoint() as started:
        yield started


def there(endpoint: DurableEndpoint, status: str, *, days: int = 0, name: str = STORY) -> Instance:
    begun = datetime.now(UTC) - timedelta(days=days)
    instance = endpoint.instances[name] = Instance(name="story", given='"{}"', status=status, begun=begun)
    return instance


def test_a_story_is_begun_with_what_it_is_given(endpoint: DurableEndpoint) -> None:
    speak(endpoint, lambda stories: stories.start(STORY, GIVEN))
    assert endpoint.instances[STORY].name == "story"
    assert endpoint.instances[STORY].input == GIVEN


@pytest.mark.parametrize("status", ["Pending", "Running", "Suspended", "Completed"])
def test_one_that_lives_or_has_ended_well_is_left_alone(endpoint: DurableEndpoint, status: str) -> None:
    instance = there(endpoint, status)
    speak(endpoint, lambda stories: stories.start(STORY, GIVEN))
    assert endpoint.instances[STORY] is instance
    assert endpoint.started(STORY) == 0


@pytest.mark.parametrize("status", ["Failed", "Terminated", "Canceled"])
def test_one_that_died_makes_way(endpoint: DurableEndpoint, status: str) -> None:
    there(endpoint, status)
    speak(endpoint, lambda stories: stories.start(STORY, GIVEN))
    assert endpoint.instances[STORY].status == "Pending"


def test_losing_the_race_for_a_start_is_no_failure(endpoint: DurableEndpoint) -> None:
    """Somebody begins it after we asked, and before we start it: the extension answers 409."""
    endpoint.before_start = lambda: there(endpoint, "Running")
    speak(endpoint, lambda stories: stories.start(STORY, GIVEN))
    assert endpoint.started(STORY) == 1
    assert endpoint.instances[STORY].status == "Running"


def test_an_extension_in_trouble_is_raised(endpoint: DurableEndpoint) -> None:
    endpoint.broken = 500
    with pytest.raises(Exception, match="Something went wrong"):
        speak(endpoint, lambda stories: stories.start(STORY, GIVEN))


def test_a_story_is_told_that_somebody_has_decided(endpoint: DurableEndpoint) -> None:
    instance = there(endpoint, "Running")
    speak(endpoint, lambda stories: stories.wake(STORY, "nonce-1"))
    ((name, said),) = instance.events
    assert name == "decided"
    assert "nonce-1" in said


@pytest.mark.parametrize("status", [None, "Completed"])
def test_telling_nobody_is_raised(endpoint: DurableEndpoint, status: str | None) -> None:
    if status is not None:
        there(endpoint, status)
    with pytest.raises(Exception, match=STORY):
        speak(endpoint, lambda stories: stories.wake(STORY, "nonce-1"))


@pytest.mark.parametrize("status", ["Completed", "Failed", "Terminated", "Canceled"])
def test_one_that_has_ended_is_forgotten(endpoint: DurableEndpoint, status: str) -> None:
    there(endpoint, status)
    speak(endpoint, lambda stories: stories.forget(STORY))
    assert endpoint.purged == [STORY]


def test_one_that_lives_is_ended_first(endpoint: DurableEndpoint) -> None:
    """The extension purges nothing that has not ended (412)."""
    instance = there(endpoint, "Running")
    speak(endpoint, lambda stories: stories.forget(STORY))
    assert instance.status == "Terminated"


def test_forgetting_what_is_not_there_is_no_matter(endpoint: DurableEndpoint) -> None:
    speak(endpoint, lambda stories: stories.forget(STORY))
    assert endpoint.purged == []


def test_old_ones_that_have_ended_are_forgotten(endpoint: DurableEndpoint) -> None:
    for name, status, days in (
        ("old", "Completed", 40),
        ("old-failed", "Failed", 40),
        ("old-terminated", "Terminated", 40),
        ("old-running", "Running", 40),
        ("new", "Completed", 20),
    ):
        there(endpoint, status, days=days, name=name)
    before = datetime.now(UTC) - timedelta(days=30)
    speak(endpoint, lambda stories: stories.forget_before(before))
    assert set(endpoint.instances) == {"old-running", "new"}


def test_having_nothing_old_is_no_matter(endpoint: DurableEndpoint) -> None:
    async def forget(stories: Durable) -> None:
        await stories.forget_before(datetime.now(UTC))

    speak(endpoint, forget)
    assert endpoint.purged == []
