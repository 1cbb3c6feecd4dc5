"""Errors of the door as RFC 9457 answers. Texts say what to do next and never quote what was sent."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from leads.errors import BadInput, Mistakes, Unavailable

_log = logging.getLogger(__name__)

#: Seconds a caller should wait when a dependency is down.
RETRY_S = 5
#: Where the scope of a refused request says why, for whoever counts.
REFUSED = "leadstream.refused"


class ProblemBody(BaseModel):
    """RFC 9457. ``code`` is closed; ``mistakes`` names every place of the input that is wrong."""

    type: str = Field(examples=["urn:leadstream:problem:not_owner"])
    title: str
    status: int
    code: str
    detail: str
    mistakes: list[dict[str, str]] | None = None


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For ``responses`` of a route: these answers and those that every route with a token may give are problems."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    known = sorted({400, 401, 403, 413, 415, 422, 431, 500, 503, *statuses})
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in known}


class Problem(Exception):
    """An answer that is an error. ``code`` is closed and machine-readable; ``more`` are further members of the answer.
    ``cause`` is what it counts as (streams.catalogue.PROBLEMS), where that is not its code: input that cannot be used is one."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
        cause: str = "",
    ) -> None:
        self.status, self.code, self.detail = status, code, detail
        self.cause = cause or ("bad_input" if status == 422 else code)
        self.headers, self.more = dict(headers or {}), dict(more or {})
        super().__init__(f"{status} {code}")

    def response(self, scope: Scope) -> JSONResponse:
        """The answer to the request of this scope, which is marked as refused."""
        scope[REFUSED] = self.cause
        body = {
            "type": f"urn:leadstream:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.more,
        }
        return JSONResponse(body, self.status, headers=self.headers, media_type="application/problem+json")


def unavailable() -> Problem:
    """503 with when to come back: nothing was accepted, the sender repeats the request."""
    detail = "A dependency does not answer, nothing was accepted. Send the same request again."
    return Problem(503, "unavailable", detail, headers={"Retry-After": str(RETRY_S)})


def install(app: FastAPI) -> None:
    """Every error leaves as a problem: ours, a dependency's, the framework's, and what nobody foresaw."""

    async def problem(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return error.response(request.scope)

    async def down(request: Request, error: Exception) -> JSONResponse:
        _log.warning("answered 503: %s", type(error).__name__)
        return unavailable().response(request.scope)

    async def bad_input(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, BadInput)
        more = {}
        if isinstance(error, Mistakes):
            more["mistakes"] = [{"place": place, "what": what} for place, what in error.found]
        return Problem(422, error.code, str(error), more=more).response(request.scope)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        found = [
            {"place": ".".join(str(step) for step in fault["loc"]), "what": fault["msg"]} for fault in error.errors()
        ]
        if any(fault["type"] == "json_invalid" for fault in error.errors()):
            return Problem(400, "malformed", "The body is not JSON.").response(request.scope)
        detail = "; ".join(f"{one['place']}: {one['what']}" for one in found[:20])
        refused = Problem(422, "bad_request", detail, more={"mistakes": found})
        return refused.response(request.scope)

    async def framework(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "bad_request")
        headers = {"Allow": _methods(request)} if error.status_code == 405 else None
        refused = Problem(error.status_code, code, "See the API description.", headers=headers)
        return refused.response(request.scope)

    async def gone(request: Request, error: Exception) -> JSONResponse:
        refused = Problem(400, "cut_short", "The connection closed before the body was complete.")
        return refused.response(request.scope)

    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        detail = "The fault is ours and is in our log. Send the same request again later."
        return Problem(500, "internal", detail).response(request.scope)

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(Unavailable, down)
    app.add_exception_handler(BadInput, bad_input)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, unforeseen)


def _methods(request: Request) -> str:
    """What the path of a request can be asked with: the framework names only those of the first route that fits."""
    found = set[str]()
    for template, methods in request.app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), request.url.path):
            found.update(method.upper() for method in methods)
    return ", ".join(sorted(found))
