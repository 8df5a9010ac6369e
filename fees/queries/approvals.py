"""What of management fees waits for a second look."""

from blackgem.lib.approvals import Verb
from fees.models import FeeIncome, FeeLetter, FeeRun, FeeSchedule
from funds.queries.approvals import register_queue

register_queue(
    FeeRun.objects.pending,
    asked_by="recorded_by",
    subject=lambda one: f"fee run {one.number} of {one.fund.name}",
    shown=lambda rows: rows.select_related("fund").defer("inputs"),
    key="fee_runs",
    place=22,
    noun="management fee to bill",
    plural="management fees to bill",
    title="Management fees",
    headings=("Fee run", "Fund", "Period", "Paid by", "Fee", "Reason"),
    numeric=("Fee",),
    template="fees/approvals_runs.html",
    approve=Verb("fees:run_approve", "Bill", "Approve", "primary"),
    reject=Verb("fees:run_reject", "Turn down", "Turn down"),
    foot="What each partner owes, and why, stands on the page of the run. It is worked out anew when it is approved, "
    "and a call that asks for it is issued at once.",
)
register_queue(
    FeeSchedule.objects.pending,
    asked_by="recorded_by",
    subject=lambda one: f"version {one.version} of the fee of {one.fund.name}",
    shown=lambda rows: rows.select_related("fund"),
    key="fee_schedules",
    place=56,
    noun="fee schedule to decide",
    plural="fee schedules to decide",
    title="Fee schedules",
    headings=("Version", "Fund", "From", "Rate", "How", "Reason"),
    template="fees/approvals_schedules.html",
    approve=Verb("fees:schedule_approve", "Approve", "Approve", "primary"),
    reject=Verb("fees:schedule_reject", "Turn down", "Turn down"),
    foot="What it changes of days that were billed, the next run trues up.",
)
register_queue(
    FeeLetter.objects.pending,
    asked_by="recorded_by",
    subject=lambda one: f"the side letter of {one.commitment.investor.name}",
    shown=lambda rows: rows.select_related("fund", "commitment__investor"),
    key="fee_letters",
    place=57,
    noun="side letter on the fee to decide",
    plural="side letters on the fee to decide",
    title="Side letters on the fee",
    headings=("Partner", "Fund", "From", "What it says", "Reason"),
    template="fees/approvals_letters.html",
    approve=Verb("fees:letter_approve", "Approve", "Approve", "primary"),
    reject=Verb("fees:letter_reject", "Turn down", "Turn down"),
)
register_queue(
    FeeIncome.objects.pending,
    asked_by="recorded_by",
    subject=lambda one: f"fee income of {one.fund.name}",
    shown=lambda rows: rows.select_related("fund", "deal"),
    key="fee_income",
    place=58,
    noun="entry of fee income to decide",
    plural="entries of fee income to decide",
    title="Fee income",
    headings=("Category", "Fund", "Received", "Amount", "Offset", "Reason"),
    numeric=("Amount",),
    template="fees/approvals_income.html",
    approve=Verb("fees:income_approve", "Approve", "Approve", "primary"),
    reject=Verb("fees:income_reject", "Turn down", "Turn down"),
    foot="The next run on that day or later shares what is offset among the partners.",
)
