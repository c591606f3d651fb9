"""Every branch of the story, by the local engine."""

from datetime import timedelta
from typing import Any

import pytest

from acimedic.lifecycle.story import narrower
from tests.lifecycle.lab import BEGAN, FOUND, INCIDENT, PLAN, Lab, World, failing

APPROVED = {"word": "approve", "said": "by a person", "approval": "nonce-1"}
REJECTED = {"word": "reject", "said": "by a person", "approval": "nonce-1"}
DAY = timedelta(days=1)


def by_event(answer: dict[str, Any], nonce: str = "nonce-1") -> Any:
    """The store says this once the event has named the nonce."""
    return lambda message, _: answer if message["nonce"] == nonce else {"word": "none"}


def told(mode: str, **answers: Any) -> Lab:
    """A story told to its end, without anybody deciding."""
    lab = Lab(World(**answers))
    assert lab.begin(mode)
    lab.finish()
    return lab


def test_observe_tells_and_changes_nothing() -> None:
    lab = told("observe")
    assert lab.output() == {"state": "diagnosed", "said": "AcrPull is missing", "step": None}
    assert lab.world.asked.keys() == {"diagnose", "record", "notify"}
    assert [mark["closed"] for mark in lab.world.said("record")] == [False, True]


@pytest.mark.parametrize(("mode", "found"), [("auto", "observe"), ("observe", "auto")])
def test_the_narrower_of_two_modes_counts(mode: str, found: str) -> None:
    lab = told(mode, diagnose=FOUND | {"mode": found})
    assert lab.world.asked["apply"] == 0


def test_modes_are_ordered() -> None:
    assert (narrower("auto", "review"), narrower("review", "observe")) == ("review", "observe")


def test_without_a_plan_there_is_nothing_to_decide() -> None:
    lab = told("auto", diagnose=FOUND | {"plan": None})
    assert lab.output()["state"] == "diagnosed"


def test_auto_changes_without_a_person_and_sees_that_it_helped() -> None:
    lab = told("auto")
    assert lab.world.asked["decision"] == 0
    assert lab.world.said("apply") == [{"incident": INCIDENT, "plan": PLAN, "approval": None}]
    assert lab.world.states == ["diagnosed", "applying", "applied", "in-effect"]
    assert lab.world.told == ["diagnosed", "applied", "in-effect"]
    assert lab.output()["state"] == "in-effect"


def test_a_tag_that_says_review_makes_auto_ask() -> None:
    lab = told("auto", diagnose=FOUND | {"mode": "review"})
    assert lab.output()["state"] == "expired"


def test_approve() -> None:
    lab = Lab(World(decision=by_event(APPROVED)))
    lab.begin()
    lab.go(timedelta(hours=1))
    assert lab.status().shown == {"state": "awaiting-decision", "said": "AcrPull is missing", "step": None}
    assert lab.decide()
    lab.finish()
    assert lab.world.said("apply") == [{"incident": INCIDENT, "plan": PLAN, "approval": "nonce-1"}]
    assert lab.output()["state"] == "in-effect"


def test_reject_is_recorded() -> None:
    lab = Lab(World(decision=by_event(REJECTED)))
    lab.begin()
    lab.go(timedelta(hours=1))
    lab.decide()
    lab.finish()
    assert lab.world.asked["apply"] == 0
    assert lab.world.states == ["diagnosed", "awaiting-decision", "rejected"]
    assert lab.world.told[-1] == "rejected"


def test_an_offer_expires_at_its_moment() -> None:
    lab = told("review")
    assert lab.now == BEGAN + 3 * DAY
    assert lab.output() == {"state": "expired", "said": "nobody decided in time", "step": None}
    due = {mark["due"] for mark in lab.world.said("record") if mark["state"] == "awaiting-decision"}
    assert due == {(BEGAN + 3 * DAY).isoformat()}


def test_a_decision_that_came_before_the_expiry_was_recorded_counts() -> None:
    assert told("review", expire=APPROVED).output()["state"] == "in-effect"


