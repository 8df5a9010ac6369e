"""Several reads in one statement say what each would have said by itself."""

import pytest
from django.db.models import Value

from blackgem.lib import together
from blackgem.lib.together import read_together
from capital.models import CapitalCall, CapitalCallItem, Payment
from funds.models import CapitalTransaction, Commitment, Fund, NavEntry, Notice
from tests.integration.capital.story import Story

pytestmark = pytest.mark.django_db


def queries() -> list:
    return [
        CapitalCall.objects.select_related("fund", "capital").order_by("-pk")[:2],
        Payment.objects.filter(pk__in=[]),
        Commitment.objects.annotate(said=Value("100 % {0} %s"))
        .values("pk", "fund__name", "said")
        .order_by("-pk"),
        NavEntry.objects.filter(pk=-1),
        CapitalCallItem.objects.prefetch_related("payments").order_by("pk"),
        Notice.objects.order_by("-pk")[:5],
        Fund.objects.distinct().order_by("name").values_list("pk", flat=True),
        Commitment.objects.values_list("pk").union(Fund.objects.values_list("pk")),
        CapitalTransaction.objects.order_by("value_date", "pk").values_list(
            "amount", "value_date", "recorded_at"
        ),
    ]


@pytest.fixture
def story():
    made = Story()
    for amount in ("1000.00", "50.50", "0.03"):
        call = made.issued(amount)
        made.pay_item(call.items.order_by("pk")[0], "0.01")
    return made


def test_each_reads_what_it_would_have_read_by_itself(story):
    for own, read in zip(map(list, queries()), read_together(*queries()), strict=True):
        assert read == own
        for one, other in zip(own, read, strict=True):
            assert type(one) is type(other)
            if hasattr(one, "__dict__"):
                said = [{k: v for k, v in vars(row).items() if k[0] != "_"} for row in (one, other)]
                assert said[0] == said[1]


def test_it_is_one_statement_and_what_is_prefetched(story, django_assert_num_queries):
    with django_assert_num_queries(2):
        calls, *_ = read_together(*queries())
        assert {(call.fund.name, call.capital.call_id) for call in calls} == {
            (story.fund.name, call.pk) for call in calls
        }


def test_what_has_more_columns_than_a_statement_is_read_in_several(
    story, monkeypatch, django_assert_num_queries
):
    whole = read_together(*queries())
    monkeypatch.setattr(together, "MOST_COLUMNS", 60)
    assert read_together(*queries()) == whole
    monkeypatch.undo()
    many = [Fund.objects.order_by("pk")] * 60
    with django_assert_num_queries(2):
        assert read_together(*many) == [[story.fund]] * 60


def test_what_finds_nothing_whatever_there_is_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert read_together(Payment.objects.none(), Payment.objects.filter(pk__in=[])) == [[], []]
