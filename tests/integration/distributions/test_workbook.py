"""The workbook of a distribution, recalculated by a spreadsheet engine that is not ours, agrees to the cent."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from blackgem.lib.context import WriteContext
from distributions.queries.workbook import workbook_name, workbook_of
from distributions.services import distributions
from distributions.services.write_downs import write_down
from funds.models import FundTermsTier, SideLetter
from tests.factories import FundTermsFactory, UserFactory, promise_more
from tests.integration.capital.story import NOW, fresh
from tests.support.opened import written
from tests.support.recalculated import Recalculated, cents
from tests.support.staging import staged

from .story import AT_EXIT, EXIT, ExitStory

pytestmark = pytest.mark.django_db


@staged
def story():
    return ExitStory()


@staged
def by_investor():
    return ExitStory(scope="per_investor")


@pytest.fixture
def recalculate(tmp_path):
    def run(one) -> Recalculated:
        path = tmp_path / f"{one.pk}.xlsx"
        path.write_bytes(workbook_of(fresh(one), at=NOW))
        return Recalculated(path)

    return run


def agrees(book: Recalculated, one) -> None:
    """No error, OK in every check, and the same cents step by step and partner by partner, read by ourselves."""
    assert book.errors() == []
    stored = [(tier.lp_amount, tier.gp_amount, "OK") for tier in one.tiers.order_by("position")]
    *steps, total = book.steps().values()
    assert steps == stored
    assert total == (sum(lp for lp, _, _ in stored), sum(gp for _, gp, _ in stored), "OK")
    partners = book.partners()
    for item in one.items.select_related("commitment"):
        row = partners[item.commitment.reference]
        figures = {
            "Return of capital": item.return_of_capital,
            "Preferred return": item.preferred_return,
            "Share of profit": item.profit_share,
            "Carried interest": item.carried_interest,
            "Gross": item.gross_amount,
        }
        assert {name: cents(row[name]) for name in figures} == figures, item.commitment.reference
        assert row["Check"] == "OK"
    assert book.verdict == "OK"


# ---------------------------------------------------------------- the same cents


def test_the_figures_of_a_cfo(recalculate):
    draft = ExitStory(short="25000.00").draft_exit()
    book = recalculate(draft)
    agrees(book, draft)
    assert list(book.steps().values())[:4] == [
        (Decimal("325000.00"), Decimal("0.00"), "OK"),
        (Decimal("40238.84"), Decimal("0.00"), "OK"),
        (Decimal("0.00"), Decimal("10059.71"), "OK"),
        (Decimal("99761.16"), Decimal("24940.29"), "OK"),
    ]


@pytest.mark.parametrize("scope", ["aggregate", "per_investor"])
def test_a_carry_bearing_exit_after_others(recalculate, scope):
    story = ExitStory(scope=scope)
    promise_more(story.gp, Decimal("50000.00"))
    story.call_and_pay(date(2026, 5, 1), Decimal("77777.77"))
    story.issue_exit("61234.57", recallable=True, on=date(2026, 6, 1))
    excess = story.issue_exit("3333.33", type="RETURN_OF_EXCESS_CAPITAL", on=date(2026, 7, 1))
    story.issue_exit("390000.01", on=date(2027, 1, 15))
    story.issue_exit("20000.03", on=date(2027, 3, 1))
    last = story.issue_exit("912345.67")
    assert fresh(last).capital.carried_interest > 100_000
    for one in (excess, last):
        agrees(recalculate(one), one)


def test_side_letters_and_a_catch_up_of_half(recalculate):
    story = ExitStory(scope="per_investor")
    FundTermsFactory(
        fund=story.fund, scope="per_investor", catch_up_rate=Decimal("0.5"), compounding="quarterly"
    )
    for partner, rates in zip(
        story.partners, ({"hurdle_rate": "0.06"}, {"carry_rate": "0.10"}, {"catch_up_rate": "0"}), strict=True
    ):
        given = {name: Decimal(rate) for name, rate in rates.items()}
        with written():
            SideLetter.objects.create(
                commitment=partner,
                version=1,
                effective_on=date(2025, 9, 1),
                created_by=story.manager,
                **given,
            )
    for amount in ("380000.00", "12345.67", "98765.43"):
        one = story.issue_exit(amount)
        agrees(recalculate(one), one)


TERMS = [
    {"compounding": "simple", "day_count": "act/360"},
    {"compounding": "quarterly", "day_count": "30E/360"},
    {"order": "pref_first"},
    {"pref_start": "due", "carry_rate": Decimal("0.15")},
    {"pref_start": "later", "catch_up_rate": Decimal("0")},
]


@pytest.mark.parametrize("terms", TERMS, ids=str)
@pytest.mark.parametrize("scope", ["aggregate", "per_investor"])
def test_every_variation_of_the_terms(recalculate, terms, scope, story):
    FundTermsFactory(fund=story.fund, scope=scope, **terms)
    story.call_and_pay(date(2026, 5, 1), Decimal("10000.07"), due=date(2026, 4, 1))
    story.call_and_pay(date(2026, 5, 3), Decimal("20000.05"), due=date(2026, 6, 15))
    story.issue_exit("123456.78", on=date(2026, 12, 31))
    one = story.issue_exit("523456.79")
    agrees(recalculate(one), one)


@pytest.mark.parametrize("catch_up", ["1", "0.6", "0"])
def test_several_hurdles(recalculate, catch_up, story):
    terms = FundTermsFactory(fund=story.fund, scope="aggregate", catch_up_rate=Decimal(catch_up))
    for position, (hurdle, carry) in enumerate((("0.12", "0.25"), ("0.20", "0.30")), start=2):
        rates = {
            "hurdle_rate": Decimal(hurdle),
            "catch_up_rate": Decimal(catch_up),
            "carry_rate": Decimal(carry),
        }
        FundTermsTier.objects.create(terms=terms, position=position, **rates)
    for amount in ("365000.00", "40000.01", "60000.07", "300000.00"):
        one = story.issue_exit(amount)
        agrees(recalculate(one), one)


@pytest.mark.parametrize("loss_carryforward", [True, False])
def test_deal_by_deal_it_says_what_it_was_given(recalculate, loss_carryforward, client, story):
    FundTermsFactory(
        fund=story.fund, style="american", scope="per_investor", loss_carryforward=loss_carryforward
    )
    first, second = story.allocate(), story.allocate()
    story.call_and_pay(date(2026, 4, 1), Decimal("60000.00"), allocation=first)
    story.call_and_pay(date(2026, 5, 1), Decimal("40000.01"), allocation=second)
    write_down(
        fund_id=story.fund.pk,
        deal_id=second.deal_id,
        date=date(2026, 9, 1),
        amount="9999.99",
        ctx=WriteContext(story.manager, AT_EXIT),
    )
    story.issue_exit("30000.00", deal_id=first.deal_id, on=date(2026, 10, 1))
    one = story.issue_exit("200000.00", deal_id=first.deal_id)
    book = recalculate(one)
    agrees(book, one)
    assert "American" in book.cell("Result", 6, 1)
    assert "worked out by the application" in book.cell("Result", 6, 1)
    client.force_login(story.manager)
    page = client.get(reverse("distributions:distribution", args=[one.pk]))
    assert page.status_code == 200, "what is due may hold fractions of a cent"


# ---------------------------------------------------------------- live, and honest


def test_its_formulas_are_live_and_a_difference_is_told(recalculate, tmp_path, story):
    draft = story.draft_exit()
    path = tmp_path / "changed.xlsx"
    path.write_bytes(workbook_of(fresh(draft), at=NOW))
    book = load_workbook(path)
    book["Inputs"]["E4"] = 1_000_000
    book.save(path)
    changed = Recalculated(path)
    assert changed.verdict == "DIFFERS"
    assert changed.steps()["Return of capital"][2] == "DIFFERS"


def test_nothing_that_the_application_says_feeds_a_formula(story):
    """Its figures stand in columns that only checks read."""
    draft = story.draft_exit()
    book = load_workbook(io.BytesIO(workbook_of(fresh(draft), at=NOW)))
    for name in ("Accounts", "Waterfall"):
        for row in book[name].iter_rows():
            assert not any("'Result'" in str(cell.value) for cell in row)
    assert sum(str(c.value).startswith("=") for page in book for row in page.iter_rows() for c in row) > 150


@pytest.mark.parametrize("name", ['=HYPERLINK("http://evil.example","x")', "+1+1", "-2", "@SUM(A1)", "＝1"])
def test_names_are_no_formulas(recalculate, by_investor, name):
    investor = by_investor.partners[0].investor
    investor.name = name
    investor.save()
    draft = by_investor.draft_exit(source=name)
    book = recalculate(draft)
    agrees(book, draft)
    for page in book.book:
        for row in page.iter_rows():
            assert not any(cell.data_type == "f" and "evil" in str(cell.value) for cell in row)
            assert not any(cell.data_type == "f" and str(cell.value) == name for cell in row)


# ---------------------------------------------------------------- who gets it


def test_who_may_see_the_distribution_may_check_it(client, story):
    draft = story.draft_exit()
    address = reverse("distributions:distribution_check", args=[draft.pk])
    assert client.get(address).status_code == 302
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
    client.force_login(story.manager)
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
    assert f'filename="{workbook_name(draft)}"' in answer["Content-Disposition"]
    page = client.get(reverse("distributions:distribution", args=[draft.pk])).content.decode()
    assert address in page
    assert "Check this yourself" in page


def test_its_name_is_that_of_the_fund_and_of_the_distribution(story):
    draft = story.draft_exit()
    assert workbook_name(draft) == f"{draft.fund.code}-distribution-1-check.xlsx"


def test_an_approved_one_shows_what_it_was_approved_with(recalculate, story):
    """Its frozen facts, whatever has come to light since."""
    one = story.issue_exit()
    story.call_and_pay(date(2026, 6, 1), Decimal("1000.00"))
    agrees(recalculate(one), one)
    assert distributions.inputs_since(fresh(one)) is not None
    assert (AT_EXIT.date(), one.date) == (EXIT, EXIT)
