"""The form of a call: what is typed, worked out, refused and written."""

from decimal import Decimal

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from capital.models import CapitalCall
from capital.services.drafts import change_draft
from capital.services.plans import ItemPlan, LinePlan
from tests.factories import FundFactory
from tests.support.pages import text_of

from ..capital.story import NOW, Story, amounts, status
from .call_form import form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return client


def test_a_call_is_worked_out_while_it_is_typed_and_nothing_is_written(manager, story):
    answer = manager.post(
        reverse("capital:call_allocation"), form_data(story), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert b'value="60000.00"' in answer.content
    assert b'id="call_allocation"' in answer.content
    assert not CapitalCall.objects.exists()


def test_a_draft_is_saved_and_its_page_says_that_nobody_owes(manager, story):
    answer = manager.post(reverse("capital:call_new"), form_data(story), follow=True)
    call = CapitalCall.objects.get()
    assert (call.number, status(call)) == (1, "draft")
    assert amounts(call) == [Decimal("60000.00"), Decimal("30000.00"), Decimal("10000.00")]
    assert "Nobody owes anything" in text_of(answer)


def test_creating_issues_at_once_where_one_person_may(manager, story):
    manager.post(reverse("capital:call_new"), form_data(story, do="issue"))
    assert status(CapitalCall.objects.get()) == "sent"


def test_with_four_eyes_creating_only_submits(client):
    story = Story(four_eyes=True)
    client.force_login(story.manager)
    client.post(reverse("capital:call_new"), form_data(story, do="issue"))
    assert status(CapitalCall.objects.get()) == "pending_approval"


def test_an_amount_set_by_hand_stays_and_the_others_follow_the_total(manager, story):
    first, second, third = (one.pk for one in story.partners)
    shown = f"{first}:60000.00,{second}:30000.00,{third}:10000.00"
    amounts_typed = {first: "50000.00", second: "30000.00", third: "10000.00"}
    fields = form_data(story, shown=shown, **{f"amount-{pk}": amount for pk, amount in amounts_typed.items()})
    manager.post(reverse("capital:call_new"), fields)
    assert amounts(CapitalCall.objects.get()) == [
        Decimal("50000.00"),
        Decimal("37500.00"),
        Decimal("12500.00"),
    ]


def test_amounts_that_miss_the_total_are_refused_with_the_difference(manager, story):
    fields = form_data(story, **{f"amount-{one.pk}": "10.00" for one in story.partners})
    answer = manager.post(reverse("capital:call_new"), fields)
    assert answer.status_code == 422
    assert "$99,970.00" in text_of(answer)
    assert b'value="10.00"' in answer.content
    assert not CapitalCall.objects.exists()


def test_an_excused_investor_owes_nothing_and_the_reason_is_kept(manager, story):
    excuse = {
        "excuse-TOTAL_FORMS": "1",
        "excuse-0-commitment": story.partners[0].pk,
        "excuse-0-line": "all",
        "excuse-0-reason": "Excused from tobacco",
    }
    manager.post(reverse("capital:call_new"), form_data(story, **excuse))
    call = CapitalCall.objects.get()
    assert amounts(call) == [Decimal("0.00"), Decimal("75000.00"), Decimal("25000.00")]
    assert call.items.order_by("pk")[0].item_lines.get().excuse_reason == "Excused from tobacco"


def test_an_excuse_needs_its_reason(manager, story):
    excuse = {"excuse-TOTAL_FORMS": "1", "excuse-0-commitment": story.partners[0].pk, "excuse-0-line": "all"}
    answer = manager.post(reverse("capital:call_new"), form_data(story, **excuse))
    assert answer.status_code == 422
    assert "Say why the investor is excused" in text_of(answer)


def test_the_key_of_a_line_splits_the_table_and_stays_with_the_draft(manager, story):
    story.issued("300000.00", items=[story.excuse(story.partners[0])])
    fields = form_data(story, total_amount="70000.00", **{"line-0-split_by": "remaining"})
    table = text_of(manager.post(reverse("capital:call_allocation"), fields))
    assert "By remaining commitment" in table
    manager.post(reverse("capital:call_new"), fields)
    draft = CapitalCall.objects.latest("pk")
    assert amounts(draft) == [Decimal("60000.00"), Decimal("7500.00"), Decimal("2500.00")]
    opened = manager.get(reverse("capital:call_edit", args=[draft.pk])).context["forms"]
    assert opened.lines.forms[0]["split_by"].value() == "remaining"
    assert "Split by remaining commitment" in text_of(manager.get(reverse("capital:call", args=[draft.pk])))


def test_lines_are_added_and_removed_without_a_script(manager, story):
    answer = manager.post(reverse("capital:call_new"), form_data(story, do="add_line"))
    assert answer.status_code == 200
    assert len(answer.context["forms"].lines.forms) == 2
    two = {
        "line-TOTAL_FORMS": "2",
        "line-1-kind": "reserves",
        "line-0-amount": "1.00",
        "line-1-amount": "2.00",
    }
    answer = manager.post(reverse("capital:call_new"), form_data(story, do="remove_line:0", **two))
    assert [form["kind"].value() for form in answer.context["forms"].lines] == ["reserves"]


def test_several_lines_each_take_their_part(manager, story):
    allocation = story.allocate()
    two = {
        "line-TOTAL_FORMS": "2",
        "line-0-kind": "management_fee",
        "line-0-amount": "40000.00",
        "line-1-kind": "investment",
        "line-1-allocation": allocation.pk,
        "line-1-amount": "60000.00",
    }
    manager.post(reverse("capital:call_new"), form_data(story, **two))
    lines = CapitalCall.objects.get().lines.order_by("position")
    assert [(line.kind, line.amount) for line in lines] == [
        ("management_fee", Decimal("40000.00")),
        ("investment", Decimal("60000.00")),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[
            ("total_amount", value)
            for value in (
                "", "NaN", "Infinity", "1e999", "10.005", "0", "-0", "-5.00", "0.004", "1e3", "1_000", "1.000",
                "€5", "0x10", "(100.00)", "9999999999999999.99", "1٣", "100.00 ",
            )
            if value != "100.00 "
        ],
        ("purpose", ""),
        ("purpose", "x" * 201),
        ("purpose", "a\x00b"),
        ("purpose", "abc\u202edef"),
        ("purpose_detail", "x" * 2001),
        ("call_date", "2026-02-30"),
        ("due_date", "0000-00-00"),
        ("due_date", "2026-03-01"),
        ("due_date", "99999-01-01"),
        ("line-0-kind", "gold"),
        ("line-0-allocation", "999999"),
    ],
)  # fmt: skip
def test_bad_input_comes_back_with_its_reason_and_nothing_is_written(manager, story, field, value):
    answer = manager.post(reverse("capital:call_new"), form_data(story, **{field: value}))
    assert answer.status_code == 422
    assert b"data-error-summary" in answer.content
    assert b"Working capital" in answer.content or field == "purpose"
    assert not CapitalCall.objects.exists()


