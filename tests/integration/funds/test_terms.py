"""A fund's terms, their versions, further tiers and side letters."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput
from funds.services.funds import create_fund
from funds.services.nav import enter_nav
from funds.services.terms import set_side_letter, set_terms
from tests.factories import CommitmentFactory, FundFactory
from tests.support.refusals import refusal

pytestmark = pytest.mark.django_db

AT = datetime(2025, 9, 1, 12, tzinfo=UTC)
TIER = {"hurdle_rate": Decimal("0.12"), "catch_up_rate": Decimal(0), "carry_rate": Decimal("0.30")}
FIELDS = {"name": "Search Fund I", "legal_name": "Search Fund I, L.P.", "lpa_date": date(2025, 9, 1)}


@pytest.fixture
def fund(manager):
    return FundFactory(manager=manager, name="Search Fund I")


class TestTerms:
    @pytest.fixture
    def fund(self, manager):
        return create_fund(fields=FIELDS, ctx=WriteContext(manager, AT))

    def test_a_new_version_keeps_what_it_does_not_name(self, fund, manager):
        fields = {"carry_rate": "0.25", "effective_on": date(2026, 1, 1)}
        terms = set_terms(fund_id=fund.pk, fields=fields, ctx=WriteContext(manager, AT))

        assert (terms.version, terms.carry_rate, terms.hurdle_rate) == (2, Decimal("0.25"), Decimal("0.08"))
        assert fund.terms.get(version=1).carry_rate == Decimal("0.20")
        assert audit.timeline(terms).get().changes == {
            "carry_rate": ["0.20000000", "0.25000000"],
            "effective_on": ["2025-09-01", "2026-01-01"],
        }

    def test_equal_terms_make_no_new_version(self, fund, manager):
        terms = set_terms(fund_id=fund.pk, fields={"carry_rate": "0.20"}, ctx=WriteContext(manager, AT))

        assert terms.version == fund.terms.count() == 1

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"catch_up_rate": "0.1"}, ("catch_up_below_carry", "catch_up_rate")),
            ({"carry_rate": "1"}, ("rate_out_of_range", "carry_rate")),
            ({"hurdle_rate": "1.01"}, ("rate_out_of_range", "hurdle_rate")),
            ({"hurdle_rate": "-0.01"}, ("rate_out_of_range", "hurdle_rate")),
            ({"hurdle_rate": "0.123456789"}, ("rate.max_decimal_places", "hurdle_rate")),
            ({"hurdle_rate": "8%"}, ("rate.invalid", "hurdle_rate")),
            ({"hurdle_rate": 0.08}, ("rate.invalid", "hurdle_rate")),
            ({"style": "asian"}, ("field.invalid_choice", "style")),
            ({"effective_on": None}, ("field.null", "effective_on")),
            ({"version": 9}, ("field.unknown", "version")),
        ],
    )
    def test_refuses_terms_that_cannot_work(self, fund, manager, fields, expected):
        arguments = {"fund_id": fund.pk, "fields": fields, "ctx": WriteContext(manager, AT)}

        assert refusal(InvalidInput, set_terms, **arguments) == expected
        assert fund.terms.count() == 1

    @pytest.mark.parametrize("catch_up", ["0", "0.20", "1"])
    def test_no_catch_up_and_one_that_reaches_the_carry_are_fine(self, fund, manager, catch_up):
        terms = set_terms(fund_id=fund.pk, fields={"catch_up_rate": catch_up}, ctx=WriteContext(manager, AT))

        assert terms.catch_up_rate == Decimal(catch_up)


class TestFurtherTerms:
    """Tiers above the first, side letters and values."""

    def test_tiers_make_a_version_and_are_held_to_the_same_rules(self, manager):
        fund = create_fund(
            fields={"name": "Tiered", "lpa_date": date(2025, 9, 1)}, ctx=WriteContext(manager, AT)
        )
        tier = TIER
        terms = set_terms(fund_id=fund.pk, fields={"tiers": [tier]}, ctx=WriteContext(manager, AT))
        assert (terms.version, terms.further_tiers.get().hurdle_rate) == (2, Decimal("0.12"))
        assert set_terms(fund_id=fund.pk, fields={"tiers": [tier]}, ctx=WriteContext(manager, AT)) == terms
        low = tier | {"catch_up_rate": Decimal("0.10")}
        with pytest.raises(InvalidInput) as refused:
            set_terms(fund_id=fund.pk, fields={"tiers": [low]}, ctx=WriteContext(manager, AT))
        assert refused.value.code == "catch_up_below_carry"

    @pytest.mark.parametrize(
        ("tier", "field"),
        [
            ({"hurdle_rate": Decimal("0.08")}, "tiers.0.hurdle_rate"),
            ({"hurdle_rate": Decimal("0.07")}, "tiers.0.hurdle_rate"),
            ({"carry_rate": Decimal("0.15")}, "tiers.0.carry_rate"),
        ],
    )
    def test_hurdles_rise_and_carry_does_not_fall(self, manager, tier, field):
        fund = create_fund(
            fields={"name": "Ordered", "lpa_date": date(2025, 9, 1)}, ctx=WriteContext(manager, AT)
        )
        asked = {"fund_id": fund.pk, "fields": {"tiers": [TIER | tier]}, "ctx": WriteContext(manager, AT)}
        assert refusal(InvalidInput, set_terms, **asked) == ("tiers_out_of_order", field)
        set_terms(**asked | {"fields": {"tiers": [TIER]}})
        assert refusal(InvalidInput, set_terms, **asked | {"fields": {"hurdle_rate": Decimal("0.12")}}) == (
            "tiers_out_of_order",
            "tiers.0.hurdle_rate",
        )

    def test_terms_and_side_letters_agree_while_both_are_in_force(self, manager):
        """The letter's preferred return of 10 % passes under a second hurdle of 12 %, and under one of 9 % no day."""
        fund = create_fund(
            fields={"name": "Agreeing", "lpa_date": date(2025, 9, 1)}, ctx=WriteContext(manager, AT)
        )
        partner = CommitmentFactory(fund=fund, created_by=manager)
        set_terms(fund_id=fund.pk, fields={"tiers": [TIER]}, ctx=WriteContext(manager, AT))
        letter = {"commitment_id": partner.pk, "ctx": WriteContext(manager, AT)}
        ten = {"effective_on": date(2026, 1, 1), "hurdle_rate": Decimal("0.10")}
        too_much = ten | {"hurdle_rate": Decimal("0.12")}
        assert refusal(InvalidInput, set_side_letter, fields=too_much, **letter) == (
            "tiers_out_of_order",
            "hurdle_rate",
        )
        set_side_letter(fields=ten, **letter)
        nine = {"tiers": [TIER | {"hurdle_rate": Decimal("0.09")}]}
        terms = {"fund_id": fund.pk, "ctx": WriteContext(manager, AT)}
        code, _ = refusal(InvalidInput, set_terms, fields=nine, **terms)
        assert code == "tiers_out_of_order"
        set_side_letter(fields={"effective_on": date(2027, 1, 1)}, **letter)
        set_terms(fields=nine | {"effective_on": date(2027, 1, 1)}, **terms)
        assert fund.terms.count() == 3

    def test_rates_of_a_side_letter_need_an_account_per_investor(self, manager):
        fund = create_fund(
            fields={"name": "Pooled", "lpa_date": date(2025, 9, 1)}, ctx=WriteContext(manager, AT)
        )
        partner = CommitmentFactory(fund=fund, created_by=manager)
        set_terms(fund_id=fund.pk, fields={"scope": "aggregate"}, ctx=WriteContext(manager, AT))
        letter = {"commitment_id": partner.pk, "ctx": WriteContext(manager, AT)}
        own = {"effective_on": date(2026, 1, 1), "carry_rate": Decimal("0.10")}
        code, _ = refusal(InvalidInput, set_side_letter, fields=own, **letter)
        assert code == "side_letter_in_aggregate"
        set_side_letter(fields={"effective_on": date(2026, 1, 1), "note": "Reports in April"}, **letter)
        set_terms(fund_id=fund.pk, fields={"scope": "per_investor"}, ctx=WriteContext(manager, AT))
        set_side_letter(fields=own, **letter)
        code, _ = refusal(
            InvalidInput,
            set_terms,
            fund_id=fund.pk,
            fields={"scope": "aggregate"},
            ctx=WriteContext(manager, AT),
        )
        assert code == "side_letter_in_aggregate"

    def test_a_side_letter_is_checked_with_the_terms_that_it_leaves(self, manager):
        fund = create_fund(
            fields={"name": "Lettered", "lpa_date": date(2025, 9, 1)}, ctx=WriteContext(manager, AT)
        )
        gp = fund.commitments.get()
        fields = {"effective_on": date(2025, 9, 1), "carry_rate": Decimal("0.10")}
        assert set_side_letter(commitment_id=gp.pk, fields=fields, ctx=WriteContext(manager, AT)).version == 1
        with pytest.raises(InvalidInput):
            set_side_letter(
                commitment_id=gp.pk,
                fields=fields | {"catch_up_rate": Decimal("0.05")},
                ctx=WriteContext(manager, AT),
            )

    def test_a_value_is_entered_for_a_day_that_has_come(self, manager):
        fund = create_fund(
            fields={"name": "Valued", "lpa_date": date(2025, 9, 1)}, ctx=WriteContext(manager, AT)
        )
        entry = {
            "fund_id": fund.pk,
            "amount": "1250000.00",
            "ctx": WriteContext(manager, datetime(2026, 1, 1, 12, tzinfo=UTC)),
        }
        assert enter_nav(as_of=date(2025, 12, 31), **entry).amount == Decimal("1250000.00")
        with pytest.raises(InvalidInput):
            enter_nav(as_of=date(2026, 1, 2), **entry)
