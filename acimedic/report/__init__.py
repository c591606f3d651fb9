"""Diagnosis -> text and JSON (pure)."""