def test_more_than_is_unfunded_is_a_conflict_that_names_the_investors(manager, story):
    answer = manager.post(reverse("capital:call_new"), form_data(story, total_amount="1000000.01"))
    assert answer.status_code == 409
    assert story.partners[0].investor.name in text_of(answer)
    assert not CapitalCall.objects.exists()


def test_a_draft_that_somebody_changed_meanwhile_is_not_overwritten(manager, story):
    draft = story.draft()
    address = reverse("capital:call_edit", args=[draft.pk])
    assert manager.post(address, form_data(story, revision=1, purpose="First")).status_code == 302
    late = manager.post(address, form_data(story, revision=1, purpose="Second"))
    assert late.status_code == 409
    draft.refresh_from_db()
    assert draft.purpose == "First"


def test_an_opened_draft_shows_what_was_set_by_hand_and_who_is_excused(manager, story):
    items = [story.excuse(story.partners[0]), story.by_hand(story.partners[1], "1.00")]
    draft = story.draft("11.00", items=items)
    answer = manager.get(reverse("capital:call_edit", args=[draft.pk]))
    assert b'value="1.00"' in answer.content
    assert b"Excused from tobacco" in answer.content
    assert answer.context["table"].difference == 0


def test_a_fund_without_commitments_says_what_to_do_first(manager, story):
    empty = FundFactory(manager=story.manager)
    page = manager.get(f"{reverse('capital:call_new')}?fund={empty.pk}")
    assert "Nobody has committed yet" in text_of(page)
    refused = manager.post(reverse("capital:call_new"), form_data(story, fund=empty.pk))
    assert refused.status_code == 422


