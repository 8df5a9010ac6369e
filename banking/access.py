"""Who may do what with bank statements: services run these checks first, buttons ask them for what they offer."""

from banking.models import BankEntry, BankStatement, PaymentFile, PaymentFileLine
from blackgem.lib.checks import out_of_state
from blackgem.lib.errors import Conflict
from funds.access import DRAFT, MANAGE, check_role
from funds.models import Fund


def check_post_matches(statement: BankStatement, by) -> None:
    """Whether certain matches are posted in one go: the statement adds up, and there is one way to read it."""
    check_role(statement.role, MANAGE)
    if not statement.may_be_posted:
        raise out_of_state(
            "statement.unproved",
            "Nothing is posted in one go of a statement that does not prove itself: record each payment by hand.",
        )


def check_settle(entry: BankEntry, by) -> None:
    """Whether something may be said of an entry, which carries its `role` and what it is `settled` by."""
    check_role(entry.role, MANAGE)
    if entry.status != BankEntry.Status.BOOKED:
        raise out_of_state("entry.not_booked", "Nothing is decided of what the bank has not booked.")
    if entry.settled is not None:
        raise Conflict("entry.settled", "This entry was settled meanwhile. Please look again.")


def check_undo(entry: BankEntry, by) -> None:
    """Whether what was said of an entry may be taken back: nothing was posted by it."""
    check_role(entry.role, MANAGE)
    if entry.settled is None:
        raise out_of_state("entry.open", "Nothing was decided of this entry.")
    if not entry.settled.may_be_undone:
        raise out_of_state(
            "entry.posted", "This was posted: take the payment back where it stands, by a reversal."
        )


# ---------------------------------------------------------------- payment files, which carry their `role`


def check_write(fund: Fund, by, *, waits: int, fits: int) -> None:
    """Whether a file may be written for the fund, which carries its `role`: of what waits to be paid to partners, how
    many payments fit into one."""
    check_role(fund.role, DRAFT)
    if not waits:
        raise Conflict("payables.none", "Nothing waits to be paid to partners of this fund.")
    if not fits:
        raise Conflict(
            "payables.none_fits",
            "What waits to be paid is in a payment file already, is held, or has no verified account to go to.",
        )


def check_withdraw(file: PaymentFile, by) -> None:
    """Whether an approved file may be withdrawn: it has not left."""
    check_role(file.role, MANAGE)
    if file.state == "handed_over":
        raise Conflict("payment_file.left", "This file was handed over: what the bank answers is said of it.")
    if file.state != "approved":
        raise out_of_state(
            "payment_file.not_approved", "Only an approved file that has not left is withdrawn."
        )


def check_download(file: PaymentFile, by) -> None:
    """Whether the bytes of a file may be taken: it is approved, and the bank has not answered."""
    check_role(file.role, MANAGE)
    if file.state not in ("approved", "handed_over"):
        raise out_of_state(
            "payment_file.not_downloadable",
            "A file is taken to the bank once it is approved, and until the bank answers.",
        )


def check_answer(file: PaymentFile, by) -> None:
    """Whether the answer of the bank may be said."""
    check_role(file.role, MANAGE)
    if file.state != "handed_over":
        raise out_of_state(
            "payment_file.not_handed_over", "The bank answers once to a file that it was given."
        )


def check_report(file: PaymentFile, by) -> None:
    """Whether a status report of the bank may be noted: it may say more than once how far a file is."""
    check_role(file.role, MANAGE)
    if file.state not in ("handed_over", "accepted"):
        raise out_of_state("payment_file.not_handed_over", "The bank reports on a file that it was given.")


def check_return(file: PaymentFile, line: PaymentFileLine, by) -> None:
    """Whether one payment may be said to have come back."""
    check_role(file.role, MANAGE)
    if file.state not in ("handed_over", "accepted") or line.ending:
        raise out_of_state("payment.ended", "Only a payment that the bank was given comes back, once.")


def entered_new_account(file: PaymentFile, by) -> bool:
    """Whether this person entered an account in the file that was new when it was written."""
    return file.lines.filter(
        payee_details__created_by=by.pk, payee_details__verified_at__gt=file.new_since
    ).exists()
