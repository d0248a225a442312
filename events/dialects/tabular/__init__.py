"""Tables, as ports export them: CSV, Excel and JSON lines, read by a mapping file.

`decode` sees by the first bytes which of them it has; `Profile` is the mapping."""

from events.dialects.tabular.mapping import Profile
from events.dialects.tabular.reading import decode

__all__ = ["Profile", "decode"]
