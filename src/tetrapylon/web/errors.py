"""Every error as a clear page, or as JSON for programs; statuses come from the one table of errors."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response

from tetrapylon.errors import TetrapylonError, outcome
from tetrapylon.web.language import choose, language
from tetrapylon.web.rendering import render_error

log = logging.getLogger(__name__)

SERVICE = "/ogc"
"""Where the OGC services lie: they answer programs, and call a wrong parameter 400 (OGC 17-069r4, 7.15.8)."""


def add_handlers(app: FastAPI) -> None:
    """Have every error answered."""
    app.add_exception_handler(TetrapylonError, _expected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _unexpected)


def wants_json(request: Request) -> bool:
    """Whether a program asks: by ``f=json``, by path, or by not accepting HTML."""
    form = request.query_params.get("f")
    if form in ("json", "html"):
        return form == "json"
    accept = request.headers.get("accept", "")
    return "text/html" not in accept and (request.url.path.startswith((SERVICE, "/map/")) or "json" in accept)


def _expected(request: Request, error: Exception) -> Response:
    assert isinstance(error, TetrapylonError)
    status = outcome(error).http_status
    if status >= 500:
        log.warning("%s: %s", request.url.path, error)
    if status == 422 and request.url.path.startswith(SERVICE):
        status = 400
    return _answer(request, status, error.code, error.message, error.hint)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    told = "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors())
    return _answer(request, 400 if request.url.path.startswith(SERVICE) else 422, "value", told, None)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    texts = _language(request)
    if error.status_code == 404:
        return _answer(request, 404, "not-found", texts("no_such_page"), None)
    if error.status_code == 405:
        return _answer(request, 405, "method", texts("read_only"), None, error.headers)
    return _answer(request, error.status_code, "http", str(error.detail), None, error.headers)


def _unexpected(request: Request, error: Exception) -> Response:
    log.exception("%s", request.url.path, exc_info=error)
    return _answer(request, 500, "internal", _language(request)("unexpected"), None)


def _answer(request: Request, status: int, code: str, message: str, hint: str | None, headers: Any = None) -> Response:
    if wants_json(request):
        body = {"code": code, "status": status, "title": message, "detail": " ".join(filter(None, (message, hint)))}
        return JSONResponse(body, status, headers, media_type="application/problem+json")
    return HTMLResponse(render_error(request, _language(request), status, message, hint), status, headers)


def _language(request: Request) -> Any:
    try:
        return choose(request.query_params.get("lang"), request.headers.get("accept-language", ""))
    except TetrapylonError:
        return language("en")
