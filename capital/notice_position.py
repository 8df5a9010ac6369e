"""What a letter about a call says of a partner's position: before this call, by it, and after."""

from collections.abc import Iterable
from decimal import Decimal

from capital.models import CapitalCallItemLine, CapitalCallLine
from funds.services.notice_facts import moving, ratio, steady, text

Parts = Iterable[CapitalCallLine | CapitalCallItemLine]


def add_call(capital, asked: Decimal, lines: Parts) -> None:
    within = within_of(lines)
    capital.called += _counted(lines)
    capital.called_within += within
    capital.outstanding += asked
    capital.unfunded -= within


def _counted(lines: Parts) -> Decimal:
    """What of these lines counts as called: not interest between partners."""
    return sum((line.amount for line in lines if line.counts_as_called), Decimal(0))


def within_of(lines: Parts) -> Decimal:
    """What of these lines draws on the commitment."""
    return sum((line.amount for line in lines if line.reduces_unfunded), Decimal(0))


def position(capital, asked: Decimal, lines: Parts) -> list[dict]:
    """The rows of a position. `capital` is a roll-up that counts this call already: before = after − this call.

    called = paid + outstanding from earlier calls + due on this call − interest between partners in it − what is to be
    refunded, and unfunded = commitment − called within the commitment + recallable distributions, in each column.
    """
    called, within = _counted(lines), within_of(lines)
    outside = capital.called - capital.called_within
    due = {"label": "Due on this call", "before": None, "this": text(asked), "after": text(asked)}
    return [
        steady("Commitment", text(capital.committed)),
        moving("Called (cumulative)", capital.called, called),
        *([moving("of which outside the commitment", outside, called - within)] if outside else []),
        steady("Paid (cumulative)", text(capital.paid)),
        *([steady("To be refunded", text(capital.to_refund))] if capital.to_refund else []),
        steady("Outstanding from earlier calls", text(capital.outstanding - asked)),
        due,
        *([due | _interest(asked - called)] if asked != called else []),
        steady("Recallable distributions", text(capital.recallable)),
        {**moving("Unfunded commitment", capital.unfunded, -within), "total": True},
    ]


def _interest(amount: Decimal) -> dict:
    return {"label": "of which interest to earlier partners", "this": text(amount), "after": text(amount)}


def called_share(label: str, capital, within: Decimal) -> dict:
    after = capital.called_within
    return {
        "label": label,
        "before": ratio(after - within, capital.committed),
        "this": ratio(within, capital.committed),
        "after": ratio(after, capital.committed),
    }
