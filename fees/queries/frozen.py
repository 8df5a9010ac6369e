"""What a fee run was worked out from, as it is kept with the run."""

from collections.abc import Sequence
from decimal import Decimal

from fees.calc.periods import Period
from fees.calc.standing import State
from fees.calc.terms import BaseEntry, Frequency, Partner, TimeRule
from fees.models import FeeEvent, FeeSchedule
from fees.models import FeeIncome as Income

_RULE = ("basis", "brought_by", "suspended_basis")


def rhythm(one: FeeSchedule) -> tuple[Frequency, bool, TimeRule]:
    """When a fee falls due by a version of its schedule, and what part of a year a period is."""
    return Frequency(one.frequency), one.in_advance, TimeRule(one.time_rule)


def frozen_inputs(
    schedules: Sequence[FeeSchedule],
    events: Sequence[FeeEvent],
    partners: Sequence[Partner],
    rows: Sequence[Income],
    state: State,
    period: Period,
    waived: Decimal,
    fresh: list,
) -> dict:
    """What an instalment was worked out from, as JSON: amounts, rates and dates as text. What a fund has nothing of
    (another base than the commitment, events) is not named."""
    more = {
        "rules": [
            [one.version, *(getattr(one, name) for name in _RULE), f"{one.suspended_rate:f}"]
            for one in schedules
            if any(getattr(one, name) != FeeSchedule._meta.get_field(name).default for name in _RULE)
        ],
        "events": [[one.pk, one.kind, one.effective_on.isoformat()] for one in events],
        "bases": [[one.key, [_frozen_base(entry) for entry in one.bases]] for one in partners if one.bases],
    }
    return {key: value for key, value in more.items() if value} | {
        "period": [period.start.isoformat(), period.end.isoformat(), period.on.isoformat()],
        "waived": f"{waived:f}",
        "schedules": [
            [
                one.version,
                one.effective_on.isoformat(),
                f"{one.rate:f}",
                *map(str, rhythm(one)),
                one.offset_share,
                one.offset_after_closing,
                one.discount_order,
                f"{one.vat_rate:f}",
                one.inside,
            ]
            for one in schedules
        ],
        "partners": [_frozen_partner(one) for one in partners],
        "income": [
            [row.pk, row.effective_on.isoformat(), f"{row.amount:f}", f"{row.offset_rate:f}"] for row in rows
        ],
        "standing": [
            [
                key,
                *(
                    f"{one:f}"
                    for one in (own.charged_in_all, own.credit, own.recognised, own.applied, own.let_off)
                ),
            ]
            for key, own in state.partners.items()
        ],
        "recognised": fresh,
    }


def _frozen_partner(one: Partner) -> list:
    return [
        one.key,
        one.fee_free,
        [[tranche.admitted_on.isoformat(), f"{tranche.amount:f}"] for tranche in one.tranches],
        [[move.on.isoformat(), f"{move.amount:f}"] for move in one.moves],
        [[rate.starts_on.isoformat(), str(rate.rate), f"{rate.off:f}"] for rate in one.own_rates],
        [[spared.starts_on.isoformat(), f"{spared.amount:f}"] for spared in one.waived],
    ]


def _frozen_base(entry: BaseEntry) -> list:
    """The day, and what a partner paid for its deals, with what of it was sold and written down; and their value."""
    values = [deal.fair_value for deal in entry.deals]
    sums = (
        sum((getattr(deal, name) for deal in entry.deals), Decimal(0))
        for name in ("cost", "realised", "permanent_write_down")
    )
    value = None if None in values else f"{sum(values, Decimal(0)):f}"
    return [entry.as_of.isoformat(), *(f"{amount:f}" for amount in sums), value]
