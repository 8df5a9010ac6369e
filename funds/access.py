"""Who may do what in a fund. Services check it with the person who acts; buttons ask `can_may`."""

from enum import StrEnum

from blackgem.lib.errors import DomainError, Forbidden, NotFound
from funds.models import Fund, FundMembership

Role = FundMembership.Role


class Deed(StrEnum):
    """What a person wants: to look, to look at who did what, to prepare, or to bind the fund."""

    READ = "read"
    AUDIT = "audit"
    DRAFT = "draft"
    MANAGE = "manage"


READ, AUDIT, DRAFT, MANAGE = Deed.READ, Deed.AUDIT, Deed.DRAFT, Deed.MANAGE

ROLES = {
    READ: {Role.MANAGER, Role.ANALYST, Role.AUDITOR},
    AUDIT: {Role.MANAGER, Role.AUDITOR},
    DRAFT: {Role.MANAGER, Role.ANALYST},
    MANAGE: {Role.MANAGER},
}
_REFUSALS = {
    AUDIT: "Only managers and auditors of a fund read its audit trail.",
    DRAFT: "Your role in this fund lets you look, not prepare anything.",
    MANAGE: "Only a manager of this fund may do this.",
}


def role_in(user, fund_id) -> str | None:
    """The role of a person in a fund; a superuser manages every fund that exists."""
    if user is None or not user.is_active:
        return None
    if user.is_superuser:
        return Role.MANAGER if Fund.objects.filter(pk=fund_id).exists() else None
    return FundMembership.objects.filter(fund=fund_id, user=user).values_list("role", flat=True).first()


def check_may(user, fund_id, deed) -> None:
    """Raise NotFound where the person may not even know of the fund, Forbidden where the role does not reach.

    `fund_id` may be a query of one row for it: then a fund that is not there takes the same work as one that is not
    to be known of.
    """
    role = role_in(user, fund_id)
    if role is None:
        raise NotFound("not_found", "There is no such fund.")
    if role not in ROLES[deed]:
        raise Forbidden("role.insufficient", _REFUSALS[deed])


def can_may(user, fund_id, deed) -> bool:
    try:
        check_may(user, fund_id, deed)
    except DomainError:
        return False
    return True


def check_second_person(*, needed, first, second) -> None:
    """Where a second person is demanded, the one who asked may not be the one who approves."""
    if needed and first == second:
        raise Forbidden(
            "four_eyes", "This fund demands that a second person approves: you asked for it yourself."
        )
