"""The API's description, OpenAPI 3.1, made from the types that the door itself decodes."""

from typing import Any

import msgspec
from django.http import HttpRequest, JsonResponse

from cases.api.batch import NDJSON
from cases.api.body import SearchResult
from cases.api.problems import TITLES


def description() -> dict[str, Any]:
    """Return the whole document."""
    (_,), schemas = msgspec.json.schema_components([SearchResult], ref_template="#/components/schemas/{name}")
    line = {
        "type": "object",
        "required": ["line", "outcome", "external_id"],
        "properties": {
            "line": {"type": "integer"},
            "outcome": {"enum": ["new", "same", "conflict", "bad"]},
            "external_id": {"type": ["string", "null"]},
            "case": {"type": "string"},
            "errors": {"$ref": "#/components/schemas/Problem/properties/errors"},
        },
    }
    problem = {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {"type": "object", "properties": {name: {"type": "string"} for name in ("field", "code", "detail")}},
            },
        },
    }
    answer = {
        "type": "object",
        "required": ["case", "state", "external_id", "searched_before_screening", "candidates"],
        "properties": {
            "case": {"type": "string", "examples": ["FR-2026-000123"]},
            "state": {"type": "string"},
            "external_id": {"type": "string"},
            "searched_before_screening": {"const": True},
            "candidates": {"type": "integer"},
        },
    }
    given = {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}
    refused = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Countersign, the machine's door",
            "version": "1",
            "description": "Results of face searches made elsewhere. A result becomes a case; nothing here moves one.",
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {**schemas, "Problem": problem, "Answer": answer, "Line": line},
        },
        "security": [{"key": []}],
        "paths": {
            "/api/v1/search-results": {
                "post": {
                    "operationId": "receive_result",
                    "summary": "File one result of a search",
                    "parameters": [
                        {
                            "name": "Idempotency-Key",
                            "in": "header",
                            "required": True,
                            "schema": {"type": "string", "minLength": 8, "maxLength": 200},
                        }
                    ],
                    "requestBody": {
                        "required": True,
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/SearchResult"}},
                            "multipart/form-data": {
                                "schema": {
                                    "type": "object",
                                    "required": ["result"],
                                    "properties": {"result": {"$ref": "#/components/schemas/SearchResult"}},
                                    "additionalProperties": {"type": "string", "contentMediaType": "image/*"},
                                }
                            },
                        },
                    },
                    "responses": {
                        "201": {"description": "A new case", "content": given},
                        "200": {"description": "The same result again: the answer that was given before", "content": given},
                        **{
                            str(status): {"description": title, "content": refused}
                            for status, title in TITLES.items()
                            if status not in (405,)
                        },
                    },
                }
            },
            "/api/v1/search-results/batch": {
                "post": {
                    "operationId": "receive_results",
                    "summary": "File up to 500 results, one JSON object a line; each line has its own answer and the same line again is the same result",
                    "requestBody": {"required": True, "content": {NDJSON: {"schema": {"$ref": "#/components/schemas/SearchResult"}}}},
                    "responses": {
                        "200": {
                            "description": "One answer a line, in the order of the lines",
                            "content": {NDJSON: {"schema": {"$ref": "#/components/schemas/Line"}}},
                        },
                        **{str(status): {"description": TITLES[status], "content": refused} for status in (400, 401, 413, 415, 503)},
                    },
                }
            },
        },
    }


def openapi(request: HttpRequest) -> JsonResponse:
    """Answer GET /api/v1/openapi.json."""
    return JsonResponse(description())
