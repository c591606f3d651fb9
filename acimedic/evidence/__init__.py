"""Incident + reader -> Evidence."""

from acimedic.evidence.gathering import Supplied, gather
from acimedic.evidence.history import look_around, look_back
from acimedic.evidence.said import failing_groups
from acimedic.evidence.trail import follow

__all__ = ["Supplied", "failing_groups", "follow", "gather", "look_around", "look_back"]
