"""Who may do what in a fund. Services run these checks first; buttons ask them for what they offer."""

from datetime import date
from enum import StrEnum

from django.contrib.auth import get_user_model
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from blackgem.lib.checks import can, out_of_reach, out_of_state
from blackgem.lib.errors import Conflict, Forbidden, NotFound
from blackgem.lib.written_once import written_once
from funds.models import ControlChange, Fund, FundMembership, InvestorContact, PeriodClose

Role = FundMembership.Role


class Deed(StrEnum):
    """What a person wants: to look, to look at who did what, to prepare, to bind the fund, or to decline what somebody
    asked for."""

    READ = "read"
    AUDIT = "audit"
    DRAFT = "draft"
    MANAGE = "manage"
    DECLINE = "decline"


READ, AUDIT, DRAFT, MANAGE, DECLINE = Deed

ROLES = {
    READ: {Role.MANAGER, Role.ANALYST, Role.AUDITOR},
    AUDIT: {Role.MANAGER, Role.AUDITOR},
    DRAFT: {Role.MANAGER, Role.ANALYST},
    MANAGE: {Role.MANAGER},
    DECLINE: {Role.MANAGER},
}
_REFUSALS = {
    AUDIT: "Only managers and auditors of a fund read its audit trail.",
    DRAFT: "Your role in this fund lets you look, not prepare anything.",
    MANAGE: "Only a manager of this fund may do this.",
    DECLINE: "Only a manager of this fund, or who asked for it, may do this.",
}


def role_in(user, fund_id) -> str | None:
    """The role of a person in a fund; a superuser manages every fund that exists."""
    if user is None or not user.is_active:
        return None
    if user.is_superuser:
        return Role.MANAGER if Fund.objects.filter(pk=fund_id).exists() else None
    if isinstance(fund_id, int):
        found = FundMembership.objects.raw(*_membership(fund_id, user.pk))
    else:
        found = FundMembership.objects.filter(fund=fund_id, user=user)
    return next((one.role for one in found), None)


def role_of(user, role: str | None) -> str | None:
    """The same where a fund that exists gives the person this role, or none."""
    if user is None or not user.is_active:
        return None
    return Role.MANAGER if user.is_superuser else role


@written_once
def _membership(fund_id: int, user_id: int) -> QuerySet[FundMembership]:
    return FundMembership.objects.filter(fund=fund_id, user=user_id)


def check_role(role, deed) -> None:
    """Raise NotFound for who has no role in a fund and may not even know of it, Forbidden where it does not reach."""
    if role is None:
        raise NotFound("not_found", "There is no such fund.")
    if role not in ROLES[deed]:
        raise out_of_reach("role.insufficient", _REFUSALS[deed])


def check_may(user, fund_id, deed) -> str:
    """The role of the person in the fund, if it reaches; else raise as `check_role` does.

    `fund_id` may be a query of one row for it: then a fund that is not there takes the same work as one that is not
    to be known of.
    """
    role = role_in(user, fund_id)
    check_role(role, deed)
    return role


def can_may(user, fund_id, deed) -> bool:
    return can(check_may, user, fund_id, deed)


def check_second_person(*, needed, first, second) -> None:
    """Where a second person is demanded, the one who asked may not be the one who approves."""
    if needed and first == second:
        raise Forbidden(
            "four_eyes", "This fund demands that a second person approves: you asked for it yourself."
        )


def check_approve_request(role, four_eyes: bool, asked_by_id, by) -> None:
    """Whether this person, with this role in the fund, may approve what somebody asked for."""
    check_role(role, MANAGE)
    check_second_person(needed=four_eyes, first=asked_by_id, second=by.pk)


def still_asks(asked_by: str, fund: str) -> Q:
    """Of rows that wait: whether who asked (`asked_by`) could still ask in that fund: works for it in a role that
    prepares something, administers the site, or stands for an investor of it, as who asks in the portal does."""
    who = OuterRef(asked_by)
    administers = get_user_model().objects.filter(pk=who, is_superuser=True, is_active=True)
    invests = InvestorContact.objects.filter(
        user=who, user__is_active=True, investor__commitments__fund=OuterRef(fund)
    )
    return Q(Exists(_prepares(who).filter(fund=OuterRef(fund)))) | Q(Exists(administers)) | Q(Exists(invests))


def still_asks_of_investor() -> Q:
    """The same of a change of an investor, which is asked for in any of its funds."""
    shared = _prepares(OuterRef("recorded_by")).filter(fund__commitments__investor=OuterRef("subject_id"))
    return Q(kind__in=ControlChange.SHARED) & Q(Exists(shared))


def _prepares(who) -> QuerySet[FundMembership]:
    return FundMembership.objects.filter(user=who, role__in=ROLES[DRAFT], user__is_active=True)


def role_ended(asker) -> Conflict:
    return Conflict(
        "request.role_ended",
        f"{asker} asked for this and may not any more. Turn it down or send it back: it can be asked for again.",
    )


def check_asker(asker, *fund_ids: int) -> None:
    """Whether who asked for something, or submitted it, could still do so in one of these funds. Raises
    Conflict("request.role_ended")."""
    contacts = InvestorContact.objects.filter(user=asker, investor__commitments__fund__in=fund_ids)
    works = any(role_in(asker, one) in ROLES[DRAFT] for one in fund_ids)
    if not works and not (asker.is_active and contacts.exists()):
        raise role_ended(asker)


def check_decline(role, asked_by_id, by) -> None:
    """Whether this person may refuse what somebody asked for, or take back what it asked for itself: that it may in any
    role, also in one that could not ask any more."""
    check_role(role, READ if asked_by_id == by.pk else DECLINE)


