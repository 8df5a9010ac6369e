"""The demo fund: fourteen partners, three calls, and the figures that the product's own pages are drawn with.

Called 350,000, funded 325,000, outstanding 25,000, unfunded 900,000; the third call is 75 % funded. A sale is drafted.
"""

from datetime import date
from decimal import Decimal

from blackgem.lib.context import WriteContext
from capital.models import CapitalCall, CapitalCallItem, CapitalCallLine
from capital.services import calls, drafts, payments
from capital.services.allocations import allocate
from capital.services.plans import CallPlan, LinePlan
from devtools.demo.called import verified
from distributions.services.drafts import draft_distribution
from distributions.services.planning import DistributionPlan
from distributions.states import DistributionType
from funds.models import Fund, Notice
from funds.services import bank, funds, partners
from funds.services.questions import answer_question
from portal.services.questions import ask_question

from . import statements
from .people import Staff, create_investor, join, on, open_portal

NAME = "Larkspur Search Fund I"
FOUNDED = date(2025, 8, 15)
CLOSED = date(2025, 9, 1)
FIELDS = {
    "name": NAME,
    "legal_name": "Larkspur Search Fund I, L.P.",
    "currency": "USD",
    "lpa_date": FOUNDED,
    "first_closing_on": CLOSED,
    "time_zone": "America/Los_Angeles",
    "address": "48 Juniper Street, Suite 300\nPortland, OR 97205",
    "contact_name": "Morgan Reyes",
    "contact_email": "manager@demo.example",
    "contact_phone": "+1 503 555 0142",
    "signatory_name": "Morgan Reyes",
    "signatory_title": "Managing Member of the General Partner",
    "terms": {
        "style": "european",
        "scope": "aggregate",
        "hurdle_rate": Decimal("0.08"),
        "catch_up_rate": Decimal("1"),
        "carry_rate": Decimal("0.20"),
        "compounding": "annual",
        "day_count": "act/365",
    },
}
#: The routing number has a right checksum and belongs to no bank.
BANK = {
    "bank_name": "Cascadia Demonstration Bank",
    "bank_address": "1420 Fifth Avenue, Seattle, WA 98101, United States",
    "account_name": "Larkspur Search Fund I, L.P.",
    "account_number": "4400117730",
    "routing_number": "123456780",
    "swift": "DEMOUS33",
}
#: Name, kind, attention line, commitment.
PARTNERS = (
    ("John Anderson", "individual", "", 100_000),
    ("Smith Family Office", "company", "Eleanor Smith", 200_000),
    ("Jane Williams", "individual", "", 75_000),
    ("Acme Ventures", "partnership", "Daniel Ortiz", 300_000),
    ("Bob Johnson", "individual", "", 125_000),
    ("Maria Garcia", "individual", "", 80_000),
    ("David Kim", "individual", "", 70_000),
    ("Lakeside Family Trust", "trust", "Helen Marsh", 60_000),
    ("Susan Miller", "individual", "", 50_000),
    ("Thomas Becker", "individual", "", 50_000),
    ("Northfield Foundation", "foundation", "Grace Lindqvist", 45_000),
    ("Aisha Rahman", "individual", "", 40_000),
    ("Peter Novák", "individual", "", 30_000),
    ("Emily O’Connor", "individual", "", 25_000),
)
#: What was paid of the third call by those who did not pay all of it.
SHORT_OF_CALL_3 = {
    "Jane Williams": 0,
    "Bob Johnson": 5_000,
    "Maria Garcia": 0,
    "David Kim": 0,
    "Emily O’Connor": 0,
}
#: Who asked about the third call, when and what, and what the answer was.
QUESTIONS = {
    "John Anderson": (
        date(2026, 2, 17),
        "Is this the last instalment for ABC Manufacturing, or should I expect another one this year?",
        "It is the last one. The purchase price is paid in full with this call.",
    ),
    "Jane Williams": (date(2026, 3, 4), "May I pay this call in two parts, in March and in April?", ""),
}


def load(staff: Staff) -> Fund:
    """Write the fund as its people would have, from August 2025 to March 2026."""
    fund = _set_up(staff)
    _raise_search_capital(fund, staff)
    abc = _choose_deals(fund, staff)
    _call_for_abc(fund, abc, staff)
    _ask(fund, staff)
    _draft_the_sale(fund, abc, staff)
    _bank(fund, staff)
    return fund


def _bank(fund: Fund, staff: Staff) -> None:
    """What the bank says: everything is settled but for the newest lines, which wait to be matched."""
    day = date(2026, 3, 9)
    waiting = [
        statements.Line(day, Decimal(amount), name, text)
        for amount, name, text in (
            ("6000.00", "Jane Williams", "Capital call 3, the rest"),
            ("5500.00", "Robert Johnson Family", "Our call and a little more"),
            ("-240.00", "Cascade Couriers", "Delivery of documents"),
        )
    ]
    statements.load(statements.account_of(fund, BANK, day, staff), day, staff, waiting)


