"""Advisers of an investor: asked for by a contact who manages contacts, let in by managers of each fund, and ended by
the investor at once."""

from collections.abc import Iterable
from uuid import UUID

from blackgem.lib import audit
from blackgem.lib.checks import out_of_state
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput, NotFound
from blackgem.lib.sql import service
from funds.access import access_waiting
from funds.models import Adviser, Commitment, ControlChange, Fund, InvestorContact, PortalGrant

from .contacts import write_contact
from .controls import reject_change
from .inputs import fill
from .portal_access import ask_to_let_see, end_grants

#: How many may wait of one investor at a time.
MOST_WAITING = 20


def managed_for(user):
    """The commitments whose contacts a person manages in the portal."""
    held = PortalGrant.objects.in_force().filter(contact__user=user, manages_contacts=True)
    return Commitment.objects.filter(pk__in=held.values("commitment"))


@service
def ask_for_adviser(
    *, commitments: Iterable[UUID], name: str, email: str, role: str, acknowledges: bool, ctx: WriteContext
) -> list[Adviser]:
    """Ask the managers of each fund to let somebody see these commitments of one investor, who never manages contacts.

    Raises Forbidden("contacts.not_to_manage"), NotFound, InvalidInput, Conflict("control.pending",
    "contact.has_access", "adviser.too_many").
    """
    chosen = _lock_managed(commitments, ctx.by)
    investor = chosen[0].investor
    contact = _contact(investor, name, email, ctx)
    asked = [
        _ask(contact, commitment, {"name": name, "email": email, "role": role}, acknowledges, ctx)
        for commitment in chosen
    ]
    if Adviser.objects.filter(change__in=_pending(), commitment__investor=investor).count() > MOST_WAITING:
        raise Conflict("adviser.too_many", "Too many advisers wait for an answer: let some be decided first.")
    return asked


def _lock_managed(ids: Iterable[UUID], by) -> list[Commitment]:
    """The commitments, all of one investor, with their funds locked in the order of their ids."""
    wanted = set(ids)
    if not managed_for(by).exists():
        raise Forbidden("contacts.not_to_manage", "You do not manage the contacts of a commitment.")
    if not wanted:
        raise InvalidInput("adviser.no_commitment", "Choose at least one commitment.", field="commitments")
    funds = Fund.objects.filter(commitments__public_id__in=wanted)
    list(Fund.objects.select_for_update(no_key=True).filter(pk__in=funds.values("pk")).order_by("pk"))
    chosen = list(
        managed_for(by).filter(public_id__in=wanted).select_related("fund", "investor").order_by("fund", "pk")
    )
    if {one.public_id for one in chosen} != wanted:
        raise NotFound("not_found", "There is no such commitment.")
    if len({one.investor_id for one in chosen}) > 1:
        raise InvalidInput("adviser.investors", "Ask for one investor at a time.", field="commitments")
    return chosen


def _contact(investor, name, email, ctx: WriteContext) -> InvestorContact:
    """The contact of the investor who has this mailbox, or a new one that takes no notices."""
    contacts = InvestorContact.objects.select_for_update(of=("self",)).filter(investor=investor)
    known = contacts.filter(email__iexact=email.strip()).first()
    if known:
        known.investor = investor
        return known
    contact = InvestorContact(investor=investor)
    fields = {"name": name, "email": email, "takes_notices": False}
    fill(contact, fields, allowed=tuple(fields))
    return write_contact(contact, ctx)


def _ask(contact, commitment, who: dict, acknowledges: bool, ctx: WriteContext) -> Adviser:
    if contact.portal_grants.filter(commitment=commitment).exists():
        raise Conflict(
            "contact.has_access", f"{contact.email} sees {commitment.fund} already.", field="email"
        )
    if access_waiting(contact.pk).filter(fund=commitment.fund_id).exists():
        raise Conflict("control.pending", f"{commitment.fund} is asked for this already.", field="email")
    adviser = Adviser(commitment=commitment, contact=contact, asked_at=ctx.at, asked_by=ctx.by)
    fill(adviser, who, allowed=("name", "email", "role"))
    rights = {"acknowledges": acknowledges, "manages_contacts": False}
    adviser.change = ask_to_let_see(contact, commitment, ctx, rights)
    adviser.save(force_insert=True)
    _record("ask_for_adviser", adviser, ctx, {"role": [None, adviser.role]})
    return adviser


@service
def withdraw_adviser(*, adviser_id: UUID, ctx: WriteContext) -> Adviser:
    """End at once what an adviser sees of a commitment, or what waits for it.

    Raises NotFound for that of somebody else, Conflict("adviser.over").
    """
    adviser = _locked(managed_for(ctx.by), public_id=adviser_id)
    if adviser.withdrawn_at or adviser.change.rejected_at:
        raise Conflict("adviser.over", "This was declined or withdrawn before.")
    if not adviser.change.approved_at:
        _reject(adviser.change, ctx)
    elif adviser.contact_id:
        contact = InvestorContact.objects.select_for_update(of=("self",)).get(pk=adviser.contact_id)
        contact.investor = adviser.commitment.investor
        end_grants(contact, contact.portal_grants.filter(commitment=adviser.commitment), ctx)
    adviser.withdrawn_at, adviser.withdrawn_by = ctx.at, ctx.by
    adviser.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _record("withdraw_adviser", adviser, ctx)
    return adviser


def _reject(change: ControlChange, ctx: WriteContext) -> None:
    """Take the request back, as the investor."""
    change.rejected_at, change.rejected_by = ctx.at, ctx.by
    change.save(update_fields=["rejected_at", "rejected_by"])


def check_decline_adviser(adviser: Adviser) -> None:
    """Whether what an investor asked for still waits."""
    if adviser.change.approved_at or adviser.change.rejected_at:
        raise out_of_state("adviser.over", "This was decided or withdrawn before.")


@service
def decline_adviser(*, adviser_id: int, reason: str, ctx: WriteContext) -> Adviser:
    """Do not let in whom an investor asked for, and say why; whoever asked hears that it was declined.

    Raises NotFound, Forbidden("role.insufficient"), InvalidInput, Conflict("control.decided").
    """
    adviser = Adviser.objects.filter(pk=adviser_id).first()
    if adviser is None:
        raise NotFound("not_found", "There is no such request.")
    reject_change(change_id=adviser.change_id, reason=reason, ctx=ctx)
    adviser.refresh_from_db(fields=["declined_because"])
    return adviser


def _locked(commitments, **which) -> Adviser:
    """An adviser of these commitments, with its fund locked."""
    found = (
        Adviser.objects.filter(commitment__in=commitments, **which)
        .values_list("pk", "commitment__fund")
        .first()
    )
    if found is None:
        raise NotFound("not_found", "There is no such adviser.")
    pk, fund = found
    Fund.objects.select_for_update(no_key=True).get(pk=fund)
    related = ("commitment__fund", "commitment__investor", "change")
    return Adviser.objects.select_related(*related).get(pk=pk)


def _pending():
    return ControlChange.objects.pending()


def _record(verb, adviser: Adviser, ctx: WriteContext, changes=None) -> None:
    audit.record(
        verb=verb,
        ctx=ctx,
        subject=adviser,
        also=[adviser.contact, adviser.commitment, adviser.commitment.investor],
        fund_id=adviser.commitment.fund_id,
        changes=changes,
    )
