"""What a person reads when a command cannot do its job: what, where, and what to do.

Anything below the doors raises its own errors; a command turns the ones it expects into a Failure.
"""


class Failure(Exception):
    """Ends a command with exit code 1 and one sentence on stderr."""

    def __init__(self, what: str, *, do: str | None = None) -> None:
        super().__init__(f"{what}; {do}" if do else what)


class Stopped(Exception):
    """Ends a command with exit code 130: stopped by Ctrl-C, with what was done until then."""
