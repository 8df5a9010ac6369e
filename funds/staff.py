"""Who may enter what belongs to no single fund: new funds, investors and their contacts, deals.

An investor or deal that funds are tied to is kept by the people who prepare for one of those funds; one without ties by
whoever may enter one. Contacts of investors who work for no fund enter nothing.
"""

from blackgem.lib.checks import out_of_reach
from funds.access import Role
from funds.models import FundMembership, InvestorContact


def _works_as(user, *roles) -> bool:
    return FundMembership.objects.filter(user=user, role__in=roles).exists()


def _is_newcomer(user) -> bool:
    """Works for no fund yet and is nobody's contact: somebody who is about to set up a first fund."""
    return not (
        FundMembership.objects.filter(user=user).exists()
        or InvestorContact.objects.filter(user=user).exists()
    )


def _may(user, *roles) -> bool:
    return user.is_active and (user.is_superuser or _works_as(user, *roles) or _is_newcomer(user))


def may_open_funds(user) -> bool:
    """Managers of some fund, and people who work for none yet."""
    return _may(user, Role.MANAGER)


def may_enter_partners(user) -> bool:
    """Managers and analysts of some fund, and people who work for none yet."""
    return _may(user, Role.MANAGER, Role.ANALYST)


def may_change(user, row) -> bool:
    """An investor or a deal."""
    tied = row.funds_tied_to(row)
    if not tied.exists():
        return may_enter_partners(user)
    return tied.run_by(user, Role.MANAGER, Role.ANALYST).exists()


def check_may_open_funds(user) -> None:
    """Raise Forbidden unless this person may set up a new fund."""
    if not may_open_funds(user):
        raise out_of_reach("role.insufficient", "Only a manager may set up a new fund.")


def check_may_enter_partners(user) -> None:
    """Raise Forbidden unless this person may enter investors and deals."""
    if not may_enter_partners(user):
        raise out_of_reach("role.insufficient", "Your role lets you look, not enter anything.")


def check_may_change(user, row) -> None:
    """Raise Forbidden unless this person may change an investor or deal that it sees."""
    if not may_change(user, row):
        raise out_of_reach(
            "role.insufficient", f"Only those who prepare for a fund of {row} may change this."
        )


def may_open_portal(user, investor) -> bool:
    """Managers of a fund of this investor; while it has none, whoever may set up a fund."""
    tied = investor.funds_tied_to(investor)
    if not tied.exists():
        return (
            may_open_funds(user) and type(investor).objects.visible_to(user).filter(pk=investor.pk).exists()
        )
    return tied.run_by(user, Role.MANAGER).exists()


def check_may_open_portal(user, investor) -> None:
    """Raise Forbidden unless this person may let contacts of this investor sign in."""
    if not may_open_portal(user, investor):
        raise out_of_reach(
            "role.insufficient", f"Only a manager of a fund of {investor} may open the portal."
        )
