"""How a distribution is moved by plain SQL, with all that a service would have said."""

from tests.support.trail import AT

CAPITAL = {"return_of_capital": "10.00"}
ISSUED = {"sent_at": AT}


def move(t, distribution, status, **values):
    t.change("distributions", distribution, status=status, **values)


def submitted(t):
    return {"submitted_at": AT, "submitted_by_id": t.person}


def approved(t):
    return {"approved_at": AT, "approved_by_id": t.person}


def cancelled(t):
    return {"cancelled_at": AT, "cancelled_by_id": t.person}
