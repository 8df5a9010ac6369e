"""Drafts of distributions: worked out, written, written anew, deleted. Amounts are in the fund's currency."""

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput
from blackgem.lib.sql import service
from distributions.access import check_change_draft
from distributions.models import Distribution, DistributionItem, DistributionTier, GivenBack
from distributions.services.decided import decided
from distributions.services.locks import lock_distribution_for
from distributions.services.planning import DistributionPlan, WorkedOutDistribution, raise_problems, work_out
from funds.access import DRAFT, check_may
from funds.models import Fund
from funds.queries.periods import check_open


@service
def draft_distribution(*, plan: DistributionPlan, ctx: WriteContext) -> Distribution:
    """Work out a plan now and write it as a draft, with its number. Refuses with every problem of the plan."""
    check_may(ctx.by, plan.fund_id, DRAFT)
    return write_draft(plan, ctx)


@service
def change_draft(
    *, distribution_id, plan: DistributionPlan, revision: int | None = None, ctx: WriteContext
) -> Distribution:
    """Work a draft out anew under its number. A `revision` that is no longer the newest is refused (stale_version)."""
    distribution = lock_distribution_for(ctx.by, distribution_id)
    check_change_draft(distribution, ctx.by, revision=revision)
    if distribution.fund_id != plan.fund_id:
        raise InvalidInput("distribution.fund_fixed", "A distribution stays with its fund.", field="fund_id")
    worked_out = _checked(plan, before=distribution)
    changes = audit.changed(distribution, _fields(worked_out) | {"revision": distribution.revision + 1})
    before = decided(distribution)
    distribution.items.all().delete()
    distribution.tiers.all().delete()
    distribution.save()
    _write_parts(distribution, worked_out)
    changes = {name: pair for name, pair in changes.items() if name not in ("inputs", "inputs_sha256")}
    changes |= audit.differences(before, decided(distribution))
    audit.record(
        verb="change_distribution",
        ctx=ctx,
        subject=distribution,
        fund_id=distribution.fund_id,
        changes=changes,
    )
    return distribution


@service
def delete_draft(*, distribution_id, ctx: WriteContext) -> None:
    """Delete a draft; its number is not given again."""
    distribution = lock_distribution_for(ctx.by, distribution_id)
    check_change_draft(distribution, ctx.by)
    audit.record(
        verb="delete_distribution",
        ctx=ctx,
        subject=distribution,
        also=[distribution.fund],
        fund_id=distribution.fund_id,
        changes={"total_amount": [distribution.total_amount, None]},
    )
    distribution.items.all().delete()
    distribution.tiers.all().delete()
    distribution.delete()


def write_draft(plan, ctx: WriteContext) -> Distribution:
    fund = Fund.objects.select_for_update(no_key=True).get(pk=plan.fund_id)
    worked_out = _checked(plan)
    fund.last_distribution_number += 1
    fund.save(update_fields=["last_distribution_number"])
    distribution = Distribution.objects.create(
        fund=fund, number=fund.last_distribution_number, created_by=ctx.by, **_fields(worked_out)
    )
    _write_parts(distribution, worked_out)
    audit.record(
        verb="draft_distribution",
        ctx=ctx,
        subject=distribution,
        also=[fund],
        fund_id=fund.pk,
        changes={"total_amount": [None, plan.total_amount], "status": [None, distribution.status]},
    )
    return distribution


def _checked(plan, *, before=None) -> WorkedOutDistribution:
    worked_out = work_out(plan, before=before)
    raise_problems(worked_out)
    check_open(worked_out.fund, plan.date, field="date")
    return worked_out


def _fields(worked_out) -> dict:
    plan = worked_out.plan
    return {
        "date": plan.date,
        "total_amount": plan.total_amount,
        "type": plan.type,
        "source": plan.source.strip(),
        "deal_id": plan.deal_id,
        "recallable": plan.recallable,
        "given_back_lines": list(plan.given_back_lines),
        "terms": worked_out.terms,
        "inputs": worked_out.inputs,
        "inputs_sha256": worked_out.inputs_sha256,
    }


def _write_parts(distribution, worked_out) -> None:
    DistributionTier.objects.bulk_create(
        DistributionTier(
            distribution=distribution,
            fund_id=distribution.fund_id,
            position=position,
            kind=row.kind,
            tier=row.tier,
            owed_before=row.owed_before,
            lp_amount=row.lp_amount,
            gp_amount=row.gp_amount,
            owed_after=row.owed_after,
            inputs=row.inputs,
        )
        for position, row in enumerate(worked_out.tiers, start=1)
    )
    items = DistributionItem.objects.bulk_create(
        DistributionItem(
            distribution=distribution,
            fund_id=distribution.fund_id,
            commitment_id=row.commitment_id,
            weight=row.weight,
            gross_amount=row.gross,
            return_of_capital=row.return_of_capital,
            preferred_return=row.preferred_return,
            profit_share=row.profit_share,
            carried_interest=row.carried_interest,
            recallable_amount=row.recallable,
            withholding_tax=row.withheld,
            net_amount=row.net,
            tiers=[list(tier) for tier in row.tiers],
            working=[_step_as_text(step) for step in row.working],
        )
        for row in worked_out.rows
    )
    GivenBack.objects.bulk_create(
        GivenBack(
            item=item,
            distribution_id=distribution.pk,
            fund_id=distribution.fund_id,
            commitment_id=item.commitment_id,
            call_line_id=one.line,
            amount=one.amount,
            restores=one.restores,
        )
        for item, row in zip(items, worked_out.rows, strict=True)
        for one in row.given_back
    )


def _step_as_text(step) -> dict:
    def text(amount):
        return None if amount is None else f"{amount:f}"

    return {
        "kind": step.kind,
        "tier": step.tier,
        "owed_before": text(step.owed_before),
        "lp_amount": text(step.lp_amount),
        "gp_amount": text(step.gp_amount),
        "owed_after": text(step.owed_after),
        "inputs": step.inputs,
    }
