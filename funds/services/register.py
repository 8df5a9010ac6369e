"""The register of a fund's partners: admitting them, and changing what they promised by dated events."""

from datetime import date

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import format_money, parse_amount
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from funds.access import MANAGE, READ, can_may, check_may
from funds.models import Commitment, CommitmentEvent, Fund
from funds.queries.accounts import account_of
from funds.queries.call_books import call_books
from funds.queries.controls import in_use
from funds.queries.periods import check_open

from .decidable import Decidable
from .inputs import problems_of

Kind = CommitmentEvent.Kind
#: What a person may enter; a partner is admitted once, and its amount corrected while nothing rests on it.
ENTERED = (Kind.INCREASED, Kind.RELEASED, Kind.EXPIRED, Kind.DEFAULT_REDUCTION)


def admit(commitment: Commitment, amount, ctx: WriteContext) -> CommitmentEvent:
    """The first event of a new commitment: it counts from the closing date, or from today where that is still to come.
    `amount` is in the fund's currency, zero or more.

    Once the fund issued a call its partners' shares move with whoever comes in: where the fund demands a second person,
    the partner is admitted with nothing, and the amount waits as a correction of that.
    """
    on = min(commitment.closing_date, ctx.today(commitment.fund))
    waits = amount and _shares_take_two(commitment.fund)
    event = _at_once(commitment, Kind.ADMITTED, amount * 0 if waits else amount, on, ctx)
    return correct(commitment, amount, ctx) if waits else event


def _shares_take_two(fund: Fund) -> bool:
    """Whether another person has to approve what moves the shares of a fund's partners."""
    return fund.four_eyes and in_use(Fund.objects.filter(pk=fund.pk)).exists()


