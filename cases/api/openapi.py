"""The API's description, OpenAPI 3.1, made from the types that the door itself decodes."""

from typing import Any

import msgspec
from django.http import HttpRequest, JsonResponse

from cases.api.body import SearchResult
from cases.api.problems import TITLES


def description() -> dict[str, Any]:
    """Return the whole document."""
    (_,), schemas = msgspec.json.schema_components([SearchResult], ref_template="#/components/schemas/{name}")
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
            "schemas": {**schemas, "Problem": problem, "Answer": answer},
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
            }
        },
    }


def openapi(request: HttpRequest) -> JsonResponse:
    """Answer GET /api/v1/openapi.json."""
    return JsonResponse(description())
