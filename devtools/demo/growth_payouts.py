"""Payouts of the larger fund's last exit to partners who had named accounts, and the payment files that pay them: the
wires of one are on the bank's statement, those of another were handed over, and one more is to be written.
"""

from collections.abc import Sequence
from datetime import date

from banking.models import BankAccount, PaymentFile, PaymentFileLine, PaymentFormat
from banking.services import payments
from banking.services.payment_answers import answer_payment_file
from blackgem.lib.context import WriteContext
from blackgem.lib.sql import service
from distributions.models import Distribution, DistributionItem
from distributions.services import payouts
from funds.models import Commitment, Fund
from funds.queries import cash_moves
from funds.services.call_backs import CallMade, record_phone_number
from funds.services.payees import propose_payee_details, verify_payee_details

from .people import Staff, on

SEEN, HANDED_OVER, WAITING = ("0052", "0054"), ("0056", "0057"), ("0058",)
LATER = (*SEEN, *HANDED_OVER, *WAITING)
ASKED, CALLED, REGISTERED = date(2026, 10, 5), date(2026, 10, 9), date(2026, 10, 19)
#: When a file was written and handed over, and its day of payment.
FIRST, SECOND = (date(2026, 10, 21), date(2026, 10, 22)), (date(2026, 11, 13), date(2026, 11, 17))
#: The routing number has a right checksum and belongs to no bank.
ROUTING = "123456780"


def name_accounts(fund: Fund, staff: Staff) -> None:
    """Before the exit is approved: what comes later would hold its payouts."""
    for partner in fund.commitments.filter(reference__in=LATER).select_related("investor"):
        _verify(partner, staff)


def pay_out_but_later(distribution: Distribution, day: date, staff: Staff) -> None:
    """What no file is to pay went out by wires on that day."""
    payable = [one.row_id for one in cash_moves.payables_of(distribution.fund) if one.kind == "payout"]
    items = distribution.items.filter(pk__in=payable).exclude(commitment__reference__in=LATER)
    _post(distribution, list(items.order_by("pk")), day, staff)


def _post(distribution: Distribution, items: Sequence[DistributionItem], day: date, staff: Staff) -> None:
    ctx = WriteContext(staff.manager, on(day))
    service(payouts.post_payouts)(
        payouts.to_pay_out(distribution.pk, day, ctx),
        items,
        day,
        method="wire",
        reference=f"DN{distribution.number}",
        ctx=ctx,
    )


def pay_by_files(account: BankAccount, staff: Staff) -> None:
    """Files are written by one person and let go by another."""
    exit = account.fund.distributions.order_by("-number")[0]
    of_it = exit.items.filter(commitment__reference__in=LATER).select_related("commitment", "distribution")
    items = {item.commitment.reference: item for item in of_it}
    first = _file(account, [items[one] for one in SEEN], *FIRST, staff)
    answer_payment_file(
        payment_file_id=first.pk, accepted=True, ctx=WriteContext(staff.manager, on(FIRST[1], 10))
    )
    _post(exit, [items[one] for one in SEEN], FIRST[1], staff)
    _file(account, [items[one] for one in HANDED_OVER], *SECOND, staff)


def _verify(partner: Commitment, staff: Staff) -> None:
    number = record_phone_number(
        fund_id=partner.fund_id,
        commitment_id=partner.pk,
        fields={"person_name": "Treasury", "number": f"+1 617 555 {partner.reference}"},
        ctx=WriteContext(staff.analyst, on(ASKED, 9)),
    )
    fields = {
        "account_name": partner.investor.name,
        "holder_town": "Boston",
        "holder_country": "US",
        "bank_name": "Atlantic Demonstration Trust",
        "account_number": f"88100{partner.reference}",
        "routing_number": ROUTING,
    }
    details = propose_payee_details(
        commitment_id=partner.pk, fields=fields, ctx=WriteContext(staff.analyst, on(ASKED, 10))
    )
    call = CallMade(number_id=number.pk, spoke_to="Treasury", called_at=on(CALLED, 11))
    verify_payee_details(
        payee_details_id=details.pk, call=call, ctx=WriteContext(staff.approver, on(CALLED, 12))
    )


def _file(
    account: BankAccount, items: Sequence[DistributionItem], written: date, pay_on: date, staff: Staff
) -> PaymentFile:
    """Written, approved by a second person and taken to the bank."""
    file = payments.write_payment_file(
        account_id=account.pk,
        format=PaymentFormat.PAIN,
        pay_on=pay_on,
        payables=[("payout", item.pk) for item in items],
        ctx=WriteContext(staff.manager, on(written, 9)),
    )
    which = {"payment_file_id": file.pk}
    payments.approve_payment_file(**which, ctx=WriteContext(staff.approver, on(written, 14)))
    return payments.download_payment_file(**which, ctx=WriteContext(staff.manager, on(written)))


def ids_on_statements(fund: Fund) -> dict[int, str]:
    """What the bank says of a wire that a file asked for: item → the id that the file gave it."""
    lines = PaymentFileLine.objects.filter(fund=fund, kind="payout", file__handed_over_at__isnull=False)
    return dict(lines.values_list("row_id", "end_to_end_id"))
