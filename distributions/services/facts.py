"""The facts that a waterfall is worked out from: the ledger and earlier distributions. Writes nothing."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, QuerySet
from django.db.models.functions import Cast, JSONArray

from blackgem.lib.errors import Conflict
from blackgem.lib.knowledge import NOW, Knowledge
from blackgem.lib.money import split, unit_of
from distributions.calc.facts import Contribution, History, Paid, Parts, TierPaid, WriteDown, excess_returned
from distributions.calc.openings import Partner, Role, funded
from distributions.calc.terms import Scope, Terms, Tier, pref_starts_on, with_side_letter
from distributions.models import Distribution
from distributions.services.fund_rows import FundRows, Holder, day_of, read_rows
from distributions.states import DISTRIBUTION_FROZEN, DistributionType
from funds.models import Fund, FundTerms, FundTermsTier

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Facts:
    """Everything a waterfall on a day is worked out from, per partner in the order of their references."""

    terms: Terms
    commitments: tuple[Holder, ...]
    partners: tuple[Partner, ...]

    def frozen(self) -> dict:
        """The same as JSON: amounts, rates and dates as text, exactly."""
        return {
            "terms": _as_text(self.terms),
            "partners": [
                {
                    "reference": commitment.reference,
                    "investor": commitment.name,
                    "role": str(partner.role),
                    "terms": _as_text(partner.terms),
                    "history": _as_text(partner.history),
                }
                for commitment, partner in zip(self.commitments, self.partners, strict=True)
            ],
        }


def facts_on(fund, terms_row: FundTerms, day: date, *, earlier=None, without=None) -> Facts:
    """What is known of every partner up to and including a day.

    `earlier` are the distributions that count: those that were issued, unless `those_before` says better; `without` are
    rows of the ledger that do not.
    """
    return facts_of(read_rows(fund, day, earlier=earlier, without=without), terms_row)


def facts_of(rows: FundRows, terms_row: FundTerms, *, until: date | None = None) -> Facts:
    """The same from rows that were read; with `until`, of the distributions up to that day alone."""
    terms = terms_of(terms_row)
    contributed = _contributions(rows, terms)
    paid, given_back = _earlier(one for one in rows.items if until is None or one.date <= until)
    partners = [
        Partner(
            one.pk,
            History(
                contributions=(*contributed[one.pk], *given_back[one.pk]),
                paid=tuple(paid[one.pk]),
                commitment=one.amount,
            ),
            Role(one.kind),
            _own_terms(terms, rows.letters.get(one.pk)),
            one.amount if terms.scope == Scope.AGGREGATE else None,
        )
        for one in rows.holders
    ]
    return Facts(terms, rows.holders, tuple(_with_write_downs(rows, partners)))


def terms_of(row: FundTerms) -> Terms:
    """A version of a fund's terms as the engine reads it."""
    first = Tier(row.hurdle_rate, row.catch_up_rate, row.carry_rate)
    said = getattr(row, "further", None)
    if said is None:  # the terms that a distribution keeps
        said = with_further(FundTerms.objects).get(pk=row.pk).further
    further = [Tier(*map(Decimal, rates)) for rates in said]
    return Terms(
        tiers=(first, *further),
        style=row.style,
        scope=row.scope,
        compounding=row.compounding,
        day_count=row.day_count,
        order=row.order,
        pref_start=row.pref_start,
        loss_carryforward=row.loss_carryforward,
        fee_allocation=row.fee_allocation,
        fee_base=row.fee_base,
        unit=unit_of(row.fund.currency),
    )


def terms_on(fund, day: date, known: Knowledge = NOW) -> FundTerms:
    """The version of the terms that holds on a day: the newest of those in effect."""
    row = needed(terms_of_funds({fund: day}, known).first())
    row.fund = fund
    return row


def terms_of_funds(days: Mapping[Fund, date], known: Knowledge) -> QuerySet[FundTerms]:
    """Of each fund the version that holds on its day, if it has any by then, with its `further` tiers."""
    versions = known.recorded(
        FundTerms.objects.filter(fund__in=days, effective_on__lte=day_of(days)), "created_at"
    )
    return with_further(versions.order_by("fund_id", "-effective_on", "-version").distinct("fund_id"))


def with_further(versions: QuerySet[FundTerms]) -> QuerySet[FundTerms]:
    """Each with the rates of its `further` tiers, in order, as text: what is beyond which profit, catch-up, carry."""
    tiers = FundTermsTier.objects.filter(terms=OuterRef("pk")).order_by("position")
    rates = (Cast(name, CharField()) for name in ("hurdle_rate", "catch_up_rate", "carry_rate"))
    return versions.annotate(further=ArraySubquery(tiers.values(said=JSONArray(*rates))))


