"""The statement over all of an investor’s funds: by currency, each on its own day; page, paper and files alike."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from blackgem.lib.money import format_money
from funds.models import NavEntry
from funds.templatetags.notices import share
from tests.agreement.files import csv_rows, xlsx_rows
from tests.factories import CommitmentFactory, ContactFactory, FundFactory, FundTermsFactory, UserFactory
from tests.integration.capital.story import Story
from tests.integration.funds.reading import text_of
from tests.support.opened import written
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
#: The sixteenth in Tokyo, the fifteenth in New York.
AT = datetime(2027, 7, 15, 20, tzinfo=UTC)
PAGE = "/portal/statements/"


@pytest.fixture(autouse=True)
def at(monkeypatch):
    monkeypatch.setattr("portal.views.all_statements.timezone.now", lambda: AT)


@staged
def stories():
    """One investor in dollars (New York), in yen (Tokyo) and in dinars (UTC), another partner in each."""
    made = []
    for currency, zone in (("USD", "America/New_York"), ("JPY", "Asia/Tokyo"), ("KWD", "UTC")):
        story = Story(currency=currency, committed=("600000", "400000"))
        with written():
            type(story.fund).objects.filter(pk=story.fund.pk).update(
                time_zone=zone, name=f"Fund in {currency}"
            )
        story.issued("2000", call_date=date(2026, 6, 1), due_date=date(2026, 7, 15))
        made.append(story)
    return made


@pytest.fixture
def investor(client, stories):
    person = UserFactory()
    for story in stories:
        ContactFactory(investor=story.partners[0].investor, user=person)
    client.force_login(person)
    return client


@pytest.fixture
def worth(stories):
    """The first partner paid in dollars and in yen, and both funds were valued since; the one in dinars was not."""
    for story in stories[:2]:
        FundTermsFactory(fund=story.fund)
        call = story.fund.capital_calls.get()
        first = call.items.get(commitment=story.partners[0])
        story.pay_item(first, str(first.amount))
        with written():
            NavEntry.objects.create(
                fund=story.fund,
                as_of=date(2027, 7, 1),
                amount=Decimal("1500"),
                created_at=AT,
                created_by=story.manager,
            )


def test_each_currency_has_its_section_and_no_sum_crosses_one(investor, stories):
    other = CommitmentFactory(
        fund=FundFactory(name="Second in USD", currency="USD"), investor=stories[0].partners[0].investor
    )
    ContactFactory(investor=other.investor, user=investor.get(PAGE).wsgi_request.user)
    answer = investor.get(PAGE)
    page, sections = text_of(answer), answer.context["found"].sections
    assert [one.currency for one in sections] == ["JPY", "KWD", "USD"]
    for section in sections:
        for name in ("committed", "called", "paid", "outstanding", "unfunded", "distributed", "payable"):
            each = [getattr(one.statement, name) for one in section.stated]
            assert getattr(section.sums, name) == sum(each), name
    assert [len(one.stated) for one in sections] == [1, 1, 2]
    for said in ("¥1,200", "KWD 1,200.000", "$1,200.00", "As of Jul 15, 2027 / Jul 16, 2027"):
        assert said in page, said
    for story in stories:
        assert story.partners[1].investor.name not in page


def test_each_fund_is_stated_on_the_day_that_it_is_there(investor, stories):
    def days(query=""):
        found = investor.get(f"{PAGE}{query}").context["found"]
        return {one.currency: one.statement.as_of.day for one in found.stated}

    assert days() == {"USD": 15, "JPY": 16, "KWD": 15}
    assert days("?as_of=2027-07-16") == {"USD": 15, "JPY": 16, "KWD": 15}
    assert days("?as_of=2027-07-14") == {"USD": 14, "JPY": 14, "KWD": 14}
    for day, said in (
        ("2027-07-17", "lies in the future"),
        ("1990-01-01", "Nothing was committed"),
        ("x", "Enter a day"),
    ):
        for address in (PAGE, "/portal/statements.pdf", "/portal/statements/export.csv"):
            refused = investor.get(address, {"as_of": day})
            assert refused.status_code == 422, (address, day)
            assert said in text_of(refused)


def test_page_paper_files_and_each_fund_say_the_same(investor, stories, worth):
    answer = investor.get(PAGE)
    found, page = answer.context["found"], text_of(answer)
    lines = csv_rows(b"".join(investor.get("/portal/statements/export.csv").streaming_content))
    cells = xlsx_rows(b"".join(investor.get("/portal/statements/export.xlsx").streaming_content))
    paper = investor.get("/portal/statements.pdf")
    printed = " ".join(
        " ".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages).split()
    )
    assert paper["Content-Disposition"] == 'inline; filename="statement-all-funds-2027-07-16.pdf"'
    assert len(lines) == len(cells) > 0
    assert [one.currency for one in found.stated if one.statement.nav] == ["JPY", "USD"]
    for shown in found.stated:
        whose = {"Fund": shown.commitment.fund.name, "Investor": shown.commitment.investor.name}
        own = [line for line in lines if whose.items() <= line.items()]
        assert sum(Decimal(line["Called"] or 0) for line in own) == shown.statement.called
        assert {line["Currency"] for line in own} == {shown.currency}
        assert shown.commitment.fund.name in printed
        alone = investor.get(
            "/portal/statement/",
            {"commitment": shown.commitment.public_id, "as_of": shown.statement.as_of.isoformat()},
        ).context["statement"]
        assert alone == shown.statement
        valued = [line for line in own if line["Line"] == "Share of NAV"]
        nav = alone.nav
        assert len(valued) == (1 if nav else 0)
        if nav:
            (line,) = valued
            assert Decimal(line["Share of NAV, net"]) == nav.amount
            assert Decimal(line["Accrued carried interest"]) == nav.carry
            assert Decimal(line["Net IRR"]) == alone.irr.irr > 0
            assert (line["Date"], line["What"]) == (alone.as_of.isoformat(), "Valued on 2027-07-01")
            for place in (printed, page):
                for said in (format_money(nav.amount, shown.currency), share(str(alone.irr.irr))):
                    assert said in place, said
    assert {len(line["Share of NAV, net"].partition(".")[2]) for line in lines if line["Net IRR"]} == {0, 2}
    assert "¥1,200" in printed
    assert {len(line["Called"].partition(".")[2]) for line in lines} == {0, 2, 3}


def test_shares_are_added_up_within_a_currency_where_each_can_be_told(investor, stories, worth):
    sections = {one.currency: one for one in investor.get(PAGE).context["found"].sections}
    assert {code: one.worth is None for code, one in sections.items()} == {
        "JPY": False,
        "USD": False,
        "KWD": True,
    }
    other = CommitmentFactory(fund=FundFactory(currency="USD"), investor=stories[0].partners[0].investor)
    ContactFactory(investor=other.investor, user=investor.get(PAGE).wsgi_request.user)
    answer = investor.get(PAGE)
    (dollars,) = (one for one in answer.context["found"].sections if one.currency == "USD")
    assert "Stated once the fund has entered a net asset value" in text_of(answer)
    assert (dollars.has_value, dollars.worth) == (True, None)
    before = investor.get(PAGE, {"as_of": "2027-06-30"}).context["found"]
    assert not any(one.statement.nav for one in before.stated)


def test_more_funds_take_no_more_queries(investor, stories, worth, django_assert_max_num_queries):
    for _ in range(3):
        one = CommitmentFactory(fund=FundFactory(), investor=stories[0].partners[0].investor)
        ContactFactory(investor=one.investor, user=investor.get(PAGE).wsgi_request.user)
    # Six of them set the fence and take it down around what all partners paid in.
    with django_assert_max_num_queries(15):
        assert len(investor.get(PAGE).context["found"].stated) == 6


def test_whoever_has_no_commitment_is_told_so(client):
    client.force_login(UserFactory())
    assert "No commitment yet" in text_of(client.get(PAGE))
    assert client.get("/portal/statements.pdf").status_code == 200
