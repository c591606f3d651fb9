"""The registry itself."""
