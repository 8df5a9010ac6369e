"""What every queue of approvals asks: which funds a person manages, and what it did not ask for itself."""

from collections.abc import Callable

from django.db.models import Model, Q, QuerySet

from blackgem.lib import approvals
from blackgem.lib.approvals import Verb
from funds.access import Role
from funds.models import BankDetails, Fund


def managed_by(user) -> QuerySet[Fund]:
    """The funds in which this person may approve."""
    return Fund.objects.run_by(user, Role.MANAGER)


def register_queue(
    requests: Callable[[], QuerySet],
    *,
    asked_by: str,
    subject: Callable[[Model], str],
    shown: Callable[[QuerySet], QuerySet],
    fund: str = "fund",
    finish: Callable[[list], list] = list,
    **queue,
) -> None:
    """Add a queue. `requests()` are all rows that wait; `fund` leads from them to their fund, `asked_by` is who asked,
    `subject` says what a row is about. `shown` fetches with them what the page shows, oldest first, and `finish` adds
    to the fetched rows. The rest is of `approvals.Queue`.
    """

    def waiting(user) -> QuerySet:
        others = Q(four_eyes=False) | ~Q(**{asked_by: user})
        return requests().filter(others, **{f"{fund}__in": managed_by(user).values("pk")})

    def rows(user) -> list:
        found = requests().filter(**{f"{fund}__in": managed_by(user)}).select_related(asked_by)
        ordered = shown(found).order_by(approvals.at_of(asked_by))
        return finish(approvals.marked(ordered, asked_by, user, subject))

    approvals.register(approvals.Queue(rows=rows, waiting=waiting, **queue))


register_queue(
    BankDetails.objects.awaiting_verification,
    asked_by="created_by",
    subject=lambda details: f"the bank details of {details.fund.name}",
    shown=lambda rows: rows.select_related("fund"),
    key="bank_details",
    place=50,
    noun="set of bank details to verify",
    plural="sets of bank details to verify",
    title="Bank details",
    headings=("Fund", "Bank", "Account"),
    template="funds/approvals_bank_details.html",
    approve=Verb("funds:bank_details_verify", "Verify", "Verify", "primary"),
    reject=Verb("funds:bank_details_reject", "Reject", "Reject"),
    needs_another="Somebody else has to verify",
    foot="Verify only after calling the bank or the account holder on a number you already held. From then on every "
    "notice names this account.",
)
