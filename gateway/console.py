"""The console: a page for people, which talks to this door like any other client. Nothing of it comes from elsewhere.

The token is typed in by its bearer and stays in the page's memory: no cookie, no storage, gone with the tab.
"""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import Response

_KINDS = {"console.html": "text/html", "console.js": "text/javascript", "console.css": "text/css"}
#: The page may load its own script and style and talk to this door; nothing else, and nobody may frame it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def router() -> APIRouter:
    """Pages of the console and what they load; no data, which the pages ask for by token."""
    routes = APIRouter(include_in_schema=False)
    folder = files("gateway") / "static"
    pages = {name: (folder / name).read_bytes() for name in _KINDS}

    def page(name: str) -> Response:
        return Response(pages[name], media_type=_KINDS[name], headers=HEADERS)

    @routes.get("/console")
    async def console() -> Response:
        return page("console.html")

    @routes.get("/console/console.js")
    async def script() -> Response:
        return page("console.js")

    @routes.get("/console/console.css")
    async def style() -> Response:
        return page("console.css")

    return routes
