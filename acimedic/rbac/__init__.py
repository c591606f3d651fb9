"""Who may pull: effective access at a registry. Pure.

Source: https://learn.microsoft.com/azure/container-registry/container-registry-rbac-built-in-roles-overview
"""

from acimedic.rbac import conditions
from acimedic.rbac.builtin import BUILT_IN
from acimedic.rbac.effective import Allowed, Decision, Doubt, PullAccess, Refused, Undecided, pull_access
from acimedic.rbac.grants import Grant
from acimedic.rbac.misdirected import Misdirected, misdirected
from acimedic.rbac.naming import assignment_name
from acimedic.rbac.propagation import Propagation, propagation

__all__ = [
    "BUILT_IN",
    "Allowed",
    "Decision",
    "Doubt",
    "Grant",
    "Misdirected",
    "Propagation",
    "PullAccess",
    "Refused",
    "Undecided",
    "assignment_name",
    "conditions",
    "misdirected",
    "propagation",
    "pull_access",
]