def correct(commitment: Commitment, change, ctx: WriteContext) -> CommitmentEvent:
    """Amend what was admitted, from that day on, while no call of it was issued. Once the fund issued one, a second
    person approves it where the fund says so: shares of every partner move.

    Raises Conflict("commitment.called", "commitment_event.waits")."""
    if call_books().was_called(commitment.pk):
        raise Conflict(
            "commitment.called",
            "A call of this commitment was issued, and letters and statements state its amount: enter a dated event.",
            field="amount",
        )
    if commitment.events.pending().filter(kind=Kind.CORRECTED).exists():
        raise Conflict(
            "commitment_event.waits", "A correction of this commitment waits for approval already."
        )
    admitted = commitment.events.get(kind=Kind.ADMITTED)
    fund = commitment.fund
    if not _shares_take_two(fund):
        return _at_once(commitment, Kind.CORRECTED, change, admitted.effective_on, ctx)
    event = CommitmentEvent(
        fund=fund,
        commitment=commitment,
        kind=Kind.CORRECTED,
        changes_commitment=True,
        amount=change,
        effective_on=admitted.effective_on,
        four_eyes=True,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    return EVENTS.ask(event, ctx=ctx)


def admit_by_closing(
    commitment: Commitment, kind: str, amount, on: date, *, reason: str, ctx: WriteContext
) -> CommitmentEvent:
    """Admit a partner, or raise what it promised, as a closing says that was decided by two where the fund demands it.
    The fund and its partners are locked by the caller."""
    return _by_closing(commitment, kind, amount, on, "" if kind == Kind.ADMITTED else reason, ctx)


def reverse_by_closing(
    commitment: Commitment, amount, on: date, *, reason: str, ctx: WriteContext
) -> CommitmentEvent:
    """Take back what a partner promised at a closing `on` its day, as its reversal says. The fund and its partners are
    locked by the caller."""
    return _by_closing(commitment, Kind.REVERSED, -amount, on, reason, ctx)


def _by_closing(commitment, kind, amount, on: date, reason: str, ctx: WriteContext) -> CommitmentEvent:
    event = CommitmentEvent.objects.create(
        fund=commitment.fund,
        commitment=commitment,
        kind=kind,
        changes_commitment=True,
        amount=amount,
        effective_on=on,
        reason=reason,
        four_eyes=False,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
        approved_at=ctx.at,
        approved_by=ctx.by,
    )
    record("change_register", commitment, {"committed": [None, amount]}, ctx=ctx)
    return event


def _at_once(commitment, kind, amount, on: date, ctx: WriteContext) -> CommitmentEvent:
    return CommitmentEvent.objects.create(
        fund=commitment.fund,
        commitment=commitment,
        kind=kind,
        changes_commitment=True,
        amount=amount,
        effective_on=on,
        four_eyes=False,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
        approved_at=ctx.at,
        approved_by=ctx.by,
    )


@service
def change_register(
    *, commitment_id, kind: str, amount, effective_on: date, reason: str, ctx: WriteContext
) -> CommitmentEvent:
    """Increase, release, expire or reduce what a partner promised, by a positive `amount` of the fund's currency, from
    a day on. Without four eyes it counts at once; otherwise a second person approves it.

    Raises InvalidInput for what is no such event, for a day ahead or before the partner was admitted, and Conflict
    ("commitment.below_called") where less than what was called would be left on any day.
    """
    commitment = locked_commitment(commitment_id, ctx.by)
    fund = commitment.fund
    if kind not in ENTERED:
        raise InvalidInput("field.invalid_choice", "There is no such event.", field="kind")
    whole = parse_amount(amount, currency=fund.currency, field="amount")
    event = CommitmentEvent(
        fund=fund,
        commitment=commitment,
        kind=kind,
        changes_commitment=kind not in CommitmentEvent.UNFUNDED_ONLY,
        amount=-whole if kind in CommitmentEvent.LOWERING else whole,
        effective_on=effective_on,
        reason=(reason or "").strip(),
        four_eyes=fund.four_eyes,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    _check_entered(event, ctx)
    _check_room(event)
    return EVENTS.ask(event, ctx=ctx)


def _check_entered(event: CommitmentEvent, ctx: WriteContext) -> None:
    if event.effective_on > ctx.today(event.fund):
        raise InvalidInput(
            "effective_on.future", "The change must not take effect in the future.", field="effective_on"
        )
    check_open(event.fund, event.effective_on, field="effective_on")
    admitted_on = event.commitment.events.get(kind=Kind.ADMITTED).effective_on
    if event.effective_on < admitted_on:
        raise InvalidInput(
            "effective_on.before_admission",
            f"The partner was admitted on {admitted_on:%B} {admitted_on.day}, {admitted_on.year}: not before.",
            field="effective_on",
        )
    if not event.reason:
        raise InvalidInput("reason.required", "Say why the commitment changes.", field="reason")
    raise_if(problems_of(event, ["effective_on", "reason"]))


def _check_room(event: CommitmentEvent) -> None:
    """Never below what was called on that day or any later one."""
    room = call_books().room(event.commitment_id, event.effective_on)
    if room + event.amount < 0:
        left = format_money(room, event.fund.currency)
        said = f"Only {left} of it is unfunded from that day on."
        raise Conflict("commitment.below_called", said, field="amount")


@service
def approve_event(*, event_id, revision: int | None = None, ctx: WriteContext) -> CommitmentEvent:
    """Let an event count; where the fund demanded it, as another person than the one who asked. `revision` is how many
    events of the commitment counted: Conflict("stale_version") where another was added since."""
    return EVENTS.approve(event_id, revision=revision, ctx=ctx)


@service
def reject_event(*, event_id, ctx: WriteContext) -> CommitmentEvent:
    """Turn an event down: the commitment stays as it is."""
    return EVENTS.reject(event_id, ctx=ctx)


def locked_commitment(commitment_id, by) -> Commitment:
    """The commitment, its fund locked before it. NotFound where `by` may not see the fund."""
    fund_id = Commitment.objects.filter(pk=commitment_id).values_list("fund_id", flat=True).first()
    if fund_id is None or not can_may(by, fund_id, READ):
        raise NotFound("not_found", "There is no such commitment.")
    check_may(by, fund_id, MANAGE)
    return _locked(fund_id, commitment_id)


def _locked(fund_id, commitment_id) -> Commitment:
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    commitment = Commitment.objects.select_for_update(no_key=True).get(pk=commitment_id)
    commitment.fund = fund
    return commitment


def _lock(event: CommitmentEvent) -> None:
    event.commitment = _locked(event.fund_id, event.commitment_id)


def _take_effect(event: CommitmentEvent, ctx: WriteContext) -> None:
    before = account_of(event.commitment)
    name = "committed" if event.changes_commitment else "unfunded"
    old = getattr(before, name)
    EVENTS.approved(event, ctx, changes={name: [old, old + event.amount]})


def record(verb: str, commitment: Commitment, changes: dict, *, ctx: WriteContext) -> None:
    """An audit event about a commitment."""
    audit.record(
        verb=verb,
        ctx=ctx,
        subject=commitment,
        also=[commitment.fund, commitment.investor],
        fund_id=commitment.fund_id,
        changes=changes,
    )


EVENTS = Decidable(
    pending=CommitmentEvent.objects.pending,
    fetch=("recorded_by", "fund", "commitment__investor"),
    code="commitment_event",
    noun="change of a commitment",
    asked="request_commitment_event",
    granted="change_register",
    refused="reject_commitment_event",
    also=lambda event: [event.commitment, event.commitment.fund, event.commitment.investor],
    told=lambda event: {"kind": [None, event.kind], "change": [None, event.amount]},
    lock=_lock,
    check=lambda event, at: _check_room(event),
    effect=_take_effect,
    revision=lambda event: event.commitment.events.approved().count(),
)
