"""Returns of unapplied cash: one with its letter, and what should be looked at before that leaves."""

from collections.abc import Callable

from django.db.models import QuerySet

from blackgem.lib.errors import Conflict
from blackgem.lib.pages import found
from capital.models import Receipt, ReceiptReturn
from capital.return_notices import KIND, owners_of, texts_of_return
from funds.calc.checks import Check, PartOf, ToCheck, blocking_among, checks_of_parts
from funds.models import Commitment, Fund
from funds.queries.access import with_role
from funds.queries.checks import mails_of, run_by, unprintable

#: Who is asked; an app above knows.
_HOLDER: list[Callable[[int], int | None]] = []


def returns_of(user) -> QuerySet[ReceiptReturn]:
    """Returns in funds that a person sees, without what takes one back; with the user's `role`."""
    rows = ReceiptReturn.objects.filter(fund__in=Fund.objects.visible_to(user), takes_back=None)
    return with_role(rows, user).select_related(
        "fund", "receipt", "commitment__investor", "commitment__fund", "recorded_by"
    )


def return_of(user, return_id) -> ReceiptReturn:
    """One of them; 404 where it is not to be seen."""
    return found(returns_of(user), pk=return_id)


def partners_of(fund: Fund) -> QuerySet[Commitment]:
    """Whose money it may have been, by name."""
    return Commitment.objects.filter(fund=fund).select_related("investor").order_by("investor__name", "pk")


def register_holder(of: Callable[[int], int | None]) -> None:
    """Say how is known whose unapplied cash a receipt is: `of` is given its id, and answers a commitment's, or None
    while nobody said."""
    _HOLDER[:] = [of]


def holder_of(receipt: Receipt) -> Commitment | None:
    """Whose unapplied cash it is, as far as somebody said."""
    known = next((one for of in _HOLDER if (one := of(receipt.pk))), None)
    return known and Commitment.objects.select_related("investor", "fund").get(pk=known)


def likely_owner(receipt: Receipt) -> int | None:
    """The investor whose money a receipt is: of whom it is held, else for whom alone it pays."""
    if holder := holder_of(receipt):
        return holder.investor_id
    owners = owners_of(receipt)
    if len(owners) != 1:
        return None
    return Commitment.objects.values_list("investor", flat=True).get(pk__in=owners)


def check_is_of(receipt: Receipt, commitment: Commitment, holder: Commitment | None) -> None:
    """Whether what is left of a receipt may be this partner's: not where it is held for another one, nor, while nobody
    said for whom, where it pays for others alone."""
    if holder and holder.pk != commitment.pk:
        message = f"This money is held for {holder.investor.name}: say first that it is this partner’s."
        raise Conflict("return.of_another", message, field="investor_id")
    owners = owners_of(receipt)
    if not holder and owners and commitment.pk not in owners:
        message = "This receipt pays for other partners: say first that what is left of it is this one’s."
        raise Conflict("return.of_another", message, field="investor_id")


def checks_of_return(returned: ReceiptReturn) -> list[Check]:
    """What should be looked at before the letter about a return leaves; nothing where there is none."""
    if returned.commitment is None or returned.cancelled_at:
        return []
    fund = returned.fund
    read = Commitment.objects.annotate(mails=mails_of("investor", KIND), run_by=run_by(fund.pk))
    commitment = read.get(pk=returned.commitment_id)
    part = PartOf(
        returned.commitment.investor.name,
        returned.amount,
        has_contact=bool(commitment.mails),
        mails=commitment.mails,
        investor_id=returned.commitment.investor_id,
    )
    about = ToCheck(
        currency=fund.currency,
        calendar=fund.calendar,
        today=returned.value_date,
        due_on=returned.value_date,
        parts=[part],
        unprintable=unprintable(texts_of_return(returned)),
        own_mails=[mail for mail in (fund.contact_email, *commitment.run_by) if mail],
        total=returned.amount,
        looked_at_above=fund.looked_at_above,
    )
    return checks_of_parts(about)


def obstacles_of_return(returned: ReceiptReturn) -> list[Check]:
    """Those that keep it from leaving."""
    return blocking_among(checks_of_return(returned))
