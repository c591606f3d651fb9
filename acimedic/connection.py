"""Whether Azure was there at all: told apart from readings that it refused one by one."""

from collections.abc import Iterable

from acimedic.azure.session import Session
from acimedic.model.reading import Gap


class NoAzureError(Exception):
    """Nobody answered; the message says what to do."""


class NoSignInError(NoAzureError):
    """Nobody let us in."""


def ensure_answered(session: Session, gaps: Iterable[Gap]) -> None:
    """Raise NoAzureError where Azure gave no answer, NoSignInError where it only refused the sign-in."""
    answers = session.tally.statuses
    reasons = [gap.reason for gap in gaps]
    if not answers:
        why = reasons[0] if reasons else "nothing answered"
        if any(reason.startswith("sign-in failed") for reason in reasons):
            raise NoSignInError(f"{why}; sign in with 'az login', or set AZURE_CLIENT_ID for a managed identity")
        raise NoAzureError(f"{why}; is {session.settings.gateway or session.settings.arm} reachable?")
    if set(answers) == {401}:
        raise NoSignInError("Azure refused the sign-in (401); sign in again with 'az login', and mind AZURE_CLOUD")
