"""Diagnosis -> report -> text, JSON, Markdown and HTML (pure)."""
