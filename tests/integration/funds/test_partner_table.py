"""Partners entered as one table: shown back as understood, each refusal at its cell, all written or none."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError
from funds.models import Investor, InvestorContact
from funds.services.partner_table import PartnerRow, enter_partners
from tests.factories import (
    CommitmentFactory,
    ContactFactory,
    FundFactory,
    InvestorFactory,
    MembershipFactory,
    UserFactory,
)
from tests.integration.funds.reading import text_of
from tests.integration.funds.test_partner_pages import AT
from tests.support.race import together

pytestmark = pytest.mark.django_db

PASTED = (
    "Investor\tType\tCommitment\tClosing date\tContact\tE-mail\tAddress\n"
    "Zoë Müller\tIndividual\t$1,250,000.50\tSep 1, 2025\t\t\t\n"
    "Acme Ventures\tcompany\t300,000\t\tAda Byron\tada@acme.example\t1 Main St\n"
    "شركة النور\tother\t٥٠٠٠٠\t\t\t\t\n"
)


@pytest.fixture
def page(fund):
    return reverse("funds:partner_table", args=[fund.pk])


def rows(*cells, **fields) -> dict:
    named = {f"row-{place}-{name}": value for place, row in enumerate(cells) for name, value in row.items()}
    return {"closing_date": "2025-09-01", "row-TOTAL_FORMS": str(max(len(cells), 1)), **named, **fields}


def posted_by(html: str) -> dict:
    """What the form of a page would send, but for its buttons."""
    inputs = re.findall(r"<input[^>]*>", html)
    pairs = [(re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in inputs]
    return {name[1]: value[1] if value else "" for name, value in pairs if name and "csrf" not in name[1]}


def test_a_pasted_table_is_read_shown_back_and_entered_at_once(signed_in, fund, page):
    before = fund.commitments.count()
    read = signed_in.post(page, {"do": "read", "pasted": PASTED, "closing_date": "2025-09-02"})
    assert read.status_code == 200
    assert 'value="Zoë Müller"' in read.content.decode()
    shown = signed_in.post(
        page, posted_by(read.content.decode()) | {"do": "check", "row-1-address": "1 Main St"}
    )
    said = text_of(shown)
    assert shown.status_code == 200
    for figure in ("$1,250,000.50", "$300,000.00", "$50,000.00", "$1,600,000.50", "Nothing is entered yet"):
        assert figure in said
    assert fund.commitments.count() == before

    done = signed_in.post(page, posted_by(shown.content.decode()) | {"do": "enter"})
    assert (done.status_code, done["Location"]) == (302, f"/funds/{fund.pk}/")
    entered = {
        one.investor.name: one for one in fund.commitments.select_related("investor").order_by("-pk")[:3]
    }
    assert {name: one.amount for name, one in entered.items()} == {
        "Zoë Müller": Decimal("1250000.50"),
        "Acme Ventures": Decimal("300000.00"),
        "شركة النور": Decimal("50000.00"),
    }
    assert entered["Zoë Müller"].closing_date == date(2025, 9, 1)
    assert entered["Acme Ventures"].closing_date == date(2025, 9, 2)
    contact = InvestorContact.objects.get(investor__name="Acme Ventures")
    assert (contact.name, contact.email, contact.takes_notices) == ("Ada Byron", "ada@acme.example", True)


def test_each_refusal_stands_at_its_cell_and_nothing_is_lost(signed_in, fund, page):
    before = Investor.objects.count()
    wrong = rows(
        {"name": "One", "amount": "1.234", "kind": "club"},
        {"name": "", "amount": "5", "closing_date": "01/02/2025"},
        {"name": "ONE", "amount": "€5", "contact_name": "Ada", "email": "ada"},
        {},
        do="enter",
    )
    answer = signed_in.post(page, wrong)
    table = answer.context["form"]
    assert answer.status_code == 422
    assert [set(form.errors) for form in table.rows.forms] == [
        {"amount", "kind"},
        {"name", "closing_date"},
        {"name", "amount", "email"},
        set(),
    ]
    shown = posted_by(answer.content.decode())
    assert all(shown[name] == value for name, value in wrong.items() if name not in ("do",))
    assert "$1,234.00" in text_of(answer)
    assert Investor.objects.count() == before


def test_what_cannot_be_read_of_a_paste_stays_in_its_field(signed_in, page):
    text = "Acme,company,1,250,000,2025-09-01,a,b"
    answer = signed_in.post(page, {"do": "read", "pasted": text, "closing_date": "2025-09-01"})
    assert "Row 1 has 8 cells" in text_of(answer)
    assert text in answer.content.decode()
    assert (
        signed_in.post(page, {"do": "enter", "pasted": text, "closing_date": "2025-09-01"}).status_code == 422
    )


def test_an_investor_of_the_same_name_is_chosen_and_never_taken(signed_in, fund, manager, page):
    known = InvestorFactory(created_by=manager, name="Acme Ventures LLC")
    ContactFactory(investor=known, email="ada@acme.example")
    row = {"name": "ACME Ventures", "amount": "5", "email": "ada@acme.example"}
    asked = signed_in.post(page, rows(row, do="enter"))
    assert asked.status_code == 422
    assert f"Acme Ventures LLC (no. {known.pk})" in text_of(asked)
    assert not fund.commitments.filter(amounts__committed=5).exists()

    signed_in.post(page, rows(row | {"existing": known.pk}, do="enter"))
    assert fund.commitments.get(amounts__committed=5).investor == known
    again = signed_in.post(page, rows(row | {"existing": known.pk}, do="enter"))
    assert (again.status_code, "already has a commitment" in text_of(again)) == (409, True)
    signed_in.post(page, rows(row | {"existing": "new", "amount": "6"}, do="enter"))
    assert fund.commitments.get(amounts__committed=6).investor != known


def test_an_investor_that_is_known_is_not_changed_on_the_way(signed_in, fund, manager, page):
    known = InvestorFactory(created_by=manager, name="Acme Ventures", address="1 Main St")
    row = {
        "name": "Acme Ventures",
        "amount": "5",
        "existing": known.pk,
        "email": "eve@evil.example",
        "address": "2 Side St",
    }
    answer = signed_in.post(page, rows(row, {"name": "Other", "amount": "6"}, do="enter"))
    assert answer.status_code == 409
    assert set(answer.context["form"].rows.forms[0].errors) == {"email", "address"}
    assert not Investor.objects.filter(name="Other").exists()
    assert not known.contacts.exists()


def test_investors_of_funds_that_a_manager_may_not_see_are_not_told(signed_in, fund, page):
    """Neither by a question about the name, nor by naming one in the address of the choice."""
    hidden = CommitmentFactory(investor__name="Secret Partners").investor
    assert hidden.pk
    row = {"name": "Secret Partners", "amount": "5"}
    named = signed_in.post(page, rows(row | {"existing": hidden.pk}, do="enter"))
    assert (named.status_code, fund.commitments.filter(investor=hidden).exists()) == (422, False)
    shown = signed_in.post(page, rows(row, do="check"))
    assert (shown.status_code, "no." in text_of(shown)) == (200, False)
    ctx = WriteContext(MembershipFactory(fund=fund).user, AT)
    stolen = PartnerRow(name="x", amount="5", closing_date=date(2025, 9, 1), investor_id=hidden.pk)
    with pytest.raises(DomainError, match="no such investor"):
        enter_partners(fund_id=fund.pk, rows=[stolen], ctx=ctx)


@pytest.mark.parametrize("role", ["analyst", "auditor"])
def test_only_a_manager_enters_partners(fund, page, role):
    client = Client()
    client.force_login(MembershipFactory(fund=fund, role=role).user)
    assert client.post(page, rows({"name": "One", "amount": "5"}, do="enter")).status_code == 403
    assert not Investor.objects.filter(name="One").exists()


@pytest.mark.parametrize(
    ("currency", "typed", "amount"), [("JPY", "¥1,234", "1234"), ("KWD", "KWD 1.234", "1.234")]
)
def test_amounts_are_in_the_funds_currency(signed_in, manager, currency, typed, amount):
    fund = FundFactory(manager=manager, currency=currency)
    signed_in.post(
        reverse("funds:partner_table", args=[fund.pk]), rows({"name": "One", "amount": typed}, do="enter")
    )
    assert fund.commitments.get(investor__name="One").amount == Decimal(amount)


@pytest.mark.django_db(transaction=True)
def test_two_tables_at_once_give_no_reference_twice():
    manager = UserFactory()
    fund = FundFactory(manager=manager)

    def enter(name):
        wanted = [PartnerRow(name=f"{name} {n}", amount="5", closing_date=date(2025, 9, 1)) for n in range(3)]
        return enter_partners(fund_id=fund.pk, rows=wanted, ctx=WriteContext(manager, AT))

    together([lambda: enter("A"), lambda: enter("B")])
    references = list(fund.commitments.filter(kind="lp").values_list("reference", flat=True))
    assert len(set(references)) == len(references) == 6
