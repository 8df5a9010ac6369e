"""Fee runs: the next instalment of a fund's fee, asked for, decided, and billed by a call of fixed parts.

A run is worked out from the rows as they stand, and again as it is approved: where it would come to something else by
then, it is turned down and asked for anew. It is billed in the transaction that approves it.
"""

from collections.abc import Mapping
from datetime import date

from django.db.models import Max

from blackgem.lib.context import WriteContext
from blackgem.lib.days import day_in_words
from blackgem.lib.decisions import check_alive
from blackgem.lib.errors import Conflict, InvalidInput
from blackgem.lib.money import parse_amount
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from capital.models import CapitalCall, CapitalCallLine
from capital.services.collecting import AskedLine, issue_collecting_call
from fees.access import check_no_run_waits
from fees.models import FeeBill, FeeRun, FeeRunLine, FeeStatement
from fees.queries.explained import explained
from fees.queries.working import WorkedOutRun, work_out
from funds.access import MANAGE, check_may
from funds.models import Commitment, Fund
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of

Kind = CapitalCallLine.Kind


@service
def request_fee_run(
    *,
    fund_id,
    due_on: date,
    waived=None,
    paid_from: str = FeeRun.PaidFrom.CALL,
    reason: str = "",
    ctx: WriteContext,
) -> FeeRun:
    """Work out the next instalment and ask for it; `waived` is what the manager waives of it, in the fund's currency.
    Without four eyes it is billed at once: a call that is due on `due_on` is issued. `paid_from` cash on hand, nobody
    is called: the fund owes it to the manager.

    Raises InvalidInput for a day that is not ahead, Conflict where another run waits, and FeeRefused where the terms
    cannot be applied.
    """
    role = check_may(ctx.by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    _lock_partners(fund)
    check_no_run_waits(fund)
    worked_out = preview_fee_run(fund=fund, waived=waived)
    run = unwritten_run(worked_out)
    number = FeeRun.objects.filter(fund=fund).aggregate(last=Max("number"))["last"] or 0
    run.number, run.due_on, run.reason = number + 1, due_on, (reason or "").strip()
    run.paid_from = paid_from
    run.four_eyes, run.recorded_at, run.recorded_by = fund.four_eyes, ctx.at, ctx.by
    run.role, run.worked_out = role, worked_out
    raise_if(problems_of(run, ["due_on", "paid_from", "reason"]))
    _check_due(run, ctx)
    RUNS.ask(run, ctx=ctx, changes={"net": [None, run.net]})
    if run.approved_at is None:
        _write_lines(run)
    return run


def preview_fee_run(*, fund: Fund, waived=None) -> WorkedOutRun:
    """The next instalment as it would be billed now, with what the manager waives of it; nothing is written.

    Raises InvalidInput for an amount that is none, and what `work_out` does.
    """
    asked = parse_amount(waived or 0, currency=fund.currency, allow_zero=True, field="waived")
    return work_out(fund, waived=asked)


def unwritten_run(worked_out: WorkedOutRun) -> FeeRun:
    """The run of an instalment, without who asks for it and by when it is paid."""
    return FeeRun(
        fund=worked_out.fund,
        starts_on=worked_out.period.start,
        ends_on=worked_out.period.end,
        effective_on=worked_out.period.on,
        waived=worked_out.waived,
        recognised=worked_out.instalment.recognised,
        net=worked_out.instalment.net,
        tax=worked_out.instalment.tax,
        inputs=worked_out.frozen,
        inputs_sha256=worked_out.fingerprint,
    )


@service
def approve_fee_run(*, run_id, ctx: WriteContext) -> FeeRun:
    """Bill a run, as another person than the one who asked where the fund demanded it.

    Raises Conflict("fee.moved") where it would come to something else by now.
    """
    return RUNS.approve(run_id, ctx=ctx)


def check_approve_now(run: FeeRun, by, at) -> None:
    """Whether this person may approve a run at that moment, and not too late; the run has the `role` of who asks."""
    RUNS.check_approve(run, by)
    check_alive(run.recorded_at, at)


@service
def reject_fee_run(*, run_id, ctx: WriteContext) -> FeeRun:
    """Turn a run down: the same days may be worked out anew."""
    return RUNS.reject(run_id, ctx=ctx)


# ---------------------------------------------------------------- what it does


def _take_effect(run: FeeRun, ctx: WriteContext) -> None:
    _check_due(run, ctx)
    if not run.four_eyes:
        _write_lines(run)
    RUNS.approved(run, ctx, changes={"net": [None, run.net]})
    said = {line.commitment_id: explained(line, run) for line in run.worked_out.lines(run)}
    tell_partners(run, said)
    asked = list(_asked_lines(run.worked_out, run))
    if not asked or run.paid_from == FeeRun.PaidFrom.CASH:
        return
    call = CapitalCall(
        fund=run.fund,
        call_date=ctx.today(run.fund),
        due_date=run.due_on,
        purpose=purpose_of(run),
        created_by=ctx.by,
    )
    issue_collecting_call(call, asked, run.worked_out.commitments, fees=said, ctx=ctx)
    FeeBill.objects.create(run=run, fund=run.fund, call=call)


def tell_partners(run: FeeRun, said: Mapping[int, dict]) -> None:
    """Write for everybody who pays a fee how its own was worked out, whether it owes anything or not."""
    FeeStatement.objects.bulk_create(
        FeeStatement(run=run, fund=run.fund, commitment_id=key, effective_on=run.effective_on, facts=facts)
        for key, facts in said.items()
        if facts["parts"]
    )


def purpose_of(run: FeeRun) -> str:
    """What the call that bills a run is for, in words."""
    return f"Management fee, {day_in_words(run.starts_on)} to {day_in_words(run.last_day)}"


def _asked_lines(worked_out: WorkedOutRun, run: FeeRun):
    """The fee, and the tax on it: each partner's own part."""
    inside = worked_out.schedule.inside
    lines = worked_out.instalment.lines.values()
    for kind, parts in (
        (Kind.MANAGEMENT_FEE, {line.key: line.net for line in lines if line.net}),
        (Kind.PARTNERSHIP_EXPENSES, {line.key: line.tax for line in lines if line.tax}),
    ):
        if parts:
            yield AskedLine(CapitalCallLine(kind=kind, reduces_unfunded=inside), parts)


def _write_lines(run: FeeRun) -> None:
    FeeRunLine.objects.bulk_create(run.worked_out.lines(run))


def _check_due(run: FeeRun, ctx: WriteContext) -> None:
    if run.due_on <= ctx.today(run.fund):
        raise InvalidInput("due_on.past", "The fee is due on a day ahead.", field="due_on")


def _lock(run: FeeRun) -> None:
    run.fund = Fund.objects.select_for_update(no_key=True).get(pk=run.fund_id)
    _lock_partners(run.fund)


def _lock_partners(fund: Fund) -> None:
    partners = Commitment.objects.filter(fund=fund).order_by("pk")
    list(partners.select_for_update(no_key=True, of=("self",)).values_list("pk"))


def _check(run: FeeRun, at) -> None:
    run.worked_out = work_out(run.fund, waived=run.waived)
    if run.worked_out.fingerprint != run.inputs_sha256:
        raise Conflict(
            "fee.moved",
            "What this fee comes to has changed since it was asked for: turn it down, and ask anew.",
        )


RUNS = Decidable(
    pending=FeeRun.objects.pending,
    fetch=("fund", "recorded_by"),
    code="fee_run",
    noun="fee run",
    asked="request_fee_run",
    granted="approve_fee_run",
    refused="reject_fee_run",
    also=lambda run: [run.fund],
    lock=_lock,
    check=_check,
    effect=_take_effect,
)
