"""Who may do what with the fees of a fund: services run these checks first, buttons ask them beforehand."""

from blackgem.lib.checks import out_of_state
from blackgem.lib.errors import Conflict, Forbidden
from fees.models import FeePayment, FeeRun, FeeRunCancellation, FeeWaiverUse
from fees.states import FeeRunStatus
from funds.access import MANAGE, check_role
from funds.models import Fund


def check_begin_run(fund: Fund, by) -> None:
    """Whether a fee may be billed now, whosoever asks; the fund has the `role` of who asks."""
    check_role(fund.role, MANAGE)
    check_no_run_waits(fund)


def check_no_run_waits(fund: Fund) -> None:
    """Whether no other run of the fund waits, in time or not."""
    if number := FeeRun.objects.pending().filter(fund=fund).values_list("number", flat=True).first():
        raise Conflict(
            "fee.run_waits",
            f"Another fee run of this fund waits, number {number}: it is approved or turned down first.",
        )


def check_enter(fund: Fund, by) -> None:
    """Whether the fee of this fund may be changed: the fund has the `role` of who asks."""
    check_role(fund.role, MANAGE)


def check_use_waived(account, by) -> None:
    """Whether something is left of the waived fees of this `WaiverAccount` that a general partner may use; its fund has
    the `role` of who asks."""
    check_role(account.fund.role, MANAGE)
    if account.available <= 0:
        raise out_of_state("fee.nothing_to_use", "Nothing is left of what was waived.")
    if FeeWaiverUse.objects.pending().filter(fund=account.fund).exists():
        raise Conflict("fee.waiver_use_waits", "Another use of waived fees waits: it is decided first.")


def check_pay_run(run: FeeRun, by) -> None:
    """Whether it may be recorded that the fund paid this fee from cash on hand; the run has the `role` of who asks, and
    what was `paid` of it."""
    check_role(run.role, MANAGE)
    if run.status == FeeRunStatus.PAID:
        raise out_of_state("fee.paid", "This fee is paid already.")
    if run.status != FeeRunStatus.OWED:
        raise out_of_state("fee.not_from_cash", "Nothing of this fee is to be paid from cash on hand.")


def check_take_payment_back(payment: FeePayment, by) -> None:
    """Whether this payment may be taken back; it has the `role` of who asks, its fund and what took it back."""
    check_role(payment.role, MANAGE)
    if payment.reverses_id or hasattr(payment, "reversed_by"):
        raise out_of_state("fee.payment_taken_back", "This payment was taken back already.")
    if payment.fund.four_eyes and payment.recorded_by_id == by.pk:
        raise Forbidden(
            "four_eyes", "This fund demands that another person takes it back than who recorded it."
        )


def check_cancel_run(run: FeeRun, by, *, waits: bool | None = None) -> None:
    """Whether this run may be cancelled by itself; it has the `role` of who asks, its bill, and what is read
    `with_paid`. One that a call asks for is cancelled with its call. `waits`: whether somebody asked for it already."""
    check_role(run.role, MANAGE)
    if run.status == FeeRunStatus.CANCELLED:
        raise out_of_state("fee.cancelled", "This fee run is cancelled already.")
    if run.status not in (FeeRunStatus.OWED, FeeRunStatus.NOTHING_DUE, FeeRunStatus.PAID):
        raise out_of_state(
            "fee.cancelled_by_its_call", "A run that a call asks for is cancelled with its call."
        )
    if run.status == FeeRunStatus.PAID:
        raise Conflict("fee.paid", "The fund paid it: take the payment back first.")
    if run.is_rested_on:
        raise Conflict(
            "fee.rested_on", "A later fee run rests on this one: it is cancelled or turned down first."
        )
    if waits is None:
        waits = FeeRunCancellation.objects.pending().filter(run=run).exists()
    if waits:
        raise Conflict(
            "fee.cancellation_waits", "Somebody asked to cancel it already: that waits for approval."
        )
