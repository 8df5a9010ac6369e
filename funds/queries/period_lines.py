"""The lines of a period's check list here: nothing waits for a second person, and the value is known."""

from blackgem.lib.navigation import address
from funds.models import CapitalTransaction, Fund, NavEntry
from funds.queries.approvals import waiting_in
from funds.queries.period_checks import Check, CheckState, register_check
from funds.queries.periods import Span


def _nothing_waits(fund: Fund, span: Span) -> Check:
    waiting = waiting_in(fund, but=("period_closes",))
    return Check(
        "approvals",
        "Nothing waits for approval",
        CheckState.MISSING if waiting else CheckState.DONE,
        f"{', '.join(waiting)}." if waiting else "Every request of this fund is decided.",
        address("approvals"),
    )


def _value_is_entered(fund: Fund, span: Span) -> Check:
    label, link = "Net asset value is entered", address("new_nav", fund.pk)
    if NavEntry.objects.filter(fund=fund, as_of=span.last_day).exists():
        return Check("nav", label, CheckState.DONE, "It is entered as of the last day.", link)
    if not CapitalTransaction.objects.filter(fund=fund, value_date__lte=span.last_day).exists():
        return Check("nav", label, CheckState.NOT_NEEDED, "No money had moved by the last day.", link)
    return Check("nav", label, CheckState.MISSING, "No value is entered as of the last day.", link)


register_check("approvals", 10, _nothing_waits)
register_check("nav", 20, _value_is_entered)
