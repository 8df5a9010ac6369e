"""Every address of the project, filled in, and who asks for it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, reset_queries, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver

from blackgem.api import api
from blackgem.lib.audit import READINGS
from blackgem.models import AuditEvent

from .world import World

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
_REGULAR = re.compile(r"\(\?P(<\w+>)[^)]*\)")
_ANCHORS = re.compile(r"\^|/\?\$$|\$$")
NOWHERE, NOWHERE_AT_RANDOM = 999_999_999, UUID("00000000-0000-4000-8000-000000000000")


def nowhere(ids: dict) -> dict:
    """The same arguments, every id one that nobody has."""
    nobodys = {name: NOWHERE_AT_RANDOM if isinstance(value, UUID) else NOWHERE for name, value in ids.items()}
    return nobodys | {"form": ids["form"]}


#: What these stand for in addresses of refunds.
OF_REFUNDS = {
    "closing_id": "settled_closing_id",
    "payout_id": "refund_payout_id",
    "reversal_id": "refund_payout_reversal_id",
}


@dataclass(frozen=True, order=True)
class Route:
    """A verb and an address with its arguments' names: GET calls/<call_id>/."""

    path: str
    verb: str

    def __str__(self):
        return f"{self.verb} /{self.path}"

    @property
    def arguments(self) -> list[str]:
        return _ARGUMENT.findall(self.path)

    def address(self, ids: dict) -> str:
        return "/" + _ARGUMENT.sub(lambda found: str(ids[self.meaning(found[1])]), self.path)

    def meaning(self, argument: str) -> str:
        """Which id an argument stands for: items and reversals are of calls, of distributions, or of refunds."""
        if "refund" in self.path and "refunds/pay" not in self.path:
            return OF_REFUNDS.get(argument, argument)
        if argument == "reversal_id" and "closing-reversals/" in self.path:
            return "closing_reversal_id"
        if argument == "reversal_id" and "set-off-reversals/" in self.path:
            return "setoff_reversal_id"
        if argument in ("letter_id", "event_id", "payment_id") and _is_of_fees(argument, self.path):
            return f"fee_{argument}"
        if argument == "part_id" and "set-offs/" in self.path:
            return "setoff_part_id"
        if argument == "call_id" and self.path.endswith("/closing/"):
            return "collecting_call_id"
        if argument == "item_id" and "distributions/" in self.path:
            return "distribution_item_id"
        if argument == "reversal_id" and "payout-reversals/" in self.path:
            return "payout_reversal_id"
        if argument == "closing_id" and "refund" in self.path:
            return "settled_closing_id"
        return argument


def _is_of_fees(argument: str, path: str) -> bool:
    return f"fee-{argument[:-3]}s/" in path


def routes() -> list[Route]:
    """Every address: the API's by operation, the others both looked at and posted to."""
    paths = {path for path in _paths() if not path.startswith("api/")}
    pages = {
        Route(path, verb) for path in paths for verb in ("GET", "POST") if not _is_admin_post(path, verb)
    }
    return sorted(pages | set(_api_routes()))


def _is_admin_post(path, verb) -> bool:
    """Administrators' forms have tests of their own; nobody else gets as far as a form."""
    return verb == "POST" and path.startswith("admin/")


def _paths(resolver=None, prefix="") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield re.sub(r"<\w+:(\w+)>", r"<\1>", _REGULAR.sub(r"\1", _ANCHORS.sub("", path)))
        else:
            yield from _paths(entry, path)


def _api_routes() -> Iterator[Route]:
    yield from (Route(f"api/{path}", "GET") for path in ("", "openapi.json", "docs", "nothing"))
    for _, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                address = re.sub(r"\{(?:\w+:)?(\w+)\}", r"<\1>", path)
                yield from (Route(f"api{address}", verb) for verb in operation.methods)


@dataclass
class Visitor:
    """One person's browser and API client. What a request changes is undone after it."""

    world: World
    who: str

    def __post_init__(self):
        self.client = Client(headers={"X-Request-ID": "the-same-for-all"})
        if user := self.world.people[self.who]:
            self.client.force_login(user)
        self.cookies = self.client.cookies.copy()

    def ask(self, route: Route, ids: dict, query: str = "") -> HttpResponse:
        """The answer, with its whole body as `body`, the SQL that it took as `queries`, and as `taken` the events that
        say of a file who took it."""
        reset_queries()  # what is captured counts on from the requests before, up to a limit
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            response = self._ask(route, route.address(ids) + query)
            response.body = b"".join(response.streaming_content) if response.streaming else response.content
            response.taken = events_of_files() if is_file(response) else []
            transaction.set_rollback(True)
        response.queries = [one["sql"] for one in captured]
        self.client.cookies = self.cookies.copy()
        return response

    def _ask(self, route, address) -> HttpResponse:
        if not route.path.startswith("api/"):
            return self.client.generic(route.verb, address, content_type="application/x-www-form-urlencoded")
        token = self.world.tokens.get(self.who)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = "" if route.verb == "GET" else json.dumps({})
        return Client().generic(
            route.verb,
            address,
            body,
            content_type="application/json",
            headers={**headers, "X-Request-ID": "the-same-for-all"},
        )


def is_file(response: HttpResponse) -> bool:
    """Whether the answer is anything but a page, data of the API, or a picture of the manual."""
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    is_shown = kind in {"", "text/html", "text/css", "text/javascript", "image/png", "image/svg+xml"}
    return response.status_code == 200 and not (is_shown or kind.endswith("json") or not response.body)


def events_of_files() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(verb__in=READINGS).select_related("actor"))


def told(response: HttpResponse) -> str:
    """What the answer comes to: its status, or `in` where it leads to the sign-in."""
    leads_to = response.headers.get("Location", "")
    return "in" if leads_to.startswith("/sign-in/") else str(response.status_code)


def asked(response: HttpResponse) -> list[str]:
    """The SQL that an answer took, but for the values in it."""
    return [re.sub(r"'[^']*'|\d+", "?", query) for query in response.queries]
