"""Every page on the larger demo fund: its queries, and the server's time."""

import re
from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blackgem.models import User
from capital.models import CapitalCall, Receipt
from capital.states import CallStatus
from devtools.demo import growth_fund
from devtools.demo.people import DOMAIN, on
from distributions.models import Distribution
from funds.models import BankDetails, Fund

from .figures import Figure, medians, milliseconds
from .scratch import Scratch, use

HEADINGS = ("page (121 partners, 42 calls)", "server time", "queries", "", "goal", "")
MOST_QUERIES = 10
FRAME = re.compile(r"BEGIN|COMMIT|SET TRANSACTION|\s*SELECT set_config\(")


def measure(scratch: Scratch, *, quick: bool, demo: str) -> Iterator[Figure]:
    use(demo)
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(email=f"manager@{DOMAIN}"))
    for name, address in addresses().items():
        yield _figure(client, name, address, rounds=5 if quick else 11)
    use(scratch.template)


def _figure(client: Client, name: str, address: str, *, rounds: int) -> Figure:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    # Counted now: the next request begins a new log. What only begins and ends the snapshot, or says whose rows are
    # to be seen in it, reads nothing.
    queries = sum(not FRAME.match(one["sql"]) for one in captured.captured_queries)
    if answer.status_code != 200:
        return Figure(name, f"answered {answer.status_code}", met=False)
    times = medians({name: lambda: client.get(address)}, rounds=rounds, seconds=3)
    return Figure(
        name,
        milliseconds(times[name]),
        str(queries),
        goal=f"≤ {MOST_QUERIES} queries",
        met=queries <= MOST_QUERIES,
    )


def addresses() -> dict[str, str]:
    """A name for each page, and where it is in the larger fund."""
    fund = Fund.objects.get(name=growth_fund.NAME)
    return {
        "overview": reverse("dashboard:overview"),
        **_fund_pages(fund),
        **_partner_pages(fund),
        **_call_pages(fund),
        **_cash_pages(fund),
        **_distribution_pages(fund),
        **_answers(fund),
    }


def _fund_pages(fund: Fund) -> dict[str, str]:
    pages = {
        "funds": reverse("dashboard:fund_list"),
        "new fund": reverse("funds:fund_new"),
        "fund": reverse("dashboard:fund", args=[fund.pk]),
    }
    names = ("fund_edit", "terms_new", "members", "bank_details_new", "commitment_new")
    pages |= {name.replace("_", " "): reverse(f"funds:{name}", args=[fund.pk]) for name in names}
    waiting = BankDetails.objects.awaiting_verification().get(fund=fund)
    pages["verify bank details"] = reverse("funds:bank_details_verify", args=[waiting.pk])
    allocation = fund.allocations.order_by("pk").first()
    pages["new allocation"] = reverse("capital:allocation_new", args=[fund.pk])
    pages["allocation"] = reverse("capital:allocation", args=[allocation.pk])
    pages["deals"] = reverse("dashboard:deal_list")
    pages["edit deal"] = reverse("funds:deal_edit", args=[allocation.deal_id])
    return pages


def _partner_pages(fund: Fund) -> dict[str, str]:
    commitment = fund.commitments.select_related("investor").get(reference="0001")
    investor = commitment.investor_id
    return {
        "investors": reverse("dashboard:investor_list"),
        "new investor": reverse("funds:investor_new"),
        "investor": reverse("dashboard:investor", args=[investor]),
        "edit investor": reverse("funds:investor_edit", args=[investor]),
        "new contact": reverse("funds:contact_new", args=[investor]),
        "edit commitment": reverse("funds:commitment_edit", args=[commitment.pk]),
    }


def _late(fund: Fund) -> CapitalCall:
    """The newest call of everybody that is due, and that one partner still owes."""
    return CapitalCall.objects.filter(fund=fund).overdue(at=on(growth_fund.TODAY)).order_by("number").last()


def _call_pages(fund: Fund) -> dict[str, str]:
    late_call, calls = _late(fund), CapitalCall.objects.filter(fund=fund)
    late, newest = late_call.pk, calls.issued().order_by("number").last().pk
    waiting = calls.get(status=CallStatus.PENDING_APPROVAL).pk
    items = late_call.items.order_by("pk")
    owing = items.filter(capital__status="pending").first()
    paid = items.filter(capital__status="paid").first()
    payment = paid.payments.filter(reverses=None).first()
    return {
        "calls": reverse("capital:call_list"),
        "calls of one fund": f"{reverse('capital:call_list')}?fund={fund.pk}",
        "new call": f"{reverse('capital:call_new')}?fund={fund.pk}",
        "call, imported": reverse("capital:call", args=[late]),
        "call with notices": reverse("capital:call", args=[newest]),
        "call awaiting approval": reverse("capital:call", args=[waiting]),
        "reword call": reverse("capital:call_reword", args=[newest]),
        "item": reverse("capital:item", args=[late, paid.pk]),
        "record payment": reverse("capital:payment_new", args=[late, owing.pk]),
        "reverse payment": reverse("capital:payment_reverse", args=[late, paid.pk, payment.pk]),
        "approvals": reverse("dashboard:approvals"),
    }


def _cash_pages(fund: Fund) -> dict[str, str]:
    waiting = Receipt.objects.filter(fund=fund, capital__unapplied__gt=0).first()
    return {
        "cash": reverse("capital:receipt_list"),
        "new receipt": reverse("capital:receipt_new"),
        "apply receipt": reverse("capital:receipt_apply", args=[waiting.pk]),
        "return receipt": reverse("capital:receipt_return", args=[waiting.pk]),
    }


def _distribution_pages(fund: Fund) -> dict[str, str]:
    newest = Distribution.objects.filter(fund=fund).latest("date")
    item = newest.items.order_by("pk").first()
    draft = Distribution.objects.get(status="draft")
    return {
        "distributions": reverse("distributions:distribution_list"),
        "new distribution": f"{reverse('distributions:distribution_new')}?fund={fund.pk}",
        "edit distribution": reverse("distributions:distribution_edit", args=[draft.pk]),
        "distribution": reverse("distributions:distribution", args=[newest.pk]),
        "item of a distribution": reverse("distributions:item", args=[newest.pk, item.pk]),
        "returns": reverse("distributions:fund_returns", args=[fund.pk]),
        "transactions": reverse("dashboard:transaction_list"),
        "statement": reverse("portal:investor_statement", args=[item.commitment.investor_id]),
    }


def _answers(fund: Fund) -> dict[str, str]:
    call = _late(fund)
    return {
        "API: fund's capital": f"/api/funds/{fund.pk}/capital",
        "API: calls": f"/api/capital-calls?fundId={fund.pk}",
        "API: call with 121 items": f"/api/capital-calls/{call.pk}",
    }
