"""Verbs of tests that ask for everything: what is made, changed, decided and read."""

from contextlib import contextmanager

from django.utils import timezone

from funds.services.rendering import render_next
from tests.factories import set_by_two

PAID_ON = "2026-02-20"


def read_all(api, *paths):
    return [api.read(path) for path in paths]


def change(api, path, body):
    response = api.patch(path, body)
    assert response.status_code == 200, response.content


def do(api, path, body=None):
    body = body or ({"reason": "Not like this"} if path.endswith("/reject") else None)
    return api.made(path, body, status=200)


def read_letters(api, path):
    """They are being made until they are there."""
    assert api.get(f"{path}/notice-pdf").status_code == 409
    while render_next(at=timezone.now()):
        pass
    assert api.get(f"{path}/notice-pdf").status_code == 200


def take_back(world, api, path) -> int:
    """Ask for a reversal that waits for a second person; the reversal's id."""
    with two_must_agree(world):
        return api.made(f"{path}/reverse", {"reason": "Bounced"}, status=202)["reversal"]["id"]


def cancel_by_two(world, api, path):
    [change] = api.made(f"{path}/cancel", {"reason": "It fell through"}, status=202)["pendingChanges"]
    do(world.api("second"), f"/control-changes/{change['id']}/approve")


@contextmanager
def two_must_agree(world):
    world.fund.four_eyes = True
    world.fund.save(update_fields=["four_eyes"])
    yield
    set_by_two(world.fund, four_eyes=False)
    world.fund.refresh_from_db()
