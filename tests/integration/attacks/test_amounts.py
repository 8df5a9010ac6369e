"""Amounts that are none, in every service that takes one: refused with a reason, and nothing is written."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput
from capital.services import allocations, calls, returns
from capital.services.plans import ItemPlan, LinePlan
from funds.services import partners
from tests.factories import AllocationFactory, CommitmentFactory, DealFactory, FundFactory, InvestorFactory
from tests.integration.attacks.unchanged import nothing_written
from tests.integration.capital.story import NOW, TODAY, Story, amounts, fresh

pytestmark = pytest.mark.django_db

NEVER_MONEY = [
    "NaN", "nan", "sNaN", "Infinity", "-Infinity", "1e999", "1e3", "1E+2", "1_000",
    "10.005", "0.004", "-5.00", "-0.01", "", " ", "5 ", " 5", "+5", ".5", "5.", "5..0", "--5",
    "1,000.00", "1.000,00", "1'000", "1 000", "$5", "5 USD", "€5", "0x10", "0b1", "(100.00)", "5%",
    "٥", "５", "५", "5\x00", "5\n", "5\u202e", "½", "1/2", "9999999999999999.99", "10000000000000", "9" * 5000,
    None, True, False, [], {}, (), b"5", ..., 0.1, 5.0, float("nan"), 10**13, -1,
    Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("10.005"), Decimal("-5"), Decimal("1E+3"),
]  # fmt: skip
ZERO = ["0", "-0", "-0.00", "0.00", 0, Decimal("0"), Decimal("-0.00")]


@pytest.fixture
def story():
    return Story()


@pytest.mark.parametrize(
    "verb", ["allocate", "call", "pay", "pay_item", "split", "receive", "apply", "give_back"]
)
def test_what_is_no_positive_money_moves_nothing(verb):
    attempt = getattr(Attempts(Story()), verb)
    with nothing_written():
        passed = [amount for amount in (*NEVER_MONEY, *ZERO) if not refused(attempt, amount)]
    assert passed == []


def refused(attempt, amount) -> bool:
    """Whether InvalidInput came, and about the amount; any other error goes through and fails the test."""
    try:
        attempt(amount)
    except InvalidInput as error:
        return error.code.startswith(("amount.", "splits."))
    return False


class Attempts:
    """Every service that takes an amount, with all else right."""

    def __init__(self, story):
        self.story = story
        self.allocation = story.allocate("1000.00")
        self.issued = story.call(self.allocation, "100.00")
        self.item = self.issued.items.order_by("pk").first()
        self.receipt = story.receive("50.00")
        self.deal = DealFactory(created_by=story.manager)

    def allocate(self, amount):
        allocations.allocate(
            fund_id=self.story.fund.pk,
            deal_id=self.deal.pk,
            committed=amount,
            ctx=WriteContext(self.story.manager, NOW),
        )

    def call(self, amount):
        self.story.call(self.allocation, amount)

    def pay(self, amount):
        self.story.pay(self.issued, amount, item_id=self.item.pk)

    def pay_item(self, amount):
        self.story.pay_item(self.item, amount)

    def split(self, amount):
        self.story.pay(self.issued, "5.00", splits=[(self.item.pk, amount)])

    def receive(self, amount):
        self.story.receive(amount)

    def apply(self, amount):
        self.story.apply(self.receipt, (self.item.pk, amount))

    def give_back(self, amount):
        returns.return_receipt(
            receipt_id=self.receipt.pk,
            amount=amount,
            value_date=TODAY,
            reason="Sent twice",
            ctx=WriteContext(self.story.manager, NOW),
        )


def test_what_is_no_money_is_no_commitment(story):
    investor = InvestorFactory(created_by=story.manager)
    keys = {"fund_id": story.fund.pk, "investor_id": investor.pk, "closing_date": TODAY}
    with nothing_written():
        passed = [
            amount
            for amount in NEVER_MONEY
            if not refused(
                lambda one: partners.commit(amount=one, **keys, ctx=WriteContext(story.manager, NOW)), amount
            )
        ]
    assert passed == []


# ---------------------------------------------------------------- plans

BAD_DECIMALS = [
    Decimal(text)
    for text in (
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "10.005",
        "0",
        "-0.00",
        "-5.00",
        "1E+20",
        "10000000000000",
    )
]


def test_no_call_is_planned_on_what_is_no_money(story):
    with nothing_written():
        passed = [
            amount for amount in BAD_DECIMALS if not stopped(story, [LinePlan("other", amount)], total=amount)
        ]
    assert passed == []


def test_no_line_is_planned_on_what_is_no_money(story):
    right = LinePlan("investment", Decimal("100.00"))
    with nothing_written():
        passed = [amount for amount in BAD_DECIMALS if not stopped(story, [right, LinePlan("other", amount)])]
    assert passed == []


@pytest.mark.parametrize("how", ["called_amount", "line_amounts"])
def test_no_partner_is_called_what_is_no_money(story, how):
    with nothing_written():
        passed = [
            amount
            for amount in BAD_DECIMALS
            if str(amount) not in ("0", "-0.00")
            and not stopped(story, None, items=[by_hand(story, how, amount)])
        ]
    assert passed == []


def by_hand(story, how, amount):
    return ItemPlan(story.partners[0].pk, **{how: amount if how == "called_amount" else (amount,)})


def stopped(story, lines, items=(), total=Decimal("100.00")) -> bool:
    try:
        story.draft("100.00", total_amount=total, lines=lines, items=items)
    except InvalidInput:
        return True
    return False


def test_a_partner_named_twice_in_a_plan_is_refused(story):
    twice = [ItemPlan(story.partners[0].pk, called_amount=Decimal(part)) for part in ("10.00", "20.00")]
    with nothing_written(), pytest.raises(InvalidInput):
        story.draft("100.00", items=twice)


def test_a_plan_without_lines_is_refused(story):
    with nothing_written(), pytest.raises(InvalidInput):
        calls.draft_call(plan=replace(story.plan(), lines=()), ctx=WriteContext(story.manager, NOW))


def test_a_kind_of_line_that_there_is_not_is_refused(story):
    with nothing_written(), pytest.raises(InvalidInput):
        story.draft("100.00", lines=[LinePlan("bribe", Decimal("100.00"))])


def test_an_excuse_from_a_line_that_there_is_not_is_refused(story):
    with nothing_written(), pytest.raises(InvalidInput):
        story.draft("100.00", items=[story.excuse(story.partners[0], line=7)])


def test_everyone_excused_leaves_nobody_to_call(story):
    with nothing_written(), pytest.raises((InvalidInput, Conflict)):
        story.draft("100.00", items=[story.excuse(partner) for partner in story.partners])


def test_as_much_as_is_left_may_be_called_and_not_a_cent_more(story):
    """The three partners have committed a million."""
    with nothing_written(), pytest.raises(Conflict):
        story.draft("1000000.01")
    story.issued("1000000.00")
    with nothing_written(), pytest.raises(Conflict):
        story.draft("0.01")


def test_a_cent_over_three_partners_is_a_cent(story):
    call = story.issued("0.01")
    assert sorted(amounts(call)) == [0, 0, Decimal("0.01")]
    story.pay(call, "0.01")
    assert fresh(call).status == "fully_funded"


# ---------------------------------------------------------------- currencies without cents


@pytest.fixture
def in_yen():
    """A fund in yen with three equal partners."""
    told = Story(committed=())
    told.fund = FundFactory(manager=told.manager, currency="JPY", created_by=told.manager)
    told.partners = [
        CommitmentFactory(fund=told.fund, amount=Decimal(1000), created_by=told.manager) for _ in range(3)
    ]
    return told


def test_a_call_in_yen_is_split_in_whole_yen(in_yen):
    call = in_yen.issued("100")
    assert sorted(amounts(call)) == [33, 33, 34]


def test_a_receipt_in_yen_is_spread_in_whole_yen(in_yen):
    call = in_yen.issued("100")
    paid = in_yen.pay(call, "50", spread="pro_rata")
    assert [payment.amount % 1 for payment in paid] == [0, 0, 0]


def test_amounts_by_hand_in_yen_are_spread_over_lines_in_whole_yen(in_yen):
    lines = [LinePlan("management_fee", Decimal(50)), LinePlan("investment", Decimal(51))]
    call = in_yen.issued("101", lines=lines, items=[in_yen.by_hand(in_yen.partners[0], "33")])
    assert {part.amount % 1 for item in call.items.all() for part in item.item_lines.all()} == {0}


@pytest.mark.parametrize("verb", ["draft", "issued", "receive"])
def test_half_a_yen_is_refused(in_yen, verb):
    with nothing_written(), pytest.raises(InvalidInput):
        getattr(in_yen, verb)("100.50")


def test_half_a_yen_by_hand_is_refused(in_yen):
    by_hand = [
        in_yen.by_hand(partner, part)
        for partner, part in zip(in_yen.partners, ("33.50", "33.50", "33"), strict=True)
    ]
    with nothing_written(), pytest.raises(InvalidInput):
        in_yen.draft("100", items=by_hand)


def test_the_model_itself_takes_no_half_cent(story):
    deal = DealFactory(created_by=story.manager)
    for amount, refused in ((Decimal("10.0005"), ValidationError), (Decimal("10.005"), IntegrityError)):
        with nothing_written(), pytest.raises(refused), transaction.atomic():
            AllocationFactory(fund=story.fund, deal=deal, committed_amount=amount)