def test_who_approves_sees_what_a_revision_changed_and_what_is_by_hand(client, story):
    """The page of a call that was revised: lines, amounts by hand and excuses, each with what it was before."""
    lines = [LinePlan("investment", Decimal("60000.00")), LinePlan("management_fee", Decimal("40000.00"))]
    draft = story.draft(lines=lines)
    first, second = story.partners[:2]
    by_hand = ItemPlan(first.pk, Decimal("50000.00"))
    excused = ItemPlan(second.pk, excused={0: "Outside its mandate"})
    plan = story.plan(lines=lines, items=[by_hand, excused])
    change_draft(call_id=draft.pk, plan=plan, ctx=WriteContext(story.manager, NOW))
    client.force_login(story.manager)
    page = text_of(client.get(reverse("capital:call", args=[draft.pk])))
    assert f"By hand: {first.investor.name} ({first.reference}): now $50,000.00" in page
    assert f": {second.investor.name} ({second.reference}): now Outside its mandate" in page
    assert "Set by hand" in page
    assert "Excused from a line" in page


@pytest.mark.parametrize("do", ["add_line", "add_excuse", "remove_line:0"])
def test_a_row_that_is_asked_for_comes_without_errors(manager, story, do):
    """Whatever is missing or wrong so far: it is said once the form is sent."""
    for typed in ({"total_amount": "", "purpose": ""}, {"total_amount": "1.234", "due_date": "x"}, {}):
        answer = manager.post(reverse("capital:call_new"), form_data(story, do=do, **typed))
        shown = answer.content.decode()
        assert answer.status_code == 200
        for sign in ("data-error-summary", 'aria-invalid="true"', "cannot be called", 'class="error"'):
            assert sign not in shown
    assert not CapitalCall.objects.exists()


def test_who_was_excused_from_a_deal_takes_part_once_the_page_says_why(manager, story):
    """Its field stands beside its name, on whichever line the deal is, and comes back with the draft."""
    deal, first = story.allocate("400000.00"), story.partners[0]
    lines = [LinePlan("investment", Decimal("100000.00"), deal.pk)]
    story.issued("100000.00", lines=lines, items=[story.excuse(first)])
    fields = form_data(story, **{"line-0-kind": "investment", "line-0-allocation": deal.pk})
    answer = manager.post(reverse("capital:call_allocation"), fields)
    assert f'name="include-{first.pk}-0"' in answer.content.decode()
    assert "Excused: Excused from tobacco" in text_of(answer)
    manager.post(reverse("capital:call_new"), fields)
    left_out = CapitalCall.objects.get(status="draft")
    assert amounts(left_out) == [Decimal(0), Decimal("75000.00"), Decimal("25000.00")]
    page = reverse("capital:call_edit", args=[left_out.pk])
    assert not manager.get(page).context["forms"].excuses.forms
    why = {f"include-{first.pk}-0": "Its policy changed", "revision": left_out.revision}
    manager.post(page, fields | why)
    assert amounts(left_out) == [Decimal("60000.00"), Decimal("30000.00"), Decimal("10000.00")]
    opened = manager.get(page)
    assert 'value="Its policy changed"' in opened.content.decode()
    bad = manager.post(reverse("capital:call_new"), fields | {f"include-{first.pk}-0": "\u202e"})
    assert bad.status_code == 422
    two = {
        "line-TOTAL_FORMS": "2",
        "line-0-kind": "other",
        "line-0-allocation": "",
        "line-0-amount": "1.00",
        "line-1-kind": "investment",
        "line-1-allocation": deal.pk,
        "line-1-amount": "99999.00",
        f"include-{first.pk}-1": "Its policy changed",
        "do": "remove_line:0",
    }
    moved = manager.post(reverse("capital:call_new"), fields | two)
    assert moved.context["forms"].inclusions.texts == {(first.pk, 0): "Its policy changed"}
