"""Attempts on what the others are asked for in place of a partner in default."""

from tests.integration.rails.defaults import call, charged, notice, opened, part, remedy, short
from tests.integration.rails.world import CHECK, FOREIGN, UNIQUE, refused

# ---------------------------------------------------------------- a shortfall


@refused("shortfall_within_its_item")
def the_others_asked_for_the_fee(t, base):
    short(t, amount="300.01", uncovered="150.01")


@refused("shortfall_within_its_item")
def a_shortfall_that_is_not_said_to_be_uncovered(t, base):
    short(t, uncovered="140.00")


@refused("shortfall_within_its_item")
def the_others_asked_twice(t, base):
    one, of, _ = short(t)
    t.whole()
    default = t.one("SELECT default_id FROM default_remedies WHERE id = %s", of)
    short(t, one, number=2, default=default)


@refused("shortfall_stays_under_its_caps")
def a_cap_of_more_than_half(t, base):
    short(t, extra={"amount": "182.51", "cap": "182.51"}, uncovered="117.49")


@refused("shortfall_stays_under_its_caps")
def a_shortfall_of_who_is_in_default(t, base):
    one = opened(t)
    short(t, one, extra={"who": one.p})


@refused("default_part_within_its_cap", CHECK)
def more_asked_than_the_cap(t, base):
    short(t, extra={"amount": "150.00", "cap": "149.99"})


@refused("default_call_asks_for_its_remedy")
def a_fee_called_in_place_of_another(t, base):
    short(t, line={"kind": "management_fee"})


@refused("one_part_per_remedy_and_partner", UNIQUE)
def a_partner_asked_twice(t, base):
    one, of, _ = short(t)
    part(t, one, of)


@refused("default_part_of_remedy", FOREIGN)
def a_part_of_another_fund(t, base):
    _, of, _ = short(t)
    t.add("default_parts", remedy_id=of, fund_id=base.fund, commitment_id=base.a, amount="1.00", cap="1.00")


@refused("default_part_of_partner", FOREIGN)
def a_part_of_a_stranger(t, base):
    one, of, _ = short(t)
    part(t, one, of, base.a)


@refused("default_calls_remedy_id_key", UNIQUE)
def a_remedy_asked_for_twice(t, base):
    one, of, _ = charged(t)
    call(t, one, {one.p: "1.00"}, of=of)


@refused("default_calls_call_id_key", UNIQUE)
def a_call_of_two_remedies(t, base):
    one, of, made = charged(t)
    default = t.one("SELECT default_id FROM default_remedies WHERE id = %s", of)
    second = remedy(t, one, default, number=2)
    t.add("default_calls", remedy_id=second, fund_id=one.fund, call_id=made)


@refused("default_call_of_remedy", FOREIGN)
def a_call_of_a_remedy_elsewhere(t, base):
    one = opened(t)
    of = remedy(t, one, notice(t, one))
    t.add("default_calls", remedy_id=of, fund_id=base.fund, call_id=base.open.id)


@refused("default_call_of_fund", FOREIGN)
def a_remedy_asked_for_elsewhere(t, base):
    one = opened(t)
    of = remedy(t, one, notice(t, one))
    t.add("default_calls", remedy_id=of, fund_id=one.fund, call_id=base.open.id)
