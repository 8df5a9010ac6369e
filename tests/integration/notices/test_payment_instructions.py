"""Letters say where to pay as it is verified when they are first sent; without that, a person's word is asked."""

import pytest

from blackgem.lib.errors import Conflict
from funds.models import NoticeDelivery
from tests.factories import BankDetailsFactory, ContactFactory
from tests.integration.capital.story import Story

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
