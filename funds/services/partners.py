"""Investors, deals, and what each investor promised a fund."""

import re

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import MoneyError, parse_amount
from blackgem.lib.sql import service
from blackgem.lib.text import masked
from funds.access import MANAGE, check_change_shared, check_enter_shared, check_may
from funds.models import Commitment, CommitmentEvent, ControlChange, Deal, Fund, Investor, InvestorContact
from funds.queries.partners import with_rights

from .controls import Control, Kind, funds_to_ask, propose, register_control
from .inputs import entered, fill
from .register import admit, admit_by_closing, correct, locked_commitment, record

INVESTOR_FIELDS = (
    "name",
    "kind",
    "email",
    "attention",
    "address",
    "country",
    "tax_reference",
    "withholding_rate",
)
CONTACT_FIELDS = ("name", "email", "takes_notices")
DEAL_FIELDS = ("name", "description")
COMMITMENT_FIELDS = ("kind", "closing_date", "reference")

_REFERENCE = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")


# ---------------------------------------------------------------- investors and deals


@service
def create_investor(*, fields, ctx: WriteContext) -> Investor:
    """A partner-to-be. A name like another's is no error: ask `queries.namesakes` and warn. Raises InvalidInput.

    An investor entered with an e-mail address takes its notices there until its contacts say otherwise.
    """
    check_enter_shared(ctx.by)
    investor = _create(Investor(created_by=ctx.by), fields, INVESTOR_FIELDS, verb="create_investor", ctx=ctx)
    if investor.email:
        contact = InvestorContact(investor=investor)
        first = {"name": investor.attention or investor.name, "email": investor.email}
        _create(contact, first, CONTACT_FIELDS, verb="add_contact", ctx=ctx, also=[investor])
    return investor


@service
def change_investor(*, investor_id, fields, ctx: WriteContext) -> Investor:
    """Change what is known of an investor. Another name or rate of withholding that others have to agree to stands in
    `waiting` of the answer; a tax reference that is given back as it was shown, masked, stays as it is.

    Raises InvalidInput, NotFound, Forbidden, Conflict("control.pending").
    """
    investor = own_row(Investor, investor_id, ctx.by)
    if fields.get("tax_reference") == masked(investor.tax_reference):
        fields = {name: value for name, value in fields.items() if name != "tax_reference"}
    changes = fill(investor, fields, allowed=INVESTOR_FIELDS)
    investor.waiting = _propose_by_two(investor, changes, ctx)
    _write_change(investor, changes, verb="change_investor", ctx=ctx)
    return investor


#: What of an investor the letters of all its funds rest on, and the kind of change that another of it is.
_BY_TWO = {"name": Kind.PARTNER, "withholding_rate": Kind.WITHHOLDING}


def _propose_by_two(investor: Investor, changes: dict[str, list], ctx: WriteContext) -> list[ControlChange]:
    """Take what others have to agree to out of `changes`, and ask for each in all funds that it concerns."""
    asked = {
        field: funds_to_ask(investor, kind, ctx.by) for field, kind in _BY_TWO.items() if field in changes
    }
    waiting = []
    for field, funds in asked.items():
        if not funds:
            continue
        old, new = changes.pop(field)
        setattr(investor, field, old)
        about = f"{investor} (no. {investor.pk})"
        change = {"was": {field: old}, "becomes": {field: new}, "subject_id": investor.pk, "about": about}
        waiting.append(propose(funds=funds, kind=_BY_TWO[field], **change, ctx=ctx))
    return waiting


def _investor_now(change: ControlChange) -> dict:
    investor = Investor.objects.get(pk=change.subject_id)
    return {field: getattr(investor, field) for field in change.becomes}


def _apply_to_investor(change: ControlChange, ctx: WriteContext) -> None:
    investor = Investor.objects.select_for_update(no_key=True).get(pk=change.subject_id)
    changes = fill(investor, change.becomes, allowed=tuple(change.becomes))
    _write_change(investor, changes, verb="change_investor", ctx=ctx)


for _kind in _BY_TWO.values():
    register_control(_kind, Control(now=_investor_now, apply=_apply_to_investor))


@service
def create_deal(*, fields, ctx: WriteContext) -> Deal:
    """Raises InvalidInput, Forbidden."""
    check_enter_shared(ctx.by)
    return _create(Deal(created_by=ctx.by), fields, DEAL_FIELDS, verb="create_deal", ctx=ctx)


@service
def change_deal(*, deal_id, fields, ctx: WriteContext) -> Deal:
    """Raises InvalidInput, NotFound, Forbidden."""
    deal = own_row(Deal, deal_id, ctx.by)
    return _write_change(deal, fill(deal, fields, allowed=DEAL_FIELDS), verb="change_deal", ctx=ctx)


def _create(row, fields, allowed, *, verb, ctx: WriteContext, also=()):
    fill(row, fields, allowed=allowed)
    row.save()
    audit.record(verb=verb, ctx=ctx, subject=row, also=also, changes=entered(row, allowed))
    return row


def _write_change(row, changes: dict, *, verb, ctx: WriteContext):
    if changes:
        row.save(update_fields=list(changes))
        audit.record(verb=verb, ctx=ctx, subject=row, changes=changes)
    return row


