"""Rows beside the money trail, of which the API shows one of every kind."""

from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from django.utils import timezone

from banking.models import PaymentFile, PaymentFileLine
from banking.services.accounts import add_bank_account
from banking.services.files import upload_statement
from banking.services.payments import reject_payment_file
from banking.services.reading import read_next
from banking.services.rules import teach_rule
from banking.services.settling import classify_entry
from blackgem.lib.context import WriteContext
from fees.models import FeeWaiverUse
from funds.calc.quarters import quarter_of
from funds.models import Fund, PeriodClose
from funds.services.payees import propose_payee_details, verify_payee_details
from tests.factories import (
    CommitmentFactory,
    FundFactory,
    MembershipFactory,
    set_by_two,
)
from tests.support import bank_files
from tests.support.called import called
from tests.support.opened import written


def transferred(world) -> dict:
    """A fund of two partners, of whom one transferred a third of its commitment to the other."""
    fund = FundFactory(currency=world.fund.currency, created_by=world.people["manager"], **world.workers)
    MembershipFactory(fund=fund, user=world.people["second"], role="manager")
    giver, taker = (CommitmentFactory(fund=fund, amount=amount) for amount in ("900000.00", "0.00"))
    body = {"fundId": fund.pk, "transferorId": giver.pk, "transfereeId": taker.pk, "reason": "Sale"}
    made = world.api("manager").made("/transfers", body | {"numerator": 1, "denominator": 3})
    return {
        "transfer": made["id"],
        "transfer_fund": fund.pk,
        "transferor": giver.pk,
        "transferee": taker.pk,
        "before": date.today() - timedelta(days=1),
    }


def fees_of(world) -> dict:
    """A fee of 0 %, which asks for nothing: one run that is decided, and one that waits."""
    api, path = world.api("manager"), f"/funds/{world.fund.pk}"
    partner = world.partners[0].pk
    found = {
        "fee_schedule": api.made(f"{path}/fee-schedules", {"effectiveOn": "2026-01-01", "rate": "0"}),
        "fee_letter": api.made(f"/commitments/{partner}/fee-letters", {"effectiveOn": "2026-01-01"}),
        "fee_income": api.made(
            f"{path}/fee-income", {"receivedOn": "2026-01-01", "category": "other", "amount": 1}
        ),
        "fee_event": api.made(
            f"{path}/fee-events", {"kind": "investment_period_ended", "happenedOn": "2026-01-01"}
        ),
        "fee_realisation": api.made(
            f"{path}/fee-realisations",
            {"dealId": world.deal.pk, "soldOn": "2026-01-01", "amount": 1},
        ),
        "fee_run": api.made(f"{path}/fee-runs", {"dueOn": "2199-01-01"}),
    }
    with written():
        Fund.objects.filter(pk=world.fund.pk).update(four_eyes=True)
    api.made(f"{path}/fee-runs", {"dueOn": "2199-01-01"}, status=202)
    set_by_two(world.fund, four_eyes=False)
    world.fund.refresh_from_db()
    return {name: made["id"] for name, made in found.items()} | fee_paid(world)


def fee_paid(world) -> dict:
    """A fee that another fund paid from cash on hand, which was taken back and then cancelled; and a use of waived fees
    that was turned down."""
    fund = FundFactory(currency=world.fund.currency, created_by=world.people["manager"], **world.workers)
    CommitmentFactory(fund=fund, amount="900000.00")
    api, path = world.api("manager"), f"/funds/{fund.pk}"
    api.made(f"{path}/fee-schedules", {"effectiveOn": "2026-01-01", "rate": "0.01"})
    run = api.made(f"{path}/fee-runs", {"dueOn": "2199-01-01", "paidFrom": "cash"})
    paid = api.made(f"/fee-runs/{run['id']}/payment", {"paidDate": run["approvedAt"][:10]})
    [payment] = paid["payments"]
    api.made(f"/fee-payments/{payment['id']}/reverse", {"reason": "Mistyped", "bounced": False}, status=200)
    back = api.made(f"/fee-runs/{run['id']}/cancel", {"reason": "Mistyped"})
    billed = api.made(f"{path}/fee-runs", {"dueOn": "2199-01-01"})
    [item] = api.read(f"/capital-calls/{billed['callId']}/items")
    day, who = {"due_on": "2199-01-01", "effective_on": "2026-01-01"}, world.people["manager"]
    decided = dict.fromkeys(("recorded_by", "rejected_by"), who)
    with written():
        use = FeeWaiverUse.objects.create(
            fund=fund,
            item_id=item["id"],
            amount=1,
            four_eyes=False,
            recorded_at=timezone.now(),
            rejected_at=timezone.now(),
            **day,
            **decided,
        )
    return {"fee_payment": payment["id"], "fee_cancellation": back["id"], "fee_waiver_use": use.pk}


