"""What a new fund still needs, as each person finds it: worked out from what is there, in one statement."""

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from capital.services.calls import delete_draft
from funds.queries.set_up import next_step, steps_of
from funds.services.bank import propose_bank_details, reject_bank_details
from tests.factories import BankDetailsFactory, MembershipFactory, UserFactory
from tests.integration.capital.story import NOW, Story

pytestmark = pytest.mark.django_db
BANK = {"bank_name": "Bank", "account_name": "Fund", "account_number": "000123456789"}


@pytest.fixture
def story():
    return Story()


def steps(story, user=None) -> dict:
    """key → (done, whether the person can do it now)."""
    found = steps_of(story.fund.pk, user or story.manager)
    return {step.key: (step.done, bool(step.href)) for step in found}


def enter_bank_details(story):
    return propose_bank_details(fund_id=story.fund.pk, fields=BANK, ctx=WriteContext(story.manager, NOW))


def test_each_step_follows_from_what_is_there(story):
    assert [key for key, (done, _) in steps(story).items() if done] == ["fund", "investors"]
    story.allocate()
    assert steps(story)["deal"] == (True, True)
    assert steps(story)["call"] == (False, True)
    assert steps(story)["sent"] == (False, False)
    call = story.draft()
    assert steps(story)["call"] == (True, False)
    assert steps(story)["sent"] == (False, True)
    delete_draft(call_id=call.pk, ctx=WriteContext(story.manager, NOW))
    assert steps(story)["call"] == (False, True)


def test_bank_details_are_entered_and_then_verified(story):
    assert steps(story)["bank_details"] == (False, True)
    assert steps(story)["verified"] == (False, False)
    details = enter_bank_details(story)
    assert steps(story)["bank_details"] == (True, False)
    assert steps(story)["verified"] == (False, True)
    reject_bank_details(bank_details_id=details.pk, ctx=WriteContext(story.manager, NOW))
    assert steps(story)["bank_details"] == (False, True)
    BankDetailsFactory(fund=story.fund, verified_by=story.manager)
    assert steps(story)["verified"][0]


def test_where_a_second_person_verifies_the_first_goes_on():
    story = Story(four_eyes=True)
    enter_bank_details(story)
    found = {step.key: step for step in steps_of(story.fund.pk, story.manager)}
    assert found["verified"].href == ""
    assert "Another manager" in found["verified"].text
    assert next_step(found.values(), "bank_details").key == "deal"
    assert steps(story, story.second)["verified"] == (False, True)


@pytest.mark.parametrize(
    ("role", "can"),
    [
        ("analyst", {"bank_details", "call"}),
        ("auditor", set()),
        ("manager", {"investors", "bank_details", "deal", "call"}),
    ],
)
def test_a_role_is_led_where_it_reaches(story, role, can):
    person = UserFactory()
    MembershipFactory(fund=story.fund, user=person, role=role)
    assert {key for key, (_, may) in steps(story, person).items() if may} == can


def test_a_stranger_learns_nothing(story):
    assert set(steps(story, UserFactory()).values()) == {(False, False)}


def test_they_take_one_statement(story, django_assert_num_queries):
    with django_assert_num_queries(1):
        steps(story)


def test_a_page_leads_on_only_where_its_address_says_so(story, browser_of):
    page = reverse("capital:allocation_new", args=[story.fund.pk])
    browser = browser_of(story.manager)
    typed = {"new_deal": "Birch Works", "committed": "1000"}
    assert "/allocations/" in browser.post(page, typed)["Location"]
    typed["new_deal"] = "Cedar Works"
    assert browser.post(f"{page}?setup=1", typed)["Location"].startswith("/calls/new/?fund=")
    assert b"Set-up of the fund" not in browser.get(page).content
    assert b"Set-up of the fund" in browser.get(f"{page}?setup=1").content
