"""Errors of the door as RFC 9457 answers. Texts say what to do next and never quote what was sent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from leads.errors import BadInput, Unavailable

_log = logging.getLogger(__name__)

#: Seconds a caller should wait when a dependency is down.
RETRY_S = 5


class Problem(Exception):
    """An answer that is an error. ``code`` is closed and machine-readable; ``more`` are further members of the answer."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.status, self.code, self.detail = status, code, detail
        self.headers, self.more = dict(headers or {}), dict(more or {})
        super().__init__(f"{status} {code}")

    def response(self) -> JSONResponse:
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
    detail = "A dependency does not answer, nothing was accepted. Send the same request again."
    return Problem(503, "unavailable", detail, headers={"Retry-After": str(RETRY_S)})


def install(app: FastAPI) -> None:
    """Every error leaves as a problem: ours, a dependency's, the framework's, and what nobody foresaw."""

    async def problem(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return error.response()

    async def down(_: Request, error: Exception) -> JSONResponse:
        _log.warning("answered 503: %s", type(error).__name__)
        return unavailable().response()

    async def bad_input(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, BadInput)
        return Problem(422, error.code, str(error)).response()

    async def framework(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "bad_request")
        headers = error.headers if error.status_code == 405 else None
        return Problem(error.status_code, code, "See the API description.", headers=headers).response()

    async def gone(_: Request, error: Exception) -> JSONResponse:
        return Problem(400, "cut_short", "The connection closed before the body was complete.").response()

    async def unforeseen(_: Request, error: Exception) -> JSONResponse:
        detail = "The fault is ours and is in our log. Send the same request again later."
        return Problem(500, "internal", detail).response()

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(Unavailable, down)
    app.add_exception_handler(BadInput, bad_input)
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, unforeseen)
