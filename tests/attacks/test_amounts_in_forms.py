"""A. Money and numbers, in every form of the pages that takes an amount: the form again, nothing written."""

import html

import pytest
from django import forms
from django.apps import apps
from django.urls import get_resolver, reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.fields import MoneyField, MoneyFormField, MultipleField, RateField
from closings.services.defaults import DefaultTerms, request_default
from tests.factories import DealFactory, InvestorFactory
from tests.integration.attacks.unchanged import nothing_written
from tests.integration.closings.test_closing_pages import typed as typed_closing
from tests.integration.distributions.story import AT_EXIT, EXIT, ExitStory
from tests.integration.pages.call_form import form_data as typed_call
from tests.integration.pages.test_distribution_pages import form_data as typed_distribution
from tests.support.staging import staged

pytestmark = pytest.mark.django_db

NO_AMOUNTS = {
    "A1": "NaN",
    "A2": "Infinity",
    "A2-": "-Infinity",
    "A2-exponent": "1e999",
    "A3": "10.005",
    "A4-": "-5.00",
    "A5": "0.004",
    "A6": "1e3",
    "A6-capital": "1E+2",
    "A6-underscore": "1_000",
    "A9-ambiguous": "1.234",
    "A9-groups": "1,23,4.00",
    "A9-other-currency": "€5",
    "A9-two-currencies": "USD $5",
    "A9-hex": "0x10",
    "A9-brackets": "(100.00)",
    "A9-two-scripts": "1٣",
    "A10": "9999999999999999.99",
    "A10-cap": "10000000000000",
}
#: Each kind of them, for every form; all of them in the deep run.
SOME = ("A1", "A3", "A4-", "A9-ambiguous", "A10")
TRANSFER = {"transferor": "{partner}", "transferee": "new", "new_name": "One", "reason": "Sale"}
TRANSFER |= {"effective_on": "2026-03-02"}
#: "Form.field" → (the page's name, what its address names, all else that is typed, the field as it is posted).
FORMS = {
    "PaymentForm.amount": (
        "capital:payment_new",
        ("call", "item"),
        {"value_date": "2026-03-02", "method_field": "wire"},
        "amount",
    ),
    "IssuedExcuseForm.amount": (
        "capital:excuse",
        ("call", "item"),
        {"line": "{line}", "limit": "50", "effective_on": "2026-03-02", "reason": "Policy"},
        "amount",
    ),
    "ReceiptForm.amount": (
        "capital:receipt_new",
        (),
        {"fund": "{fund}", "value_date": "2026-03-02", "method_field": "wire"},
        "amount",
    ),
    "ReturnForm.amount": (
        "capital:receipt_return",
        ("receipt",),
        {"value_date": "2026-03-02", "reason": "Twice"},
        "amount",
    ),
    "ApplyForm.item": ("capital:receipt_apply", ("receipt",), {}, "item-{item}"),
    "AllocationForm.committed": ("capital:allocation_new", ("fund",), {"deal": "{deal}"}, "committed"),
    "AmendmentForm.amount": (
        "capital:allocation_amend",
        ("allocation",),
        {"direction": "raise", "effective_on": "2026-03-02", "reason": "More"},
        "amount",
    ),
    "CallDetailsForm.total_amount": ("capital:call_new", (), "call", "total_amount"),
    "LineForm.amount": (
        "capital:call_new",
        (),
        "call with two lines",
        "line-1-amount",
    ),
    "CallForms.amount": ("capital:call_new", (), "call", "amount-{partner}"),
    "CommitmentForm.amount": (
        "funds:commitment_new",
        ("fund",),
        {"investor": "{investor}", "closing_date": "2026-01-01"},
        "amount",
    ),
    "RegisterEventForm.amount": (
        "funds:register_event",
        ("partner",),
        {"kind": "increased", "effective_on": "2026-03-02", "reason": "More"},
        "amount",
    ),
    "AmountForm.amount": ("funds:commitment_edit", ("partner",), {}, "amount"),
    "PartnerRowForm.amount": (
        "funds:partner_table",
        ("fund",),
        {"do": "enter", "closing_date": "2026-01-01", "row-TOTAL_FORMS": "1", "row-0-name": "One"},
        "row-0-amount",
    ),
    "PaymentRowForm.amount": (
        "capital:payment_table",
        (),
        {
            "fund": "{fund}",
            "pay-{item}-paid": "on",
            "pay-{item}-value_date": "2026-03-02",
            "pay-{item}-method": "wire",
        },
        "pay-{item}-amount",
    ),
    **{
        f"RuleForm.{name}": (
            "banking:rule_new",
            ("fund",),
            {"side": "out", "text_holds": "fee", "entry_class": "tax"},
            name,
        )
        for name in ("least", "most")
    },
    "TrancheForm.amount": ("closings:closing_new", (), "closing", "tranche-0-amount"),
    "FeeForm.amount": ("closings:closing_new", (), "closing", "fee-0-amount"),
    "FeeIncomeForm.amount": (
        "fees:income_new",
        ("fund",),
        {"received_on": "2026-01-31", "category": "other", "offset_rate": "100"},
        "amount",
    ),
    "FeeRealisationForm.amount": (
        "fees:realisation_new",
        ("fund",),
        {"deal": "{deal}", "sold_on": "2026-01-31", "direction": "sold"},
        "amount",
    ),
    "FeeLetterForm.waived": (
        "fees:letter_new",
        ("fund",),
        {"commitment": "{partner}", "effective_on": "2026-01-31"},
        "waived",
    ),
    "FeeRunForm.waived": (
        "fees:run_new",
        ("fund",),
        {"due_on": "2199-01-31", "paid_from": "call", "do": "ask"},
        "waived",
    ),
    "WaiverUseForm.amount": (
        "fees:waiver_use",
        ("fund",),
        {"item": "1", "due_on": "2199-01-31"},
        "amount",
    ),
    "SetoffForm.amount": (
        "closings:setoff_new",
        ("distribution", "call"),
        {"value_date": "2027-06-30", "reason": "Clause 14.14"},
        "amount_{owner}",
    ),
    "InterestForm.costs": (
        "closings:default_interest",
        ("default",),
        {"until": "2027-06-30", "due_on": "2100-01-04"},
        "costs",
    ),
    "SaleForm.value": (
        "closings:default_sale",
        ("default",),
        {"effective_on": "2027-06-30", "buyer": "{buyer}", "share": "50"},
        "value",
    ),
    "SaleForm.costs": (
        "closings:default_sale",
        ("default",),
        {"effective_on": "2027-06-30", "buyer": "{buyer}", "share": "50", "value": "1.00"},
        "costs",
    ),
    "ShortfallForm.amount": ("closings:default_shortfall", ("default",), {"due_on": "2100-01-04"}, "amount"),
    "TransferForm.amount": (
        "closings:transfer_new",
        ("fund",),
        {**TRANSFER, "what": "amount", "do": "show"},
        "amount",
    ),
    "TransferForm.price": (
        "closings:transfer_new",
        ("fund",),
        {**TRANSFER, "what": "whole", "do": "ask"},
        "price",
    ),
    "NavForm.amount": ("distributions:nav_new", ("fund",), {"as_of": "2026-01-31"}, "amount"),
    "WriteDownForm.amount": (
        "distributions:write_down_new",
        ("fund",),
        {"deal": "{allocated}", "date": "2026-01-31"},
        "amount",
    ),
    "DistributionDetailsForm.total_amount": (
        "distributions:distribution_new",
        (),
        "distribution",
        "total_amount",
    ),
    "DistributionForms.withheld": (
        "distributions:distribution_new",
        (),
        "distribution",
        "withheld-{partner}",
    ),
}
#: Fields that no class declares, but that are made per row.
PER_ROW = {"ApplyForm.item", "CallForms.amount", "DistributionForms.withheld", "SetoffForm.amount"}


