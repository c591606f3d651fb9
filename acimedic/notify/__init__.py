"""Telling people: the port, and what delivers through it."""
