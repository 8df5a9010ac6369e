"""Who may do what with the rows that addresses name."""

from blackgem.http.rights import about
from blackgem.lib.errors import Forbidden, NotFound
from funds.access import DECLINE, READ, ROLES, check_change_shared, check_may
from funds.models import (
    Commitment,
    CommitmentEvent,
    ControlChange,
    Deal,
    Fund,
    FundMembership,
    Investor,
    PartMessage,
    PeriodClose,
)
from funds.queries.partners import with_rights


def of_fund(name: str, model, fund: str = "fund_id", asked_by: str = "") -> None:
    """Rows of a fund, named by this path parameter; `fund` leads from the row to the fund's id, `asked_by` to who asked
    for it and may take that back."""

    @about(name)
    def check(user, pk, deed) -> None:
        rows = model.objects.filter(pk=pk)
        is_own = deed == DECLINE and asked_by and rows.filter(**{asked_by: user}).exists()
        check_may(user, rows.values(fund)[:1], READ if is_own else deed)


of_fund("fund_id", Fund, "pk")
of_fund("commitment_id", Commitment)
of_fund("event_id", CommitmentEvent, asked_by="recorded_by")
of_fund("question_id", PartMessage)
of_fund("period_close_id", PeriodClose, asked_by="recorded_by")
of_fund("control_change_id", ControlChange, asked_by="recorded_by")


@about("")
def check_some_fund(user, _, deed) -> None:
    """The body names the fund: there has to be one in which this person may do it."""
    if user.is_superuser:
        return
    roles = set(FundMembership.objects.filter(user=user).values_list("role", flat=True))
    if not roles:
        raise NotFound("not_found", "There is no such fund.")
    if not roles & ROLES[deed]:
        raise Forbidden("role.insufficient", "Your role does not let you do this in any fund.")


@about("deal_id")
def check_deal(user, pk, deed) -> None:
    _check_shared(Deal, user, pk, deed)


@about("investor_id")
def check_investor(user, pk, deed) -> None:
    _check_shared(Investor, user, pk, deed)


def _check_shared(model, user, pk, deed) -> None:
    row = with_rights(model.objects.visible_to(user), user).filter(pk=pk).first()
    if row is None:
        raise NotFound("not_found", "There is no such thing.")
    if deed != READ:
        check_change_shared(row, user)
