"""What a capital call notice says, frozen when the call is issued: one per partner from whom something is called."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime

from django.db.models import Q

from blackgem.lib.context import WriteContext
from blackgem.lib.letter_fonts import texts_in
from capital.models import (
    CapitalCall,
    CapitalCallItem,
    CapitalCallLine,
)
from capital.notice_lines import collects_of, item_lines_of, label_of, lines_told
from capital.notice_position import add_call, called_share, position, within_of
from capital.notice_totals import OF_THE_FUND, with_allowed_totals
from capital.queries.carried import DUE, carried_to, due_facts
from funds.models import BankDetails, Fund, Notice
from funds.services.bank import BANK_FIELDS
from funds.services.notice_facts import (
    fund_facts,
    partner_facts,
    ratio,
    steady,
    text,
    totals_of,
)
from funds.services.notices import (
    NoticeDraft,
    draft_notice,
    letters_unsent,
    rewrite_unsent,
    sent_among,
    write_notices,
)

#: What a later version takes over from the first: amounts never change, and "before this call" lies in the past.
SETTLED = (
    "currency",
    "amount",
    "lines",
    "position",
    "position_shares",
    "fund_position",
    "fund_shares",
    "bank",
    "totals",
)
#: And these, where it asks for a fee, is the notice of a default, withdraws one, or says what was assumed.
WHERE_SAID = ("fee", "default", "withdrawn", "assumed")
#: What one version says, and none after it.
SAID_ONCE = ("undone", "reminder", "ask")
_LINE = ("allocation__deal", "equalises__allocation__deal", "equalises__call")


def write_call_notices(
    *, call: CapitalCall, fees: Mapping[int, dict] | None = None, ctx: WriteContext, change_note: str = ""
) -> list[Notice]:
    """Write the notices of an issued call: the first version, or the next one when it was reworded. `fees` are, by
    commitment, how the management fee in its part was worked out: days, base, rates, what comes off.

    Inside the caller's transaction, after the call's status is saved, because the roll-ups then count it. Partners
    from whom nothing is called (excused, or a commitment of zero) get no letter. The number of queries does not depend
    on the number of partners.
    """
    earlier = Notice.objects.filter(kind=Notice.Kind.CAPITAL_CALL, subject_id=call.pk)
    before = dict(earlier.order_by("version").values_list("item_id", "facts"))
    items = [item for item in _items(call, before) if not before or item.pk in before]
    facts = (
        _facts_again(call, items, before)
        if before
        else _first_facts(call, items, _bank(call.bank_details, call.fund), fees)
    )
    return write_notices(
        fund=call.fund,
        kind=Notice.Kind.CAPITAL_CALL,
        subject_id=call.pk,
        dated_on=ctx.today(call.fund),
        drafts=[
            NoticeDraft(item.commitment, item.pk, notice_number(call, item.commitment), facts[item.pk])
            for item in items
        ],
        change_note=change_note,
        ctx=ctx,
    )


def draft_of_letter(call: CapitalCall, item_id: int, *, at: datetime) -> Notice | None:
    """One of `drafts_of_letters`; None where nothing is called of this partner, who gets no letter."""
    return next(iter(drafts_of_letters(call, at=at, of=item_id)), None)


def drafts_of_letters(call: CapitalCall, *, at: datetime, of: int | None = None) -> list[Notice]:
    """The letters as they would be issued now, of a call that is not issued yet, or that of one item: nothing is
    written."""
    items = [item for item in _items(call) if of in (None, item.pk)]
    if not items:
        return []
    _count_as_issued(call, items)
    details = call.fund.bank_details.verified().order_by("-version").first()
    facts = _first_facts(call, items, _bank(details, call.fund))
    numbered = [(item, notice_number(call, item.commitment)) for item in items]
    return [
        draft_notice(
            fund=call.fund,
            kind=Notice.Kind.CAPITAL_CALL,
            dated_on=call.fund.day_of(at),
            draft=NoticeDraft(item.commitment, item.pk, number, facts[item.pk]),
        )
        for item, number in numbered
    ]


def write_payment_instructions(*, call: CapitalCall, details: BankDetails, ctx: WriteContext) -> list[Notice]:
    """The next version of those letters that give no payment instructions, or others and nobody was sent them yet."""
    newest = list(Notice.objects.newest(Notice.Kind.CAPITAL_CALL, call.pk).select_related("commitment"))
    sent = sent_among(newest)
    bank = _bank(details, call.fund)
    items = CapitalCallItem.objects.select_related("capital").in_bulk([one.item_id for one in newest])
    carried = carried_to(call)
    behind = [
        one
        for one in newest
        if one.facts["bank"] is None or (one.pk not in sent and one.facts["bank"] != bank)
    ]
    return write_notices(
        fund=call.fund,
        kind=Notice.Kind.CAPITAL_CALL,
        subject_id=call.pk,
        dated_on=ctx.today(call.fund),
        drafts=[
            _again(
                one, {"bank": bank} | due_facts(items[one.item_id], carried, _netted(one.facts)), call.fund
            )
            for one in behind
        ],
        change_note="It gives the payment instructions.",
        ctx=ctx,
    )


def write_what_is_due(
    *,
    call: CapitalCall,
    items: Iterable[CapitalCallItem],
    change_note: str = "It says what is due with this call.",
    netted: Mapping[int, list[dict]] | None = None,
    said: Mapping[str, dict | None] | None = None,
    of_each: Callable[[CapitalCallItem], dict] = lambda item: {},
    ctx: WriteContext,
) -> list[Notice]:
    """The next version of the letters of these items, which say what is due with the call by now; `netted` is what of
    each is set off against distributions, where that is another than before; `said` whether it is the notice of a
    default, or the withdrawal of one, or of what was assumed (`WHERE_SAID`), and `of_each` what of one item alone. A
    call that was brought in from another system has no letters, nor has who assumed a part of one: what is netted, or
    said, is told by a first one."""
    by_id, carried = {item.pk: item for item in items}, carried_to(call)
    newest = list(Notice.objects.newest(Notice.Kind.CAPITAL_CALL, call.pk).filter(item_id__in=by_id))
    drafts = [
        _again(
            one,
            due_facts(
                by_id[one.item_id],
                carried,
                _netted(one.facts) if netted is None else netted.get(one.item_id, []),
            )
            | dict(said or {})
            | of_each(by_id[one.item_id]),
            call.fund,
        )
        for one in newest
    ]
    if said or netted:
        told = {one.item_id for one in newest}
        late = [
            item for key, item in by_id.items() if key not in told and (item.amount or item.capital.called)
        ]
        drafts += _late_drafts(call, late, carried, netted or {}, said or {})
    return write_notices(
        fund=call.fund,
        kind=Notice.Kind.CAPITAL_CALL,
        subject_id=call.pk,
        dated_on=ctx.today(call.fund),
        drafts=drafts,
        change_note=change_note,
        ctx=ctx,
    )


def netted_otherwise(call: CapitalCall, item_ids: Collection[int]) -> dict[int, list[dict]]:
    """By item, what its letter says of what pays it and is no set-off: a distribution that a later closing shared anew,
    and fees that the manager waived."""
    found: dict[int, list[dict]] = defaultdict(list)
    newest = Notice.objects.newest(Notice.Kind.CAPITAL_CALL, call.pk).filter(item_id__in=item_ids)
    for item, facts in newest.values_list("item_id", "facts"):
        found[item] = [one for one in _netted(facts) if "closing" in one or "waived_fees" in one]
    return found


def _late_drafts(call, items: list[CapitalCallItem], carried, netted, said) -> list[NoticeDraft]:
    """First letters of a call that was issued elsewhere, or of an item that came to it since: without a position, which
    nobody froze at its issue."""
    if not items:
        return []
    details = call.fund.bank_details.verified().order_by("-version").first()
    shared = {
        "currency": call.fund.currency,
        "bank": _bank(details, call.fund),
    }
    shared |= {name: [] for name in ("position", "position_shares", "fund_position", "fund_shares")}
    lines, item_lines = list(call.lines.select_related(*_LINE).order_by("position")), item_lines_of(call)
    return [
        NoticeDraft(
            item.commitment,
            item.pk,
            notice_number(call, item.commitment),
            with_allowed_totals(
                {
                    **_letter(call, item, call.fund),
                    **shared,
                    "totals": Fund.PartnerTotals.ALL if item.amount else Fund.PartnerTotals.NONE,
                    "amount": text(item.amount),
                    "lines": lines_told(lines, item_lines[item.pk]) if item.amount else [],
                    **due_facts(item, carried, netted.get(item.pk, [])),
                    **said,
                },
                call.fund,
            ),
        )
        for item in items
    ]


def _netted(facts: dict) -> list[dict]:
    """What the letter said last of what is set off against distributions."""
    return facts.get("netted") or []


def _again(notice: Notice, changes: dict, fund: Fund) -> NoticeDraft:
    """The letter with other facts about what is due and where it is to be paid."""
    facts = {key: value for key, value in notice.facts.items() if key not in (*DUE, *SAID_ONCE)}
    return NoticeDraft(
        notice.commitment, notice.item_id, notice.number, with_allowed_totals(facts | changes, fund)
    )


def write_allowed_totals(*, call: CapitalCall, ctx: WriteContext) -> list[Notice]:
    """The next version of those unsent letters that show more of all partners than the fund lets them by now."""
    return rewrite_unsent(
        subject=call,
        kind=Notice.Kind.CAPITAL_CALL,
        facts_of=with_allowed_totals,
        change_note="It shows less of all partners together.",
        ctx=ctx,
    )


def texts_of_letters(
    call: CapitalCall, items: Iterable[CapitalCallItem], lines: Iterable[CapitalCallLine]
) -> Iterator[str]:
    """Every text that the letters of these items would print, but for reasons of excuses; also before issue."""
    for item in items:
        yield from texts_in(_letter(call, item, call.fund))
    for line in lines:
        yield label_of(line)


def are_unsent(call: CapitalCall) -> bool:
    """Whether one of the newest letters was never sent."""
    return letters_unsent(Notice.Kind.CAPITAL_CALL, call.pk)


def notice_number(call: CapitalCall, commitment) -> str:
    """What the letter is called, over all funds: "LSFI-CC3-0001"."""
    return f"{call.fund.code}-{payment_reference(call, commitment)}"


def payment_reference(call: CapitalCall, commitment) -> str:
    """What a payment is to quote: "CC3-0001"."""
    return f"CC{call.number}-{commitment.reference}"


def _items(call: CapitalCall, told: Collection[int] = ()) -> list[CapitalCallItem]:
    """Those of which something was called, or that were `told` of it since; with the positions of their partners and of
    the fund, all read by one statement: a payment that is committed meanwhile is on all of them or on none."""
    called = CapitalCallItem.objects.filter(Q(amount__gt=0) | Q(pk__in=told), call=call, fund=call.fund_id)
    positions = ("capital", "commitment__investor", "commitment__capital", "fund__partners")
    return list(called.select_related(*positions).order_by("commitment_id"))


# ---------------------------------------------------------------- facts


def _first_facts(call: CapitalCall, items: list, bank: dict | None, fees=None) -> dict[int, dict]:
    """By item. The roll-ups of fund and commitments count this call already."""
    fund = items[0].fund
    lines = list(call.lines.select_related(*_LINE).order_by("position"))
    item_lines, carried = item_lines_of(call), carried_to(call)
    within = within_of(lines)
    shared = {
        "currency": fund.currency,
        "totals": Fund.PartnerTotals.NONE if collects_of(lines) else Fund.PartnerTotals.ALL,
        "bank": bank,
        "fund_position": position(fund.partners, call.total_amount, lines),
        "fund_shares": [called_share("Called, % of all commitments", fund.partners, within)],
    }
    return {
        item.pk: with_allowed_totals(
            _facts(call, item, fund, lines, item_lines[item.pk], shared)
            | due_facts(item, carried)
            | ({"fee": fees[item.commitment_id]} if fees and item.commitment_id in fees else {}),
            fund,
        )
        for item in items
    }


def _facts(call, item, fund, lines, item_lines, shared) -> dict:
    capital = item.commitment.capital
    within = within_of(item_lines.values())
    return {
        **_letter(call, item, fund),
        **shared,
        "amount": text(item.amount),
        "lines": lines_told(lines, item_lines),
        "position": position(capital, item.amount, item_lines.values()),
        "position_shares": [
            steady(OF_THE_FUND, ratio(capital.committed, fund.partners.committed)),
            called_share("Called, % of your commitment", capital, within),
        ],
    }


def _count_as_issued(call: CapitalCall, items: list[CapitalCallItem]) -> None:
    """Have the roll-ups that were read with these items count a call that is not issued yet, in memory alone."""
    item_lines = item_lines_of(call)
    for item in items:
        add_call(item.commitment.capital, item.amount, item_lines[item.pk].values())
    add_call(items[0].fund.partners, call.total_amount, list(call.lines.all()))


def _facts_again(call, items, before: dict[int, dict]) -> dict[int, dict]:
    """Names, addresses, wording and due date as they are now; everything about money as it was."""
    carried = carried_to(call)
    settled = {key: {"totals": totals_of(facts)} | facts for key, facts in before.items()}
    again = {
        item.pk: {
            **_letter(call, item, call.fund),
            **{name: settled[item.pk][name] for name in SETTLED},
            **{name: settled[item.pk][name] for name in WHERE_SAID if name in settled[item.pk]},
            **due_facts(item, carried, _netted(settled[item.pk])),
        }
        for item in items
    }
    return {key: with_allowed_totals(facts, call.fund) for key, facts in again.items()}


def _letter(call: CapitalCall, item: CapitalCallItem, fund: Fund) -> dict:
    """Who writes to whom, about what, until when."""
    return {
        "commitment_id": item.commitment_id,
        "item_id": item.pk,
        "payment_reference": payment_reference(call, item.commitment),
        "fund": fund_facts(fund),
        "partner": partner_facts(item.commitment),
        "call": {
            "number": call.number,
            "called_on": call.call_date.isoformat(),
            "due_on": call.due_date.isoformat(),
            "purpose": call.purpose,
            "purpose_detail": call.purpose_detail,
            "amount": text(call.total_amount),
        },
    }


def _bank(details: BankDetails | None, fund: Fund) -> dict | None:
    if details is None:
        return None
    verified_on = {"verified_on": fund.day_of(details.verified_at).isoformat()}
    return {name: getattr(details, name) for name in (*BANK_FIELDS, "version")} | verified_on
