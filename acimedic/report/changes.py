"""A plan, and what has become of it, for a terminal (pure)."""

from collections.abc import Iterator

from acimedic.model.plan import Plan
from acimedic.report.plain import plain, wrapped

_LABEL = 9


def plan_text(plan: Plan, *, width: int = 100) -> str:
    """The plan with all that whoever decides has to know."""
    return "\n".join([*_steps(plan, width), *_standing(plan, width)]) + "\n"


def _steps(plan: Plan, width: int) -> Iterator[str]:
    for number, step in enumerate(plan.steps, 1):
        yield from wrapped(f"{number}. {step.summary}", width=width, indent="   ", first="")
        told = (
            ("before", step.before or "nothing"),
            ("after", step.after),
            ("risk", step.risk),
            ("undo", step.undo),
            ("expiry", step.expiry),
        )
        for label, text in told:
            if text is not None:
                yield from wrapped(text, width=width, indent=" " * (3 + _LABEL), first="   " + label.ljust(_LABEL))


def _standing(plan: Plan, width: int) -> Iterator[str]:
    yield ""
    yield f"plan     {plain(plan.hash)}"
    yield f"mode     {plan.mode}"
    if plan.allowed:
        yield from wrapped(plan.reason, width=width, indent=" " * _LABEL, first="allowed".ljust(_LABEL))
        return
    yield "refused  it may not be carried out:"
    for reason in plan.reasons:
        yield from wrapped(reason, width=width, indent=" " * (_LABEL + 2), first=" " * _LABEL + "- ")
