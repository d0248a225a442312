"""What can go wrong at the doors, with ClickHouse's own codes; knows neither door."""

import re

NOT_FOUND_COLUMN_IN_BLOCK = 10
UNEXPECTED_PACKET = 101
UNKNOWN_SETTING = 115
NOT_IMPLEMENTED = 48
UNKNOWN_TYPE = 50
SYNTAX_ERROR = 62
READONLY = 164
TOO_MANY_QUERIES = 202
CORRUPTED_DATA = 246
TOO_LARGE_SIZE = 307
SESSION_IS_LOCKED = 373
QUERY_WAS_CANCELLED = 394
RESULT_TOO_LARGE = 396
CHECKSUM_MISMATCH = 40
UNKNOWN_CODEC = 432
ACCESS_DENIED = 497
AUTHENTICATION_FAILED = 516
UNKNOWN_EXCEPTION = 1002

_ENGINE_ERROR = re.compile(r"Code: (\d+)\. (?:DB::\w+: )?(.*)", re.DOTALL)


class Disconnected(Exception):
    """The client is gone or silent for too long: there is nobody to answer."""


class ServerError(Exception):
    """Told to the client under ClickHouse's code; the connection goes on."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class BrokenStream(ServerError):
    """The client's bytes can no longer be followed: it is told why, then cut off."""


def server_error(error: BaseException) -> ServerError:
    """The answer to any error; the engine's own keep their code."""
    if isinstance(error, ServerError):
        return error
    told = _ENGINE_ERROR.search(str(error))
    if told is None:
        return ServerError(UNKNOWN_EXCEPTION, f"{type(error).__name__}: {error}")
    return ServerError(int(told[1]), told[2])
