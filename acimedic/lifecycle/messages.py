"""What the story says to its activities, and what they answer: small values that travel as JSON.

They hold pointers (an incident's id, a plan's hash, an approval's nonce), words and sentences; never a right to
anything. Fields that a newer activity adds are passed over, so that an older story can still read its answers.
"""

import types
from dataclasses import MISSING, asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from acimedic.model.plan import RunMode

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Json: TypeAlias = dict[str, object]
Message = TypeVar("Message", bound="DataclassInstance")

VERSION = 2  # of the story that a new incident begins with


class MessageError(ValueError):
    """What was handed over is not the message that was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """The input of an orchestration, whose instance id is the incident's id. version: it ends under the same one."""

    incident: str
    mode: RunMode
    version: int = VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """To `diagnose`. live: the error text is not coming any more, judge by what is there now."""

    incident: str
    attempt: int
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """From `diagnose`.

    error_known: whether Azure has told the error's text yet.
    plan: the hash of the plan; None where nothing is proposed or the policy does not allow it (`said` tells why).
    mode: how far policy and tag let this plan go; it can only narrow the mode that the story began with.
    decide_within, propagation, grant: seconds until the offer expires, until the change must be felt, until it is
    taken back (None: never).
    """

    error_known: bool
    said: str
    mode: RunMode = "observe"
    plan: str | None = None
    decide_within: int = 86_400
    propagation: int = 600
    grant: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """To `record`: where the incident stands now.

    at: when the story said so (ISO 8601); an earlier one never takes the place of a later.
    due: the moment (ISO 8601) at which something happens by itself.
    """

    incident: str
    state: str
    said: str
    at: str
    step: str | None = None
    plan: str | None = None
    due: str | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """To `notify`. operation: the same on every retry, so that whoever delivers can drop what was delivered."""

    incident: str
    state: str
    said: str
    operation: str
    step: str | None = None
    plan: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """To `decision` and `expire`: somebody may have decided on this plan.

    nonce: what the event said; it is never believed.
    """

    incident: str
    plan: str
    nonce: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """From `decision` and `expire`: what the store knows. approval: the nonce of the decision that counts."""

    word: Literal["approve", "reject", "expire", "none"]
    said: str = ""
    approval: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """To `take_turn` and `end_turn`: one change at a time to the registries of a plan, and not too many in an hour.

    back: to take something back, for which there is no quiet hour and no limit.
    nonce: names whoever asks besides the story; blank for the story.
    """

    incident: str
    plan: str
    back: bool = False
    nonce: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """From `take_turn`. wait: after how many seconds it is worth asking again."""

    granted: bool
    said: str = ""
    wait: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """To `apply`, which checks signature, expiry, policy and drift itself, and holds the turn that it needs."""

    incident: str
    plan: str
    approval: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """From `apply`. refused: nothing was changed; incomplete: something was, and not all."""

    state: Literal["applied", "refused", "incomplete"]
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prove:
    """To `verify`. waited: the documented time of propagation has passed since the change."""

    incident: str
    plan: str
    waited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """From `verify`, in the words that the report uses. undone: somebody has taken it back meanwhile.

    changed_at: when the last step was found in place (ISO 8601); None where no receipt says so.
    """

    state: Literal["in-effect", "proved", "not-yet", "did-not-help", "undone"]
    said: str
    changed_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """To `undo`, which reverses what the receipts say that we made, and only if it is as we left it.

    nonce: of the turn that whoever asks has taken; blank for the story.
    """

    incident: str
    plan: str
    nonce: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """From `undo`. nothing: no receipt says that we made anything; kept: it is no longer as we left it."""

    state: Literal["undone", "kept", "nothing"]
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The output of an orchestration: the last state, the step that failed for good where one did, and why."""

    state: str
    said: str
    step: str | None = None


def to_json(message: "DataclassInstance") -> Json:
    """A message as it travels."""
    return asdict(message)


def from_json(kind: type[Message], said: object) -> Message:
    """The message of this kind that was handed over. Raises MessageError, without quoting what was said."""
    if not isinstance(said, dict):
        raise MessageError(f"a {kind.__name__} is an object")
    hints = get_type_hints(kind)
    given: dict[str, Any] = {}
    for field in fields(kind):
        if field.name in said:
            if not _fits(said[field.name], hints[field.name]):
                raise MessageError(f"a {kind.__name__} cannot have this {field.name}")
            given[field.name] = said[field.name]
        elif field.default is MISSING:
            raise MessageError(f"a {kind.__name__} without {field.name}")
    return kind(**given)


def _fits(value: object, hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return isinstance(value, str) and value in get_args(hint)
    if get_origin(hint) in {Union, types.UnionType}:
        return any(_fits(value, one) for one in get_args(hint))
    return type(value) is hint  # exactly: a bool is no int here
