"""The table of all functions that depend on their arguments alone, by name in lower case."""

from __future__ import annotations

from acimedic.template import (
    dates,
    functions_cidr,
    functions_encoding,
    functions_logic,
    functions_object,
    functions_sequence,
    functions_string,
)
from acimedic.template.arguments import Table

FUNCTIONS: Table = {
    **dates.FUNCTIONS,
    **functions_cidr.FUNCTIONS,
    **functions_encoding.FUNCTIONS,
    **functions_logic.FUNCTIONS,
    **functions_object.FUNCTIONS,
    **functions_sequence.FUNCTIONS,
    **functions_string.FUNCTIONS,
}
