import json
from decimal import Decimal
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from blackgem.http.tokens import create_token, revoke_token
from blackgem.lib.context import WriteContext
from blackgem.lib.opened import open_import
from blackgem.models import ApiToken, User
from devtools import smoke

TIMEOUT_SECONDS = 60
EMAIL = "smoke-test@blackgem.example"


class Command(BaseCommand):
    help = "Takes a running server through the smoke test, in a fund of its own; fails at any difference."

    def add_arguments(self, parser):
        parser.add_argument("--url", required=True, help="where the server is: http://127.0.0.1:8000")
        parser.add_argument(
            "--token", help="a write token; without it one is made in the database and revoked"
        )

    def handle(self, *, url, token, **options):
        own = None if token else new_token()
        try:
            differing = self.take(sender(url, token or own))
        except smoke.Refused as error:
            raise CommandError(str(error)) from error
        except (OSError, HTTPException, ValueError) as error:
            raise CommandError(f"{url} does not answer as the API does: {error}") from error
        finally:
            if own:
                revoke_token(token=own, at=timezone.now())
        if differing:
            raise CommandError(f"{differing} figures differ.")
        self.stdout.write("Every figure agrees.")

    def take(self, send) -> int:
        """Print each figure; returns how many differ."""
        now = timezone.now()
        name = f"Smoke test {now:%Y-%m-%d %H:%M:%S.%f}"
        differing = 0
        for step in smoke.run(send, name=name, today=timezone.localdate(now)):
            self.stdout.write(step.title)
            for figure in step.figures:
                self.stdout.write(line_of(figure))
                differing += not figure.agrees
        return differing


def line_of(figure: smoke.Figure) -> str:
    shown = f"  {figure.name:<24}{figure.found!s:>18}"
    return f"{shown}  ok" if figure.agrees else f"{shown}  should be {figure.expected}"


def new_token() -> str:
    """For a user of its own, who works for no fund but those that this command sets up."""
    at = timezone.now()
    with transaction.atomic():
        open_import()
        user = User.objects.filter(email=EMAIL).first() or User.objects.create_user(
            EMAIL, full_name="Smoke test"
        )
        User.objects.filter(pk=user.pk).update(opens_funds=True)
    return create_token(
        user=user, scope=ApiToken.Scope.WRITE, days=1, name="Smoke test", ctx=WriteContext(user, at)
    )


def sender(url: str, token: str) -> smoke.Send:
    """Asks the server at `url`, one connection per request."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CommandError(f"{url} is no address of a server.")
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(verb, path, body):
        connection = kind(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(verb, parts.path.rstrip("/") + path, text, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read(), parse_float=Decimal)
        finally:
            connection.close()

    return send
