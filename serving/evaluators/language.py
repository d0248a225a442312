"""In which language a problem is told: as the address or the browser asks. Knows no words."""

from fastapi import Request

from serving.asks import Language
from serving.web.manner import manner_of


def language_of(request: Request) -> Language:
    """By the header Accept-Language; English where it says nothing that we speak."""
    return manner_of("", {}, {}, request.headers.get("accept-language", "")).language
