"""What stories of the admin share: money that moved, and how to act on rows."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.contrib import admin
from django.urls import reverse

from blackgem.lib.context import WriteContext
from capital.models import FundAllocation
from capital.services.calls import draft_call
from capital.services.plans import CallPlan, LinePlan
from distributions.services.distributions import draft_distribution, issue_distribution
from distributions.services.payouts import pay_out
from distributions.services.planning import DistributionPlan
from distributions.services.write_downs import write_down

AT = datetime(2025, 10, 1, 12, tzinfo=UTC)
TODAY = date(2025, 10, 1)
OURS = ("blackgem", "funds", "capital", "distributions", "fees", "closings", "evidence")
EDITABLE = {"blackgem.user", "funds.fundmembership", "funds.investorcontact", "funds.maildomain"}


def plan_to_distribute(fund):
    return DistributionPlan(fund.pk, Decimal("500.00"), TODAY, source="A warehouse")


def distribute(fund, *, by):
    """Issued and paid out, beside a loss."""
    ctx = WriteContext(by, AT)
    deal = FundAllocation.objects.get(fund=fund).deal_id
    write_down(fund_id=fund.pk, deal_id=deal, date=TODAY, amount=Decimal("1.00"), ctx=ctx)
    one = draft_distribution(plan=plan_to_distribute(fund), ctx=ctx)
    issue_distribution(distribution_id=one.pk, ctx=ctx)
    pay_out(distribution_id=one.pk, value_date=TODAY, method="wire", ctx=ctx)


def draft(fund, allocation, *, by):
    lines = (
        LinePlan("investment", Decimal("10000.00"), allocation.pk),
        LinePlan("management_fee", Decimal("10000.00")),
    )
    plan = CallPlan(fund.pk, Decimal("20000.00"), "Acquisition", "", TODAY, date(2025, 10, 15), lines)
    return draft_call(plan=plan, ctx=WriteContext(by, AT))


def models():
    return [model for model in admin.site._registry if model._meta.app_label in OURS]


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def act(browser, rows, action, **more):
    """Run an action on rows, and confirm it where it asks; what the page then says."""
    response = browser.post(url(type(rows[0]), "changelist"), asked_of(rows, action, **more), follow=True)
    if "admin/confirm_action.html" in [one.name for one in response.templates]:
        return act(browser, rows, action, confirmed="yes", **more)
    return [str(message) for message in response.context["messages"]]


def asked_of(rows, action, **more) -> dict:
    return {"action": action, "_selected_action": [row.pk for row in rows], **more}
