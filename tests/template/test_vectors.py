"""Expressions whose value is known from real deployments, or from Microsoft's own engine."""

from typing import Any

from acimedic.template import Scope, evaluate_expression


def test_an_expression_has_the_value_that_azure_gives_it(vector: dict[str, Any]) -> None:
    context = vector.get("context", {})
    scope = Scope(subscription_id=context.get("subscriptionId"), resource_group=context.get("resourceGroup"))
    value = evaluate_expression(vector["expression"], scope)
    assert value == vector["expected"]
    assert type(value) is type(vector["expected"])