def test_a_late_decision_changes_nothing() -> None:
    lab = told("review")
    assert not lab.decide()
    lab.advance()
    assert lab.output()["state"] == "expired"


def test_a_late_decision_while_the_change_is_being_verified_is_passed_over() -> None:
    lab = Lab(World(decision=by_event(APPROVED)))
    lab.begin()
    lab.go(DAY + timedelta(hours=1))  # the first day's timer has left a listener behind
    lab.decide()
    lab.go(timedelta(minutes=1))
    assert lab.decide("nonce-2")
    assert lab.decide("nonce-3")
    lab.finish()
    assert lab.world.asked["apply"] == 1
    assert lab.output()["state"] == "in-effect"


def test_a_decision_before_anybody_listens_is_not_lost() -> None:
    lab = Lab(World(decision=lambda message, before: APPROVED if before else {"word": "none"}))
    lab.begin()
    lab.decide()
    lab.go(timedelta(minutes=1))
    assert lab.world.asked["apply"] == 1


def test_a_lost_event_costs_a_day_at_most() -> None:
    lab = Lab(World(decision=lambda message, before: APPROVED if before else {"word": "none"}))
    lab.begin()
    lab.go(DAY)
    assert lab.world.asked["apply"] == 1


@pytest.mark.parametrize("said", ["forged", {"nonce": "forged"}, {"approved": True}, None, 7, ["nonce-1"], "x" * 500])
def test_a_forged_event_is_a_question_to_the_store_and_no_more(said: object) -> None:
    lab = Lab(World(decision=by_event(APPROVED)))
    lab.begin()
    lab.decide(said)  # before anybody listens
    lab.go(timedelta(hours=1))
    lab.decide(said)
    lab.go(timedelta(hours=1))
    assert lab.world.asked["apply"] == 0
    assert lab.world.asked["decision"] == 3
    lab.decide()
    lab.go(timedelta(minutes=1))
    assert lab.world.asked["apply"] == 1


def test_a_flood_of_events_is_bounded() -> None:
    lab = Lab(World())
    lab.begin()
    for _ in range(100):
        lab.go(timedelta(minutes=1))
        lab.decide("forged")
    lab.finish()
    assert lab.output()["state"] == "expired"
    assert lab.world.asked["decision"] < 40


def test_the_text_of_the_error_is_waited_for() -> None:
    late = FOUND | {"error_known": False, "plan": None, "said": "no text yet"}
    lab = told("observe", diagnose=lambda message, before: FOUND if before == 2 else late)
    assert lab.now == BEGAN + timedelta(minutes=3)
    assert [look["live"] for look in lab.world.said("diagnose")] == [False] * 3
    assert lab.world.told == ["diagnosed"]


def test_after_25_minutes_the_live_state_decides() -> None:
    late = FOUND | {"error_known": False, "plan": None, "said": "no text yet"}
    lab = told("observe", diagnose=late)
    assert lab.now == BEGAN + timedelta(minutes=25)
    assert [look["live"] for look in lab.world.said("diagnose")] == [False] * 5 + [True]
    assert lab.output()["state"] == "diagnosed"


@pytest.mark.parametrize("state", ["refused", "incomplete"])
def test_a_change_that_was_not_made_is_told(state: str) -> None:
    lab = told("auto", apply={"state": state, "said": "the tag has moved"})
    assert lab.output() == {"state": state, "said": "the tag has moved", "step": None}
    assert lab.world.asked["verify"] == 0
    assert lab.world.asked["end_turn"] == 1
    assert lab.world.told[-1] == state