def every_form(kind=forms.Form):
    assert get_resolver().url_patterns  # now all that pages use is loaded
    found = {kind, *(one for sub in kind.__subclasses__() for one in every_form(sub))}
    return {one for one in found if not one.__module__.startswith("tests.")}


def test_every_field_of_a_form_that_takes_money_is_tried():
    declared = {
        f"{form.__name__}.{name}"
        for form in every_form()
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, MoneyFormField)
    }
    assert declared == FORMS.keys() - PER_ROW


def test_no_form_takes_a_number_by_a_stock_field():
    stock = {
        f"{form.__name__}.{name}"
        for form in every_form()
        if form.__module__.partition(".")[0]
        in ("funds", "capital", "distributions", "fees", "closings", "dashboard", "portal")
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.DecimalField | forms.FloatField)
    }
    assert stock == set()


def test_every_column_of_a_number_is_typed_as_people_write_it():
    """Forms made of a model's fields, the admin's too, read as the declared ones do."""
    read = {"8": set(), "$1,234.50": set()}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, MoneyField):
                assert str(field.formfield(allow_zero=True).clean("$1,234.50")) == "1234.50"
                read["$1,234.50"].add(f"{model.__name__}.{field.name}")
            elif isinstance(field, RateField | MultipleField):
                assert field.formfield().clean("8%" if isinstance(field, RateField) else "8×")
                read["8"].add(f"{model.__name__}.{field.name}")
    assert all(len(names) > 3 for names in read.values())


