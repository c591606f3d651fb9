"""What was intended and what came of it, step by step: written before and after each effect, and read after a crash."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from acimedic.lifecycle.keeping import note
from acimedic.lifecycle.tools import Tools
from acimedic.model.plan import BypassSwitch, Plan, RoleGrant, Step
from acimedic.model.record import Intent, RecordedStep, StepReceipt
from acimedic.value_codec import as_values

IN_PLACE = frozenset({"done", "already"})
"""States of a receipt whose step stands: made by us, or found to be there."""
UNDONE = "undone"
_CHANGE, _UNDO = "change", "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is recorded of one attempt at a plan's steps, by the numbers of the steps, which count from one.

    attempt: its name, empty where there was none. elsewhere: something was recorded through a stand-in for Azure and
    this is none, or the reverse. It counts nowhere else, and its steps are missing here.
    """

    attempt: str = ""
    made: Mapping[int, RecordedStep] = field(default_factory=dict)
    undone: Mapping[int, RecordedStep] = field(default_factory=dict)
    elsewhere: bool = False

    def state(self, number: int) -> str | None:
        """What making a step came to; None where there is no receipt."""
        recorded = self.made.get(number)
        return None if recorded is None or recorded.receipt is None else recorded.receipt.state

    def taken_back(self, number: int) -> bool:
        """Whether a receipt says that a step was taken back."""
        recorded = self.undone.get(number)
        return recorded is not None and recorded.receipt is not None and recorded.receipt.state == UNDONE


def attempt_of(approval: str | None) -> str:
    """The name of the attempt that an approval, by its nonce, is for: each approval is good for one.

    What was refused, or taken back, may be approved anew. The nonce itself belongs into no key: keys are shown to many.
    """
    return "auto" if approval is None else hashlib.sha256(approval.encode()).hexdigest()[:12]


def change_key(plan_hash: str, attempt: str, number: int) -> str:
    """The key under which the making of a step is recorded."""
    return f"{_CHANGE}:{plan_hash}:{attempt}:{number}"


def undo_key(plan_hash: str, attempt: str, number: int) -> str:
    """The key under which the taking back of a step is recorded."""
    return f"{_UNDO}:{plan_hash}:{attempt}:{number}"


def begun(steps: Iterable[RecordedStep], plan_hash: str | None = None) -> list[tuple[RecordedStep, str, str]]:
    """The steps that were begun, of one plan or of all, each with the plan's hash and the attempt's name."""
    keys = [(step, step.intent.key.split(":")) for step in steps]
    changes = [(step, key[1], key[2]) for step, key in keys if len(key) == 4 and key[0] == _CHANGE]
    return [each for each in changes if plan_hash in {None, each[1]}]


def intent_note(key: str, number: int = 1) -> str:
    """The key of the trail's note that a step was meant; it is there before the step is made.

    number: of the try. There is another only where Azure said of the one before that it made nothing.
    """
    return f"intent:{key}" if number == 1 else f"intent:{key}:{number}"


def nothing_note(key: str, number: int) -> str:
    """The key of the trail's note that Azure refused a try, so that it made nothing."""
    return f"nothing:{key}:{number}"


def receipt_note(key: str) -> str:
    """The key of the trail's note of what came of a step."""
    return f"receipt:{key}"


def once_more_note(key: str) -> str:
    """The key of the trail's note that a step was taken back once more, for it was made after it was taken back."""
    return f"receipt:{key}:again"


async def past(tools: Tools, incident: str, plan: Plan, attempt: str | None = None) -> Past:
    """What is recorded of an attempt at a plan; of the latest that counts here, where none is named."""
    steps = await tools.store.steps(incident)
    if attempt is None:
        known = [(name, _counts(tools, step)) for step, _, name in begun(steps, plan.hash)]
        attempt = next((name for name, here in reversed(known) if here), known[-1][0] if known else "")
    numbers = range(1, len(plan.steps) + 1)
    recorded = {each.intent.key: each for each in steps}
    made = {number: recorded.get(change_key(plan.hash, attempt, number)) for number in numbers}
    undone = {number: recorded.get(undo_key(plan.hash, attempt, number)) for number in numbers}
    all_of_it = [each for each in (*made.values(), *undone.values()) if each is not None]
    return Past(
        attempt=attempt,
        made={number: each for number, each in made.items() if each is not None and _counts(tools, each)},
        undone={number: each for number, each in undone.items() if each is not None and _counts(tools, each)},
        elsewhere=not all(_counts(tools, each) for each in all_of_it),
    )


async def changed_plans(tools: Tools, incident: str) -> tuple[str, ...]:
    """The hashes of the plans of which something was carried out here, or begun to be; the latest first."""
    steps = begun(await tools.store.steps(incident))
    return tuple(dict.fromkeys(plan for step, plan, _ in reversed(steps) if _counts(tools, step)))


async def intend(tools: Tools, incident: str, key: str, step: Step, *, number: int = 1) -> Intent:
    """Say what is about to be done, durably, before it is done; gives back what is recorded. number: of the try."""
    document = as_values(step)
    intent = Intent(
        incident_id=incident,
        key=key,
        at=tools.now(),
        body=json.dumps(document, sort_keys=True),
        gateway=tools.gateway,
    )
    kept = (await tools.store.record_intent(intent)).value
    await note(tools, incident, key=intent_note(key, number), kind="intent", body={"step": key, "what": step.summary})
    return kept


async def note_nothing(tools: Tools, incident: str, key: str, said: str, *, number: int) -> None:
    """Say that Azure refused a try, so that whatever stands there later was not made by it."""
    await note(tools, incident, key=nothing_note(key, number), kind="nothing-made", body={"step": key, "said": said})


async def receive(tools: Tools, incident: str, key: str, state: str, said: str) -> StepReceipt:
    """Say what came of it; gives back what is recorded, for the first to say so is believed."""
    receipt = StepReceipt(
        incident_id=incident,
        key=key,
        at=tools.now(),
        state=state,
        body=json.dumps({"said": said}),
        gateway=tools.gateway,
    )
    kept = (await tools.store.record_receipt(receipt)).value
    await note_receipt(tools, kept)
    return kept


async def note_receipt(tools: Tools, receipt: StepReceipt) -> None:
    """Put a receipt in the trail; again after a crash that came between the two."""
    body = {"step": receipt.key, "state": receipt.state, "said": said_of(receipt)}
    await note(tools, receipt.incident_id, key=receipt_note(receipt.key), kind="receipt", body=body)


async def note_once_more(tools: Tools, incident: str, key: str, said: str) -> None:
    """Say that what was made after it was taken back is taken back as well: there is one receipt for each key."""
    body = {"step": key, "state": UNDONE, "said": said}
    await note(tools, incident, key=once_more_note(key), kind="receipt", body=body)


def thing(step: Step) -> str:
    """What a step makes, by a name that every incident has for it at the registry."""
    match step.change:
        case RoleGrant() as grant:
            return grant.assignment_id.lower()
        case BypassSwitch():
            return "networkrulebypassoptions"


def said_of(receipt: StepReceipt) -> str:
    """A receipt in one sentence."""
    said = json.loads(receipt.body)
    return str(said.get("said", "")) if isinstance(said, Mapping) else ""


def _counts(tools: Tools, recorded: RecordedStep) -> bool:
    receipt = recorded.receipt
    return recorded.intent.gateway == tools.gateway and (receipt is None or receipt.gateway == tools.gateway)
