"""How the API describes itself: what it answers with, when it refuses, and in which media types."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from tetrapylon.web.errors import SERVICE

HTML, JSON, PROBLEM, GEOJSON = "text/html", "application/json", "application/problem+json", "application/geo+json"
TILE = "application/vnd.mapbox-vector-tile"

_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["code", "status", "title", "detail"],
    "properties": {
        "code": {"type": "string"},
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
    },
}
_WHY = {400: "A parameter cannot be read.", 404: "There is no such thing.", 422: "A parameter cannot be read."}


def answers(*kinds: str, refused: int = 422, **others: Any) -> dict[int | str, dict[str, Any]]:
    """Responses of an operation: 200 in these media types, ``refused`` for wrong parameters, 404.

    ``others``: further statuses, as ``s204="why"``.
    """
    found: dict[int | str, dict[str, Any]] = {
        200: {"description": "What was asked for.", "content": {kind: {} for kind in kinds}},
        refused: _refusal(refused),
        404: _refusal(404),
    }
    return found | {int(name[1:]): {"description": why} for name, why in others.items()}


def _refusal(status: int) -> dict[str, Any]:
    content = {PROBLEM: {"schema": _PROBLEM_SCHEMA}, HTML: {"schema": {"type": "string"}}}
    return {"description": _WHY[status], "content": content}


def describe(app: FastAPI) -> None:
    """Have it describe itself in OpenAPI 3.0, which knows no type "null"; its services answer 400 in place of 422."""
    written = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            for path, item in written()["paths"].items():
                for operation in item.values():
                    _plain(operation, service=path.startswith(SERVICE))
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _plain(operation: dict[str, Any], *, service: bool) -> None:
    if service:
        operation["responses"].pop("422", None)
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        kinds = [s for s in schema.pop("anyOf", []) if s != {"type": "null"}]
        if len(kinds) == 1:
            schema.update(kinds[0])