def waived(world) -> dict:
    """A fund whose manager waived a fee, and the parts of its partner and its general partner in a call."""
    fund = FundFactory(currency=world.fund.currency, created_by=world.people["manager"], **world.workers)
    for kind in ("lp", "gp"):
        CommitmentFactory(fund=fund, amount="900000.00", kind=kind)
    api, path = world.api("manager"), f"/funds/{fund.pk}"
    api.made(f"{path}/fee-schedules", {"effectiveOn": "2026-01-01", "rate": "0.01"})
    api.made(f"{path}/fee-runs", {"dueOn": "2199-01-01", "waived": 10})
    days = {"callDate": "2026-01-01", "dueDate": "2199-01-01"}
    call = api.made("/capital-calls", {"fundId": fund.pk, "totalAmount": 100, "purpose": "Costs", **days})
    for step in ("submit", "approve"):
        api.made(f"/capital-calls/{call['id']}/{step}", status=200)
    theirs, own = (item["id"] for item in api.read(f"/capital-calls/{call['id']}/items"))
    return {"waiving_fund": fund.pk, "waiving_partner": theirs, "waiving_gp": own}


def banked(world) -> dict:
    """A statement without an opening balance, so that nothing of it is posted in one go."""
    ctx = WriteContext(world.people["manager"], timezone.now())
    account = add_bank_account(fund_id=world.fund.pk, number=bank_files.NUMBER, ctx=ctx)
    fee = bank_files.Booking(date(2026, 1, 31), Decimal("-1.00"), "F1", "Fee")
    content = bank_files.ofx([fee], Decimal("5.00"))
    file = upload_statement(fund_id=world.fund.pk, name="fee.ofx", content=content, ctx=ctx)
    assert read_next(at=ctx.at)
    statement = file.statements.get()
    entry = statement.entries.get().pk
    classify_entry(entry_id=entry, entry_class="bank_charge", ctx=ctx)
    rule = teach_rule(fund_id=world.fund.pk, side="out", text_holds="fee", entry_class="bank_charge", ctx=ctx)
    return {
        "statement_file": file.pk,
        "statement": statement.pk,
        "entry": entry,
        "rule": rule.pk,
        "account": account.pk,
        "payment_file": turned_down_file(world, account, ctx).pk,
    }


def verified_details(world, partner):
    """An account of a partner that a second manager verified."""
    first, second = (WriteContext(world.people[who], timezone.now()) for who in ("manager", "second"))
    fields = {"bank_name": "Bank", "account_name": "Partner", "account_number": "000777888999"}
    fields |= {"routing_number": "021000021", "holder_town": "Boston", "holder_country": "US"}
    details = propose_payee_details(commitment_id=partner.pk, fields=fields, ctx=first)
    call = called(details, second.at)
    return verify_payee_details(payee_details_id=details.pk, call=call, ctx=second)


def turned_down_file(world, account, ctx) -> PaymentFile:
    """A payment file of a refund that is none, which was turned down."""
    details, content = verified_details(world, world.partners[2]), b"pay"
    with written():
        file = PaymentFile.objects.create(
            fund=world.fund, account=account, number=1, format="csv", pay_on=ctx.at.date(), count=1,
            total=Decimal("5.00"), message_id="M", content=content, sha256=sha256(content).hexdigest(),
            new_since=ctx.at, four_eyes=True, created_at=ctx.at, created_by=ctx.by,
        )  # fmt: skip
        PaymentFileLine.objects.create(
            fund=world.fund, file=file, n=1, kind="refund_payout", row_id=10**9, commitment=world.partners[2],
            payee_details=details, amount=Decimal("5.00"), what="Refund", end_to_end_id="E", uetr=UUID(int=7),
        )  # fmt: skip
    return reject_payment_file(payment_file_id=file.pk, ctx=ctx)


def _who(world) -> dict:
    return {"at": timezone.now(), "by": world.people["manager"]}


def not_closed(world) -> dict:
    """The quarter before the fund began; closing it was turned down."""
    first, last = quarter_of(quarter_of(world.fund.began_on)[0] - timedelta(days=1))
    asked = {
        f"{verb}_{what}": said for verb in ("recorded", "rejected") for what, said in _who(world).items()
    }
    with written():
        close = PeriodClose.objects.create(fund=world.fund, first_day=first, last_day=last, **asked)
    return {"period_close": close.pk}
