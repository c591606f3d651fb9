"""What the doctor says of settings and policy, and that the app refuses to begin where it says the same."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from acimedic.doctor.configured import judge_policy, judge_settings, set_right
from acimedic.doctor.installed import NOWHERE, Installed
from acimedic.lifecycle.opening import NO_STORE, open_tools
from acimedic.policy import Consent, InvalidPolicy, NoPolicy
from acimedic.settings import Settings, SettingsError, contradictions, read_settings
from tests import build
from tests.policy.written import consent

ACCOUNT = "https://account.table.core.windows.net"
KEY = "k" * 40
OTHER = "b8c1a7e4-2f60-4d9b-a135-6e0d94c7f299"
MEDIC = Installed(site="medic", group="rg-medic")
WHOLE: dict[str, Any] = {
    "store": ACCOUNT,
    "mode": "review",
    "audit_keys": (KEY,),
    "approval_keys": (KEY,),
    "url": "https://medic.example.test",
    "mail_endpoint": "https://mail.example.test",
    "mail_from": "donotreply@example.test",
    "mail_to": ("team@example.test",),
}
BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"audit_keys": ()}, "ACIMEDIC_AUDIT_KEY is not set"),
    ({"approval_keys": ()}, "ACIMEDIC_MODE is review and ACIMEDIC_APPROVAL_KEY is not set"),
    ({"approval_keys": (), "mode": "auto"}, "ACIMEDIC_MODE is auto and ACIMEDIC_APPROVAL_KEY is not set"),
    ({"mail_endpoint": None}, "ACIMEDIC_MAIL_ENDPOINT is not set"),
    ({"mail_from": None}, "ACIMEDIC_MAIL_FROM is not set"),
    ({"mail_endpoint": None, "mail_from": None}, "ACIMEDIC_MAIL_TO is set without"),
]


def settings(**changes: Any) -> Settings:
    return Settings(**(WHOLE | changes))


async def begun(of: Settings) -> None:
    async with open_tools(of):
        pass


def test_settings_that_go_together_are_ok() -> None:
    assert [each.word for each in judge_settings(settings())] == ["ok"]


@pytest.mark.parametrize(("changes", "said"), BROKEN)
def test_what_contradicts_itself_is_wrong_and_the_app_refuses_to_begin(changes: dict[str, Any], said: str) -> None:
    (found,) = judge_settings(settings(**changes))
    with pytest.raises(SettingsError) as refused:
        asyncio.run(begun(settings(**changes)))
    assert (found.word, found.said.startswith(said)) == ("wrong", True)
    assert refused.value.faults == (found.said,)


def test_all_that_is_wrong_is_said_in_one_message() -> None:
    of = settings(store=None, mail_from=None)
    with pytest.raises(SettingsError) as refused:
        asyncio.run(begun(of))
    assert refused.value.faults == (NO_STORE, *contradictions(of))
    assert str(refused.value) == "; ".join(refused.value.faults)


def test_a_setting_that_is_wrong_in_itself_is_said_together_with_what_contradicts_itself() -> None:
    environment = {"ACIMEDIC_TIME_LIMIT": "never", "ACIMEDIC_MAIL_FROM": "a@example.test", "ACIMEDIC_MODE": "auto"}
    with pytest.raises(SettingsError) as refused:
        read_settings(environment | {"ACIMEDIC_STORE": ACCOUNT})
    assert [fault.split(" ")[0] for fault in refused.value.faults] == [
        "ACIMEDIC_TIME_LIMIT",
        "ACIMEDIC_AUDIT_KEY",
        "ACIMEDIC_MODE",
        "ACIMEDIC_MAIL_ENDPOINT",
    ]


def test_whoever_keeps_nothing_is_not_stopped_by_what_only_the_app_needs() -> None:
    assert read_settings({"ACIMEDIC_MODE": "auto", "ACIMEDIC_STORE": ACCOUNT}).mode == "auto"


def test_a_store_that_is_a_file_brings_its_own_keys(tmp_path: Path) -> None:
    asyncio.run(begun(Settings(store=str(tmp_path / "acimedic.db"), mode="review")))


def test_a_mode_in_which_people_decide_needs_the_address_of_the_pages() -> None:
    (found,) = judge_settings(settings(url=None))
    assert (found.word, "ACIMEDIC_URL is not set" in found.said) == ("wrong", True)


@pytest.mark.parametrize("mode", ["review", "auto"])
def test_without_a_policy_a_mode_that_changes_is_wrong(mode: Any) -> None:
    (found,) = judge_policy(Consent(mode=mode, policy=NoPolicy()))
    assert (found.word, "there is no policy" in found.said) == ("wrong", True)


def test_without_a_policy_observing_is_ok() -> None:
    (found,) = judge_policy(Consent(mode="observe", policy=NoPolicy()))
    assert found.word == "ok"


def test_each_fault_of_a_policy_is_said() -> None:
    found = judge_policy(Consent(mode="review", policy=InvalidPolicy(("line 3: one", "line 5: two"))))
    assert [(each.word, each.said) for each in found] == [
        ("wrong", "the policy is not followed: line 3: one"),
        ("wrong", "the policy is not followed: line 5: two"),
    ]


def test_a_policy_for_subscriptions_that_are_not_served_is_wrong() -> None:
    (found,) = judge_policy(consent(served=(OTHER,)))
    assert (found.word, "ACIMEDIC_SUBSCRIPTIONS" in found.said) == ("wrong", True)


def test_a_subscription_that_holds_a_registry_of_the_policy_need_not_be_served() -> None:
    (found,) = judge_policy(consent(served=(build.APP,)))
    assert found.word == "ok"


def test_a_subscription_that_holds_the_named_resource_group_of_identities_need_not_be_served() -> None:
    group = f"/subscriptions/{OTHER}/resourceGroups/rg-identities"
    pairs = [{"registry": build.REGISTRY_ID, "resource_group": group}]
    named = [build.APP, build.PLATFORM, OTHER]
    (found,) = judge_policy(consent(served=(build.APP,), pairs=pairs, subscriptions=named))
    assert found.word == "ok"


def test_a_subscription_that_nothing_of_the_policy_lies_in_and_nobody_serves_is_wrong() -> None:
    (found,) = judge_policy(consent(served=(build.APP,), subscriptions=[build.APP, build.PLATFORM, OTHER]))
    assert (found.word, f"the policy names {OTHER}" in found.said) == ("wrong", True)


@pytest.mark.parametrize(
    ("fault", "here", "repair"),
    [
        ("ACIMEDIC_TIME_LIMIT is 'never'; it is a number", NOWHERE, "export ACIMEDIC_TIME_LIMIT=VALUE"),
        (
            "ACIMEDIC_TIME_LIMIT is 'never'; it is a number",
            MEDIC,
            "az functionapp config appsettings set --name medic --resource-group rg-medic --settings "
            "ACIMEDIC_TIME_LIMIT=VALUE",
        ),
        ("ACIMEDIC_AUDIT_KEY is not set: a store in Azure", MEDIC, "azd provision"),
        (
            "ACIMEDIC_MODE is review and ACIMEDIC_URL is not set: no message",
            MEDIC,
            "azd env set ACIMEDIC_URL https://HOST && azd provision",
        ),
        (
            "ACIMEDIC_MODE is 'all'; it is one of",
            MEDIC,
            "azd env set ACIMEDIC_REMEDIATION 'off|review|auto' && azd provision",
        ),
    ],
)
def test_a_setting_is_put_right_where_it_comes_from(fault: str, here: Installed, repair: str) -> None:
    assert set_right(fault, here) == repair


def test_a_policy_that_can_be_followed_is_ok() -> None:
    (found,) = judge_policy(consent())
    assert found.word == "ok"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACIMEDIC_DEADLETTERS", "https://account.blob.core.windows.net/letters?sig=secret"),
        ("ACIMEDIC_DEADLETTERS", "http://account.blob.core.windows.net/letters"),
        ("ACIMEDIC_INCIDENTS_PER_HOUR", "0"),
        ("ACIMEDIC_INCIDENTS_PER_HOUR", "many"),
    ],
)
def test_settings_of_its_own_are_held_to_what_they_may_be(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        read_settings({name: value})
    assert "secret" not in str(refused.value)


def test_settings_of_its_own_have_defaults() -> None:
    assert (read_settings({}).incidents_per_hour, read_settings({}).dead_letters) == (200, None)
