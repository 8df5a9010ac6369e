"""What every operation shares, said in the OpenAPI document."""

from ninja.openapi.schema import OpenAPISchema

from blackgem.http.idempotency import HEADER

WRITES = {"post", "put", "patch", "delete"}

KEY = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 2, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "The same key with the same body answers the first answer again, for 24 hours at least.",
}
PROBLEM = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable: payment.over_item"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message", "code"],
                "properties": {name: {"type": "string"} for name in ("field", "message", "code")},
            },
        },
        "facts": {"type": "object"},
        "requestId": {"type": "string"},
    },
}
REFUSED = {
    "description": "Refused: 400, 401, 403, 404, 409, 413, 415 or 422.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
LOCATION = {"Location": {"description": "The address of what was made.", "schema": {"type": "string"}}}


def complete(schema: OpenAPISchema) -> OpenAPISchema:
    """Add the key of writes, the refusals, the Location of what was made, and the bodies that may be left out."""
    schema["components"]["schemas"]["Problem"] = PROBLEM
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            _complete_operation(method, operation)
    return schema


def _complete_operation(method: str, operation: dict) -> None:
    operation["responses"]["default"] = REFUSED
    if method in WRITES:
        operation["parameters"].append(KEY)
    if 201 in operation["responses"]:
        operation["responses"][201]["headers"] = LOCATION
