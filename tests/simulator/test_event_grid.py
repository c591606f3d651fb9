"""System topics and who listens to them: how they are listed, and taken away."""

from typing import Any
from urllib.parse import urlsplit

import pytest

PLATFORM = "/subscriptions/b8c1a7e4-2f60-4d9b-a135-6e0d94c7f218"
GROUP = f"{PLATFORM}/resourceGroups/rg-events"
TOPIC = f"{GROUP}/providers/Microsoft.EventGrid/systemTopics/all"
ALERT = f"{GROUP}/providers/Microsoft.Insights/metricAlerts/lost"
VERSION = "2025-02-15"


@pytest.fixture
def listening(azure: Any) -> Any:
    """One topic, two who listen, and an alert beside it."""
    azure.world["systemTopics"] = {"all": {"id": TOPIC, "name": "all", "x-eventSubscriptions": {"one": {}, "Two": {}}}}
    azure.world["metricAlerts"] = {"lost": {"id": ALERT, "name": "lost"}}
    return azure


def delete(azure: Any, path: str, version: str = VERSION) -> Any:
    return azure("DELETE", f"{path}?api-version={version}")


def names(azure: Any) -> list[str]:
    return [each["name"] for each in azure.get(f"{TOPIC}/eventSubscriptions", VERSION).body["value"]]


def test_topics_are_listed_by_subscription_and_by_group(listening: Any) -> None:
    for scope in (PLATFORM, GROUP):
        found = listening.get(f"{scope}/providers/Microsoft.EventGrid/systemTopics", VERSION).body["value"]
        assert found == [{"id": TOPIC, "name": "all"}]


def test_who_listens_is_listed_with_an_id_of_its_own(listening: Any) -> None:
    assert names(listening) == ["one", "Two"]
    assert listening.get(f"{TOPIC}/eventSubscriptions/two", VERSION).body["id"] == f"{TOPIC}/eventSubscriptions/Two"


def test_a_deletion_is_followed_to_its_end_as_recorded(listening: Any) -> None:
    answer = delete(listening, f"{TOPIC}/eventSubscriptions/two")
    later = urlsplit(answer.headers["azure-asyncoperation"])
    assert (answer.status, names(listening)) == (202, ["one"])
    assert listening("GET", f"{later.path}?{later.query}").body["status"] == "Succeeded"


def test_with_the_topic_go_all_who_listen(listening: Any) -> None:
    assert delete(listening, TOPIC).status == 202
    assert listening.get(f"{TOPIC}/eventSubscriptions", VERSION).status == 404


def test_what_is_gone_already_is_204(listening: Any) -> None:
    assert delete(listening, f"{TOPIC}/eventSubscriptions/three").status == 204
    assert delete(listening, f"{TOPIC}s").status == 204
    assert delete(listening, f"{ALERT}s", "2018-03-01").status == 204


def test_what_is_not_there_is_404(listening: Any) -> None:
    for path in (f"{TOPIC}s", f"{TOPIC}s/eventSubscriptions", f"{TOPIC}/eventSubscriptions/three", f"{ALERT}s"):
        assert listening.get(path, VERSION).code == "ResourceNotFound"


def test_an_alert_is_deleted_at_once(listening: Any) -> None:
    assert listening.get(ALERT, "2018-03-01").body["name"] == "lost"
    assert delete(listening, ALERT, "2018-03-01").status == 200
    assert listening.get(ALERT, "2018-03-01").code == "ResourceNotFound"


def test_an_operation_that_was_never_begun_is_not_found(listening: Any) -> None:
    path = f"{PLATFORM}/providers/Microsoft.EventGrid/operationsStatus/never"
    assert listening.get(path, VERSION).code == "OperationNotFound"


def test_a_group_lists_what_is_in_it_and_takes_it_along(listening: Any) -> None:
    listening.world["resourceGroups"] = {"events": {"id": GROUP, "tags": {"team": "platform"}}}
    found = listening.get(f"{GROUP}/resources", "2024-11-01").body["value"]
    assert [each["type"] for each in found] == ["Microsoft.EventGrid/systemTopics", "Microsoft.Insights/metricAlerts"]
    assert delete(listening, GROUP, "2024-11-01").status == 202
    assert listening.get(GROUP, "2024-11-01").code == "ResourceGroupNotFound"
