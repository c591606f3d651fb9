"""Where the policy comes from: a file that was deployed with the package, or one that a setting names.

It is never read from storage that the bot can write: whoever may write the policy decides what is changed.
"""

from pathlib import Path

from acimedic.policy import MOST_BYTES, Consent, InvalidPolicy, NoPolicy, PolicyReading, parse_policy
from acimedic.settings import Settings

_DEPLOYED = Path(__file__).resolve().parents[1]


def read_consent(settings: Settings, *, root: Path = _DEPLOYED) -> Consent:
    """What this process may do. A policy that cannot be followed closes everything; reading goes on.

    root: the folder of the deployed package, in which `policy.json` is looked for.
    """
    file = root / "policy.json" if settings.policy is None else Path(settings.policy)
    policy = _read(file, named=settings.policy is not None)
    return Consent(mode=settings.mode, policy=policy, subscriptions=settings.subscriptions)


def _read(file: Path, *, named: bool) -> PolicyReading:
    """The policy of a file. Without a file there is none; but one that a setting names has to be there."""
    try:
        if not named and not file.exists():
            return NoPolicy()
        if not file.is_file():
            return InvalidPolicy((f"{file.name} is not a file that could be read",))
        with file.open("rb") as opened:
            return parse_policy(opened.read(MOST_BYTES + 1))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return InvalidPolicy((f"{file.name} could not be read: {reason}",))
