"""The pages of distributions: what a manager reads, types, is refused, and what is written."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from distributions.models import Distribution, PayoutReversal
from tests.factories import FundFactory, MembershipFactory, UserFactory
from tests.support.pages import text_of
from tests.support.staging import staged

from ..capital.story import fresh
from ..distributions.story import ExitStory

pytestmark = pytest.mark.django_db
AS_THE_DEMO_STANDS = {"short": "25000.00"}


@staged
def story():
    return ExitStory(**AS_THE_DEMO_STANDS)


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return client


def form_data(story, **changes):
    """What a person types for the exit."""
    fields = {
        "fund": story.fund.pk,
        "do": "draft",
        "total_amount": "500000.00",
        "date": "2027-06-30",
        "type": "EXIT_PROCEEDS",
        "source": "Sale of ABC Manufacturing",
    }
    return fields | changes


def page_of(one, name="distribution", *more):
    return reverse(f"distributions:{name}", args=[one.pk, *more])


def request_reversal(story, payout):
    story.take_back(payout)
    return PayoutReversal.objects.get(payout=payout)


# ---------------------------------------------------------------- reading


def test_the_page_says_before_issue_and_before_sending_what_should_be_looked_at(manager, story):
    """Until the letters are on their way; what blocks is refused by the button too, and the API says the same."""
    investor = story.partners[0].investor
    investor.address, investor.withholding_rate = "1 🙂 Street", Decimal("0.10")
    investor.save()
    taken = {story.partners[0].pk: Decimal("1.00")}
    draft = story.draft_exit(on=date(2026, 7, 4), withholding=taken)

    def shown():
        page = manager.get(page_of(draft)).content.decode()
        answer = manager.get(f"/api/distributions/{draft.pk}").json()
        found = re.findall(r'data-check="([a-z_.]+)"', page)
        assert found == [one["code"] for one in answer["checks"]]
        return found

    warnings = ["check.due_date_past", "check.due_date_closed", "check.no_contact", "check.no_account"]
    assert shown() == ["letter.unprintable", *warnings, "check.withheld_by_hand"]
    assert manager.post(page_of(draft, "distribution_issue")).status_code == 409
    assert fresh(draft).status == "draft"
    investor.address = "1 Main Street"
    investor.save()
    assert manager.post(page_of(draft, "distribution_issue")).status_code == 302
    assert shown() == warnings
    manager.post(page_of(draft, "distribution_send_notices"))
    assert "check.no_contact" not in shown()


def test_every_page_opens_within_ten_queries_and_holds_no_inline_code(
    manager, story, django_assert_max_num_queries
):
    draft = story.draft_exit("300000.00")
    item = draft.items.first()
    addresses = [
        reverse("distributions:distribution_list"),
        reverse("distributions:distribution_new"),
        reverse("dashboard:approvals"),
        page_of(draft),
        page_of(draft, "distribution_cancel"),
        page_of(draft, "distribution_delete"),
        page_of(draft, "item", item.pk),
        page_of(draft, "payout_new"),
        f"{page_of(draft, 'payout_new')}?item={item.pk}",
    ]
    for address in addresses:
        with django_assert_max_num_queries(10):
            response = manager.get(address)
        assert response.status_code == 200, address
        html = response.content.decode()
        assert " style=" not in html, address
        assert not re.search(r"<script(?![^>]* src=)|\son[a-z]+=\"|javascript:", html), address
        assert response["Cache-Control"] == "no-store, private"


def test_what_is_worked_out_anew_asks_as_much_for_many_investors_as_for_few(
    client, django_assert_max_num_queries
):
    many = ExitStory(committed=["50000.00"] * 25, **AS_THE_DEMO_STANDS)
    client.force_login(many.manager)
    issued = many.issue_exit("300000.00")
    draft = many.draft_exit("100.00")
    payout = many.pay_out(issued)[0]
    for address in (
        page_of(issued),
        page_of(draft, "distribution_edit"),
        page_of(issued, "item", payout.item_id),
        page_of(issued, "payout_reverse", payout.pk),
    ):
        with django_assert_max_num_queries(10):
            assert client.get(address).status_code == 200
    for amount, most in (("200000.00", 10), ("300000.00", 10)):  # a second look finds the facts remembered
        with django_assert_max_num_queries(most):
            client.post(reverse("distributions:distribution_preview"), form_data(many, total_amount=amount))


def test_the_five_cards_add_up_and_count_only_what_is_issued(manager, story):
    story.issue_exit()
    story.draft_exit("7.00")
    response = manager.get(reverse("distributions:distribution_list"))
    (total,) = response.context["totals"]
    assert total.declared == Decimal("500000.00")
    parts = ("return_of_capital", "preferred_return", "profit_share", "carried_interest")
    assert sum(getattr(total, name) for name in parts) == total.declared
    page = text_of(response)
    assert "Total declared $500,000.00" in page
    assert "Return of capital $325,000.00" in page
    assert "Preferred return $40,238.84" in page
    assert "Profit share $99,761.16" in page
    assert "Carried interest $35,000.00" in page


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("status=draft", [2]),
        ("status=sent", [1]),
        ("type=DIVIDEND", [2]),
        ("q=%25", []),
        ("q=abc", [1]),
        ("since=2027-07-01", []),
        ("until=2027-06-30&sort=number", [1, 2]),
        ("sort=-amount", [1, 2]),
    ],
)
def test_the_list_is_narrowed_and_sorted(manager, story, query, numbers):
    story.issue_exit(source="Sale of ABC")
    story.draft_exit("7.00", type="DIVIDEND")
    response = manager.get(f"{reverse('distributions:distribution_list')}?{query}")
    found = [one.number for one in response.context["listing"].page]
    assert found == numbers if "sort" in query else sorted(found) == numbers


@pytest.mark.parametrize(
    ("query", "expected"),
    [("sort=password", 400), ("status=magic", 400), ("type=LOTTERY", 400), ("page=0", 404), ("page=99", 404)],
)
def test_what_a_list_cannot_read_is_refused_not_guessed(manager, query, expected):
    assert manager.get(f"{reverse('distributions:distribution_list')}?{query}").status_code == expected


def test_the_export_holds_the_whole_filter_and_no_formula(manager, story):
    story.issue_exit(source="=cmd|' /C calc'!A1")
    answer = manager.get(reverse("distributions:distribution_export", args=["csv"]))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert "\"'=cmd" in lines[1]
    assert "500000.00,325000.00,40238.84,99761.16,35000.00" in lines[1]
    assert manager.get(reverse("distributions:distribution_export", args=["exe"])).status_code == 404
    sheet = manager.get(reverse("distributions:distribution_export", args=["xlsx"]))
    assert b"".join(sheet.streaming_content).startswith(b"PK")


# ---------------------------------------------------------------- the preview


SUMS_OF_THE_CFO = [
    ("25000.00", "325,000.00", "40,238.84", "10,059.71", "99,761.16", "24,940.29", "465,000.00", "35,000.00"),
    ("0.00", "350,000.00", "42,936.56", "10,734.14", "77,063.44", "19,265.86", "470,000.00", "30,000.00"),
]


@pytest.mark.parametrize(
    ("short", "capital", "pref", "catch_up", "split_lp", "split_gp", "lps", "gp"), SUMS_OF_THE_CFO
)
def test_the_preview_shows_what_a_cfo_expects(
    client, short, capital, pref, catch_up, split_lp, split_gp, lps, gp
):
    story = ExitStory(short=short)
    client.force_login(story.manager)
    page = text_of(client.post(reverse("distributions:distribution_preview"), form_data(story)))
    assert f"Return of capital To LPs ${capital}" in page
    assert f"Preferred return (8% a year) To LPs ${pref}" in page
    assert f"GP catch-up (100%, to 20% of the profit) To LPs $0.00 To GP ${catch_up}" in page
    assert f"80/20 split To LPs ${split_lp} To GP ${split_gp}" in page
    assert f"(20% × ${pref} − $0.00) ÷ (100% − 20%) = ${catch_up}" in page
    share = Decimal(gp.replace(",", "")) / 5000
    assert f"To LPs ${lps} ({100 - share:.1f}%)" in page
    assert f"To GP ${gp} ({share:.1f}%)" in page
    assert not Distribution.objects.exists()


def test_the_working_names_its_inputs_and_its_stretches_of_time(manager, story):
    page = text_of(manager.post(reverse("distributions:distribution_preview"), form_data(story)))
    assert "Rate 8% a year" in page
    assert "Growth Compounded annually" in page
    assert "Day count Actual/365" in page
    assert "Capital not returned $325,000.00" in page
    assert "Last payment in or out Mar 1, 2026, 486 days before" in page
    assert "Oct 1, 2025 Jan 15, 2026 106 $100,000.00 0.000000 2,260." in page
    assert "Mar 1, 2026 Jun 30, 2027 486 $325,000.00" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"total_amount": ""},
        {"total_amount": "5e5"},
        {"date": "2027-02-30"},
        {"date": "", "withheld-1": "7"},
        {"type": "LOTTERY"},
        {"deal": "999999"},
        {"total_amount": "9999999999999.99"},
        {"total_amount": "0.01"},
        {"date": "2020-01-01"},
        {"withheld-99999999": "1.00"},
        {"withheld-1": "−5"},
    ],
)
def test_the_preview_answers_whatever_is_typed(manager, story, changes):
    response = manager.post(reverse("distributions:distribution_preview"), form_data(story, **changes))
    assert response.status_code == 200
    assert not Distribution.objects.exists()


def test_an_amount_set_by_hand_outlives_a_total_that_cannot_be_read(manager, story):
    field = f"withheld-{story.partners[0].pk}"
    gone = manager.post(
        reverse("distributions:distribution_preview"), form_data(story, total_amount="x", **{field: "12.34"})
    )
    assert f'name="{field}" value="12.34"' in gone.content.decode()


def test_more_withheld_than_an_investor_gets_is_said_in_its_row(manager, story):
    field = f"withheld-{story.partners[0].pk}"
    answer = manager.post(
        reverse("distributions:distribution_preview"), form_data(story, **{field: "999999.00"})
    )
    assert "More than this investor gets." in text_of(answer)
    assert 'value="999999.00"' in answer.content.decode()
    assert manager.post(
        reverse("distributions:distribution_new"), form_data(story, **{field: "999999.00"})
    ).status_code in (409, 422)


# ---------------------------------------------------------------- drafting


def test_a_draft_is_written_edited_and_deleted(manager, story):
    answer = manager.post(reverse("distributions:distribution_new"), form_data(story))
    draft = Distribution.objects.get()
    assert answer.url == page_of(draft)
    assert (draft.status, draft.source) == ("draft", "Sale of ABC Manufacturing")
    field = f"withheld-{story.partners[0].pk}"
    changed = form_data(story, total_amount="400000.00", revision=draft.revision, **{field: "5.00"})
    manager.post(page_of(draft, "distribution_edit"), changed)
    assert fresh(draft).total_amount == Decimal("400000.00")
    assert draft.items.get(commitment=story.partners[0]).withholding_tax == Decimal("5.00")
    opened = manager.get(page_of(draft, "distribution_edit"))
    assert re.search(rf'name="{field}"[^>]*value="5.00"', opened.content.decode())
    assert opened.context["preview"].rows[0].by_hand
    assert not opened.context["preview"].rows[1].by_hand
    assert manager.post(page_of(draft, "distribution_edit"), changed).status_code == 409
    manager.post(page_of(draft, "distribution_delete"))
    assert not Distribution.objects.exists()


def test_create_and_generate_notices_issues_at_once(manager, story):
    manager.post(reverse("distributions:distribution_new"), form_data(story, do="issue"))
    assert Distribution.objects.get().status == "sent"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"total_amount": "0"}, "more than zero"),
        ({"total_amount": "1.234"}, "decimal"),
        ({"date": ""}, "required"),
        ({"date": "2020-01-01"}, "before the fund began"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(manager, story, changes, said):
    response = manager.post(reverse("distributions:distribution_new"), form_data(story, **changes))
    assert response.status_code in (409, 422)
    assert said in text_of(response)
    assert 'value="Sale of ABC Manufacturing"' in response.content.decode()
    assert not Distribution.objects.exists()


def test_the_waterfall_is_worked_out_without_scripts_too(manager, story):
    page = manager.post(reverse("distributions:distribution_new"), form_data(story, do="preview"))
    assert page.status_code == 200
    assert "$40,238.84" in text_of(page)
    assert not Distribution.objects.exists()


# ---------------------------------------------------------------- who may what


def test_an_analyst_drafts_and_submits_but_does_not_approve(client, story):
    analyst = UserFactory()
    MembershipFactory(fund=story.fund, user=analyst, role="analyst")
    client.force_login(analyst)
    page = text_of(client.get(reverse("distributions:distribution_new")))
    assert "Create & generate notices" not in page.replace("&amp;", "&")
    assert (
        client.post(reverse("distributions:distribution_new"), form_data(story, do="issue")).status_code
        == 403
    )
    assert not Distribution.objects.exists()
    client.post(reverse("distributions:distribution_new"), form_data(story))
    draft = Distribution.objects.get()
    client.post(page_of(draft, "distribution_submit"))
    assert fresh(draft).status == "pending_approval"
    for verb in ("approve", "send", "issue", "cancel"):
        assert client.post(page_of(draft, f"distribution_{verb}"), {"reason": "No"}).status_code == 403
    assert client.get(page_of(draft, "payout_new")).status_code == 403
    assert fresh(draft).status == "pending_approval"


def test_an_auditor_looks_and_touches_nothing(client, story):
    auditor = UserFactory()
    MembershipFactory(fund=story.fund, user=auditor, role="auditor")
    client.force_login(auditor)
    draft = story.draft_exit()
    assert client.get(page_of(draft)).status_code == 200
    assert client.get(page_of(draft, "distribution_edit")).status_code == 403
    answer = client.get(f"{reverse('distributions:distribution_new')}?fund={story.fund.pk}")
    assert answer.status_code == 403
    assert client.post(page_of(draft, "distribution_delete")).status_code == 403


def test_another_funds_manager_finds_nothing(client, story):
    one = story.issue_exit("300000.00")
    payout = story.pay_out(one)[0]
    reversal = request_reversal(story, payout)
    stranger = UserFactory()
    FundFactory(manager=stranger)
    client.force_login(stranger)
    item = one.items.first()
    for address in (
        page_of(one),
        page_of(one, "distribution_edit"),
        page_of(one, "distribution_cancel"),
        page_of(one, "distribution_delete"),
        page_of(one, "distribution_notices"),
        page_of(one, "distribution_notices_card"),
        page_of(one, "item", item.pk),
        page_of(one, "item_notice", item.pk),
        page_of(one, "payout_new"),
        page_of(one, "payout_reverse", payout.pk),
        f"{reverse('distributions:distribution_new')}?fund={story.fund.pk}",
    ):
        assert client.get(address).status_code == 404, address
    for address in (
        *(page_of(one, f"distribution_{verb}") for verb in ("submit", "approve", "send", "issue")),
        page_of(one, "distribution_send_notices"),
        page_of(one, "item_resend", item.pk),
        reverse("distributions:payout_reversal_approve", args=[reversal.pk]),
        reverse("distributions:payout_reversal_reject", args=[reversal.pk]),
    ):
        assert client.post(address).status_code == 404, address
    preview = reverse("distributions:distribution_preview")
    assert client.post(preview, form_data(story)).status_code == 404
    assert list(client.get(reverse("distributions:distribution_list")).context["listing"].page) == []
