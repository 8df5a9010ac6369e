"""Who may do what with bank statements: services run these checks first, buttons ask them for what they offer."""

from banking.models import BankStatement
from blackgem.lib.checks import out_of_state
from funds.access import MANAGE, check_role


def check_post_matches(statement: BankStatement, by) -> None:
    """Whether certain matches are posted in one go: the statement adds up, and there is one way to read it."""
    check_role(statement.role, MANAGE)
    if not statement.may_be_posted:
        raise out_of_state(
            "statement.unproved",
            "Nothing is posted in one go of a statement that does not prove itself: record each payment by hand.",
        )
