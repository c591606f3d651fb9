"""One failure in the words in which it may be told."""

import copy
import uuid
from typing import Any

Event = dict[str, Any]


def as_cloud_event(event: Event) -> Event:
    """The same in the other schema: https://learn.microsoft.com/azure/event-grid/cloud-event-schema"""
    return {
        "specversion": "1.0",
        "id": event["id"],
        "source": event["topic"],
        "subject": event["subject"],
        "type": event["eventType"],
        "time": event["eventTime"],
        "data": event["data"],
    }


def of_deployment(event: Event) -> Event:
    """The event of the deployment in which the container group failed."""
    told = copy.deepcopy(event)
    group = told["data"]["resourceUri"]
    deployment = f"{group.partition('/providers/')[0]}/providers/Microsoft.Resources/deployments/deploy-web"
    told["id"] = str(uuid.UUID(int=7))
    told["subject"] = told["data"]["resourceUri"] = told["data"]["authorization"]["scope"] = deployment
    told["data"]["operationName"] = told["data"]["authorization"]["action"] = "Microsoft.Resources/deployments/write"
    told["data"]["resourceProvider"] = "Microsoft.Resources"
    return told
