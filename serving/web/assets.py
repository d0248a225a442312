"""The files that browsers load: ours, and the chart library out of its installed wheel.

Nothing comes from another server, so the board works where there is no internet.
"""

import gzip
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from serving.access.guard import Asking

FOLDER: Final = Path(__file__).parent / "static"
PLOTLY: Final = f"/charts/plotly-{version('plotly')}.min.js"
"""Its version is in its name, so a browser may keep it for ever."""
FOR_EVER: Final = "private, max-age=31536000, immutable"
router = APIRouter(include_in_schema=False)


class OurFiles(StaticFiles):
    """Our own files: a browser keeps them, and asks each time whether they still hold."""

    def file_response(
        self, full_path: object, stat_result: object, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, to be asked for again."""
        response = super().file_response(full_path, stat_result, scope, status_code)  # type: ignore[arg-type]
        response.headers["cache-control"] = "no-cache"
        return response


def our_files() -> StaticFiles:
    """To be mounted at /static."""
    return OurFiles(directory=FOLDER)


@router.get(PLOTLY)
def plotly(request: Request, viewer: Asking) -> Response:
    """The chart library, compressed once."""
    headers = {"cache-control": FOR_EVER, "vary": "accept-encoding"}
    packed = "gzip" in request.headers.get("accept-encoding", "")
    body = _packed() if packed else _plotly().read_bytes()
    if packed:
        headers["content-encoding"] = "gzip"
    return Response(body, media_type="text/javascript", headers=headers)


@cache
def _plotly() -> Path:
    """Where the wheel has it. Found without importing the package, which is large."""
    spec = find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package plotly is not installed; install portclock again")
    return Path(spec.submodule_search_locations[0]) / "package_data" / "plotly.min.js"


@cache
def _packed() -> bytes:
    return gzip.compress(_plotly().read_bytes(), compresslevel=6, mtime=0)
