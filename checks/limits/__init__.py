"""Limits of the platform."""
