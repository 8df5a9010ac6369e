"""What every operation shares, said in the OpenAPI document."""

from ninja.openapi.schema import OpenAPISchema

from blackgem.http.examples import add_answer_examples, add_examples
from blackgem.http.idempotency import HEADER
from blackgem.http.links import add_links
from blackgem.http.schemas import MAX_ID

WRITES = {"post", "put", "patch", "delete"}
PROBLEM_TYPE = "application/problem+json"

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
    "examples": [
        {
            "type": "urn:blackgem:field.required",
            "title": "Unprocessable Entity",
            "status": 422,
            "detail": "This is needed.",
            "code": "field.required",
            "errors": [{"field": "amount", "message": "This is needed.", "code": "field.required"}],
        }
    ],
}
RETRY_AFTER = {
    "description": "Seconds after which to come back.",
    "schema": {"type": "integer", "minimum": 1},
}
LOCATION = {
    "description": "The address of what was made.",
    "schema": {"type": "string", "format": "uri-reference"},
}
REPLAYED = {"description": "Present where the answer was given before.", "schema": {"const": "true"}}

#: status → (name, why); the refusals of any request, then those of requests that change something.
ANY = {
    400: ("Unreadable", "The request cannot be read: no JSON, a malformed key, a token in the address."),
    401: ("Unknown", "No token, or none that is good."),
    403: ("Forbidden", "You may see this and may not do it."),
    404: ("NotFound", "There is no such thing, or none that you may see."),
    422: ("Invalid", "The request could never be right; `errors` says which fields."),
    429: ("TooMany", "Too many requests in the last minute, or too many bad tokens from this address."),
    503: (
        "Busy",
        "Somebody else holds what is needed, or the database is away; the same request, under the same key, may succeed"
        " later.",
    ),
}
CHANGING = {
    409: (
        "Conflict",
        "The state of the money refuses it, or the first request with this key is still at work.",
    ),
    411: ("LengthRequired", "The body came without its length."),
    413: ("TooLarge", "The body is larger than 1 MB."),
    415: ("Unsupported", "The body is not plain application/json in UTF-8."),
}
COMING_BACK = {409, 429, 503}
#: For the few that only read and are refused by a state all the same.
CONFLICT = {409: {"$ref": "#/components/responses/Conflict"}}


def complete(schema: OpenAPISchema) -> OpenAPISchema:
    """Add the key of writes, the refusals, the Location of what was made, bounds of ids, links and examples."""
    components = schema["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["responses"] = {
        name: _refusal(status, why) for status, (name, why) in (ANY | CHANGING).items()
    }
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _complete_operation(method, operation, missing=_may_be_missing(path, operation, components))
    add_links(schema["paths"])
    add_examples(components["schemas"])
    add_answer_examples(schema["paths"])
    return schema


def _refusal(status: int, why: str) -> dict:
    refusal = {
        "description": why,
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    return {**refusal, "headers": {"Retry-After": RETRY_AFTER}} if status in COMING_BACK else refusal


def _may_be_missing(path: str, operation: dict, components: dict) -> bool:
    """Whether the request names something that there may not be: a row in its address or its body, or a page."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    fields = components["schemas"].get(body.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
    asked = {parameter["name"] for parameter in operation["parameters"]}
    return "{" in path or "page" in asked or "fundId" in fields


def _complete_operation(method: str, operation: dict, *, missing: bool) -> None:
    answers = operation["responses"]
    if 201 in answers:
        answers[201]["headers"] = {"Location": LOCATION}
    if method in WRITES:
        operation["parameters"].append(KEY)
        for answer in answers.values():
            answer.setdefault("headers", {})["Idempotent-Replayed"] = REPLAYED
    refusals = ANY | CHANGING if method in WRITES else ANY
    for status, (name, _) in sorted(refusals.items()):
        if status == 404 and not missing:
            continue
        answers[status] = {"$ref": f"#/components/responses/{name}"}
    for parameter in operation["parameters"]:
        if parameter["in"] == "path" and parameter["schema"].get("format") == "uuid":
            parameter["example"] = "0d9f3c1e-5b7a-4c86-9d21-3e8f6a70b542"
        elif parameter["in"] == "path":
            parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": MAX_ID}
            parameter["example"] = 7
        elif "examples" in parameter:  # a list in a schema, which a parameter's are not
            parameter["example"] = parameter.pop("examples")[0]
