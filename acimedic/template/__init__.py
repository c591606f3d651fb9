"""Evaluates ARM templates as far as that can be done offline: what a deployment asked for.

The only thing left open is what Azure alone knows, and it is left open visibly: `Unresolved`.
"""

from acimedic.template.budget import Budget
from acimedic.template.evaluation import Evaluation, Problem, Resource, evaluate, evaluate_expression
from acimedic.template.lenient import TemplateError
from acimedic.template.reader import MAX_SIZE, locate, parse
from acimedic.template.scope import Lookup, NoLookup, Scope
from acimedic.template.values import Json, Unresolved, child_path, member, unresolved_leaves

__all__ = [
    "MAX_SIZE",
    "Budget",
    "Evaluation",
    "Json",
    "Lookup",
    "NoLookup",
    "Problem",
    "Resource",
    "Scope",
    "TemplateError",
    "Unresolved",
    "child_path",
    "evaluate",
    "evaluate_expression",
    "locate",
    "member",
    "parse",
    "unresolved_leaves",
]
