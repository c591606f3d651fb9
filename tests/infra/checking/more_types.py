"""Types that the folder lacks, written out from Azure's documentation, as far as infra/ uses them.

Sources: https://learn.microsoft.com/azure/templates/microsoft.consumption/2023-11-01/budgets,
https://learn.microsoft.com/azure/templates/microsoft.resources/2024-11-01/resourcegroups
"""

from tests.infra.checking.shapes import Exactly, Field, Fields, Flag, ListOf, OneOf, Shape, Whole, Word

_TAGS = Fields(fields={}, more=Word)


def _one_of(*values: str) -> OneOf:
    return OneOf((*(Exactly(each) for each in values), Word()))


def _needed(shape: Shape) -> Field:
    return Field(of=lambda: shape, required=True)


def _given(shape: Shape) -> Field:
    return Field(of=lambda: shape)


def _said(shape: Shape) -> Field:
    return Field(of=lambda: shape, read_only=True)


_COMPARISON = Fields(
    fields={"name": _needed(Word()), "operator": _needed(_one_of("In")), "values": _needed(ListOf(Word))}
)
_FILTER = Fields(
    fields={
        "and": _given(ListOf(lambda: Fields(fields={"dimensions": _given(_COMPARISON), "tags": _given(_COMPARISON)}))),
        "dimensions": _given(_COMPARISON),
        "tags": _given(_COMPARISON),
    }
)
_NOTIFICATION = Fields(
    fields={
        "contactEmails": _needed(ListOf(Word)),
        "contactGroups": _given(ListOf(Word)),
        "contactRoles": _given(ListOf(Word)),
        "enabled": _needed(Flag()),
        "locale": _given(Word()),
        "operator": _needed(_one_of("EqualTo", "GreaterThan", "GreaterThanOrEqualTo")),
        "threshold": _needed(Whole(least=0, most=1000)),
        "thresholdType": _given(_one_of("Actual", "Forecasted")),
    }
)
_BUDGET = Fields(
    fields={
        "amount": _needed(Whole()),
        "category": _needed(_one_of("Cost")),
        "currentSpend": _said(_TAGS),
        "filter": _given(_FILTER),
        "forecastSpend": _said(_TAGS),
        "notifications": _given(Fields(fields={}, more=lambda: _NOTIFICATION)),
        "timeGrain": _needed(
            _one_of("Annually", "BillingAnnual", "BillingMonth", "BillingQuarter", "Monthly", "Quarterly")
        ),
        "timePeriod": _needed(Fields(fields={"endDate": _given(Word()), "startDate": _needed(Word())})),
    }
)


def _resource(fields: dict[str, Field]) -> Fields:
    said = {name: Field(of=Word, read_only=True, fixed=True) for name in ("id", "type", "apiVersion")}
    return Fields(fields={**said, "name": Field(of=Word, required=True, fixed=True), **fields})


KNOWN: dict[tuple[str, str], tuple[Fields, int]] = {
    ("microsoft.consumption/budgets", "2023-11-01"): (
        _resource({"eTag": _given(Word()), "properties": _given(_BUDGET)}),
        31,
    ),
    ("microsoft.resources/resourcegroups", "2024-11-01"): (
        _resource(
            {
                "location": _needed(Word()),
                "managedBy": _given(Word()),
                "properties": _given(Fields(fields={"provisioningState": _said(Word())})),
                "tags": _given(_TAGS),
            }
        ),
        4,
    ),
}
"""Type in lower case and api-version -> its body, and the scopes that it may be deployed to (`azure_types.SCOPES`)."""
