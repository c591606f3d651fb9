"""All parsers that are tried."""

from tests.fuzz import targets_from_outside, targets_of_names, targets_of_ours, targets_of_templates

TARGETS = {
    each.name: each
    for each in (
        *targets_from_outside.TARGETS,
        *targets_of_names.TARGETS,
        *targets_of_templates.TARGETS,
        *targets_of_ours.TARGETS,
    )
}
