"""A person's role beside the rows of its funds. Pages ask here; the services check for themselves."""

from django.db.models import Exists, OuterRef, Subquery, Value

from blackgem.lib.checks import can
from blackgem.lib.pages import found
from funds.access import DRAFT, MANAGE, Role, check_role
from funds.models import BankDetails, Fund, FundMembership


def with_role(queryset, user, *, fund="fund"):
    """Each row of a fund with the user's `role` in that fund; `fund` leads from the row to it ("pk" for funds)."""
    if user.is_superuser:
        return queryset.annotate(role=Value(Role.MANAGER.value))
    mine = FundMembership.objects.filter(fund=OuterRef(fund), user=user)
    return queryset.annotate(role=Subquery(mine.values("role")[:1]))


def funds_of(user):
    """The funds that a person sees, each with the `role` in it and whether it `has_bank_details` that are verified."""
    verified = BankDetails.objects.verified().filter(fund=OuterRef("pk"))
    funds = Fund.objects.visible_to(user).annotate(has_bank_details=Exists(verified))
    return with_role(funds, user, fund="pk").order_by("name")


def fund_of(user, fund_id) -> Fund:
    """One of them; 404 where it is not to be seen."""
    return found(funds_of(user), pk=fund_id)


def may_draft(row) -> bool:
    """Whether the `role` on a row lets the person who fetched it prepare."""
    return can(check_role, row.role, DRAFT)


def may_manage(row) -> bool:
    """Whether it lets that person bind the fund."""
    return can(check_role, row.role, MANAGE)
