"""What a person may do with a call: the buttons ask here, the services check for themselves."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery, Value

from blackgem.lib.pages import found
from capital.models import CapitalCall
from capital.states import CALL_CANCELLABLE, CALL_ISSUED, CALL_OPEN, CallStatus
from funds.access import DRAFT, MANAGE, ROLES, Role, check_may
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


def require_role(user, row, deed) -> None:
    """Raise Forbidden unless the `role` on a row (or fund) reaches for a deed. Services ask again, for themselves."""
    if row.role not in ROLES[deed]:
        check_may(user, row.pk if isinstance(row, Fund) else row.fund_id, deed)


@dataclass(frozen=True, slots=True)
class CallVerbs:
    """Which verbs a page of a call offers. `paid` is whether anything stands paid on it."""

    edit: bool
    delete: bool
    submit: bool
    issue: bool
    approve: bool
    waits_for_another: bool
    cancel: bool
    reword: bool
    send: bool
    pay: bool

    @property
    def any_but_pay(self) -> bool:
        """Whether there is any button beside the payments' own."""
        return any((self.edit, self.submit, self.issue, self.approve, self.cancel, self.reword, self.send))


def call_verbs(user, call: CapitalCall, *, role: str, paid: bool) -> CallVerbs:
    """What this person may do now. `call.fund` is fetched; a draft is issued by one person only without four eyes."""
    drafts, manages = role in ROLES[DRAFT], role in ROLES[MANAGE]
    is_draft, issued = call.status == CallStatus.DRAFT, call.status in CALL_ISSUED
    waits = call.status == CallStatus.PENDING_APPROVAL
    own_request = call.four_eyes and call.submitted_by_id == user.pk
    return CallVerbs(
        edit=drafts and is_draft,
        delete=drafts and is_draft,
        submit=drafts and is_draft and (call.fund.four_eyes or not manages),
        issue=manages and is_draft and not call.fund.four_eyes,
        approve=manages and waits and not own_request,
        waits_for_another=waits and (own_request or not manages),
        cancel=manages and call.status in CALL_CANCELLABLE and not is_draft and not paid,
        reword=manages and issued,
        send=manages and issued,
        pay=manages and call.status in CALL_OPEN,
    )
