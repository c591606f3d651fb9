"""The way to the registry."""
