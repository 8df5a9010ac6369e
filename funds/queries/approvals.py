"""What every queue of approvals asks: which funds a person manages, and what it did not ask for itself."""

from collections.abc import Callable
from decimal import Decimal

from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet

from blackgem.lib import approvals
from blackgem.lib.approvals import Verb
from blackgem.lib.checks import Offer, offer
from blackgem.lib.decisions import check_alive
from funds.access import Role, check_approve_request, role_ended, still_asks, still_asks_of_investor
from funds.models import BankDetails, ControlChange, Fund, PayeeDetails, PeriodClose
from funds.queries.access import with_role
from funds.queries.asked import History, amount_of, register_history
from funds.queries.controls import with_words
from funds.services.bank import check_verify
from funds.services.controls import CONTROLS
from funds.services.payees import check_verify_payee


def managed_by(user) -> QuerySet[Fund]:
    """The funds in which this person may approve."""
    return Fund.objects.run_by(user, Role.MANAGER)


#: What waits in a fund, by the key of its queue.
_IN_FUND: dict[str, Callable[[Fund], QuerySet]] = {}


def waiting_in(fund: Fund, *, but: tuple[str, ...] = ()) -> list[str]:
    """What waits in a fund for a second person, whoever that is, in words: "2 payments to take back"."""
    counts = approvals.counted({key: rows(fund) for key, rows in _IN_FUND.items() if key not in but})
    return [words for _, words in approvals.Waiting(counts).lines]


def register_queue(
    requests: Callable[[], QuerySet],
    *,
    asked_by: str,
    subject: Callable[[Model], str],
    shown: Callable[[QuerySet], QuerySet],
    fund: str = "fund",
    finish: Callable[[list], list] = list,
    check: Callable | None = None,
    amount: Callable[[Model], Decimal | None] = amount_of,
    also_asks: Callable[[], Q] = Q,
    **queue,
) -> None:
    """Add a queue. `requests()` are all rows that wait; `fund` leads from them to their fund, `asked_by` is who asked
    (and finds its own here in any role that it has in the fund), `subject` says what a row is about. `shown` fetches
    with them what the page shows, oldest first, and `finish` adds to the fetched rows. `check(row, by, at)` is what
    approving one asks first, where that is more than role and second person; `amount` is what it is about, where its
    row does not say so itself; `also_asks` whose request is good beside those who work in the fund. The rest is of
    `approvals.Queue`.
    """

    def waiting(user) -> QuerySet:
        others = Q(four_eyes=False) | ~Q(**{asked_by: user})
        return requests().filter(others, **{f"{fund}__in": managed_by(user).values("pk")})

    def seen(user) -> QuerySet:
        own = Q(role__isnull=False, **{asked_by: user})
        return with_role(requests(), user, fund=fund).filter(own | Q(**{f"{fund}__in": managed_by(user)}))

    def rows(user) -> QuerySet:
        may = still_asks(asked_by, fund) | also_asks()
        found = seen(user).select_related(asked_by).annotate(asker_may=ExpressionWrapper(may, BooleanField()))
        return shown(found).order_by(approvals.at_of(asked_by))

    def marked(read: list, user, at) -> list:
        def may_approve(row) -> None:
            if check:
                check(row, user, at)
            else:
                _check(row, user, asked_by)
            check_alive(getattr(row, approvals.at_of(asked_by)), at)
            if not row.asker_may:
                raise role_ended(getattr(row, asked_by))

        def approve(row) -> Offer:
            return offer(may_approve, row)

        return finish(approvals.marked(read, asked_by, subject, approve))

    register_history(
        History(
            noun=queue["title"],
            rows=lambda: requests().model.objects.all(),
            shown=shown,
            fund=fund,
            asked_by=asked_by,
            subject=subject,
            amount=amount,
        )
    )
    _IN_FUND[queue["key"]] = lambda of: requests().filter(**{fund: of})
    approvals.register(approvals.Queue(rows=rows, marked=marked, seen=seen, waiting=waiting, **queue))


