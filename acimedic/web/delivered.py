"""An event, as the library of Azure Functions hands it over, as it stood in the JSON."""

import azure.functions as func


def as_delivered(event: func.EventGridEvent | func.CloudEvent) -> dict[str, object]:
    """The event as it stood in the JSON, as far as anything here is asked for."""
    if isinstance(event, func.CloudEvent):
        return {
            "id": event.id,
            "source": event.source,
            "subject": event.subject,
            "type": event.type,
            "time": event.time,
            "data": event.get_json(),
        }
    return {
        "id": event.id,
        "topic": event.topic,
        "subject": event.subject,
        "eventType": event.event_type,
        "eventTime": event.event_time,
        "data": event.get_json(),
    }
