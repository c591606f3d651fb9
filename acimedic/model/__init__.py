"""The vocabulary: frozen values, a file a noun, no I/O."""
