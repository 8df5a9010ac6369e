"""What anybody may send as a passkey's answer: measured before it is read, and refused like any that is none.

The library takes the rest of what it reads as a copy at each value: a list of a million numbers would cost a million
copies of a million bytes, before anybody is known.
"""

import json

import pytest
from django.test import Client
from fido2 import cbor
from fido2.utils import websafe_encode

from blackgem.identity.passkeys import MOST_CHARACTERS
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NUMBERS = b"\x9a"  # a list, whose length stands in the four bytes that follow


def answer(extensions: bytes) -> str:
    """As a browser sends it, with these extensions."""
    client = {"type": "webauthn.get", "challenge": "", "origin": "https://testserver"}
    data = bytes(32) + b"\x85" + bytes(4) + extensions
    response = {
        "clientDataJSON": json.dumps(client).encode(),
        "authenticatorData": data,
        "signature": b"0",
        "userHandle": b"1",
    }
    sent = {name: websafe_encode(one) for name, one in response.items()}
    return json.dumps({"id": "MA", "rawId": "MA", "type": "public-key", "response": sent})


def numbers(count: int) -> bytes:
    return NUMBERS + count.to_bytes(4, "big") + b"\x01" * count


def attest(attested: bytes) -> str:
    sent = {"clientDataJSON": websafe_encode(b"{}"), "attestationObject": websafe_encode(attested)}
    return json.dumps({"id": "MA", "rawId": "MA", "type": "public-key", "response": sent})


@pytest.fixture
def read(monkeypatch):
    """How long what the library reads is, at each value."""
    lengths, decode = [], cbor.decode_from
    monkeypatch.setattr(cbor, "decode_from", lambda data: lengths.append(len(data)) or decode(data))
    return lengths


ANSWERS = {
    "long": numbers(1_000_000),
    "within": numbers(9_000),
    "deep": b"\x81" * 9_000,
    "cut off": NUMBERS + b"\x00",
    "of more than there is": numbers(5)[:-1],
    "with nothing": b"",
}
TEXTS = {
    "brackets": "[" * 9_000,
    "digits": "1" * 9_000,
    "long": "1" * 1_000_000,
    "no object": "7",
    "nothing": "{}",
}


@pytest.mark.parametrize(
    "sent",
    [*map(answer, ANSWERS.values()), *TEXTS.values()],
    ids=[*ANSWERS, *(f"text: {name}" for name in TEXTS)],
)
def test_nobody_makes_more_work_than_is_bounded(read, sent):
    browser = Client()
    browser.get("/sign-in/passkey/", headers={"Accept": "application/json"})
    refused = browser.post("/sign-in/passkey/", {"credential": sent})
    assert (refused.status_code, refused.headers.get("Location")) in [(200, None), (302, "/sign-in/")]
    assert "_auth_user_id" not in browser.session
    assert sum(read) <= MOST_CHARACTERS * MOST_CHARACTERS / 2
    assert max(read, default=0) <= MOST_CHARACTERS
    assert sent not in refused.content.decode()


@pytest.mark.parametrize("attested", [*ANSWERS.values()], ids=[*ANSWERS])
def test_neither_does_who_adds_one(read, attested):
    browser = Client()
    browser.force_login(UserFactory())
    browser.get("/account/passkeys/new/")
    refused = browser.post("/account/passkeys/new/", {"name": "Key", "credential": attest(attested)})
    assert refused.status_code < 400
    assert max(read, default=0) <= MOST_CHARACTERS
