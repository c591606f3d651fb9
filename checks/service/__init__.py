"""The service and its suppliers."""