def _set_up(staff: Staff) -> Fund:
    at = on(FOUNDED)
    fund = funds.create_fund(fields=FIELDS, ctx=WriteContext(staff.manager, at))
    join(fund, staff, at)
    details = bank.propose_bank_details(fund_id=fund.pk, fields=BANK, ctx=WriteContext(staff.manager, at))
    verified(details, staff.approver, on(date(2025, 8, 18)))
    for number, (name, kind, attention, amount) in enumerate(PARTNERS, start=1):
        investor = create_investor(
            name,
            kind,
            attention=attention,
            address=f"{100 + 17 * number} Alder Avenue\nPortland, OR 97{210 + number}",
            ctx=WriteContext(staff.manager, on(CLOSED)),
        )
        partners.commit(
            fund_id=fund.pk,
            investor_id=investor.pk,
            amount=amount,
            closing_date=CLOSED,
            ctx=WriteContext(staff.manager, on(CLOSED)),
        )
        open_portal(investor, staff, on(CLOSED))
    return fund


def _raise_search_capital(fund: Fund, staff: Staff) -> None:
    line = LinePlan(CapitalCallLine.Kind.PARTNERSHIP_EXPENSES, Decimal("100000.00"))
    detail = "The first year of the search: salaries, travel, due diligence."
    days = (date(2025, 10, 1), date(2025, 10, 15))
    call = _raise(fund, line, "Search Capital", detail, days, staff)
    _pay(call, date(2025, 10, 1), {}, staff)


def _choose_deals(fund: Fund, staff: Staff):
    """Two deals: one that two calls will draw on, one that waits. Answers the first."""
    abc = _allocate(
        fund,
        "ABC Manufacturing",
        "Maker of precision pump housings, 62 people, founder retiring.",
        400_000,
        date(2026, 1, 8),
        staff,
    )
    _allocate(
        fund,
        "Cascade Calibration",
        "Laboratory that calibrates measuring instruments; signed, closing later this year.",
        300_000,
        date(2026, 3, 20),
        staff,
    )
    return abc


def _allocate(fund: Fund, name: str, description: str, amount: int, day: date, staff: Staff):
    at = on(day)
    deal = partners.create_deal(
        fields={"name": name, "description": description}, ctx=WriteContext(staff.analyst, at)
    )
    return allocate(fund_id=fund.pk, deal_id=deal.pk, committed=amount, ctx=WriteContext(staff.manager, at))


def _call_for_abc(fund: Fund, abc, staff: Staff) -> None:
    """The purchase price in two calls, the second of them not yet paid by all."""
    purpose = "Acquisition - ABC Manufacturing"
    days = (date(2026, 1, 15), date(2026, 1, 30))
    line = LinePlan(CapitalCallLine.Kind.INVESTMENT, Decimal("150000.00"), abc.pk)
    first = _raise(fund, line, purpose, "Deposit on signing.", days, staff)
    _pay(first, date(2026, 1, 15), {}, staff)
    days = (date(2026, 2, 15), date(2026, 3, 1))
    line = LinePlan(CapitalCallLine.Kind.INVESTMENT, Decimal("100000.00"), abc.pk)
    second = _raise(fund, line, purpose, "Second instalment, on closing.", days, staff)
    _pay(second, date(2026, 3, 1), SHORT_OF_CALL_3, staff)


def _ask(fund: Fund, staff: Staff) -> None:
    """What partners asked about the third call: one was answered, one waits."""
    for name, (day, question, answer) in QUESTIONS.items():
        item = CapitalCallItem.objects.get(call__fund=fund, call__number=3, commitment__investor__name=name)
        contact = item.commitment.investor.contacts.get()
        asked = ask_question(
            kind=Notice.Kind.CAPITAL_CALL,
            part=item.public_id,
            text=question,
            ctx=WriteContext(contact.user, on(day, 9)),
        )
        if answer:
            answer_question(question_id=asked.pk, text=answer, ctx=WriteContext(staff.manager, on(day, 17)))


def _draft_the_sale(fund: Fund, abc, staff: Staff) -> None:
    """What the sale of the company would give everybody: a draft, which counts nowhere."""
    plan = DistributionPlan(
        fund.pk,
        Decimal("500000.00"),
        date(2027, 6, 30),
        DistributionType.EXIT_PROCEEDS,
        "Sale of ABC Manufacturing",
        abc.deal_id,
    )
    draft_distribution(plan=plan, ctx=WriteContext(staff.analyst, on(date(2026, 11, 9), 11)))


def _raise(fund: Fund, line: LinePlan, purpose: str, detail: str, days, staff: Staff) -> CapitalCall:
    """Draft, issue and send a call on its call date."""
    call_date, due_date = days
    plan = CallPlan(fund.pk, line.amount, purpose, detail, call_date, due_date, (line,))
    call = drafts.draft_call(plan=plan, ctx=WriteContext(staff.analyst, on(call_date, 9)))
    calls.issue_call(call_id=call.pk, ctx=WriteContext(staff.manager, on(call_date)))
    calls.send_notices(call_id=call.pk, confirmed=True, ctx=WriteContext(staff.manager, on(call_date, 16)))
    return call


def _pay(call: CapitalCall, day: date, short: dict[str, int], staff: Staff) -> None:
    """Every partner's wire of that value date; `short` names those who paid less than all."""
    for item in (
        CapitalCallItem.objects.filter(call=call).select_related("commitment__investor").order_by("pk")
    ):
        amount = short.get(item.commitment.investor.name, item.amount)
        if amount:
            reference = item.commitment.reference
            payments.record_payment(
                item_id=item.pk,
                amount=amount,
                value_date=day,
                method="wire",
                reference=f"CC{call.number}-{reference}",
                tx_ref=f"FT{day:%y%m%d}{reference}",
                ctx=WriteContext(staff.manager, on(day, 17)),
            )
