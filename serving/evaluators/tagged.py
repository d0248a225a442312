"""Answers with a tag of their content: whoever has them already is told so, and sent nothing.

Tags are weak (RFC 9110, 8.8.1), since what is sent may be packed on its way. Nothing is kept by
anybody between; a browser may keep it and must ask before it uses it again.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

import msgspec
from fastapi import Request
from fastapi.responses import Response

from serving.evaluators.answers import encoded

KEPT: Final = {"cache-control": "private, no-cache", "vary": "accept, authorization, cookie"}


def tag_of(*parts: bytes) -> str:
    """The tag of a content, or of what decides it."""
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return f'W/"{digest.hexdigest()[:32]}"'


def has(request: Request, tag: str) -> bool:
    """Whether the asker has it, by If-None-Match (RFC 9110, 13.1.2)."""
    said = request.headers.get("if-none-match", "").strip()
    known = {one.strip().removeprefix("W/") for one in said.split(",")}
    return said == "*" or tag.removeprefix("W/") in known


def unchanged(tag: str) -> Response:
    """Nothing new."""
    return Response(None, 304, {**KEPT, "etag": tag})


def answered(request: Request, answer: msgspec.Struct) -> Response:
    """A JSON answer, or that it is known."""
    return tagged(request, encoded(answer), "application/json", {})


def tagged(request: Request, body: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """A content, or that it is known."""
    tag = tag_of(body)
    if has(request, tag):
        return unchanged(tag)
    return Response(body, 200, {**KEPT, **headers, "etag": tag}, media_type)
