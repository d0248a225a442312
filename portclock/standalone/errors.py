"""What people are told when the standalone side cannot go on: one sentence, one class.

The text says what happened, where, and what to do. It never carries a password.
"""


class StandaloneError(RuntimeError):
    """Something on this machine is in the way. `str(error)` is the whole sentence for people."""