@staged
def ids():
    story = ExitStory(short="50000.00")
    call = story.fund.capital_calls.order_by("number").last()
    item = next(one for one in call.items.all() if one.capital.outstanding)
    allocation = story.allocate()
    default = request_default(
        item_id=item.pk,
        cure_by=EXIT,
        terms=DefaultTerms(rate="0.1"),
        reason="Clause 6.6",
        ctx=WriteContext(story.manager, AT_EXIT),
    )
    return {
        "story": story,
        "fund": story.fund.pk,
        "partner": story.partners[0].pk,
        "call": call.pk,
        "item": item.pk,
        "owner": item.commitment_id,
        "default": default.pk,
        "buyer": next(one.pk for one in story.partners if one.pk != item.commitment_id),
        "distribution": story.issue_exit("1000.00").pk,
        "line": item.item_lines.first().line_id,
        "receipt": story.receive("70.00").pk,
        "deal": DealFactory(created_by=story.manager).pk,
        "allocated": allocation.deal_id,
        "allocation": allocation.pk,
        "investor": InvestorFactory(created_by=story.manager).pk,
    }


def fields_of(cleaned, ids) -> dict:
    story = ids["story"]
    if cleaned == "call":
        return typed_call(story)
    if cleaned == "call with two lines":
        two = {"line-TOTAL_FORMS": "2", "line-0-amount": "60000.00", "line-1-kind": "reserves"}
        return typed_call(story) | two
    if cleaned == "closing":
        return typed_closing(story)
    if cleaned == "distribution":
        return typed_distribution(story)
    return {name.format(**ids): value.format(**ids) for name, value in cleaned.items()}


@pytest.mark.parametrize(
    "rows", [SOME, pytest.param(tuple(NO_AMOUNTS), marks=pytest.mark.deep)], ids=["some", "all"]
)
@pytest.mark.parametrize("form", FORMS)
def test_what_is_no_amount(client, ids, form, rows):
    page, names, cleaned, field = FORMS[form]
    client.force_login(ids["story"].manager)
    of_fund = {"fund": ids["fund"]} if page == "closings:closing_new" else None
    address = reverse(page, args=[ids[name] for name in names], query=of_fund)
    passed = {}
    with nothing_written():
        for row in rows:
            amount = NO_AMOUNTS[row]
            answer = client.post(address, fields_of(cleaned, ids) | {field.format(**ids): amount})
            shown = html.unescape(answer.content.decode())
            if answer.status_code != 422 or f'value="{amount}"' not in shown:
                passed[row] = answer.status_code
    assert passed == {}
