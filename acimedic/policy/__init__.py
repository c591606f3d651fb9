"""What may be changed in Azure, and in whose name: a document that people wrote, and the judgement by it. Pure.

Without a policy nothing is changed; a policy with a fault closes everything. Azure holds the other half of the
consent: the role that a registry's owner gives to the bot.
"""

from acimedic.ids import ResourceGroup
from acimedic.notes import Fault
from acimedic.policy.asking import approval_routes
from acimedic.policy.document import (
    REMEDIES,
    Consent,
    InvalidPolicy,
    NoPolicy,
    Pair,
    Policy,
    PolicyReading,
)
from acimedic.policy.judging import TAG, Allowed, Judgement, Refused, decided, judge
from acimedic.policy.matching import Reason
from acimedic.policy.parsing import MOST_BYTES, parse_policy
from acimedic.policy.quiet import QuietHours, Window, quiet_until

__all__ = [
    "MOST_BYTES",
    "REMEDIES",
    "TAG",
    "Allowed",
    "Consent",
    "Fault",
    "InvalidPolicy",
    "Judgement",
    "NoPolicy",
    "Pair",
    "Policy",
    "PolicyReading",
    "QuietHours",
    "Reason",
    "Refused",
    "ResourceGroup",
    "Window",
    "approval_routes",
    "decided",
    "judge",
    "parse_policy",
    "quiet_until",
]
