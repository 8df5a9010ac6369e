"""Sets up a fund with 50 LPs over the HTTP API, calls capital, pays it in, distributes, and reconciles every figure.

    python fund_in_a_batch.py http://127.0.0.1:8000 TOKEN "Example Fund I"

Python's standard library is all it needs. TOKEN is from `manage.py api_token EMAIL`, for somebody who may set up funds.
Every request has an Idempotency-Key made of the batch's name and the step's: a batch that broke off is started again
with the same name, repeats what was done without doing it twice, and goes on from there (within a day).
"""

import json
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

PARTNERS = 50
#: 250,000.00 from the first, 10,000.01 more from each one after it.
SMALLEST, STEP = Decimal("250000.00"), Decimal("10000.01")
CALLED = Decimal("5000000.00")
DISTRIBUTED = Decimal("6543210.99")
TRIES = 5


class Refused(Exception):
    """The API refused a request; the message says why."""


class Api:
    """Requests with a token. Amounts come back as Decimal, never as float."""

    def __init__(self, url: str, token: str, batch: str):
        self.url, self.token, self.batch = url.rstrip("/"), token, batch

    def get(self, path: str) -> dict:
        return self._send("GET", path)

    def post(self, path: str, step: str, body: dict | None = None) -> dict:
        """`step` names the request within the batch: the same step is done once, however often it is sent."""
        return self._send("POST", path, body, key=f"{self.batch}/{step}".replace(" ", "-"))

    def _send(self, verb: str, path: str, body: dict | None = None, key: str = "") -> dict:
        for _ in range(TRIES):
            try:
                with urllib.request.urlopen(self._request(verb, path, body, key), timeout=60) as answer:
                    return json.loads(answer.read(), parse_float=Decimal)
            except urllib.error.HTTPError as refusal:
                with refusal:
                    problem = json.loads(refusal.read())
                if "Retry-After" not in refusal.headers:
                    raise Refused(f"{verb} {path}: {refusal.code} {problem['detail']}") from None
                time.sleep(int(refusal.headers["Retry-After"]))
        raise Refused(f"{verb} {path}: still busy after {TRIES} tries")

    def _request(self, verb: str, path: str, body: dict | None, key: str) -> urllib.request.Request:
        headers = {"Authorization": f"Bearer {self.token}"}
        if key:
            headers |= {"Idempotency-Key": key, "Content-Type": "application/json"}
        data = json.dumps(body or {}, default=str).encode() if key else None
        return urllib.request.Request(f"{self.url}/api{path}", data, headers, method=verb)


def set_up(api: Api, name: str, today: date) -> tuple[int, int]:
    """The fund with its partners, and the allocation of its deal: their ids."""
    terms = {"hurdleRate": "0.08", "catchUpRate": "1", "carryRate": "0.20"}
    opened = today - timedelta(days=400)
    fund = api.post("/funds", "fund", {"name": name, "lpaDate": opened, "terms": terms})["id"]
    for number in range(PARTNERS):
        investor = api.post("/investors", f"lp-{number}", {"name": f"{name}, LP {number + 1:02}"})["id"]
        amount = SMALLEST + number * STEP
        promise = {"investorId": investor, "amount": amount, "closingDate": opened}
        api.post(f"/funds/{fund}/commitments", f"commitment-{number}", promise)
    deal = api.post("/deals", "deal", {"name": f"{name} Manufacturing"})["id"]
    share = {"fundId": fund, "dealId": deal, "committed": CALLED}
    return fund, api.post("/allocations", "allocation", share)["id"]


def call_and_pay(api: Api, allocation: int, today: date) -> dict:
    """A call a year ago, pro rata to the commitments, and one wire of each partner: the call as it then is."""
    called, due = today - timedelta(days=379), today - timedelta(days=365)
    body = {"amount": CALLED, "callDate": called, "dueDate": due}
    call = api.post(f"/allocations/{allocation}/calls", "call", body)
    for item in call["items"]:
        wire = {
            "itemId": item["id"],
            "amount": item["calledAmount"],
            "txRef": f"{api.batch} {item['id']}"[:100],
            "valueDate": due,
        }
        api.post(f"/capital-calls/{call['id']}/payments", f"wire-{item['id']}", wire)
    return api.get(f"/capital-calls/{call['id']}")


