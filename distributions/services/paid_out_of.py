"""Money of a distribution that came back to its fund on the same day: the app that posts it registers how to ask it.

A distribution is decided before anything of it can be set off against a call, so nothing of that is among the facts
that it rests on, though it counts as contributed from its own day on.
"""

from collections.abc import Callable

from django.db.models import QuerySet

from distributions.models import Distribution

_asked: list[Callable[[Distribution], QuerySet]] = []


def register_paid_out_of(rows: Callable[[Distribution], QuerySet]) -> None:
    """Say which rows of the ledger a distribution paid for."""
    _asked[:] = [rows]


def paid_out_of(distribution: Distribution | None) -> QuerySet | None:
    """The rows of the ledger that this distribution paid for; None where it could not have."""
    if distribution is None or not _asked or distribution.sent_at is None:
        return None
    return _asked[0](distribution)
