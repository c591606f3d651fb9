"""Triage of a pasted error, offline: what it proves, and what was mostly the cause of errors like it (pure)."""

from acimedic.explain.story import Explanation, NotAGroupError, explain

__all__ = ["Explanation", "NotAGroupError", "explain"]
