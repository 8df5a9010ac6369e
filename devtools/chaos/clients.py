"""Clients over HTTP that do not give up: each asks again under its key until it is answered, and keeps the answers."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

COMMITTED = Decimal(10_000_000)
PARTNERS = (("One", "6000000"), ("Two", "2500000.01"), ("Three", "1499999.99"))
TIMEOUT = 60


@dataclass
class Told:
    """What the answers said, of one fund: sums in dollars, ids of what was made, and each answer by its key."""

    fund_id: int
    allocation_id: int
    called: Decimal = Decimal(0)
    funded: Decimal = Decimal(0)
    payments: set[int] = field(default_factory=set)
    reversed: set[int] = field(default_factory=set)
    calls: set[int] = field(default_factory=set)
    #: Items by id: what is outstanding.
    open: dict[int, tuple[int, Decimal]] = field(default_factory=dict)
    answers: dict[str, tuple[str, dict, int, bytes]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Refused(Exception):
    """An answer that the books do not explain."""


@dataclass
class Line:
    """The way to the server, of one client."""

    port: int
    token: str
    statuses: Counter = field(default_factory=Counter)
    broken: int = 0

    def ask(self, verb: str, path: str, body: dict | None = None, key: str = "") -> tuple[int, bytes]:
        """The answer, asked for as often as it takes."""
        until = time.monotonic() + 300
        while time.monotonic() < until:
            heard = self._once(verb, path, body, key)
            if heard is None:
                self.broken += 1
            else:
                self.statuses[heard[0]] += 1
                if heard[0] < 500 and heard[0] != 429 and b"idempotency.in_progress" not in heard[1]:
                    return heard
            time.sleep(0.3)
        raise Refused(f"{verb} {path} was not answered in five minutes.")

    def _once(self, verb, path, body, key) -> tuple[int, bytes] | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            text = None if body is None else json.dumps(body)
            connection.request(verb, path, text, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def read(content: bytes) -> dict:
    return json.loads(content, parse_float=Decimal, parse_int=int)


def found(line: Line, name: str, today: date) -> Told:
    """A fund of its own, with three partners who get letters, and money allocated to a deal."""

    def make(path: str, body: dict) -> dict:
        status, content = line.ask(
            "POST", path, body, key=f"{name}{path}{json.dumps(body, sort_keys=True)}"[:250].replace(" ", "")
        )
        if status != 201:
            raise Refused(f"POST {path} answered {status}: {content[:300]!r}")
        return read(content)

    fund = make("/api/funds", {"name": name, "lpaDate": today.isoformat(), "address": "1 Main Street"})
    for partner, amount in PARTNERS:
        who = f"{name} {partner}"
        investor = make("/api/investors", {"name": who, "address": "2 Main Street"})
        mailbox = f"chaos-{who.lower().replace(' ', '-')}@example.com"
        make(f"/api/investors/{investor['id']}/contacts", {"name": who, "email": mailbox})
        promise = {"investorId": investor["id"], "amount": amount, "closingDate": today.isoformat()}
        make(f"/api/funds/{fund['id']}/commitments", promise)
    deal = make("/api/deals", {"name": f"{name} Manufacturing"})
    allocated = {"fundId": fund["id"], "dealId": deal["id"], "committed": str(COMMITTED)}
    return Told(fund["id"], make("/api/allocations", allocated)["id"])


class Client(threading.Thread):
    """Works in one fund until `done`; who has it alone reads after each write that the figures are what it was told."""

    def __init__(
        self, number: int, line: Line, told: Told, done: threading.Event, *, alone: bool, today: date
    ):
        super().__init__(name=f"client {number}", daemon=True)
        self.line, self.told, self.done, self.alone, self.today = line, told, done, alone, today
        self.odd = random.Random(number)  # noqa: S311 - what to do next
        self.number, self.asked = number, 0
        self.faults: list[str] = []

    def run(self) -> None:
        while not self.done.is_set():
            try:
                self.odd.choices([self.call, self.pay, self.reverse, self.mail, self.look], [2, 6, 1, 1, 2])[
                    0
                ]()
            except Exception as error:  # every fault is a finding
                self.faults.append(f"{self.name}: {type(error).__name__}: {error}")
            time.sleep(self.odd.uniform(0, 0.4))

    def write(self, path: str, body: dict, *, expect: tuple[int, ...]) -> tuple[int, dict]:
        self.asked += 1
        key = f"chaos-{self.number}-{self.asked}"
        status, content = self.line.ask("POST", path, body, key)
        with self.told.lock:
            self.told.answers[key] = (path, body, status, content)
        if status not in expect:
            raise Refused(f"POST {path} {body} answered {status}: {content[:300]!r}")
        return status, read(content)

    def call(self) -> None:
        amount = Decimal(self.odd.randint(1, 900_000)) / 100
        due = (self.today + timedelta(days=14)).isoformat()
        body = {"amount": str(amount), "dueDate": due, "purpose": "Acquisition"}
        _, call = self.write(f"/api/allocations/{self.told.allocation_id}/calls", body, expect=(201,))
        with self.told.lock:
            self.told.called += amount
            self.told.calls.add(call["id"])
            for item in call["items"]:
                if Decimal(item["calledAmount"]):
                    self.told.open[item["id"]] = (call["id"], Decimal(item["calledAmount"]))

    def pay(self) -> None:
        """A part or the whole of one open item. It is nobody else's while it is being paid."""
        with self.told.lock:
            if not self.told.open:
                return
            item_id = self.odd.choice(list(self.told.open))
            call_id, owed = self.told.open.pop(item_id)
        cents = int(owed * 100)
        amount = owed if self.odd.random() < 1 / 2 else Decimal(self.odd.randint(1, cents)) / 100
        body = {"itemId": item_id, "amount": str(amount), "txRef": f"W{self.number}-{self.asked}"}
        _, answer = self.write(f"/api/capital-calls/{call_id}/payments", body, expect=(201,))
        with self.told.lock:
            self.told.funded += amount
            self.told.payments.update(row["id"] for row in answer["payments"])
            if owed > amount:
                self.told.open[item_id] = (call_id, owed - amount)

    def reverse(self) -> None:
        with self.told.lock:
            free = sorted(self.told.payments - self.told.reversed)
            if not free or not self.alone:
                return
            payment_id = self.odd.choice(free)
        payment = read(self.line.ask("GET", f"/api/payments/{payment_id}")[1])
        self.write(f"/api/payments/{payment_id}/reverse", {"reason": "Bounced"}, expect=(200,))
        amount, item_id = Decimal(payment["amount"]), payment["itemId"]
        with self.told.lock:
            self.told.reversed.add(payment_id)
            self.told.funded -= amount
            call_id, owed = self.told.open.get(item_id, (payment["capitalCallId"], Decimal(0)))
            self.told.open[item_id] = (call_id, owed + amount)

    def mail(self) -> None:
        with self.told.lock:
            call_id = self.odd.choice(sorted(self.told.calls)) if self.told.calls else None
        if call_id:
            self.write(f"/api/capital-calls/{call_id}/send-notices", {"confirmed": True}, expect=(200,))

    def look(self) -> None:
        """The fund's figures, to the cent, are what the answers said."""
        status, content = self.line.ask("GET", f"/api/funds/{self.told.fund_id}/capital")
        if status != 200:
            raise Refused(f"The fund's figures answered {status}.")
        if self.alone:
            compare(self.told, read(content))


def compare(told: Told, shown: dict) -> None:
    expected = {
        "totalCommitted": COMMITTED,
        "totalCalled": told.called,
        "totalFunded": told.funded,
        "outstandingCalls": told.called - told.funded,
        "uncalledCapital": COMMITTED - told.called,
    }
    wrong = {
        name: (amount, shown[name]) for name, amount in expected.items() if Decimal(shown[name]) != amount
    }
    if wrong:
        raise Refused(f"Fund {told.fund_id} shows other figures than were told: {wrong}")
