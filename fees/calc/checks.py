"""Terms with which no fee can be worked out."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, pairwise
from typing import NoReturn

from fees.calc.terms import FeeIncome, FeeRefused, FeeTerms, Partner, Waiver


def check_fee(
    terms: FeeTerms, partners: Sequence[Partner], income: Iterable[FeeIncome], waivers: Iterable[Waiver]
) -> None:
    """Raise FeeRefused: `date_order`, `period_overlap`, `phase_missing`, `rate_out_of_range` (outside 0 to 1),
    `share_out_of_range`, `negative_amount`, `discount_given_twice`."""
    if terms.until <= terms.start or terms.until > date(9999, 1, 1):
        _refuse("date_order", "A fee ends after it starts.")
    _check_rising([phase.starts_on for phase in terms.phases], "phase")
    _check_rising([one.starts_on or terms.start for one in terms.schedules], "schedule")
    if not any(phase.starts_on <= terms.start for phase in terms.phases):
        _refuse("phase_missing", "The first phase of a fee starts with the fee, or before it.")
    _check_rates([*(phase.rate for phase in terms.phases), terms.late_interest.rate, terms.vat_rate])
    for partner in partners:
        _check_partner(partner)
    for entry in income:
        _check_amounts([entry.amount, *(entry.shares or {}).values()])
        _check_share(entry.offset)
    _check_amounts(waiver.amount for waiver in waivers)


def _check_partner(partner: Partner) -> None:
    if partner.own_rates and partner.discount:
        _refuse("discount_given_twice", f"{partner.key} has a rate of its own or a discount, not both.")
    _check_rising([row.starts_on for row in partner.own_rates], "own rate")
    _check_rates(row.rate for row in partner.own_rates if row.rate is not None)
    for share in (partner.discount, *(row.off for row in partner.own_rates)):
        _check_share(share)
    if any(tranche.pay_on < tranche.admitted_on for tranche in partner.tranches):
        _refuse("date_order", f"{partner.key}: what it owes is due on its closing or later.")
    deals = chain.from_iterable(entry.deals for entry in partner.bases)
    stated = [
        (deal.cost, deal.realised, deal.written_off, deal.permanent_write_down, deal.fair_value or Decimal(0))
        for deal in deals
    ]
    _check_amounts(
        [
            *(tranche.amount for tranche in partner.tranches),
            *(one.amount for one in partner.waived),
            *(entry.amount for entry in partner.bases if entry.amount is not None),
            *chain.from_iterable(stated),
            partner.brought_forward,
        ]
    )


def _check_rising(days: Sequence[date], what: str) -> None:
    if any(later <= day for day, later in pairwise(days)):
        _refuse("period_overlap", f"Each {what} starts after the one before.")


def _check_rates(rates: Iterable[Decimal]) -> None:
    if not all(0 <= rate <= 1 for rate in rates):
        _refuse("rate_out_of_range", "A rate lies between 0 and 1.")


def _check_share(share: Decimal) -> None:
    if not 0 <= share <= 1:
        _refuse("share_out_of_range", "A share lies between 0 and 1.")


def _check_amounts(amounts: Iterable[Decimal]) -> None:
    if min(amounts, default=Decimal(0)) < 0:
        _refuse("negative_amount", "No amount of a fee is below zero.")


def _refuse(code: str, message: str) -> NoReturn:
    raise FeeRefused(code, message)
