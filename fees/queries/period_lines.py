"""The line of a period's check list on fees: every fee that fell due in it was run."""

from django.urls import reverse

from blackgem.lib.days import day_in_words
from fees.queries.calendar import next_fee
from fees.queries.working import schedules_of
from funds.models import Fund
from funds.queries.period_checks import Check, CheckState, register_check
from funds.queries.periods import Span


def _fees_are_run(fund: Fund, span: Span) -> Check:
    label, link = "Management fees are run", reverse("fees:fees", args=[fund.pk])
    in_force = [one for one in schedules_of(fund) if one.effective_on <= span.last_day]
    if not in_force:
        return Check("fees", label, CheckState.NOT_NEEDED, "No fee schedule was in force.", link)
    fee = next_fee(fund, today=span.last_day)
    if fee.problem:
        return Check("fees", label, CheckState.MISSING, fee.problem, link)
    if fee.is_due and fee.period and in_force[-1].rate:
        said = f"The fee that fell due on {day_in_words(fee.period.on)} is not run."
        return Check("fees", label, CheckState.MISSING, said, link)
    return Check("fees", label, CheckState.DONE, "Every fee that fell due by the last day is run.", link)


register_check("fees", 30, _fees_are_run)
