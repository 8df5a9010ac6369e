"""Transfers on their pages: asked for, looked through, approved by a second person, refused beside the field."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from capital.models import CommitmentCapital, Payment
from closings.models import Transfer
from distributions.models import Payout
from distributions.services import payouts
from funds.models import CapitalTransaction, Commitment
from tests.factories import InvestorFactory
from tests.integration.closings.transfer_story import MOVED_ON, TransferStory, at
from tests.integration.portal.test_statement import agrees_with_the_views
from tests.support.api import Api
from tests.support.invariants import violations
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    story = TransferStory()
    story.history()
    return story


def asked(story, **values):
    third = {"what": "share", "numerator": "1", "denominator": "3"}
    said = {"transferor": story.first.pk, "transferee": f"partner-{story.newcomer.pk}", **third}
    said |= {"effective_on": MOVED_ON.isoformat(), "reason": "Sale of a part", "do": "show"}
    return said | values


def test_a_third_is_shown_row_by_row_asked_for_and_approved(
    story, client, monkeypatch, django_assert_max_num_queries
):
    story.fund.four_eyes = True
    story.fund.save()
    new = reverse("closings:transfer_new", args=[story.fund.pk])
    client.force_login(story.manager)
    said = asked(story, price="1,200,000.00", document="Deed of 30 September")
    answer = client.post(new, said)
    shown = text_of(answer)
    assert "109,756.09" in shown
    assert "219,512.20" in shown
    assert "Ask for the transfer" in shown
    assert 'value="Deed of 30 September"' in answer.content.decode()
    assert not Transfer.objects.exists()

    client.post(new, said | {"do": "ask"})
    one = Transfer.objects.get()
    page = reverse("closings:transfer", args=[one.pk])
    waiting = text_of(client.get(page))
    assert "Waiting for approval" in waiting
    assert "Withdraw" in waiting
    assert "1,200,000.00" in waiting
    listed = text_of(client.get(reverse("closings:transfer_list", args=[story.fund.pk])))
    assert "Another transfer of this fund waits" in listed
    assert "1,000,000.00" in listed
    client.force_login(story.second)
    queue = text_of(client.get(reverse("dashboard:approvals")))
    assert "Deed of 30 September" in queue
    assert "1/3" in queue
    assert "1,000,000.00" in queue
    client.post(reverse("closings:transfer_approve", args=[one.pk]))
    with django_assert_max_num_queries(10):
        done = text_of(client.get(page))
    assert "Transferred" in done
    assert "109,756.09" in done
    assert "2,000,000.00" in done
    monkeypatch.setattr("closings.views.transfers.ROWS_PER_PAGE", 3)
    last = text_of(client.get(page, {"page": 3}))
    assert "Showing 7–7 of 7 rows" in last
    assert "60,975.61" in last
    assert "109,756.09" not in last
    assert "312,774.39" in last
    for partner in (story.first, story.newcomer, story.gp):
        agrees_with_the_views(partner, today=MOVED_ON)
    file = client.get(reverse("closings:transfer_export", args=[story.fund.pk, "csv"])).getvalue().decode()
    assert "1000000.00" in file
    assert "Deed of 30 September" in file


def test_to_an_investor_who_is_none_yet(story, client):
    client.force_login(story.manager)
    new = reverse("closings:transfer_new", args=[story.fund.pk])
    said = asked(story, transferee="new", what="whole", do="ask")
    empty = client.post(new, said)
    assert empty.status_code == 422
    assert "Enter the name of the new investor." in empty.content.decode()
    said |= {"new_name": "Harbour Fund", "new_email": "notices@harbour.example"}
    assert "Ask for the transfer" not in empty.content.decode()
    assert "3,000,000.00" in text_of(client.post(new, said | {"do": "show"}))
    client.post(new, said)
    took = Commitment.objects.get(investor__name="Harbour Fund")
    assert CommitmentCapital.objects.get(pk=took.pk).committed == D("3000000.00")
    assert took.closing_date == MOVED_ON
    known = InvestorFactory(created_by=story.manager)
    client.post(
        new,
        said | {"transferor": took.pk, "transferee": f"investor-{known.pk}", "what": "amount", "amount": "7"},
    )
    assert CommitmentCapital.objects.get(commitment__investor=known).committed == D("7.00")
    assert violations() == []


def test_what_has_changed_since_it_was_shown_is_refused_and_shown_anew(story, client):
    """A form that stayed open in its own tab: what was typed is kept, what moves by now stands below it."""
    client.force_login(story.manager)
    new, said = reverse("closings:transfer_new", args=[story.fund.pk]), asked(story, note="Escrow")

    def fingerprint(answer) -> dict:
        return {"seen": answer.context["seen"], "do": "ask"}

    seen = fingerprint(client.post(new, said))
    story.paid_call(MOVED_ON - timedelta(1), ("investment", "90.00", "D1"), due=MOVED_ON)
    late = client.post(new, said | seen)
    assert late.status_code == 409
    assert "has changed since it was shown" in text_of(late)
    assert 'value="Escrow"' in late.content.decode()
    assert "30.00" in text_of(late)
    assert not Transfer.objects.exists()
    client.post(new, said | fingerprint(late))
    assert Transfer.objects.get().approved_at


REFUSED = (
    ({"what": "amount", "amount": "3000000.01"}, "No more moves than is committed."),
    ({"what": "amount", "amount": ""}, "Enter the amount of the commitment that moves."),
    ({"denominator": ""}, "Enter a whole number."),
    ({"numerator": "4"}, "moves is above 0"),
    ({"effective_on": "2199-10-01"}, "must not take effect in the future"),
    ({"effective_on": "2026-06-01"}, "entries after that day"),
    ({"reason": ""}, "required"),
    ({"transferee": "partner-0"}, "valid choice"),
    ({"price": "-1"}, "must be zero or more"),
    ({"transferee": "partner-{first}"}, "passes to another partner"),
    ({"transferee": "partner-{gp}"}, "between limited partners"),
)


def test_what_is_refused_is_said_beside_its_field_and_nothing_is_lost(story, client):
    client.force_login(story.manager)
    partners = {"first": story.first.pk, "gp": story.gp.pk}
    for values, words in REFUSED:
        values = {name: value.format(**partners) for name, value in values.items()}
        for do in ("show", "ask"):
            said = asked(story, note="Escrow", **values) | {"do": do}
            answer = client.post(reverse("closings:transfer_new", args=[story.fund.pk]), said)
            body = answer.content.decode()
            assert answer.status_code in (409, 422), (values, do)
            assert words in body, values
            assert 'value="Escrow"' in body
    assert not Transfer.objects.exists()


def test_what_is_owed_is_shown_settled_or_assumed(story, client, django_assert_max_num_queries):
    call = story.paid_call(date(2026, 9, 16), ("investment", "90.00", "D1"), paid=False)
    client.force_login(story.manager)
    new = reverse("closings:transfer_new", args=[story.fund.pk])
    refused = client.post(new, asked(story))
    assert "it is settled before its interest moves" in refused.content.decode()

    said = asked(story, open_items="assumed")
    shown = text_of(client.post(new, said))
    assert "Capital call 4" in shown
    assert "$30.00" in shown
    client.post(new, said | {"do": "ask"})
    with django_assert_max_num_queries(10):
        done = text_of(client.get(reverse("closings:transfer", args=[Transfer.objects.get().pk])))
    assert "Assumed with the share that moves" in done
    assert "$60.00" in done
    item = call.items.get(commitment=story.newcomer)
    assert "$30.00" in text_of(client.get(reverse("capital:item", args=[call.pk, item.pk])))

    # What moved is not excused from: the button says so. A payout comes back whenever the bank returns it.
    paid, out = (
        model.objects.filter(commitment=story.first).order_by("pk").first() for model in (Payment, Payout)
    )
    with django_assert_max_num_queries(10):
        body = client.get(
            reverse("distributions:item", args=[out.distribution_id, out.item_id])
        ).content.decode()
    assert reverse("distributions:payout_reverse", args=[out.distribution_id, out.pk]) in body
    with django_assert_max_num_queries(10):
        body = client.get(reverse("capital:item", args=[paid.call_id, paid.item_id])).content.decode()
    assert "Parts of this line were transferred" in body
    # A wire that bounced is: what moved of it is owed by who took it over, and stands on the page of the transfer.
    back = reverse("capital:payment_reverse", args=[paid.call_id, paid.item_id, paid.pk])
    assert back in body
    client.post(
        back, {"reason": "Returned by the bank", "money_left": "yes", "cash_on": MOVED_ON.isoformat()}
    )
    transfer = Transfer.objects.get()
    with django_assert_max_num_queries(10):
        done = text_of(client.get(reverse("closings:transfer", args=[transfer.pk])))
    assert "Came back since" in done
    assert "$182,926.83" in done[done.index("Came back since") :]
    # And so is a payout, until it is paid out again.
    story.out = out.distribution
    story.payout_returned(MOVED_ON)
    with django_assert_max_num_queries(10):
        done = text_of(client.get(reverse("closings:transfer", args=[transfer.pk])))
    part = CapitalTransaction.objects.get(
        commitment=story.newcomer, transfer_id=transfer.pk, moves__payout_id=out.reversed_by_payout.pk
    ).amount
    assert f"until then Part${part:,}" in done[done.index("Came back since") :]
    payout, *lines = Api.of(story.manager).read(f"/transfers/{transfer.pk}")["cameBack"]
    assert [(one["kind"], str(one["amount"])) for one in lines] == [
        ("PAYMENT", "182926.83"),
        ("PAYMENT", "10060.98"),
    ]
    said = {"kind": "PAYOUT", "on": MOVED_ON.isoformat(), "distributionId": story.out.pk, "currency": "USD"}
    assert payout | said | {"amount": str(part), "againOn": None} == payout | {
        "amount": str(payout["amount"])
    }
    again = {"value_date": MOVED_ON, "method": "wire", "ctx": WriteContext(story.manager, at(MOVED_ON))}
    payouts.pay_out(distribution_id=story.out.pk, **again)
    payout, *_ = Api.of(story.manager).read(f"/transfers/{transfer.pk}")["cameBack"]
    assert payout["againOn"] == MOVED_ON.isoformat()
    assert violations() == []
