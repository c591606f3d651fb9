"""ACI Medic: why a container group could not pull its image, and what to do about it."""

__version__ = "0.1.0"
