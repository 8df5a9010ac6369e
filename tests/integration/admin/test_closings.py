"""Later closings in the admin: whole, in the currency of the fund, and only to be read."""

import pytest

from closings.models import Closing, Refund, RefundPayout
from tests.integration.admin.acting import url
from tests.integration.closings.story import ClosingStory

pytestmark = pytest.mark.django_db


def test_a_settled_closing_is_seen_with_all_that_it_moved(browser, django_assert_max_num_queries):
    story = ClosingStory()
    story.first_two_calls()
    closing = story.second_closing()
    story.pay(closing.call, closing.pay_on)
    story.refund(closing, closing.pay_on)

    with django_assert_max_num_queries(25):
        page = browser.get(url(Closing, "change", closing.pk)).content.decode()
    refund = Refund.objects.get(commitment=story.partners[0])
    of_refund = browser.get(url(Refund, "change", refund.pk)).content.decode()
    payout = RefundPayout.objects.get(refund=refund)

    assert "$4,000,000.00" in page
    assert "$16,888.89" in page
    assert "$504,548.17" in page
    assert "$13,400.77" in page
    assert "$517,948.94" in of_refund
    assert browser.get(url(RefundPayout, "change", payout.pk)).status_code == 200
    for row in (closing, refund, payout):
        assert browser.post(url(type(row), "change", row.pk), {"amount": "1"}).status_code == 403
    for model in (Closing, Refund, RefundPayout):
        with django_assert_max_num_queries(10):
            assert browser.get(url(model, "changelist")).status_code == 200