def test_it_is_looked_at_growing_intervals_until_the_documented_time_has_passed() -> None:
    moments: list[timedelta] = []
    lab = Lab(World())

    def verify(message: Any, before: int) -> Any:
        moments.append(lab.now - BEGAN)
        return {"state": "in-effect" if message["waited"] else "not-yet", "said": "…"}

    lab.world.answers["verify"] = verify
    lab.begin("auto")
    lab.finish()
    assert [round(moment.total_seconds()) for moment in moments] == [
        *(0, 30, 90, 210, 450, 600),
        *(600 + 3600, 600 + 6 * 3600, 600 + 24 * 3600),
    ]
    assert lab.world.told == ["diagnosed", "applied", "in-effect"]


def test_proof_ends_the_looking() -> None:
    states = ["not-yet", "in-effect", "proved"]
    lab = told("auto", verify=lambda message, before: {"state": states[before], "said": "…"})
    assert lab.world.asked["verify"] == 3
    assert lab.output()["state"] == "proved"


def test_what_is_not_in_effect_in_time_may_still_be() -> None:
    lab = told(
        "auto",
        verify=lambda message, before: {"state": "not-yet" if before < 6 else "in-effect", "said": "…"},
    )
    assert lab.world.told == ["diagnosed", "applied", "not-yet", "in-effect"]


def test_what_did_not_help_is_said_once_the_time_has_passed() -> None:
    lab = told("auto", verify={"state": "did-not-help", "said": "trusted services are off"})
    assert lab.now == BEGAN + timedelta(minutes=10)
    assert lab.output() == {"state": "did-not-help", "said": "trusted services are off", "step": None}


def test_a_grant_is_taken_back_when_it_expires() -> None:
    lab = told("auto", diagnose=FOUND | {"grant": 30 * 86_400})
    assert lab.now == BEGAN + 30 * DAY
    assert lab.world.said("undo") == [{"incident": INCIDENT, "plan": PLAN, "nonce": ""}]
    assert lab.output()["state"] == "undone"
    assert [mark["closed"] for mark in lab.world.said("record")].count(True) == 1
    due = [mark["due"] for mark in lab.world.said("record") if mark["state"] == "in-effect"]
    assert due[-1] == (BEGAN + 30 * DAY).isoformat()


@pytest.mark.parametrize(("more", "looks"), [(0, 0), (1, 1)])
def test_where_it_is_taken_back_at_that_moment_nobody_looks_once_more(more: int, looks: int) -> None:
    """The change is felt after ten minutes, and the first look for a pull is an hour later."""
    lent = 600 + 3600 + more
    lab = told("auto", diagnose=FOUND | {"grant": lent})
    without = told("auto", diagnose=FOUND | {"grant": 700})
    assert lab.world.asked["verify"] - without.world.asked["verify"] == looks


def test_a_short_grant_is_not_outlived_by_the_looking() -> None:
    assert told("auto", diagnose=FOUND | {"grant": 3600}).now == BEGAN + timedelta(hours=1)


def test_what_is_no_longer_ours_is_kept_and_told() -> None:
    lab = told("auto", diagnose=FOUND | {"grant": 86_400}, undo={"state": "kept", "said": "somebody changed it"})
    assert lab.world.told[-1] == "kept"


def test_a_refused_change_is_not_taken_back() -> None:
    lab = told("auto", diagnose=FOUND | {"grant": 86_400}, apply={"state": "refused", "said": "drift"})
    assert lab.world.asked["undo"] == 0


@pytest.mark.parametrize("step", ["diagnose", "take_turn", "apply", "verify", "undo"])
def test_a_step_that_fails_for_a_while_is_tried_again(step: str) -> None:
    steady = World().answers | {"diagnose": FOUND | {"grant": 86_400 * 2}}
    world = {"diagnose": steady["diagnose"], step: failing(4, steady[step])}
    assert told("auto", **world).output()["state"] == "undone"


@pytest.mark.parametrize("step", ["diagnose", "take_turn", "apply", "verify"])
def test_a_step_that_fails_for_good_is_a_visible_state_and_a_notification(step: str) -> None:
    lab = told("auto", **{"diagnose": FOUND, step: failing(99, None)})
    assert lab.world.asked[step] == 5
    assert lab.output() == {"state": "failed", "said": "OSError: Azure is away", "step": step}
    failed = [mark for mark in lab.world.said("notify") if mark["state"] == "failed"]
    assert [(mark["step"], mark["said"]) for mark in failed] == [(step, "OSError: Azure is away")]
    assert lab.world.asked["end_turn"] == (0 if step in {"diagnose", "take_turn"} else 1)