def distribute(api: Api, fund: int, today: date) -> dict:
    """The proceeds of an exit through the waterfall, approved, sent and paid out: the distribution as it then is."""
    body = {"fundId": fund, "totalAmount": DISTRIBUTED, "date": today, "type": "EXIT_PROCEEDS"}
    path = f"/distributions/{api.post('/distributions', 'distribution', body)['id']}"
    for verb in ("submit", "approve", "send"):
        api.post(f"{path}/{verb}", verb)
    api.post(f"{path}/payouts", "payouts", {"paidDate": today, "method": "wire"})
    return api.get(path)


def reconcile(api: Api, fund: int, call: dict, distribution: dict) -> list[tuple[str, Decimal, Decimal]]:
    """What must be equal to the cent: a sentence, one figure, the other."""
    capital, partners = api.get(f"/funds/{fund}/capital"), api.get(f"/funds/{fund}/commitments?limit=200")
    ledger = rows_of(api, f"/capital-transactions?fundId={fund}", "transactions")
    money_in = sum_of((row for row in ledger if row["type"] == "CONTRIBUTION"), "amount")
    money_out = sum_of((row for row in ledger if row["type"] == "DISTRIBUTION"), "amount")
    items, breakdown = distribution["items"], distribution["breakdown"]
    parts = ("returnOfCapital", "preferredReturn", "profitShare", "carriedInterest")
    promised, unfunded = (sum_of(partners["commitments"], name) for name in ("amount", "unfunded"))
    return [
        ("items of the call = the call", sum_of(call["items"], "calledAmount"), CALLED),
        ("paid on the items = the call", sum_of(call["items"], "paidAmount"), CALLED),
        ("the fund's deals: called", capital["totalCalled"], CALLED),
        ("the fund's deals: funded", capital["totalFunded"], CALLED),
        ("the fund's deals: outstanding", capital["outstandingCalls"], Decimal(0)),
        ("promised − called = unfunded", promised - CALLED, unfunded),
        ("ledger: money in = the call", money_in, CALLED),
        ("items of the distribution = the distribution", sum_of(items, "grossAmount"), DISTRIBUTED),
        ("its four parts = the distribution", sum(distribution[part] for part in parts), DISTRIBUTED),
        ("LPs + GP = the distribution", breakdown["totalToLPs"] + breakdown["totalToGP"], DISTRIBUTED),
        ("paid out = the distribution", distribution["paidOut"], DISTRIBUTED),
        ("ledger: money out = the distribution", -money_out, DISTRIBUTED),
    ]


def rows_of(api: Api, path: str, name: str) -> list[dict]:
    """Every page of a list."""
    rows, page = [], 1
    while True:
        answer = api.get(f"{path}&limit=200&page={page}")
        rows += answer[name]
        if len(rows) >= answer["total"]:
            return rows
        page += 1


def sum_of(rows, name: str) -> Decimal:
    return sum((row[name] for row in rows), Decimal(0))


def main(url: str, token: str, name: str) -> int:
    today = datetime.now(UTC).date()
    api = Api(url, token, name)
    fund, allocation = set_up(api, name, today)
    print(f"{name} (fund {fund}): {PARTNERS} partners")
    call = call_and_pay(api, allocation, today)
    print(
        f"call {call['callNumber']}: {call['status']}, {call['paidAmount']:,} paid of {call['totalAmount']:,}"
    )
    distribution = distribute(api, fund, today)
    print(f"distribution {distribution['distributionNum']}: {distribution['status']}")
    for part in ("returnOfCapital", "preferredReturn", "profitShare", "carriedInterest"):
        print(f"  {part:<20}{distribution[part]:>18,}")
    differing = 0
    for sentence, one, other in reconcile(api, fund, call, distribution):
        agrees = one == other
        differing += not agrees
        print(f"  {sentence:<46}{one:>18,}  {'ok' if agrees else f'should be {other:,}'}")
    print("Every figure agrees." if not differing else f"{differing} figures differ.")
    return 1 if differing else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        sys.exit(main(*sys.argv[1:]))
    except (Refused, OSError) as error:
        sys.exit(str(error))