def own_row(model, pk, by):
    """The row, locked; NotFound where `by` may not see it, Forbidden where it may not change it."""
    if not model.objects.visible_to(by).filter(pk=pk).exists():
        raise NotFound("not_found", f"There is no such {model._meta.verbose_name}.")
    row = with_rights(model.objects.select_for_update(no_key=True), by).get(pk=pk)
    check_change_shared(row, by)
    return row


# ---------------------------------------------------------------- commitments


@service
def commit(
    *, fund_id, investor_id, amount, closing_date, kind="lp", reference=None, ctx: WriteContext
) -> Commitment:
    """What an investor promises a fund, zero or more, in the fund's currency.

    Without a reference it takes the next number of the fund. In a fund in use with four eyes the amount waits for a
    second person. Raises InvalidInput,
    Conflict("commitment.duplicate", "commitment.reference_taken", "commitment.gp_exists").
    """
    check_may(ctx.by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    promised = _amount(amount, fund.currency)
    commitment = Commitment(fund=fund, created_by=ctx.by)
    commitment.investor = _partner_of(investor_id, ctx.by)
    reference = reference or _next_reference(fund)
    fields = {"kind": kind, "closing_date": closing_date, "reference": reference}
    fill(commitment, fields, allowed=COMMITMENT_FIELDS)
    _check_place_is_free(commitment)
    commitment.save()
    admit(commitment, promised, ctx)
    said = {"amount": [None, promised]} | entered(commitment, COMMITMENT_FIELDS)
    record("commit", commitment, said, ctx=ctx)
    return commitment


def partner_by_closing(
    *, fund: Fund, investor_id, kind: str, reference: str, closing_date, amount, ctx: WriteContext
) -> Commitment:
    """A new partner as a closing that was decided elsewhere admits it. The fund is locked by the caller.

    Raises Conflict as `commit` does.
    """
    commitment = Commitment(
        fund=fund,
        investor=Investor.objects.get(pk=investor_id),
        kind=kind,
        reference=reference,
        closing_date=closing_date,
        created_by=ctx.by,
    )
    _check_place_is_free(commitment)
    commitment.save()
    admit_by_closing(commitment, CommitmentEvent.Kind.ADMITTED, amount, closing_date, reason="", ctx=ctx)
    record("commit", commitment, {"amount": [None, amount]} | entered(commitment, COMMITMENT_FIELDS), ctx=ctx)
    return commitment


def _amount(amount, currency):
    try:
        return parse_amount(amount, currency=currency, allow_zero=True, field="amount")
    except MoneyError as error:
        raise InvalidInput(error.code, error.message, field="amount") from error


def _partner_of(investor_id, by) -> Investor:
    investor = Investor.objects.visible_to(by).filter(pk=investor_id).first()
    if investor is None:
        raise InvalidInput("investor.unknown", "There is no such investor.", field="investor")
    return investor


def _next_reference(fund) -> str:
    """One more than the highest plain number among the fund's references: 0001, 0002, …."""
    numbers = fund.commitments.filter(reference__regex=r"^[0-9]{1,9}$").values_list("reference", flat=True)
    return f"{max(map(int, numbers), default=0) + 1:04d}"


def _check_place_is_free(commitment) -> None:
    if not _REFERENCE.fullmatch(commitment.reference):
        raise InvalidInput(
            "reference.invalid",
            "A reference is letters and digits, with single hyphens or points between them.",
            field="reference",
        )
    partners = commitment.fund.commitments
    if partners.filter(investor=commitment.investor).exists():
        raise Conflict(
            "commitment.duplicate",
            f"{commitment.investor} already has a commitment to this fund: change its amount instead.",
            field="investor",
        )
    if partners.filter(reference__iexact=commitment.reference).exists():
        raise Conflict(
            "commitment.reference_taken",
            f"Another partner of this fund has the reference {commitment.reference}.",
            field="reference",
        )
    if commitment.kind == Commitment.Kind.GP and partners.filter(kind=Commitment.Kind.GP).exists():
        raise Conflict(
            "commitment.gp_exists",
            "This fund already has its GP as a partner: change that commitment instead.",
            field="kind",
        )


@service
def change_commitment(*, commitment_id, amount, ctx: WriteContext) -> Commitment:
    """Correct what an investor promised, until a call of it was issued: from then on it changes by dated events. In a
    fund in use that has four eyes it waits for a second person, and the amount stays as it was until then.

    Raises InvalidInput, Conflict("commitment.called", "commitment_event.waits").
    """
    commitment = locked_commitment(commitment_id, ctx.by)
    old, new = commitment.amount, _amount(amount, commitment.fund.currency)
    if new != old:
        if correct(commitment, new - old, ctx).approved_at:
            record("change_commitment", commitment, {"amount": [old, new]}, ctx=ctx)
        commitment.refresh_from_db()
    return commitment


@service
def set_standing(*, commitment_id, standing, ctx: WriteContext) -> Commitment:
    """Say that a partner is in good standing or defaulted: a label, the debt stands. Raises InvalidInput."""
    commitment = locked_commitment(commitment_id, ctx.by)
    changes = fill(commitment, {"standing": standing}, allowed=("standing",))
    if changes:
        commitment.save(update_fields=["standing"])
        record("set_standing", commitment, changes, ctx=ctx)
    return commitment
