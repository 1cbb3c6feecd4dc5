"""The description of the API beyond what FastAPI finds by itself: bodies that doors read with their own eyes, and problems."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import FastAPI

from gateway.problems import ProblemBody

_kinds: dict[str, type[msgspec.Struct]] = {}


def takes(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """For ``openapi_extra`` of a route that reads its body as ``kind``."""
    _kinds[kind.__name__] = kind
    return _body({"application/json": {"$ref": f"#/components/schemas/{kind.__name__}"}})


def takes_anything(*media: str) -> dict[str, Any]:
    """For ``openapi_extra`` of a route that takes whatever fields a sender has."""
    return _body({kind: {"type": "object" if kind != "text/csv" else "string"} for kind in media})


def describe(app: FastAPI) -> None:
    """Put into /openapi.json the shapes that no route gives or takes as a model of its own."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        described = made()
        shapes = described.setdefault("components", {}).setdefault("schemas", {})
        _, known = msgspec.json.schema_components(_kinds.values(), ref_template="#/components/schemas/{name}")
        for name, shape in {"ProblemBody": ProblemBody.model_json_schema(), **known}.items():
            shapes.setdefault(name, shape)
        return described

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's own documentation extends a description


def _body(shapes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    content = {media: {"schema": shape} for media, shape in shapes.items()}
    return {"requestBody": {"required": True, "content": content}}
