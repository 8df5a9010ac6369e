"""A letter as it would look under a letterhead and words that are not in force yet."""

from blackgem.lib.context import WriteContext
from funds.calc.wording import LETTERS
from funds.models import Fund, Notice
from funds.queries.wording import letter_of

from .notice_facts import fund_facts
from .rendering import draft_pdf

_SAMPLE = {
    "name": "Example Partner Limited Partnership",
    "attention": "The Treasurer",
    "address": "1 Sample Street\nLondon",
    "reference": "0001",
}
#: How many of the newest letters of a kind are looked through for one of this sort.
LOOKED_THROUGH = 50


def preview_pdf(
    fund: Fund, letter: str, wording: dict, pictures: dict[str, bytes], *, ctx: WriteContext
) -> bytes:
    """The newest letter of this sort that the fund wrote, as a draft under this letterhead; a sample where there is
    none. Raises Unprintable, Conflict("letter.too_long")."""
    head = {**fund_facts(fund), "wording": wording}
    real = _newest(fund, letter)
    if real is None:
        return draft_pdf(_sample(fund, letter, head, ctx), pictures=pictures)
    real.facts, real.pk = {**real.facts, "fund": head}, None
    return draft_pdf(real, pictures=pictures)


def _newest(fund: Fund, letter: str) -> Notice | None:
    kinds = [letter] if letter in Notice.Kind.values else list(Notice.Kind.values)
    rows = Notice.objects.filter(fund=fund, kind__in=kinds).order_by("-pk")
    return next((one for one in rows[:LOOKED_THROUGH] if letter_of(one.kind, one.facts) == letter), None)


def _sample(fund: Fund, letter: str, head: dict, ctx: WriteContext) -> Notice:
    """A letter that is about nothing; `sample` among its facts says of which sort."""
    today = ctx.today(fund)
    facts = {
        "fund": head,
        "partner": _SAMPLE,
        "currency": fund.currency,
        "amount": "250000",
        "sample": {"letter": letter, "heading": LETTERS[letter], "due_on": today.isoformat()},
    }
    return Notice(
        fund=fund, kind=Notice.Kind.CAPITAL_CALL, number=f"{fund.code}-SAMPLE", dated_on=today, facts=facts
    )