def register_reversals(
    requests: Callable[[], QuerySet], *, of: str, event: str, decide: str, **queue
) -> None:
    """Add a queue of `Reversal` requests: `of` is the field of the payment or payout that is taken back, `event` what
    it belongs to, and `decide` how the names of the pages by which one is decided begin."""
    register_queue(
        requests,
        fund=f"{of}__fund",
        asked_by="requested_by",
        amount=lambda reversal: getattr(reversal, of).amount,
        subject=lambda reversal: f"the reversal for {getattr(reversal, of).commitment.investor.name}",
        headings=("Investor", event, of.capitalize(), "Reason"),
        numeric=(of.capitalize(),),
        approve=Verb(f"{decide}_approve", "Reverse", "Approve", "danger"),
        reject=Verb(f"{decide}_reject", "Turn down", "Turn down"),
        **queue,
    )


def _check(row, by, asked_by: str) -> None:
    check_approve_request(row.role, row.four_eyes, getattr(row, f"{asked_by}_id"), by)


def _check_verify(details, by, at) -> None:
    check_verify(details, by, at, replaces=details.replaces)


register_queue(
    BankDetails.objects.awaiting_verification,
    asked_by="created_by",
    subject=lambda details: f"the bank details of {details.fund.name}",
    shown=lambda rows: rows.select_related("fund").with_replaces(),
    check=_check_verify,
    key="bank_details",
    place=50,
    noun="set of bank details to verify",
    plural="sets of bank details to verify",
    title="Bank details",
    headings=("Fund", "Bank", "Account"),
    template="funds/approvals_bank_details.html",
    approve=Verb("funds:bank_details_verify", "Verify", "Verify", "primary"),
    reject=Verb("funds:bank_details_reject", "Reject", "Reject"),
    foot="Verify only after calling the bank or the account holder on a number you already held. From then on every "
    "notice names this account.",
)

register_queue(
    PayeeDetails.objects.pending,
    asked_by="created_by",
    subject=lambda details: f"the bank details of {details.commitment.investor.name}",
    shown=lambda rows: rows.select_related("fund", "commitment__investor"),
    check=check_verify_payee,
    key="payee_details",
    place=52,
    noun="set of a partner’s bank details to verify",
    plural="sets of partners’ bank details to verify",
    title="Bank details of partners",
    headings=("Partner", "Bank", "Account"),
    template="funds/approvals_payee_details.html",
    approve=Verb("funds:payee_details", "Verify", "Verify", "primary"),
    reject=Verb("funds:payee_details_reject", "Reject", "Reject"),
    foot="Verify only by calling a number that was on file before the change was asked for.",
)

register_queue(
    ControlChange.objects.pending,
    asked_by="recorded_by",
    subject=lambda change: f"the change of {str(change)[0].lower()}{str(change)[1:]}",
    shown=lambda rows: rows.select_related("fund"),
    also_asks=still_asks_of_investor,
    finish=with_words,
    check=lambda change, by, at: CONTROLS.check_approve(change, by),
    key="control_changes",
    place=55,
    noun="change to decide",
    plural="changes to decide",
    title="Terms, values, controls, and what was issued",
    headings=("Fund", "What", "Change"),
    template="funds/approvals_control_changes.html",
    approve=Verb("funds:control_change_approve", "Approve", "Approve", "primary"),
    reject=Verb("funds:control_change_reject", "Turn down", "Turn down"),
    asks_why=True,
    foot="What the safety of a fund in use rests on, and what its investors were told, changes when two people agree: "
    "ask who asked for it, not by reply.",
)

register_queue(
    PeriodClose.objects.pending,
    asked_by="recorded_by",
    subject=lambda close: f"the {close} of {close.fund.name}",
    shown=lambda rows: rows.select_related("fund"),
    key="period_closes",
    place=58,
    noun="period to close",
    plural="periods to close",
    title="Periods",
    headings=("Period", "Fund", "Days", "Note"),
    template="funds/approvals_period_closes.html",
    approve=Verb("funds:period_close_approve", "Close", "Close", "primary"),
    reject=Verb("funds:period_close_reject", "Turn down", "Turn down"),
    foot="Look at its check list first. Once it is closed, nobody dates anything into it by hand, and its figures stay "
    "as they are known now.",
)
