"""Published cases as a fund lives through them: every figure that they state is the application's, to the cent."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse

from blackgem.lib.errors import Conflict, Forbidden
from capital.models import CallItemCapital, CommitmentCapital, Payment
from capital.services import reversals
from capital.services.plans import LinePlan
from distributions.services.write_downs import write_down
from fees.models import FeeRun, FeeRunLine
from fees.queries.waivers import waiver_account
from fees.services import waivers
from funds.models import Notice
from funds.queries.cash_moves import moves_of
from funds.services.rendering import letter_html
from tests.integration.fees.story import FeeStory, owed
from tests.support.invariants import violations
from tests.support.pages import text_of
from tests.worked_examples import test_fees

pytestmark = pytest.mark.django_db
CASES = {
    one["id"]: one for one in json.loads(Path(test_fees.__file__).with_name("fee_cases.json").read_text())
}
ALONE = ("10000000.00",)
#: Of a line, by the name that a case has for it.
FIGURES = {
    "gross": "gross",
    "discount": "discount",
    "true_up": "true_up",
    "waiver": "waiver",
    "offset": "offset_applied",
    "net": "net",
    "offset_carried": "offset_carried",
    "credit_carried": "credit_carried",
}


def same(amount: Decimal, said: str) -> None:
    assert amount == Decimal(said)


def as_published(name: str, story: FeeStory, runs: list[FeeRun], before: CommitmentCapital) -> None:
    """Every instalment with its parts, the totals, what is carried, and what the fees did to the account of A."""
    said = CASES[name]["expected"]
    a, sums = story.partners[0], dict.fromkeys(FIGURES, Decimal(0))
    for one, run in zip(said["instalments"], runs, strict=True):
        assert (run.effective_on, run.starts_on, run.ends_on) == tuple(
            map(date.fromisoformat, (one["on"], one["from"], one["to"]))
        )
        same(run.recognised, one["recognised"])
        same(run.net, one["fund"])
        line, stated = run.lines.get(commitment=a), one["lps"]["A"]
        for figure, own in FIGURES.items():
            same(getattr(line, own), stated[figure])
            sums[figure] += getattr(line, own)
        for part, expected in zip(line.parts, stated["parts"], strict=True):
            words = {key: part.get(key, "commitment") for key in ("from", "to", "basis", "days", "of_days")}
            assert words == {key: expected[key] for key in words}
            for figure in ("base", "rate", "gross", "discount"):
                same(Decimal(part[figure]), expected[figure])
    for figure in ("gross", "discount", "true_up", "waiver", "offset", "net"):
        same(sums[figure], said["totals"]["A"][figure])
    same(sum(run.net for run in runs), said["fund_total"])
    last = FeeRunLine.objects.get(run=runs[-1], commitment=a)
    if "offsets" in said:
        same(last.offset_carried, said["offsets"]["carried"]["A"])
        same(sum(run.recognised for run in runs), said["offsets"]["recognised"])
        same(sums["offset"], said["offsets"]["applied"])
    if "credits_carried" in said:
        same(last.credit_carried, said["credits_carried"]["A"])
    for run in runs:
        if run.net:
            item = run.bill.call.items.get(commitment=a)
            story.pay_item(item, item.amount, story.on(run.effective_on).at, value_date=run.effective_on)
    now = CommitmentCapital.objects.get(pk=a.pk)
    same(now.paid_in - before.paid_in, said["paid_in"]["A"])
    same(a.amount - (before.unfunded - now.unfunded), said["unfunded"]["A"])
    assert violations() == []


def test_a_base_that_changes_inside_a_quarter_and_is_known_when_that_is_billed():
    """F3 by actual/365: 2 % of commitments until 15 August, then 1.75 % of the net invested capital of 30 June."""
    july, later = date(2030, 7, 1), date(2030, 8, 16)
    terms = {"effective_on": july, "time_rule": "act/365", "inside": True}
    story = FeeStory(committed=ALONE, schedule=terms)
    deal = story.invested(date(2029, 3, 1), "7200000.00", "0.00").deal_id
    story.sold(deal, date(2030, 2, 1), "1800000.00")
    lost = {"fund_id": story.fund.pk, "deal_id": deal, "date": date(2030, 6, 30)}
    for amount in ("400000.00", "250000.00"):
        write_down(**lost, amount=amount, ctx=story.on(date(2030, 6, 30)))
    story.set_schedule(date(2030, 6, 30), effective_on=later, basis="net_invested", rate="0.0175")
    before = CommitmentCapital.objects.get(pk=story.partners[0].pk)
    as_published("F3-known-at-billing-act-365", story, [story.run(july)], before)


def test_a_credit_above_the_instalment_is_carried_and_the_offset_waits():
    """L03: from 11 January 1 % of 2,000,000.00 net invested, which the fund learns on 1 March."""
    story = FeeStory(
        committed=ALONE,
        schedule={"effective_on": date(2029, 1, 1), "inside": True, "offset_share": "fee_paying"},
    )
    story.invested(date(2028, 12, 1), "2000000.00", "0.00")
    before = CommitmentCapital.objects.get(pk=story.partners[0].pk)
    runs = [story.run(date(2029, 1, 1))]
    story.income(date(2029, 2, 1), "6000.00", "monitoring")
    story.set_schedule(date(2029, 3, 1), effective_on=date(2029, 1, 11), basis="net_invested", rate="0.01")
    runs += [story.run(date(2029, month, 1)) for month in (4, 7, 10)]
    as_published("L03-fee-credit-above-the-instalment", story, runs, before)


def test_what_is_waived_counts_as_the_general_partners_contribution(client):
    """F4: of 100,000.00 the manager waives 40,000.00; of a call of 1,000,000.00 the partners pay the general partner's
    19,607.84 too, and no more cash comes in than without the waiver."""
    said = CASES["F4-waiver"]["expected"]
    call_said, account_said = said["calls"][0], said["waiver_account"]
    january = date(2026, 1, 1)
    story = FeeStory(committed=("20000000.00",), gp="400000.00", four_eyes=True)
    [lps], gp = story.partners, story.gp
    run = story.run(january, waived="40000.00")
    same(run.net, said["fund_total"])
    story.pay_all(run.bill.call, january)
    deal = story.allocate(amount="5000000.00")
    on = date(2026, 1, 15)
    line = LinePlan("investment", Decimal("1000000.00"), allocation_id=deal.pk)
    plan = story.plan("1000000.00", lines=(line,), call_date=on, due_date=date(2026, 1, 29))
    call = story.issued_on(plan, on)
    shares = {item.commitment_id: item for item in call.items.all()}
    same(shares[lps.pk].amount, call_said["share"]["LPs"])
    asking = {"fund_id": story.fund.pk, "item_id": shares[gp.pk].pk, "due_on": date(2026, 1, 29)}
    for wrong, words in (
        ({"amount": "19607.85"}, "No more than"),
        ({"item_id": shares[lps.pk].pk}, "Only a general partner"),
    ):
        with pytest.raises(Conflict, match=words):
            waivers.use_waived_fees(**asking | wrong, ctx=story.on(on))
    client.force_login(story.manager)
    page = text_of(client.get(reverse("fees:waived", args=[story.fund.pk])))
    assert ("Nothing of it was used yet" in page, "$40,000.00" in page) == (True, True)
    form = text_of(client.get(reverse("fees:waiver_use", args=[story.fund.pk])))
    assert "owes $19,607.84" in form
    use = waivers.use_waived_fees(**asking, ctx=story.on(on))
    with pytest.raises(Forbidden):
        waivers.approve_waiver_use(use_id=use.pk, ctx=story.on(on))
    assert "Another use of waived fees waits" in text_of(
        client.get(reverse("fees:waiver_use", args=[story.fund.pk]))
    )
    use = waivers.approve_waiver_use(use_id=use.pk, ctx=story.on(on, story.second))
    asked = use.asked.call
    same(use.amount, call_said["deemed"])
    assert owed(asked) == {lps.reference: call_said["for_gp"]["LPs"]}
    letter = Notice.objects.get(item_id=shares[gp.pk].pk, version=2)
    assert (letter.number, letter.facts["due"]) == (f"{story.fund.code}-CC2-GP", "0.00")
    assert "out of management fees that were waived" in letter_html(letter)
    account = waiver_account(story.fund)
    for figure in ("waived", "used", "available"):
        same(getattr(account, figure), account_said[figure])
    story.pay_item(shares[lps.pk], shares[lps.pk].amount, story.on(on).at, value_date=on)
    story.pay_all(asked, on)
    came = sum(move.amount for move in moves_of(story.fund))
    same(came - run.net, call_said["lps_cash"])
    paid = {one.pk: one for one in CommitmentCapital.objects.filter(fund=story.fund)}
    same(paid[gp.pk].paid_in, call_said["deemed"])
    same(paid[lps.pk].paid_in, "1060000.00")
    assert CallItemCapital.objects.get(pk=shares[gp.pk].pk).outstanding == 0
    page = text_of(client.get(reverse("fees:waived", args=[story.fund.pk])))
    assert ("$19,607.84" in page, "$20,392.16" in page) == (True, True)
    assert "Waived fee" in text_of(client.get(reverse("capital:item", args=[call.pk, shares[gp.pk].pk])))
    paid = Payment.objects.get(waiver_use_id=use.pk)
    back = reversals.request_reversal(
        payment_id=paid.pk, reason="Paid by wire instead.", money_left=False, ctx=story.on(on)
    )
    reversals.approve_reversal(reversal_id=back.pk, ctx=story.on(on, story.second))
    letter = Notice.objects.get(item_id=shares[gp.pk].pk, version=3)
    assert (letter.facts.get("netted"), letter.facts["ask"]) == (None, call_said["deemed"])
    assert violations() == []
