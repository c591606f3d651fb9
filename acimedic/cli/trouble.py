"""What keeps a command from running: said in one line, exit code 2."""


class CannotRunError(Exception):
    """The command could not run; the message says what is wrong and what to do."""