@pytest.mark.parametrize("step", ["decision", "expire"])
def test_an_offer_that_cannot_be_asked_about_fails_visibly(step: str) -> None:
    lab = told("review", **{step: failing(99, None)})
    assert lab.output() == {"state": "failed", "said": "OSError: Azure is away", "step": step}


def test_after_a_change_that_failed_the_receipts_know_whether_there_is_something_to_take_back() -> None:
    nothing = {"state": "nothing", "said": "nothing was made"}
    lab = told("auto", diagnose=FOUND | {"grant": 86_400}, apply=failing(99, None), undo=nothing)
    assert lab.output()["state"] == "failed"
    assert lab.world.asked["undo"] == 1


def test_an_answer_that_nobody_understands_is_a_failed_step() -> None:
    lab = told("auto", apply={"state": "splendid", "said": "…"})
    assert lab.output() == {"state": "failed", "said": "a Applied cannot have this state", "step": "apply"}


def test_people_who_cannot_be_reached_stop_nothing() -> None:
    lab = told("auto", notify=failing(999, None))
    assert lab.output()["state"] == "in-effect"
    assert any("nobody could be told" in mark["said"] for mark in lab.world.said("record"))


def test_where_nothing_can_be_recorded_the_orchestration_itself_fails() -> None:
    lab = told("auto", record=failing(999, None))
    status = lab.status()
    assert (status.status, status.error) == ("Failed", "record: OSError: Azure is away")


def test_a_turn_is_waited_for() -> None:
    lab = told(
        "auto",
        take_turn=lambda message, before: {"granted": before == 3, "said": "another change is under way", "wait": 45},
    )
    assert lab.world.asked["take_turn"] == 4
    assert "waiting-for-turn" in lab.world.states
    assert lab.output()["state"] == "in-effect"


def test_a_turn_that_never_comes_is_a_refusal() -> None:
    lab = told("auto", take_turn={"granted": False, "said": "10 changes an hour", "wait": 3600})
    assert lab.output() == {"state": "refused", "said": "10 changes an hour", "step": None}


def test_a_turn_that_cannot_be_ended_runs_out() -> None:
    lab = told("auto", end_turn=failing(99, None))
    assert "turn-not-ended" in lab.world.states
    assert lab.output()["state"] == "in-effect"


def test_notifications_have_operations_of_their_own() -> None:
    operations = [message["operation"] for message in told("auto").world.said("notify")]
    assert operations[0] == f"{INCIDENT}:1:diagnosed"
    assert len(set(operations)) == len(operations) == 3


def test_the_story_does_not_wait_for_people_who_cannot_be_reached() -> None:
    lab = Lab(World(notify=failing(99, None)))
    lab.begin("auto")
    lab.advance()
    assert lab.world.asked["notify"] == 2
    assert lab.world.states[-1] == "applied"
    assert "nobody could be told" in lab.world.said("record")[-1]["said"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"incident": INCIDENT, "mode": "auto", "version": 99}, "no version 99"),
        ({"incident": "another", "mode": "auto", "version": 1}, "not the incident's"),
        ({"incident": INCIDENT, "mode": "everything", "version": 1}, "cannot have this mode"),
        ({"incident": INCIDENT, "version": 1}, "without mode"),
        ("text", "is an object"),
    ],
)
def test_an_input_that_nobody_understands_fails_visibly(given: object, said: str) -> None:
    lab = Lab(World())
    lab.engine.start(INCIDENT, given, now=lab.now)
    lab.advance()
    assert lab.status().status == "Failed"
    assert said in str(lab.status().error)
    assert lab.world.calls == []
