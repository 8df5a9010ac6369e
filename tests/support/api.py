"""The API as a client sees it: bytes out, bytes in, every number exact, every answer as the OpenAPI document says."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from django.http import HttpResponse
from django.test import Client

from blackgem.http.tokens import create_token
from blackgem.lib.context import WriteContext
from tests.support import contract

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LONG = 100_000  # days


def token_of(user, *, scope="write", days=LONG, at=LONG_AGO) -> str:
    return create_token(user=user, scope=scope, days=days, name="Test", ctx=WriteContext(user, at))


def read(response: HttpResponse):
    """The JSON of an answer, its numbers as Decimal where they have a point."""
    return json.loads(response.content, parse_float=Decimal)


@dataclass
class Api:
    """Requests with one user's token. Paths are below /api; bodies are given as Python or as text."""

    token: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=True))
    user: object = None

    @classmethod
    def of(cls, user, **options) -> "Api":
        return cls(token_of(user, **options), user=user)

    def __deepcopy__(self, memo) -> "Api":
        """With a client of its own: one that was used holds the whole of the site."""
        return Api(self.token, user=self.user)

    def send(self, verb: str, path: str, body=None, *, key: str | None = None, **headers) -> HttpResponse:
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        if key is not None:
            headers["Idempotency-Key"] = key
        data = (
            body if isinstance(body, str | bytes) else "" if body is None else json.dumps(body, default=str)
        )
        kind = headers.pop("content_type", "application/json")
        response = self.client.generic(verb, f"/api{path}", data, content_type=kind, headers=headers)
        contract.hold(verb, path, response)
        return response

    def get(self, path, **headers) -> HttpResponse:
        return self.send("GET", path, **headers)

    def post(self, path, body=None, **options) -> HttpResponse:
        return self.send("POST", path, body, **options)

    def put(self, path, body, **options) -> HttpResponse:
        return self.send("PUT", path, body, **options)

    def patch(self, path, body, **options) -> HttpResponse:
        return self.send("PATCH", path, body, **options)

    def delete(self, path, **options) -> HttpResponse:
        return self.send("DELETE", path, **options)

    def made(self, path, body=None, *, status=201, **options) -> dict:
        """What a POST made; fails the test with the API's own words otherwise."""
        response = self.post(path, body, **options)
        assert response.status_code == status, response.content.decode()
        return read(response)

    def read(self, path) -> dict:
        response = self.get(path)
        assert response.status_code == 200, response.content.decode()
        return read(response)


def problem(response: HttpResponse, status: int, code: str | None = None) -> dict:
    """The refusal, which must be a whole problem+json of this status (and code) that shows nothing of the inside."""
    text = response.content.decode()
    assert response.status_code == status, text
    assert response["Content-Type"] == "application/problem+json"
    told = json.loads(text)
    assert {"type", "title", "status", "detail", "code"} <= told.keys()
    assert told["status"] == status
    assert ("errors" in told) or status != 422
    assert all({"field", "message", "code"} == entry.keys() for entry in told.get("errors", ()))
    for inside in ("Traceback", "SELECT ", "INSERT ", "psycopg", "/blackgem/", "django.", "pydantic"):
        assert inside not in text
    if code is not None:
        assert told["code"] == code, told
    return told
