"""What has moved between two plans of one incident (pure).

When a fact that a plan rests on moves, the plan is another one, and whoever approved the first did not approve the
second.
"""

from collections.abc import Iterator
from dataclasses import replace

from acimedic.model.plan import BypassSwitch, Plan, PlanFact, RoleGrant, Step
from acimedic.plan_facts import changed_by

_NOTHING = ("nothing is proposed any more: what stood in the way is gone, or could not be read",)


def moved(before: Plan, after: Plan | None) -> tuple[str, ...]:
    """What has changed from one plan of an incident to the next, in words; empty where it is the same plan."""
    if after is None:
        return _NOTHING
    if before.hash == after.hash:
        return ()
    told = [*_facts_moved(before, after), *_steps_moved(before, after)]
    if before.policy != after.policy:
        told.append("the policy has changed")
    return tuple(told) or ("the plan is another one, or of another incident",)


def moved_besides(before: Plan, after: Plan | None, done: tuple[Step, ...]) -> tuple[str, ...]:
    """What has changed besides what these steps of the first plan did themselves; empty where nothing has.

    after: the plan of now, which proposes what is left, with the facts that all steps of the first plan rest on.
    """
    if after is None:
        return _NOTHING
    left = tuple(step for step in before.steps if step not in done)
    wanted = replace(before, steps=left, facts=tuple(_expected(before.facts, done)))
    found = replace(after, facts=tuple(_forgiven(after.facts, done)))
    told = [*_facts_moved(wanted, found), *_steps_moved(wanted, found)]
    if before.policy != after.policy:
        told.append("the policy has changed")
    return tuple(told)


def _expected(facts: tuple[PlanFact, ...], done: tuple[Step, ...]) -> Iterator[PlanFact]:
    """The facts as they should be after these steps."""
    settings = {changed_by(step): step.change.after for step in done if isinstance(step.change, BypassSwitch)}
    for fact in _forgiven(facts, done):
        yield PlanFact(fact.about, settings[fact.about].lower()) if fact.about in settings else fact


def _forgiven(facts: tuple[PlanFact, ...], done: tuple[Step, ...]) -> Iterator[PlanFact]:
    """The facts without the roles that were given: whoever has more of them by now may pull all the more."""
    given = {changed_by(step) for step in done if isinstance(step.change, RoleGrant)}
    yield from (fact for fact in facts if fact.about not in given)


def _facts_moved(before: Plan, after: Plan) -> Iterator[str]:
    old = {fact.about: fact.value for fact in before.facts}
    new = {fact.about: fact.value for fact in after.facts}
    for about in dict.fromkeys((*old, *new)):
        was, now = old.get(about), new.get(about)
        if was is None:
            yield f"{about}: now {now}, which the first plan did not rest on"
        elif now is None:
            yield f"{about}: it was {was}, and is not among the facts any more"
        elif was != now:
            yield f"{about}: it was {was}, and is {now}"


def _steps_moved(before: Plan, after: Plan) -> Iterator[str]:
    old = {(step.remedy, step.target.lower(), _for_whom(step)): step for step in before.steps}
    new = {(step.remedy, step.target.lower(), _for_whom(step)): step for step in after.steps}
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if was is None and now is not None:
            yield f"a step is new: {now.summary}"
        elif was is not None and now is None:
            yield f"a step is gone: {was.summary}"
        elif was is not None and now is not None and was != now:
            yield f"a step is another: {was.summary} ({was.after}) is now {now.summary} ({now.after})"
    if [*old] != [*new] and {*old} == {*new}:
        yield "the steps are in another order"


def _for_whom(step: Step) -> str:
    match step.change:
        case RoleGrant() as grant:
            return grant.principal_id.lower()
        case BypassSwitch():
            return ""
