"""Tokens of invitations, of new passwords and of whoever puts one into an address: no line of any log holds one."""

import io
import logging

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from structlog.stdlib import ProcessorFormatter

SECRET = "a-token-of-somebody"


@pytest.fixture
def lines():
    """What is written to standard error, as the handlers of the settings write it."""
    formatter = next(
        handler.formatter
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, ProcessorFormatter)
    )
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    before, _ = root.level, root.setLevel(logging.INFO)
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def addresses_with_words() -> dict[str, str]:
    """Every address that holds more than numbers, by the name of its route: (name, address with the secret in it)."""
    found = {}

    def walk(patterns, namespace):
        for one in patterns:
            if hasattr(one, "url_patterns"):
                inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
                walk(one.url_patterns, inner)
            elif one.name:
                words = [
                    name
                    for name, converter in one.pattern.converters.items()
                    if type(converter).__name__ == "StringConverter"
                ]
                if words and len(words) == len(one.pattern.converters):
                    found[namespace + one.name] = reverse(
                        namespace + one.name, kwargs=dict.fromkeys(words, SECRET)
                    )

    walk(get_resolver().url_patterns, "")
    found["account_reset_password_from_key"] = reverse(
        "account_reset_password_from_key", kwargs={"uidb36": "1", "key": SECRET}
    )
    return found


@pytest.mark.django_db
def test_no_line_holds_what_stood_in_an_address(lines, monkeypatch):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    addresses = addresses_with_words()
    assert {"funds:invitation", "account_reset_password_from_key"} <= set(addresses)
    for address in addresses.values():
        client.get(address)
        client.post(address, {"password1": SECRET})
        client.get(address, headers={"host": f"{SECRET}.example"})
    unusual = [
        f"/nothing/{SECRET}/",
        f"/static/{SECRET}",
        f"/%0a{SECRET}%0d/",
        f"/สม/{SECRET}",
        f"/a: b/{SECRET}",
    ]
    for path in ("/", "/sign-in/", "/api/funds", "/healthz/", *unusual):
        client.get(path, {"token": SECRET, "next": f"/invitations/{SECRET}/"})
        client.post(f"{path}?key={SECRET}")
    monkeypatch.setattr("funds.views.invitations.find_invitation", lambda *args, **kwargs: 1 / 0)
    assert client.get(addresses["funds:invitation"]).status_code == 500
    told = lines.getvalue()
    assert "ZeroDivisionError" in told
    assert "invitations/<str:token>/" in told
    assert "password/new/" in told
    hosts = [line for line in told.splitlines() if "HTTP_HOST" in line]
    assert [line for line in told.splitlines() if SECRET in line and line not in hosts] == []


@pytest.mark.django_db
def test_a_line_says_which_rows_were_asked_for(lines, admin_client):
    admin_client.get(reverse("capital:call", args=[7]), {"secret": SECRET})
    answered = [line for line in lines.getvalue().splitlines() if "answered" in line]
    assert len(answered) == 1
    assert "GET /calls/<int:call_id>/" in answered[0]
    assert "{'call_id': 7}" in answered[0]
    assert "status=404" in answered[0]
