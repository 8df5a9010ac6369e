"""Letters say where to pay as it is verified when they are first sent; without that, a person's word is asked."""

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden
from capital.services.calls import resend_notice
from funds.models import NoticeDelivery
from funds.services.controls import approve_change
from funds.services.letters_without_account import hold_letters_back, let_letters_leave
from tests.factories import AdminFactory, BankDetailsFactory, ContactFactory
from tests.integration.capital.story import NOW, Story
from tests.support.opened import written

from .letters import notices, send

pytestmark = pytest.mark.django_db


def test_a_call_goes_out_without_bank_details_by_a_persons_word_only():
    told = Story()
    ContactFactory(investor=told.partners[0].investor)
    call = told.issued("100000.00")
    with pytest.raises(Conflict) as refused:
        send(told, call)
    assert refused.value.code == "call.no_verified_bank_details"
    assert not NoticeDelivery.objects.exists()
    assert send(told, call, confirmed=True) == 1
    assert send(told, call) == 0


def test_letters_take_the_details_that_were_verified_after_the_call_was_issued():
    told = Story()
    ContactFactory(investor=told.partners[0].investor)
    call = told.issued("100000.00")
    details = BankDetailsFactory(fund=told.fund)
    assert send(told, call) == 1
    first, second = (one for one in notices(call) if one.item_id == notices(call)[0].item_id)
    assert first.facts["bank"] is None
    assert second.facts["bank"]["bank_name"] == details.bank_name
    assert set(NoticeDelivery.objects.values_list("notice__version", flat=True)) == {2}


def test_no_letter_leaves_without_an_account_unless_an_administrator_and_another_person_say_so():
    told, boss = Story(), AdminFactory()
    with written():
        told.fund.letters_without_account = False
        told.fund.save()
    ContactFactory(investor=told.partners[0].investor)
    fund, at = {"fund_id": told.fund.pk}, NOW
    call = told.issued("100000.00")

    def refused(code, kind, attempt):
        with pytest.raises(kind) as error:
            attempt()
        assert error.value.code == code

    def by(person):
        return WriteContext(person, at)

    refused("call.no_verified_bank_details", Conflict, lambda: send(told, call, confirmed=True))
    item = call.items.get(commitment=told.partners[0])
    again = {"item_id": item.pk, "ctx": by(told.manager)}
    refused("call.no_verified_bank_details", Conflict, lambda: resend_notice(**again))
    refused("role.insufficient", Forbidden, lambda: let_letters_leave(**fund, ctx=by(told.manager)))
    asked = let_letters_leave(**fund, ctx=by(boss))
    refused("control.pending", Conflict, lambda: let_letters_leave(**fund, ctx=by(AdminFactory())))
    refused("four_eyes", Forbidden, lambda: approve_change(change_id=asked.pk, ctx=by(boss)))
    refused("call.no_verified_bank_details", Conflict, lambda: send(told, call, confirmed=True))
    approve_change(change_id=asked.pk, ctx=by(told.second))
    refused("call.no_verified_bank_details", Conflict, lambda: send(told, call))
    assert send(told, call, confirmed=True) == 1
    assert notices(call)[0].facts["bank"] is None

    refused("role.insufficient", Forbidden, lambda: hold_letters_back(**fund, ctx=by(told.manager)))
    hold_letters_back(**fund, ctx=by(boss))
    resend_notice(**again)  # who had a letter gets the next one
    refused(
        "call.no_verified_bank_details", Conflict, lambda: send(told, told.issued("1.00"), confirmed=True)
    )
