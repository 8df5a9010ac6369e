"""Attempts on later closings: their terms and parts. `closings_deciding` tries their states, `closings_moving` what
they move."""

from tests.integration.rails.world import CHECK, FOREIGN, UNIQUE, allowed, refused


def draft(t, base, **values):
    """A draft of the plain fund, which admits somebody."""
    return t.closing(base.fund, {t.investor(): "1000.00"}, **values)


def waiting(t, base, **values):
    closing = draft(t, base, **values)
    t.submit_closing(closing)
    return closing


# ---------------------------------------------------------------- one row


@allowed
def a_draft_with_all_its_parts(t, base):
    closing = draft(t, base, rate=None)
    investor = t.investor()
    tranche = t.tranche(closing, base.fund, investor)
    t.add("closing_rates", closing_id=closing, starts_on="2026-01-01", rate="0.05")
    fee(t, base, closing, tranche)
    t.add("closing_exclusions", closing_id=closing, deal_id=t.deal())
    excuse(t, base, closing, tranche)
    value(t, base, closing)
    t.submit_closing(closing)


def fee(t, base, closing, tranche, **values):
    keys = {"closing_id": closing, "fund_id": base.fund, "tranche_id": tranche}
    return t.add("closing_fees", **{**keys, "amount": "10.00", "due_on": "2026-01-15", **values})


def excuse(t, base, closing, tranche, **values):
    keys = {"closing_id": closing, "fund_id": base.fund, "tranche_id": tranche, "deal_id": t.deal()}
    return t.add("closing_excuses", **{**keys, "reason": "Side letter", **values})


def value(t, base, closing, **values):
    keys = {"closing_id": closing, "fund_id": base.fund, "line_id": base.open.lines[1]}
    return t.add("closing_values", **{**keys, "value": "500.00", **values})


@refused("closing_number_once_per_fund", UNIQUE)
def two_closings_of_one_number(t, base):
    for _ in range(2):
        draft(t, base, number=7)


@refused("one_closing_waits_per_fund", UNIQUE)
def two_closings_that_wait(t, base):
    waiting(t, base)
    waiting(t, base)


@refused("closing_is_paid_after_it_is_held")
def a_closing_paid_on_its_own_day(t, base):
    draft(t, base, pay_on="2026-03-10")


@refused("closing_rate_is_a_share")
def interest_above_everything(t, base):
    draft(t, base, rate="1.000001")


@refused("closing_rate_is_a_share")
def interest_below_nothing(t, base):
    draft(t, base, rate="-0.000001")


@refused("closing_spread_is_a_share")
def a_spread_below_nothing(t, base):
    draft(t, base, spread="-0.01")


@refused("closing_table_rate_is_a_share")
def a_rate_of_the_table_above_everything(t, base):
    t.add("closing_rates", closing_id=draft(t, base), starts_on="2026-01-01", rate="1.1")


@refused("one_rate_per_day_of_a_closing", UNIQUE)
def two_rates_from_one_day(t, base):
    closing = draft(t, base)
    for rate in ("0.05", "0.06"):
        t.add("closing_rates", closing_id=closing, starts_on="2026-01-01", rate=rate)


@refused("one_tranche_per_investor", UNIQUE)
def an_investor_named_twice(t, base):
    closing, investor = draft(t, base), t.investor()
    for _ in range(2):
        t.tranche(closing, base.fund, investor)


@refused("tranche_positive")
def a_tranche_of_nothing(t, base):
    t.tranche(draft(t, base), base.fund, t.investor(), "0.00")


@refused("tranche_fee_is_a_rate_or_a_share_off")
def a_tranche_with_a_rate_and_a_share_off(t, base):
    one = t.tranche(draft(t, base), base.fund, t.investor())
    t.change("closing_tranches", one, fee_rate="0.01", fee_discount="0.1")


@refused("tranche_belongs_to_closing", FOREIGN)
def a_tranche_of_another_fund(t, base):
    t.tranche(draft(t, base), base.strict, t.investor())


@refused("amount_fits_its_currency", CHECK)
def a_tranche_finer_than_its_currency(t, base):
    t.tranche(draft(t, base), base.fund, t.investor(), "0.001")


@refused("closing_fee_positive")
def a_fee_of_nothing(t, base):
    closing = draft(t, base)
    fee(t, base, closing, t.tranche(closing, base.fund, t.investor()), amount="0.00")


@refused("closing_fee_of_fund", FOREIGN)
def a_fee_of_another_fund(t, base):
    closing = draft(t, base)
    fee(t, base, closing, t.tranche(closing, base.fund, t.investor()), fund_id=base.strict)


@refused("closing_fee_belongs_to_tranche", FOREIGN)
def a_fee_for_the_tranche_of_another_closing(t, base):
    fee(t, base, draft(t, base), t.tranche(draft(t, base), base.fund, t.investor()))


@refused("deal_excluded_once_per_closing", UNIQUE)
def a_deal_left_out_twice(t, base):
    closing, deal = draft(t, base), t.deal()
    for _ in range(2):
        t.add("closing_exclusions", closing_id=closing, deal_id=deal)


@refused("closing_excuse_of_fund", FOREIGN)
def an_excuse_of_another_fund(t, base):
    closing = draft(t, base)
    excuse(t, base, closing, t.tranche(closing, base.fund, t.investor()), fund_id=base.strict)


@refused("closing_excuse_belongs_to_tranche", FOREIGN)
def an_excuse_for_the_tranche_of_another_closing(t, base):
    excuse(t, base, draft(t, base), t.tranche(draft(t, base), base.fund, t.investor()))


@refused("excused_once_per_tranche_and_deal", UNIQUE)
def excused_twice_from_a_deal(t, base):
    closing, deal = draft(t, base), t.deal()
    tranche = t.tranche(closing, base.fund, t.investor())
    for _ in range(2):
        excuse(t, base, closing, tranche, deal_id=deal)


@refused("closing_excuse_has_reason")
def excused_without_a_reason(t, base):
    closing = draft(t, base)
    excuse(t, base, closing, t.tranche(closing, base.fund, t.investor()), reason="")


@refused("line_valued_once_per_closing", UNIQUE)
def a_line_valued_twice(t, base):
    closing = draft(t, base)
    for _ in range(2):
        value(t, base, closing)


@refused("closing_value_not_negative")
def a_line_worth_less_than_nothing(t, base):
    value(t, base, draft(t, base), value="-0.01")


@refused("closing_value_of_fund", FOREIGN)
def a_value_of_another_fund(t, base):
    value(t, base, draft(t, base), fund_id=base.strict)


@refused("closing_value_of_line", FOREIGN)
def a_value_of_another_funds_line(t, base):
    value(t, base, draft(t, base), line_id=base.waiting.lines[0])


def unknown_choice(column, rail):
    @refused(rail)
    def run(t, base):
        draft(t, base, **{column: "guessed"})

    run.__name__ = f"a_closing_whose_{column}_is_guessed"


for column in ("compounding", "day_count", "interest_end", "fee_interest"):
    unknown_choice(column, f"closings_{column}_known")


@refused("closing_tranches_kind_known")
def a_tranche_of_no_known_kind(t, base):
    t.tranche(draft(t, base), base.fund, t.investor(), kind="xx")
