"""A form that arrives twice is one form; a new form with the same entries is asked about."""

from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from capital.models import CapitalCall, Payment
from tests.factories import MembershipFactory
from tests.support.pages import text_of
from tests.support.race import together

from ..capital.story import Story
from .call_form import form_data
from .test_money_pages import payment, payments_of


@pytest.fixture
def story(db):
    return Story()


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return client


def drawn(mask="a" * 64):
    """What a page puts into its form when it is drawn."""
    return {"csrfmiddlewaretoken": mask}


@pytest.mark.django_db
def test_the_same_payment_form_again_is_answered_and_not_recorded(manager, story):
    call = story.issued()
    url = payments_of(call, call.items.first())
    first = manager.post(url, payment() | drawn())
    again = manager.post(url, payment() | drawn())
    assert (first.status_code, again.status_code, again["Location"]) == (302, 302, first["Location"])
    assert Payment.objects.count() == 1


@pytest.mark.django_db
def test_a_refused_form_may_come_again(manager, story):
    call = story.issued()
    url = payments_of(call, call.items.first())
    wrong = payment(value_date="2999-01-01") | drawn()
    assert [manager.post(url, wrong).status_code for _ in range(2)] == [422, 422]
    assert manager.post(url, payment() | drawn()).status_code == 302


@pytest.mark.django_db
def test_a_second_payment_that_looks_the_same_has_to_be_meant(manager, story):
    call = story.issued()
    url = payments_of(call, call.items.first())
    manager.post(url, payment() | drawn())
    asked = manager.post(url, payment() | drawn("b" * 64))
    assert asked.status_code == 409
    assert "recorded already" in text_of(asked)
    assert Payment.objects.count() == 1
    meant = manager.post(url, payment(again="on") | drawn("c" * 64))
    assert meant.status_code == 302
    assert Payment.objects.count() == 2


@pytest.mark.django_db
def test_the_form_of_another_person_is_another_form(manager, story):
    call = story.issued()
    url = payments_of(call, call.items.first())
    manager.post(url, payment() | drawn())
    other = Client()
    other.force_login(MembershipFactory(fund=story.fund).user)
    assert other.post(url, payment() | drawn()).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_one_draft_from_a_form_that_arrives_ten_times_at_once(story):
    clients = [Client() for _ in range(10)]
    for one in clients:
        one.force_login(story.manager)
    form = form_data(story) | drawn()

    def send(one):
        try:
            return one.post(reverse("capital:call_new"), form).status_code
        finally:
            connection.close()

    assert set(together([partial(send, one) for one in clients])) == {302}
    assert CapitalCall.objects.count() == 1
