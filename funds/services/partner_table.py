"""The partners of a fund, entered as one table: investors, their contacts and their commitments, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import REFUSALS, Problem
from blackgem.lib.problems import Kind, raise_if
from blackgem.lib.sql import service
from funds.access import MANAGE, check_may
from funds.models import Commitment, Fund, Investor

from .contacts import add_contact
from .partners import commit, create_investor


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow:
    """One partner as a person entered it. With an `investor_id` it is that investor, who stays as it is known; without
    one it is a new investor. The amount is in the fund's currency."""

    name: str
    amount: object
    closing_date: date
    kind: str = Investor.Kind.INDIVIDUAL
    contact_name: str = ""
    email: str = ""
    address: str = ""
    investor_id: int | None = None


@service
def enter_partners(*, fund_id, rows: Sequence[PartnerRow], ctx: WriteContext) -> list[Commitment]:
    """Enter every row, or none, under the lock of the fund. Nobody is taken for an investor that exists unless its row
    says so.

    Raises InvalidInput or Conflict with what is wrong with every row, under the field `rows.<place>.<name>`.
    """
    check_may(ctx.by, fund_id, MANAGE)
    Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    entered, problems = [], []
    for place, row in enumerate(rows):
        try:
            entered.append(_enter(fund_id, row, ctx))
        except REFUSALS as error:
            problems += [replace(one, field=f"rows.{place}.{one.field or 'name'}") for one in error.problems]
    raise_if(problems)
    return entered


def _enter(fund_id, row: PartnerRow, ctx: WriteContext) -> Commitment:
    if row.investor_id is None:
        investor = create_investor(
            fields={"name": row.name, "kind": row.kind, "address": row.address}, ctx=ctx
        )
        if row.email:
            contact = {"name": row.contact_name or row.name, "email": row.email, "takes_notices": True}
            add_contact(investor_id=investor.pk, fields=contact, ctx=ctx)
    else:
        investor = Investor.objects.visible_to(ctx.by).filter(pk=row.investor_id).first()
        raise_if(_differs(investor, row) if investor else [])
    return commit(
        fund_id=fund_id,
        investor_id=investor.pk if investor else row.investor_id,
        amount=row.amount,
        closing_date=row.closing_date,
        ctx=ctx,
    )


def _differs(investor: Investor, row: PartnerRow) -> list[Problem]:
    """What the row would change of an investor whose letters go out for other funds too: that is asked on its page."""
    said = f"{investor} is known otherwise. Change this on its own page: letters of its other funds go by it too."
    problems = []
    if row.email and not investor.contacts.filter(email__iexact=row.email).exists():
        problems.append(Problem("contact.elsewhere", said, "email", Kind.CONFLICT))
    if row.address and row.address != investor.address:
        problems.append(Problem("address.elsewhere", said, "address", Kind.CONFLICT))
    return problems
