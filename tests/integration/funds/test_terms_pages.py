"""Terms with further tiers, side letters, and the withholding tax of an investor, as people enter them."""

from decimal import Decimal

import pytest
from django.urls import reverse

from tests.factories import CommitmentFactory, FundTermsFactory
from tests.support.staging import staged

from ..capital.story import Story

pytestmark = pytest.mark.django_db


@staged
def story():
    story = Story()
    FundTermsFactory(fund=story.fund)
    return story


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return client


def shown(page) -> dict:
    """What the form on a page would send as it stands."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {
        form[name].html_name: form.fields[name].prepare_value(value)
        for name, value in values.items()
        if value not in (None, False)
    }


def terms_url(story):
    return reverse("funds:terms_new", args=[story.fund.pk])


def test_a_second_tier_is_entered_and_stands_on_the_next_form(manager, story):
    cleaned = shown(manager.get(terms_url(story)))
    tier = {"tier_2_hurdle_rate": "12", "tier_2_catch_up_rate": "0", "tier_2_carry_rate": "25"}
    assert manager.post(terms_url(story), cleaned | tier).status_code == 302
    newest = story.fund.terms.order_by("-version").first()
    (second,) = newest.further_tiers.all()
    assert (second.hurdle_rate, second.carry_rate) == (Decimal("0.12"), Decimal("0.25"))
    again = shown(manager.get(terms_url(story)))
    assert Decimal(again["tier_2_hurdle_rate"]) in (12, Decimal("0.12"))
    assert "Above 12% a year" in manager.get(reverse("dashboard:fund", args=[story.fund.pk])).content.decode()


def test_terms_sent_as_they_stand_make_no_version(manager, story):
    before = story.fund.terms.count()
    assert manager.post(terms_url(story), shown(manager.get(terms_url(story)))).status_code == 302
    assert story.fund.terms.count() == before


@pytest.mark.parametrize(
    ("tier", "field"),
    [
        ({"tier_2_hurdle_rate": "12"}, "tier_2_carry_rate"),
        (
            {"tier_3_hurdle_rate": "12", "tier_3_catch_up_rate": "10", "tier_3_carry_rate": "25"},
            "tier_3_catch_up_rate",
        ),
        (
            {"tier_2_hurdle_rate": "12", "tier_2_catch_up_rate": "100", "tier_2_carry_rate": "100"},
            "tier_2_carry_rate",
        ),
    ],
)
def test_what_the_engine_refuses_is_said_beside_the_tier(manager, story, tier, field):
    cleaned = shown(manager.get(terms_url(story)))
    answer = manager.post(terms_url(story), cleaned | tier)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def letter_url(commitment):
    return reverse("funds:side_letter_new", args=[commitment.pk])


def test_a_side_letter_is_entered_in_versions(manager, story):
    one = story.partners[0]
    cleaned = {"effective_on": "2026-01-01", "carry_rate": "15", "note": "Side letter of 3 May"}
    assert manager.post(letter_url(one), cleaned).status_code == 302
    assert manager.post(letter_url(one), cleaned | {"carry_rate": "10"}).status_code == 302
    assert list(one.side_letters.order_by("version").values_list("version", "carry_rate")) == [
        (1, Decimal("0.15")),
        (2, Decimal("0.10")),
    ]
    html = manager.get(reverse("funds:commitment_edit", args=[one.pk])).content.decode()
    assert "as in the terms" in html


def test_a_side_letter_that_cannot_hold_is_refused(manager, story):
    answer = manager.post(letter_url(story.partners[0]), {"effective_on": "2026-01-01", "carry_rate": "100"})
    assert answer.status_code == 422
    assert "carry_rate" in answer.context["form"].errors


def test_strangers_find_no_side_letter(manager):
    assert manager.get(letter_url(CommitmentFactory())).status_code == 404


def test_the_withholding_tax_of_an_investor(manager, story):
    investor = story.partners[0].investor
    url = reverse("funds:investor_edit", args=[investor.pk])
    cleaned = shown(manager.get(url)) | {"withholding_rate": "30"}
    assert manager.post(url, cleaned).status_code == 302
    investor.refresh_from_db()
    assert investor.withholding_rate == Decimal("0.30")
