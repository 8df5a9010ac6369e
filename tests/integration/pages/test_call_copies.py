"""A new call as a copy of an issued one; excuses that stand with their line."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from capital.models import CapitalCall
from capital.services.plans import ItemPlan, LinePlan
from tests.integration.capital.story import Story
from tests.integration.pages.call_form import form_data
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return Story()


@pytest.fixture
def manager(story):
    client = Client()
    client.force_login(story.manager)
    return client


def opened(manager, story, call):
    """The form of a new call as a copy of this one."""
    return manager.get(reverse("capital:call_new"), {"fund": story.fund.pk, "copy": call.pk})


def test_a_copy_has_the_lines_purpose_and_days_to_pay_but_neither_dates_nor_excuses(manager, story):
    allocation = story.allocate()
    lines = (
        LinePlan("management_fee", Decimal("40000.00"), reduces_unfunded=False, split_by="remaining"),
        LinePlan("investment", Decimal("60000.00"), allocation.pk),
    )
    items = (
        ItemPlan(story.partners[0].pk, excused={1: "Tobacco"}),
        ItemPlan(story.partners[1].pk, called_amount=Decimal("50000.00")),
    )
    forms = opened(manager, story, story.issued(lines=lines, items=items)).context["forms"]
    today = story.fund.day_of(timezone.now())
    details = forms.details.initial
    assert (details["total_amount"], details["purpose"]) == (Decimal("100000.00"), "Acquisition")
    assert (details["call_date"], details["due_date"]) == (today, today + timedelta(days=14))
    assert [line.initial for line in forms.lines] == [
        {
            "kind": "management_fee",
            "allocation": "",
            "amount": Decimal("40000.00"),
            "outside": True,
            "split_by": "remaining",
        },
        {
            "kind": "investment",
            "allocation": str(allocation.pk),
            "amount": Decimal("60000.00"),
            "outside": False,
            "split_by": "commitment",
        },
    ]
    assert (len(forms.excuses.forms), forms.amounts.by_hand) == (0, {})
    assert CapitalCall.objects.count() == 1


def test_a_deal_that_is_called_in_full_is_left_out_and_named(manager, story):
    allocation = story.allocate("100000.00")
    lines = (LinePlan("investment", Decimal("100000.00"), allocation.pk),)
    page = opened(manager, story, story.issued(lines=lines))
    assert page.context["forms"].lines.forms[0].initial["allocation"] == ""
    assert f"its line names no deal: {allocation.deal.name}" in text_of(page)


def test_the_call_and_the_form_of_a_new_one_offer_it(manager, story):
    call = story.issued()
    link = f"{reverse('capital:call_new')}?fund={story.fund.pk}&amp;copy={call.pk}"
    assert link in manager.get(reverse("capital:call", args=[call.pk])).content.decode()
    assert link in manager.get(reverse("capital:call_new")).content.decode()


def test_neither_a_draft_nor_a_call_of_another_fund_is_copied(manager, story):
    other = Story()
    for call in (story.draft(), other.issued()):
        assert opened(manager, story, call).status_code == 404
    assert opened(manager, other, other.issued()).status_code == 404
    assert manager.get(reverse("capital:call_new"), {"copy": "x", "fund": story.fund.pk}).status_code == 404


# ---------------------------------------------------------------- excuses


def three_lines(story, *excused, do):
    """A form of three lines, with one partner excused from each of these."""
    fields = {"line-TOTAL_FORMS": "3", "excuse-TOTAL_FORMS": str(len(excused))}
    for place, line in enumerate(excused):
        fields |= {
            f"excuse-{place}-commitment": story.partners[place].pk,
            f"excuse-{place}-line": line,
            f"excuse-{place}-reason": f"From {line}",
        }
    return form_data(story, do=do, **fields)


def excused(answer) -> list[tuple[str, str]]:
    forms = answer.context["forms"].excuses.forms
    return [(form["line"].value(), form["reason"].value() or "") for form in forms]


def test_an_excuse_is_added_under_its_line(manager, story):
    answer = manager.post(reverse("capital:call_new"), three_lines(story, "0", do="add_excuse:2"))
    assert excused(answer) == [("0", "From 0"), ("2", "")]
    answer = manager.post(reverse("capital:call_new"), three_lines(story, "0", do="add_excuse"))
    assert len(answer.context["forms"].excused_from_all) == 1


def test_an_excuse_goes_with_its_line_and_those_behind_move_up(manager, story):
    fields = three_lines(story, "0", "1", "2", do="remove_line:1")
    answer = manager.post(reverse("capital:call_new"), fields)
    assert excused(answer) == [("0", "From 0"), ("1", "From 2")]
    fields = three_lines(story, "all", "2", do="remove_line:0")
    assert excused(manager.post(reverse("capital:call_new"), fields)) == [
        ("all", "From all"),
        ("1", "From 2"),
    ]


@pytest.mark.parametrize("do", ["remove_line:99999999", "remove_line:x", "add_excuse:x"])
def test_a_row_that_is_not_there_does_nothing(manager, story, do):
    answer = manager.post(reverse("capital:call_new"), three_lines(story, "2", do=do))
    assert (answer.status_code, excused(answer)[0]) == (200, ("2", "From 2"))


def test_a_partner_that_is_excused_from_a_line_pays_for_the_others(manager, story):
    two = {
        "line-TOTAL_FORMS": "2",
        "line-0-kind": "management_fee",
        "line-0-amount": "40000.00",
        "line-1-kind": "investment",
        "line-1-amount": "60000.00",
        "excuse-TOTAL_FORMS": "1",
        "excuse-0-commitment": story.partners[0].pk,
        "excuse-0-line": "1",
        "excuse-0-reason": "Excused from tobacco",
    }
    manager.post(reverse("capital:call_new"), form_data(story, **two))
    call = CapitalCall.objects.get()
    assert call.items.order_by("pk")[0].amount == Decimal("24000.00")
    page = manager.get(reverse("capital:call_edit", args=[call.pk]))
    assert [len(excuses) for _, excuses in page.context["forms"].lines_with_excuses] == [0, 1]
    assert "Excused from line 2" in text_of(page)