def check_no_change_waits(issued, kind: str, waits: bool | None = None) -> None:
    """Whether no change of a call or distribution waits for another person; `waits` where a page has read it."""
    if waits is None:
        waits = ControlChange.objects.pending().filter(kind=kind, subject_id=issued.pk).exists()
    if waits:
        raise Conflict(
            "control.pending", "A change of this waits for another person: let it be decided first."
        )


# ---------------------------------------------------------------- members


def check_remove_member(fund: Fund, member: FundMembership, by, *, has_another: bool | None = None) -> None:
    """Whether a person may be taken out of a fund, which has the `role` of who asks."""
    check_role(fund.role, MANAGE)
    check_another_manager(fund, member, has_another=has_another)


def check_another_manager(fund: Fund, member: FundMembership, *, has_another: bool | None = None) -> None:
    """Whether the fund keeps a manager without this member; `has_another` is whether somebody else manages it."""
    if member.role != Role.MANAGER:
        return
    if has_another is None:
        others = fund.memberships.filter(role=Role.MANAGER, user__is_active=True)
        has_another = others.exclude(user=member.user_id).exists()
    if not has_another:
        raise Conflict(
            "member.last_manager",
            f"{member.user} is the only manager of this fund. Make somebody else a manager first.",
            field="role",
        )


# ---------------------------------------------------------------- periods


def check_close(fund: Fund, by, *, waits: bool, is_over: bool) -> None:
    """Whether a period of a fund, which has the `role` of who asks, may be asked to be closed: none `waits`, and the
    next one `is_over`."""
    check_role(fund.role, MANAGE)
    if waits:
        raise out_of_state("period.waits", "A period of this fund waits to be closed.")
    if not is_over:
        raise Conflict("period.not_over", "The next period is not over yet.")


def check_reopen(close: PeriodClose, by, *, until: date | None) -> None:
    """Whether an administrator may open a closed period again; `until` is the last day of all that are closed."""
    if close.status != "closed":
        raise out_of_state("period.not_closed", "This period is not closed.")
    if not by.is_superuser:
        raise out_of_reach("role.insufficient", "A period is opened again by an administrator.")
    if close.last_day != until:
        raise Conflict("period.not_last", "A later period is closed: it is opened again first.")


# ---------------------------------------------------------------- what belongs to no single fund
#
# An investor or a deal that funds are tied to is kept by the people who prepare for one of those funds; one without
# ties by whoever may enter one. Each row has what `queries.partners.with_rights` adds.


def check_open_fund(by) -> None:
    """Whether a new fund may be set up: by administrators, and by whom one of them lets."""
    if not may_open_funds(by):
        raise Forbidden(
            "role.insufficient", "Funds are set up by administrators, and by people whom one of them lets."
        )


def may_open_funds(user) -> bool:
    """Whether this person stands for the names of funds: an administrator, or whom one let."""
    return bool(user.is_active and (user.is_superuser or user.opens_funds))


def check_sender(fund: Fund) -> None:
    """Whether letters of a fund may leave in its name."""
    if fund.sender_admitted_at is None:
        raise Conflict(
            "sender.not_admitted",
            "An administrator has to admit this fund as a sender of letters first: its name is new.",
        )


def check_enter_shared(by) -> None:
    """Whether investors and deals may be entered: by managers and analysts of some fund, and who may open one."""
    if not _works_as(by, Role.MANAGER, Role.ANALYST):
        raise out_of_reach("role.insufficient", "Your role lets you look, not enter anything.")


def check_change_shared(row, by, *, may_enter: bool | None = None) -> None:
    """Whether an investor or a deal may be changed; `may_enter` is what `check_enter_shared` says of this person."""
    if not row.is_tied and may_enter is None:
        may_enter = can(check_enter_shared, by)
    if not (row.is_kept if row.is_tied else may_enter):
        raise out_of_reach(
            "role.insufficient", f"Only those who prepare for a fund of {row} may change this."
        )


def check_open_portal(investor, by) -> None:
    """Whether contacts of this investor may be let in to the portal: by managers of a fund of it; while it has none, by
    whoever may set up a fund."""
    if not (investor.is_managed if investor.is_tied else can(check_open_fund, by)):
        raise out_of_reach(
            "role.insufficient", f"Only a manager of a fund of {investor} may open the portal."
        )


def access_waiting(contact_id) -> QuerySet[ControlChange]:
    """What waits for another person to let a contact into the portal; its id, or what an `OuterRef` names."""
    waiting = ControlChange.objects.pending().filter(kind=ControlChange.Kind.PORTAL)
    return waiting.alias(contact=Cast(KT("becomes__contact_id"), BigIntegerField())).filter(
        contact=contact_id
    )


def check_invite_contact(contact: InvestorContact, by, *, waits: bool | None = None) -> None:
    """Whether a contact may be invited to the portal; `contact.investor` has its rights, `waits` is whether it is asked
    for in a fund that this person works for, where a page has read it."""
    check_open_portal(contact.investor, by)
    if contact.user_id:
        raise out_of_state("contact.has_access", f"{contact.name} signs in to the portal already.")
    if waits is None:
        waits = access_waiting(contact.pk).filter(fund__in=Fund.objects.visible_to(by)).exists()
    if waits:
        raise Conflict(
            "control.pending",
            f"Whether {contact.name} is let in waits for another person, with whose approval the invitation is mailed.",
        )


def _works_as(user, *roles) -> bool:
    """Whether this person holds one of these roles in some fund, or may open one."""
    return may_open_funds(user) or (
        user.is_active and FundMembership.objects.filter(user=user, role__in=roles).exists()
    )
