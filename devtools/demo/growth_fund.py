"""A larger fund: 121 partners and a GP, a call each quarter of five years, one for each quarter's fee, and that of a
second closing; six deals in every state an allocation can have.

All but the newest of them are imported history; the rest, a tax asked back, the closing and distributions included, is
done through the services, with two people where the fund demands it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from blackgem.lib.context import WriteContext
from capital.models import CapitalCall, CapitalCallItem, CapitalCallLine, FundAllocation, Payment
from capital.services import calls, drafts, receipts, reversals
from capital.services.allocations import allocate
from capital.services.planning import Row
from capital.services.plans import CallPlan, ItemPlan, LinePlan
from devtools.demo.called import verified
from funds.models import BankDetails, Commitment, Fund, InvestorContact
from funds.services import bank, contacts, controls, funds, partners, portal_access, register

from . import (
    growth_closing,
    growth_distributions,
    growth_fees,
    growth_payouts,
    growth_tax,
    growth_transfer,
    history,
    statements,
)
from .growth_partners import PARTNERS, SHARED, admit
from .people import DOMAIN, Staff, join, on

NAME = "Meridian Vale Growth Fund II"
FOUNDED = date(2021, 12, 1)
CLOSED = date(2022, 1, 14)
TODAY = date(2026, 11, 16)
GP_COMMITMENT = 3_000_000
FIELDS = {
    "name": NAME,
    "legal_name": "Meridian Vale Growth Fund II, L.P.",
    "currency": "USD",
    "lpa_date": FOUNDED,
    "first_closing_on": CLOSED,
    "time_zone": "America/New_York",
    "address": "900 Harbor Row, 12th Floor\nBoston, MA 02110",
    "contact_name": "Priya Nair",
    "contact_email": "approver@demo.example",
    "contact_phone": "+1 617 555 0118",
    "signatory_name": "Priya Nair",
    "signatory_title": "Partner, Meridian Vale GP II, LLC",
    "four_eyes": True,
    "terms": {"scope": "per_investor", "management_fee_rate": Decimal("0.02")},
}
BANK = {
    "bank_name": "Atlantic Demonstration Trust",
    "bank_address": "200 Congress Street, Boston, MA 02110, United States",
    "account_name": "Meridian Vale Growth Fund II, L.P.",
    "account_number": "7730044001",
    "routing_number": "123456780",
    "swift": "DEMOUS33",
}
NEW_BANK = BANK | {"bank_name": "Harbor Demonstration Bank", "account_number": "5520918846"}

#: Deal → what the fund allocated to it, and what it is.
DEALS = {
    "Tidewater Packaging": (22_000_000, "Recyclable packaging for food producers."),
    "Bluestone Diagnostics": (15_000_000, "Laboratory tests for veterinary practices."),
    "Fernhill Logistics": (25_000_000, "Cold-chain warehouses in the Midwest."),
    "Quarry Lane Software": (17_000_000, "Scheduling software for building contractors."),
    "Sable Point Components": (20_000_000, "Machined parts for medical devices."),
    "Orchard Street Dental": (12_000_000, "A group of dental practices."),
    "Windrose Instruments": (10_000_000, "Sensors for wind turbines; signed, not yet called."),
}
TIDEWATER, BLUESTONE, FERNHILL, QUARRY, SABLE, ORCHARD, WINDROSE = DEALS
#: Quarter → what its call invests, in millions. Every call takes expenses too.
INVESTMENTS = {
    1: {TIDEWATER: 4},
    2: {TIDEWATER: 6},
    3: {TIDEWATER: 5},
    4: {TIDEWATER: 7},
    6: {BLUESTONE: 6},
    7: {BLUESTONE: 5},
    8: {BLUESTONE: 4, FERNHILL: 2},
    9: {FERNHILL: 5},
    11: {FERNHILL: 6},
    12: {FERNHILL: 4},
    13: {QUARRY: 5},
    14: {QUARRY: 6},
    15: {QUARRY: Decimal("4.5")},
    16: {QUARRY: Decimal("1.5"), SABLE: 3},
    17: {SABLE: 5},
    18: {SABLE: 4},
    19: {FERNHILL: 3, SABLE: 2},
    20: {ORCHARD: 5},
}
EXPENSES = (61_250, 84_120, 70_533, 92_417, 66_900, 78_045, 88_310, 73_268, 95_002, 64_777)
#: The quarters whose calls are imported.
QUARTERS = 19
EXCUSED, EXCUSE = "0053", "Side letter, section 4: no cold-chain real estate."
DEFAULTED, SINCE = "0038", 15
#: Of call 19: who has paid nothing, and who half.
UNPAID = {"0005", "0023", "0061", "0088"}
HALF_PAID = {"0012", "0045", "0070"}
#: Reference → what became of its commitment, by how much, and why.
CHANGED = {
    "0059": ("increased", Decimal("500000.00"), "Took over what a former partner did not subscribe."),
    "0001": ("released", Decimal("100000.00"), "Side letter of November 2026, section 2."),
}
CHANGED_ON = date(2026, 11, 12)
BOUNCED, DOUBTED = "0030", "0033"


@dataclass(frozen=True)
class Desk:
    """What every step needs."""

    fund: Fund
    staff: Staff
    bank: BankDetails
    allocations: dict[str, int]
    deals: dict[str, int]
    commitments: dict[str, int]


def load(staff: Staff) -> Fund:
    """Write the fund from its closing in January 2022 to November 2026."""
    desk = _set_up(staff)
    growth_fees.enter_terms(desk.fund, desk.staff, day=CLOSED)
    for quarter in range(1, QUARTERS):
        _import(desk, quarter)
        _close_after(desk, quarter)
        _distribute_after(desk, quarter)
    _import(desk, QUARTERS)
    _default(desk)
    growth_transfer.transfer(desk.fund, desk.staff)
    _take_back(desk)
    growth_tax.ask_back(desk.fund, desk.staff)
    _receive_cash(desk)
    _charge_until(desk, _call_date(20))
    _distribute_after(desk, QUARTERS)
    growth_tax.default(desk.fund, desk.staff)
    account = statements.account_of(desk.fund, BANK, growth_payouts.REGISTERED, staff)
    growth_payouts.pay_by_files(account, staff)
    _raise_newest(desk)
    _change_register(desk)
    _let_in(desk)
    _leave_for_approval(desk)
    statements.load(account, TODAY, staff, ids=growth_payouts.ids_on_statements(desk.fund))
    return desk.fund


def _import(desk: Desk, quarter: int) -> None:
    """The number of its call is the next one: those of fees and of the second closing stand between them."""
    _charge_until(desk, _call_date(quarter))
    number = CapitalCall.objects.filter(fund=desk.fund).count() + 1
    paid = _paid(quarter)
    history.import_call(_plan(desk, quarter), number, bank=desk.bank, paid=paid, staff=desk.staff)
    history.finish(desk.fund, number)


def _close_after(desk: Desk, quarter: int) -> None:
    if quarter == growth_closing.AFTER_CALL:
        growth_closing.close(desk.fund, desk.staff)


def _charge_until(desk: Desk, day: date) -> None:
    growth_fees.charge_until(
        day, desk.fund, bank=desk.bank, deals=desk.deals, paid=_fee_paid, staff=desk.staff
    )


def _distribute_after(desk: Desk, quarter: int) -> None:
    growth_distributions.distribute_after(quarter, fund=desk.fund, deals=desk.deals, staff=desk.staff)


# ---------------------------------------------------------------- setting up


def _set_up(staff: Staff) -> Desk:
    at = on(FOUNDED)
    fund = funds.create_fund(fields=FIELDS, ctx=WriteContext(staff.manager, at))
    join(fund, staff, at)
    details = bank.propose_bank_details(fund_id=fund.pk, fields=BANK, ctx=WriteContext(staff.manager, at))
    details = verified(details, staff.approver, on(date(2021, 12, 6)))
    gp = fund.commitments.get(kind=Commitment.Kind.GP)
    speaks = {"name": "Fund accounting", "email": f"fund.accounting@{DOMAIN}"}
    contacts.add_contact(investor_id=gp.investor_id, fields=speaks, ctx=WriteContext(staff.manager, at))
    partners.change_commitment(
        commitment_id=gp.pk, amount=GP_COMMITMENT, ctx=WriteContext(staff.manager, on(CLOSED))
    )
    for name, kind, amount in PARTNERS:
        admit(fund, name, kind, amount, day=CLOSED, staff=staff)
    allocated = {name: _allocate(fund, name, *facts, staff) for name, facts in DEALS.items()}
    allocations = {name: one.pk for name, one in allocated.items()}
    deals = {name: one.deal_id for name, one in allocated.items()}
    commitments = dict(fund.commitments.values_list("reference", "pk"))
    return Desk(fund, staff, details, allocations, deals, commitments)


def _allocate(fund: Fund, name: str, committed: int, description: str, staff: Staff) -> FundAllocation:
    at = on(CLOSED)
    deal = partners.create_deal(
        fields={"name": name, "description": description}, ctx=WriteContext(staff.analyst, at)
    )
    return allocate(
        fund_id=fund.pk, deal_id=deal.pk, committed=committed, ctx=WriteContext(staff.manager, at)
    )


# ---------------------------------------------------------------- calls


def _plan(desk: Desk, quarter: int) -> CallPlan:
    """The call of that quarter: expenses first, then what it invests."""
    lines = tuple(_lines(desk, quarter))
    total = sum(line.amount for line in lines)
    call_date = _call_date(quarter)
    return CallPlan(
        desk.fund.pk,
        total,
        _purpose(quarter),
        "",
        call_date,
        call_date + timedelta(days=30 if quarter == 20 else 14),
        lines,
        tuple(_by_hand(desk, quarter, len(lines))),
    )


def _call_date(quarter: int) -> date:
    """The tenth of February, May, August and November, from 2022 on."""
    year, of_year = divmod(quarter - 1, 4)
    return date(2022 + year, 3 * of_year + 2, 10)


def _lines(desk: Desk, quarter: int):
    kinds = CapitalCallLine.Kind
    yield LinePlan(kinds.PARTNERSHIP_EXPENSES, Decimal(f"{EXPENSES[quarter % len(EXPENSES)]}.00"))
    if quarter == 1:
        yield LinePlan(kinds.ORGANISATIONAL_COSTS, Decimal("412500.00"), reduces_unfunded=False)
    for deal, millions in INVESTMENTS.get(quarter, {}).items():
        amount = (Decimal(millions) * 1_000_000).quantize(history.CENT)
        yield LinePlan(kinds.INVESTMENT, amount, desk.allocations[deal])


def _purpose(quarter: int) -> str:
    deals = " and ".join(INVESTMENTS.get(quarter, {}))
    return f"Investment – {deals}; expenses" if deals else "Partnership expenses"


def _by_hand(desk: Desk, quarter: int, lines: int):
    """Whoever is not simply called pro rata: a foundation excused from a deal."""
    fernhill = [1 + index for index, deal in enumerate(INVESTMENTS.get(quarter, {})) if deal == FERNHILL]
    if fernhill:
        excused = dict.fromkeys(fernhill, EXCUSE)
        yield ItemPlan(desk.commitments[EXCUSED], line_amounts=(None,) * lines, excused=excused)


def _paid(quarter: int):
    """The part of its item that each partner has paid of a call."""

    def part(row: Row) -> Decimal:
        if row.reference == DEFAULTED and quarter >= SINCE:
            return Decimal(0)
        if quarter == QUARTERS and row.reference in UNPAID:
            return Decimal(0)
        return Decimal("0.5") if quarter == QUARTERS and row.reference in HALF_PAID else Decimal(1)

    return part


def _fee_paid(day: date):
    """The same of a fee that fell due on a day."""
    since = _call_date(SINCE)
    return lambda row: Decimal(row.reference != DEFAULTED or day < since)


# ---------------------------------------------------------------- what happened since


def _default(desk: Desk) -> None:
    partners.set_standing(
        commitment_id=desk.commitments[DEFAULTED],
        standing="defaulted",
        ctx=WriteContext(desk.staff.manager, on(date(2026, 3, 2))),
    )


def _take_back(desk: Desk) -> None:
    """A wire that bounced, taken back by two people; and a payment doubted, which waits for the second."""
    bounced = reversals.request_reversal(
        payment_id=_payment(desk, BOUNCED).pk,
        reason="The sending bank recalled the wire.",
        ctx=WriteContext(desk.staff.manager, on(date(2026, 9, 1))),
    )
    day = date(2026, 9, 2)
    reversals.approve_reversal(reversal_id=bounced.pk, ctx=WriteContext(desk.staff.approver, on(day)))
    reversals.request_reversal(
        payment_id=_payment(desk, DOUBTED).pk,
        reason="Posted to the wrong partner: the wire names its sister fund.",
        money_left=False,
        ctx=WriteContext(desk.staff.manager, on(date(2026, 11, 12))),
    )


def _payment(desk: Desk, reference: str) -> Payment:
    return Payment.objects.get(call=_last_imported(desk), commitment=desk.commitments[reference])


def _last_imported(desk: Desk) -> CapitalCall:
    """The call of the last quarter whose call is imported."""
    return CapitalCall.objects.get(fund=desk.fund, call_date=_call_date(QUARTERS))


def _receive_cash(desk: Desk) -> None:
    """A wire that nobody can place, and one that paid what was owed and a little more."""
    day, by = date(2026, 10, 12), desk.staff.manager
    common = {"fund_id": desk.fund.pk, "value_date": day, "ctx": WriteContext(by, on(day))}
    receipts.record_receipt(
        amount=Decimal("48500.00"),
        payer="M V GRTH II LP",
        tx_ref="FT261012X118",
        note="No reference quoted.",
        **common,
    )
    item = CapitalCallItem.objects.select_related("capital").get(
        call=_last_imported(desk), commitment=desk.commitments["0012"]
    )
    owed = item.capital.outstanding
    receipt = receipts.record_receipt(
        amount=owed + 1_000, payer="Second half", tx_ref="FT261012X121", **common
    )
    receipts.apply_receipt(receipt_id=receipt.pk, splits=[(item.pk, owed)], ctx=WriteContext(by, on(day, 16)))


def _raise_newest(desk: Desk) -> None:
    """The twentieth call, by three people; its notices are written and wait to be sent."""
    plan = _plan(desk, 20)
    call = _submit(desk, plan, plan.call_date - timedelta(days=5))
    calls.approve_call(call_id=call.pk, ctx=WriteContext(desk.staff.approver, on(plan.call_date)))


def _change_register(desk: Desk) -> None:
    """After the newest call: a partner promises more, and another is released from a part of what was not called."""
    for reference, (kind, amount, reason) in CHANGED.items():
        asked = register.change_register(
            commitment_id=desk.commitments[reference],
            kind=kind,
            amount=amount,
            effective_on=CHANGED_ON,
            reason=reason,
            ctx=WriteContext(desk.staff.manager, on(CHANGED_ON, 10)),
        )
        register.approve_event(
            event_id=asked.pk, revision=1, ctx=WriteContext(desk.staff.approver, on(CHANGED_ON))
        )


def _let_in(desk: Desk) -> None:
    """The partners who are in the demo fund too see this commitment in their portal as well."""
    for contact in InvestorContact.objects.filter(investor__name__in=SHARED, user__isnull=False):
        asked = portal_access.grant_access(
            contact_id=contact.pk, ctx=WriteContext(desk.staff.manager, on(CHANGED_ON))
        )
        for change in asked.waiting:
            controls.approve_change(
                change_id=change.pk, ctx=WriteContext(desk.staff.approver, on(CHANGED_ON))
            )


def _leave_for_approval(desk: Desk) -> None:
    """A call and new bank details that wait for a second person."""
    lines = (
        LinePlan(CapitalCallLine.Kind.PARTNERSHIP_EXPENSES, Decimal("180000.00")),
        LinePlan(CapitalCallLine.Kind.INVESTMENT, Decimal("3500000.00"), desk.allocations[SABLE]),
    )
    dates = (date(2026, 12, 15), date(2027, 1, 8))
    purpose = "Investment – Sable Point Components, add-on"
    plan = CallPlan(
        desk.fund.pk, Decimal("3680000.00"), purpose, "The add-on of January 2027.", *dates, lines
    )
    _submit(desk, plan, TODAY)
    bank.propose_bank_details(
        fund_id=desk.fund.pk, fields=NEW_BANK, ctx=WriteContext(desk.staff.manager, on(TODAY))
    )


def _submit(desk: Desk, plan: CallPlan, day: date) -> CapitalCall:
    call = drafts.draft_call(plan=plan, ctx=WriteContext(desk.staff.analyst, on(day, 9)))
    return calls.submit_call(call_id=call.pk, ctx=WriteContext(desk.staff.manager, on(day)))
