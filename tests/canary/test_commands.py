"""Every command, in every form, over an Azure and files that are full of secrets."""

from collections.abc import Iterator

import pytest

from tests.canary.drives import commands, opened
from tests.canary.house import House, command
from tests.canary.meant import MEANT, NOT_TOLD

SPOKEN = ("diagnose", "explain", "preflight", "doctor", "incidents", "plan", "apply", "verify", "undo")
WRONG = {
    "ACIMEDIC_POLICY": "https://acct.blob.core.windows.net/p/policy.json?sig={}",
    "ACIMEDIC_ROUTES": "https://acct.blob.core.windows.net/p/routes.json?sig={}",
    "ACIMEDIC_STORE": "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={}==",
    "ACIMEDIC_GATEWAY": "http://u:{}@127.0.0.1:8080",
    "ACIMEDIC_URL": "https://medic.contoso.example/?code={}",
    "ACIMEDIC_MAIL_ENDPOINT": "endpoint=https://medic.communication.azure.com/;accesskey={}",
    "ACIMEDIC_MAIL_FROM": "{}",
    "ACIMEDIC_MAIL_TO": "{}",
    "ACIMEDIC_EVENTS_TOPIC": "https://medic.westeurope-1.eventgrid.azure.net/api/events?key={}",
    "ACIMEDIC_TEAMS_WEBHOOK": "http://u:{}@prod-1.westeurope.logic.azure.com/?sig={}",
    "ACIMEDIC_DEADLETTERS": "https://acct.blob.core.windows.net/dead?sig={}",
    "ACIMEDIC_MODE": "{}",
    "ACIMEDIC_SUBSCRIPTIONS": "{}",
    "ACIMEDIC_REGISTRIES": "u:{}@quay.io",
    "ACIMEDIC_TIME_LIMIT": "{}",
    "ACIMEDIC_RETENTION_DAYS": "{}",
    "ACIMEDIC_APPROVAL_KEY": "{:.20}",
    "AZURE_CLOUD": "{}",
}
"""Secrets in settings that are no place for them, or of another form than is wanted."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in which every command was run."""
    made = opened(tmp_path_factory.mktemp("house"))
    with made.azure:
        commands(made)
        made.collect()
        yield made


def test_nothing_secret_goes_out_of_a_command(house: House) -> None:
    assert house.cage.found(house.out, but=MEANT) == []


def test_every_secret_came_in(house: House) -> None:
    came = {*house.cage.within(house.came_in())}
    assert house.cage.birds.keys() - came - NOT_TOLD == set()


def test_every_command_said_something(house: House) -> None:
    assert [name for name in SPOKEN if len(house.out[f"{name}: standard output"]) < 100] == []


@pytest.mark.parametrize("name", WRONG)
def test_a_secret_in_a_wrong_setting_is_not_repeated(
    name: str, house: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bird = house.cage(f"wrong setting: {name}")
    other = House(house.cage, house.azure, tmp_path_factory.mktemp("wrong"))
    said = command(other, "doctor", "doctor", **{name: WRONG[name].replace("{:.20}", bird[:20]).replace("{}", bird)})
    assert said != 0
    assert f"wrong setting: {name} -> " not in "\n".join(house.cage.found(other.out))
    assert name in other.out["doctor: standard output"] + other.out["doctor: standard error"]
