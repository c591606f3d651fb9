"""The image in the registry."""
