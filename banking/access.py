"""Who may do what with bank statements: services run these checks first, buttons ask them for what they offer."""

from banking.models import BankEntry, BankStatement
from blackgem.lib.checks import out_of_state
from blackgem.lib.errors import Conflict
from funds.access import MANAGE, check_role


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
