"""Who guesses is stopped; nobody can keep somebody else out."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_after_five_wrong_passwords_there_is_a_pause_that_says_its_length(mary, sign_in):
    for _ in range(5):
        assert sign_in(password="wrong").status_code == 422
    answer = sign_in()
    assert answer.status_code == 429
    assert answer["Retry-After"] == "600"


def test_the_pause_is_the_same_for_an_address_that_nobody_has(sign_in):
    statuses = [sign_in("nobody@fund.example", "wrong").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def test_one_password_tried_on_many_people_is_stopped(sign_in):
    statuses = [sign_in(f"person{n}@fund.example", "Summer2026!").status_code for n in range(31)]
    assert statuses == [422] * 30 + [429]


def test_who_guesses_locks_out_nobody_but_himself(mary, sign_in):
    for _ in range(6):
        sign_in(password="wrong", REMOTE_ADDR="203.0.113.9")
    assert sign_in(REMOTE_ADDR="203.0.113.9").status_code == 429
    assert sign_in(REMOTE_ADDR="198.51.100.7").status_code == 302


def test_guessing_from_everywhere_is_stopped_and_spares_the_browser_that_is_known(mary, sign_in):
    known, unknown = Client(), Client()
    sign_in(browser=known)
    known.post(reverse("logout"))
    statuses = {sign_in(password="wrong", REMOTE_ADDR=f"203.0.113.{n}").status_code for n in range(30)}
    assert statuses == {422}
    assert sign_in(browser=unknown, REMOTE_ADDR="198.51.100.7").status_code == 429
    assert sign_in(browser=known, REMOTE_ADDR="198.51.100.8").status_code == 302


def test_a_browser_is_known_for_one_person_only(mary, sign_in):
    other = UserFactory(email="thief@fund.example")
    thief = Client()
    sign_in(other.email, browser=thief)
    thief.post(reverse("logout"))
    for n in range(30):
        sign_in(password="wrong", REMOTE_ADDR=f"203.0.113.{n}")
    assert sign_in(browser=thief, password="wrong", REMOTE_ADDR="198.51.100.7").status_code == 429


def test_right_passwords_do_not_count(mary, sign_in):
    for _ in range(8):
        browser = Client()
        assert sign_in(browser=browser).status_code == 302


def test_what_a_client_says_of_its_address_is_not_believed(mary, sign_in):
    for n in range(5):
        sign_in(password="wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")
    assert sign_in(HTTP_X_FORWARDED_FOR="203.0.113.99").status_code == 429


def test_behind_a_proxy_of_ours_its_word_counts(mary, sign_in, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for _ in range(5):
        sign_in(password="wrong", HTTP_X_FORWARDED_FOR="8.8.8.8, 203.0.113.9")
    assert sign_in(HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.9").status_code == 429
    assert sign_in(HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.7").status_code == 302


@pytest.mark.parametrize("page", ["account_reset_password", "account_request_login_code"])
def test_nobody_is_flooded_with_mails(mary, page):
    statuses = [Client().post(reverse(page), {"email": "mary@fund.example"}).status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429]
