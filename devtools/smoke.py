"""The smoke test: one allocation from committed to funded in five steps, every figure compared after each.

It speaks to the API through a function, so that a running server and the test suite are asked the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

#: (verb, path, body) → (status, what the JSON says, numbers as Decimal)
Send = Callable[[str, str, dict | None], tuple[int, dict]]

PARTNERS = (("Smoke LP One", "600000"), ("Smoke LP Two", "399999.99"), ("Smoke LP Three", "200000.01"))


@dataclass(frozen=True, slots=True)
class Figure:
    """One comparison: what was expected and what the API said."""

    name: str
    expected: object
    found: object

    @property
    def agrees(self) -> bool:
        """Amounts agree to the cent and are written with exactly two decimals."""
        if isinstance(self.expected, Decimal):
            return self.found == self.expected and getattr(self.found, "as_tuple", _no_tuple)().exponent == -2
        return self.found == self.expected


def _no_tuple():
    return Decimal(0).as_tuple()


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What one step must leave behind, on the allocation and on the fund, whose only allocation it is."""

    state: str
    called: str
    funded: str
    committed: str = "1000000.00"

    def figures(self, allocation: dict, fund: dict) -> Iterator[Figure]:
        committed, called, funded = Decimal(self.committed), Decimal(self.called), Decimal(self.funded)
        yield Figure("allocation state", self.state, allocation["state"])
        sums = (committed, called, committed - called, funded, called - funded)
        names = ("committed", "called", "uncalled", "funded", "outstanding")
        for name, amount in zip(names, sums, strict=True):
            yield Figure(f"allocation {name}", amount, allocation[name])
        names = ("totalCommitted", "totalCalled", "uncalledCapital", "totalFunded", "outstandingCalls")
        for name, amount in zip(names, sums, strict=True):
            yield Figure(f"fund {name}", amount, fund[name])


class Refused(Exception):
    """The API answered something else than it should; the message says what."""


def run(send: Send, *, name: str, today: date) -> Iterator[Step]:
    """Set up a fund called `name` with its partners and a deal, then take the five steps. Raises Refused."""
    fund_id, deal_id = set_up(send, name=name, today=today)
    allocated = _make(
        send, "/api/allocations", {"fundId": fund_id, "dealId": deal_id, "committed": "1000000"}
    )
    where = (send, fund_id, allocated["id"])
    yield _look("1. Allocate 1,000,000", *where, Expected("committed", "0.00", "0.00"))
    first = _call(send, allocated["id"], "400000", today)
    yield _look("2. Call 400,000", *where, Expected("partially_called", "400000.00", "0.00"))
    _pay(send, first, "400000", f"{name} 1")
    yield _look("3. Pay 400,000", *where, Expected("partially_funded", "400000.00", "400000.00"))
    second = _call(send, allocated["id"], "600000", today)
    yield _look("4. Call the other 600,000", *where, Expected("called", "1000000.00", "400000.00"))
    _pay(send, second, "600000", f"{name} 2")
    yield _look("5. Pay 600,000", *where, Expected("funded", "1000000.00", "1000000.00"))


def set_up(send: Send, *, name: str, today: date) -> tuple[int, int]:
    """A fund with three partners who committed 1,200,000 together, and a deal: their ids."""
    fund = _make(send, "/api/funds", {"name": name, "lpaDate": today.isoformat()})
    for partner, amount in PARTNERS:
        investor = _make(send, "/api/investors", {"name": partner})
        promise = {"investorId": investor["id"], "amount": amount, "closingDate": today.isoformat()}
        _make(send, f"/api/funds/{fund['id']}/commitments", promise)
    deal = _make(send, "/api/deals", {"name": f"{name} Manufacturing"})
    return fund["id"], deal["id"]


def _call(send: Send, allocation_id: int, amount: str, today: date) -> int:
    due = (today + timedelta(days=14)).isoformat()
    return _make(send, f"/api/allocations/{allocation_id}/calls", {"amount": amount, "dueDate": due})["id"]


def _pay(send: Send, call_id: int, amount: str, tx_ref: str) -> None:
    _make(send, f"/api/capital-calls/{call_id}/payments", {"amount": amount, "txRef": tx_ref})


def _look(title: str, send: Send, fund_id: int, allocation_id: int, expected: Expected) -> Step:
    allocation = _read(send, f"/api/allocations/{allocation_id}")
    fund = _read(send, f"/api/funds/{fund_id}/capital")
    return Step(title, tuple(expected.figures(allocation, fund)))


def _make(send: Send, path: str, body: dict) -> dict:
    return _expect(201, "POST", path, *send("POST", path, body))


def _read(send: Send, path: str) -> dict:
    return _expect(200, "GET", path, *send("GET", path, None))


def _expect(wanted: int, verb: str, path: str, status: int, answer: dict) -> dict:
    if status != wanted:
        detail = answer.get("detail", answer)
        raise Refused(f"{verb} {path} answered {status} instead of {wanted}: {detail}")
    return answer
