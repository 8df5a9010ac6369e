"""Payments recorded together: as one by one, each refusal at its row, all written or none."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError
from capital.models import Payment, Receipt
from capital.services import posting
from capital.services.payment_table import PaymentRow, record_payments
from capital.states import CallStatus
from tests.factories import ContactFactory, MembershipFactory, UserFactory
from tests.support.pages import text_of
from tests.support.race import together

from .story import NOW, TODAY, Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db):
    return Story()


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return client


def table(story, **rows) -> dict:
    """What is posted: for `i12={...}` the item 12 ticked, with what the page puts in, or as it is given."""
    posted = {"fund": story.fund.pk}
    for key, changes in rows.items():
        cells = {"paid": "on", "value_date": "2026-03-02", "method": "wire", "reference": "CC1"} | changes
        cells.setdefault("shown", cells.get("amount", ""))
        posted |= {f"pay-{key[1:]}-{name}": value for name, value in cells.items() if value is not None}
    return posted


def ids_of(call) -> list[int]:
    return list(call.items.order_by("commitment__reference").values_list("pk", flat=True))


URL = "/payments/table/"


def row(item, amount="5.00", **more) -> PaymentRow:
    return PaymentRow(**{"item_id": item, "amount": amount, "value_date": TODAY, "method": "wire"} | more)


def record(story, *rows):
    return record_payments(fund_id=story.fund.pk, rows=rows, ctx=WriteContext(story.manager, NOW))


def test_what_only_the_database_refuses_is_said_at_its_row(story, monkeypatch):
    """Past the check of the service: the rail refuses all of them together, and then the one that is wrong."""
    monkeypatch.setattr(posting, "check_takes", lambda *_: None)
    one, two, _ = ids_of(story.issued("100000.00"))
    with pytest.raises(DomainError) as refused:
        record(story, row(one), row(two, "30000.01"))
    assert [problem.field for problem in refused.value.problems] == ["rows.1.amount"]
    assert not Receipt.objects.exists()


def test_what_is_ticked_is_recorded_together_over_two_calls(manager, story):
    first, second = story.issued("100000.00"), story.issued("1000.00")
    one, two, _ = ids_of(first)
    other = ids_of(second)[0]
    page = manager.get(URL, {"fund": story.fund.pk})
    assert page.content.decode().count('type="checkbox"') == 6
    assert 'value="60000.00"' in page.content.decode()
    posted = table(
        story,
        **{
            f"i{one}": {"amount": "$60,000.00"},
            f"i{two}": {"amount": "1,000"},
            f"i{other}": {"amount": "600.00"},
        },
    )
    done = manager.post(URL, posted, follow=True)
    assert "3 payments of $61,600.00 in all recorded." in text_of(done)
    assert set(Payment.objects.values_list("item", "amount", "value_date")) == {
        (one, Decimal("60000.00"), date(2026, 3, 2)),
        (two, Decimal("1000.00"), date(2026, 3, 2)),
        (other, Decimal("600.00"), date(2026, 3, 2)),
    }
    assert Receipt.objects.count() == 3
    first.refresh_from_db()
    assert first.status == CallStatus.PARTIALLY_FUNDED


def test_the_table_is_narrowed_to_a_call_and_a_name(manager, story):
    call, _ = story.issued("100000.00"), story.issued("1000.00")
    name = story.partners[0].investor.name
    page = manager.get(URL, {"fund": story.fund.pk, "call": call.pk, "q": name})
    assert [form.item.pk for form in page.context["table"].rows] == ids_of(call)[:1]


def test_each_refusal_stands_at_its_row_and_nothing_is_written_or_lost(manager, story):
    call = story.issued("100000.00")
    one, two, three = ids_of(call)
    posted = table(
        story,
        **{
            f"i{one}": {"amount": "60000.01"},
            f"i{two}": {"amount": "500", "value_date": "2999-01-01"},
            f"i{three}": {"amount": "7"},
        },
    )
    answer = manager.post(URL, posted)
    rows = {form.item.pk: form for form in answer.context["table"].rows}
    assert answer.status_code == 422
    assert (set(rows[one].errors), set(rows[two].errors), set(rows[three].errors)) == (
        {"amount"},
        {"value_date"},
        set(),
    )
    assert all(f'value="{amount}"' in answer.content.decode() for amount in ("60000.01", "500", "7"))
    assert not Payment.objects.exists()
    assert not Receipt.objects.exists()

    shape = manager.post(
        URL, table(story, **{f"i{one}": {"amount": "1.234"}, f"i{two}": {"amount": "", "shown": "5"}})
    )
    assert [set(form.errors) for form in shape.context["table"].rows] == [{"amount"}, {"amount"}]


def test_an_amount_that_was_changed_and_not_ticked_is_asked_about(manager, story):
    one, two, _ = ids_of(story.issued("100000.00"))
    posted = table(
        story, **{f"i{one}": {"amount": "5"}, f"i{two}": {"amount": "6", "shown": "30000.00", "paid": None}}
    )
    answer = manager.post(URL, posted)
    assert (answer.status_code, Payment.objects.exists()) == (422, False)
    assert "Tick this row" in text_of(answer)
    assert manager.post(URL, {"fund": story.fund.pk}).status_code == 422


def test_the_same_table_again_records_nothing_twice(manager, story):
    one, two, _ = ids_of(story.issued("100000.00"))
    posted = table(story, **{f"i{one}": {"amount": "5"}, f"i{two}": {"amount": "6", "tx_ref": "T1"}})
    assert manager.post(URL, posted).status_code == 302
    again = manager.post(URL, posted)
    assert again.status_code == 409
    assert "recorded already" in text_of(again)
    assert Payment.objects.count() == 2
    meant = posted | {f"pay-{one}-again": "on"}
    assert manager.post(URL, meant).status_code == 302
    assert (Payment.objects.count(), Payment.objects.filter(tx_ref="T1").count()) == (3, 1)


def test_a_table_of_a_tab_that_is_stale_is_refused_where_it_was_paid_meanwhile(manager, story):
    call = story.issued("100000.00")
    one, two, _ = ids_of(call)
    story.pay_item(call.items.get(pk=one), "60000.00")
    posted = table(story, **{f"i{one}": {"amount": "60000.00"}, f"i{two}": {"amount": "6"}})
    answer = manager.post(URL, posted)
    assert answer.status_code == 409
    assert [bool(form.errors) for form in answer.context["table"].rows] == [True, False]
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("where", ["another fund", "a draft", "nowhere"])
def test_an_item_that_is_not_owed_to_this_fund_is_refused(manager, story, where):
    other = Story() if where == "another fund" else story
    item = (
        999_999_999
        if where == "nowhere"
        else ids_of(other.draft("10.00") if where == "a draft" else other.issued())[0]
    )
    own = ids_of(story.issued("100000.00"))[0]
    answer = manager.post(URL, table(story, **{f"i{own}": {"amount": "5"}, f"i{item}": {"amount": "5"}}))
    assert answer.status_code == (409 if where == "a draft" else 404)
    with pytest.raises(DomainError):
        record(story, row(own), row(item))
    assert not Payment.objects.exists()


@pytest.mark.parametrize("role", ["analyst", "auditor", "investor", "stranger"])
def test_only_a_manager_of_the_fund_records(story, role):
    item = ids_of(story.issued("100000.00"))[0]
    if role in ("investor", "stranger"):
        user = UserFactory() if role == "investor" else Story(committed=("5.00",)).manager
        if role == "investor":
            ContactFactory(investor=story.partners[0].investor, user=user)
    else:
        user = MembershipFactory(fund=story.fund, role=role).user
    client = Client()
    client.force_login(user)
    assert client.post(URL, table(story, **{f"i{item}": {"amount": "5"}})).status_code in (403, 404)
    with pytest.raises(DomainError):
        record_payments(fund_id=story.fund.pk, rows=[row(item)], ctx=WriteContext(user, NOW))
    assert not Payment.objects.exists()


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "¥1,234"), ("KWD", "KWD 1.234")])
def test_amounts_are_in_the_funds_currency(client, currency, amount):
    story = Story(committed=("600000", "300000"), currency=currency)
    client.force_login(story.manager)
    call = story.issued("9000")
    item = ids_of(call)[0]
    assert client.post(URL, table(story, **{f"i{item}": {"amount": amount}})).status_code == 302
    assert Payment.objects.get().amount == {"JPY": 1234, "KWD": Decimal("1.234")}[currency]


@pytest.mark.django_db(transaction=True)
def test_two_tables_at_once_wait_for_each_other_and_pay_once():
    story = Story()
    ids = ids_of(story.issued("100000.00")) + ids_of(story.issued("1000.00"))
    amounts = ("60000", "30000", "10000", "600", "300", "100")
    rows = [row(item, amount) for item, amount in zip(ids, amounts, strict=True)]

    def pay(*rows):
        try:
            return len(record(story, *rows))
        except DomainError as error:
            return error.code

    results = together([lambda: pay(*rows), lambda: pay(*reversed(rows))])
    assert 6 in results
    assert Payment.objects.count() == 6