def needed(terms: FundTerms | None) -> FundTerms:
    """Terms that nothing can be worked out without. Raises Conflict("terms.missing")."""
    if terms is None:
        raise Conflict("terms.missing", "The fund has no terms in effect on that day.", field="date")
    return terms


def _contributions(rows: FundRows, terms):
    """What each partner paid in, by day, deal and the day from which it earns. What was reversed drops out."""
    summed = defaultdict(lambda: ZERO)
    for row in rows.standing:
        if row.call_id is not None and row.earns_preferred_return:
            # What a later closing moved between partners counts as if it had been so from the first.
            # So does what a transfer moved: on the day on which it was paid first, whoever paid it.
            on = row.accrues_from or row.happened_on or row.value_date
            earns_from = row.accrues_from or pref_starts_on(terms.pref_start, paid_on=on, due_on=row.due_on)
            summed[row.commitment_id, on, row.deal_id, earns_from] += row.amount
    found = defaultdict(list)
    for (commitment, paid_on, deal, earns_from), amount in sorted(summed.items(), key=_by_day):
        found[commitment].append(Contribution(paid_on, amount, deal, earns_from))
    return found


def _by_day(entry):
    (commitment, paid_on, deal, earns_from), _ = entry
    return paid_on, commitment, deal or 0, earns_from


def those_before(fund, one: Distribution | None):
    """The distributions that count for one: issued, or approved and next in turn.

    For one that is not approved these are all of them (a later date too: the engine then refuses to run backwards),
    for one that is, those that were approved before it.
    """
    frozen = fund.distributions.frozen()
    if one is None:
        return frozen
    return frozen.approved_before(one) if one.status in DISTRIBUTION_FROZEN else frozen.exclude(pk=one.pk)


def _earlier(items):
    """What distributions paid each partner, through the waterfall and outside it, in the order of their approval."""
    paid, given_back = defaultdict(list), defaultdict(list)
    for item in items:
        if item.type == DistributionType.RETURN_OF_EXCESS_CAPITAL:
            unused = excess_returned(item.date, item.gross_amount, item.deal_id)
            given_back[item.commitment_id].append(unused)
        else:
            paid[item.commitment_id].append(Paid(item.date, _parts(item), item.deal_id, item.number))
    return paid, given_back


def _parts(item) -> Parts:
    """What the waterfall paid on a limited partner's share. The GP's own money went through none."""
    if item.tiers:
        tiers = tuple(TierPaid(*(Decimal(amount) for amount in tier)) for tier in item.tiers)
        return Parts(item.return_of_capital, item.preferred_return, tiers)
    return Parts(item.return_of_capital, item.preferred_return)


def _own_terms(terms, letter):
    """A partner's own terms; None where its side letter, if any, leaves the fund's as they are."""
    if letter is None:
        return None
    own = with_side_letter(
        terms, hurdle=letter.hurdle_rate, catch_up=letter.catch_up_rate, carry=letter.carry_rate
    )
    return None if own == terms else own


def _with_write_downs(rows: FundRows, partners):
    """Each partner's part of every write-down, by what it had paid in for that deal; of a write-up, by what it lost."""
    losses = defaultdict(list)
    for row in rows.write_downs:
        weights, amount = _weights_of_loss(row, partners, losses)
        if any(weights):
            parts = split(amount, weights, unit_of(rows.fund.currency))
            for partner, part in zip(partners, parts, strict=True):
                if part:
                    losses[partner.key].append(WriteDown(row.date, part, row.deal_id))
    return [
        Partner(
            one.key,
            History(
                one.history.contributions, one.history.paid, tuple(losses[one.key]), one.history.commitment
            ),
            one.role,
            one.terms,
            one.weight,
        )
        for one in partners
    ]


def _weights_of_loss(row, partners, losses):
    """By what a write-down or write-up is shared, and how much of it: nobody is given back more than it lost."""
    if row.amount > 0:
        return [funded(partner.history, row.date, row.deal_id) for partner in partners], row.amount
    lost = [
        sum((loss.amount for loss in losses[partner.key] if loss.deal == row.deal_id), Decimal(0))
        for partner in partners
    ]
    return lost, max(row.amount, -sum(lost))


def _as_text(value):
    if is_dataclass(value):
        return {name: _as_text(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, list | tuple):
        return [_as_text(one) for one in value]
    if value is None or isinstance(value, bool | int):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
