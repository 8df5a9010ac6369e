"""Statements as letters. They are made when they are asked for: they say what the ledger says, and are not stored."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string

from blackgem.lib.days import UTC, local_day
from blackgem.lib.errors import Conflict
from blackgem.lib.pdf import DocumentRefused, Pdf, render_pdf
from evidence.queries.anchors import newest_anchor
from funds.models import Investor
from funds.queries.wording import own_words, pictures_in
from funds.services.notice_facts import fund_facts, partner_facts
from portal.queries.statement import AllStatements, StatementShown

#: How many statements each process keeps as PDFs, of some 50 kB.
KEPT = 64


def statement_letter(shown: StatementShown) -> Pdf:
    """The statement on the fund's paper. Raises Conflict("statement.too_long") where it would be a book."""
    fund = shown.commitment.fund
    pictures = tuple(pictures_in(fund.pk, fund_facts(fund)).items())
    return printed(letter_html(shown), _identity(shown), pictures)


def letter_html(shown: StatementShown) -> str:
    """The statement as HTML, everything in it escaped."""
    commitment, statement = shown.commitment, shown.statement
    fund, partner = fund_facts(commitment.fund), partner_facts(commitment)
    number = f"{commitment.fund.code}-CS-{commitment.reference}-{statement.as_of:%Y%m%d}"
    told = {"partner": partner["name"], "fund": fund["legal_name"], "number": number}
    context = {
        "fund": fund,
        "partner": partner,
        "commitment": commitment,
        "statement": statement,
        "currency": shown.currency,
        "unapplied": shown.unapplied,
        "number": number,
        **own_words("statement", fund, told),
        "made_on": shown.drawn_up_on,
        "known_at": shown.known_at,
        "anchor": newest_anchor(),
        "is_since_inception": shown.is_since_inception,
        "is_large": max(statement.committed, statement.called, statement.distributed) >= 100_000_000,
    }
    return render_to_string("notices/statement.html", context)


def all_statements_letter(found: AllStatements, investors: Sequence[Investor], *, made_at: datetime) -> Pdf:
    """The statement over all funds; on the paper of its funds, A4 where they differ."""
    papers = {one.commitment.fund.paper_size for one in found.stated}
    context = {
        "paper_size": papers.pop() if len(papers) == 1 else "a4",
        "investors": investors,
        "found": found,
        "made_on": local_day(made_at, UTC),
        "anchor": newest_anchor(),
        "is_large": any(one.sums.called >= 100_000_000 for one in found.sections),
    }
    days = ",".join(day.isoformat() for day in found.days)
    whose = ",".join(str(one.public_id) for one in investors)
    html = render_to_string("notices/all_statements.html", context)
    return printed(html, f"statements investors={whose} as_of={days}")


@lru_cache(maxsize=KEPT)
def printed(html: str, identifier: str, pictures: tuple[tuple[str, bytes], ...] = ()) -> Pdf:
    """A document as a PDF, or the one that was made of the very same words before: a statement is worked out anew each
    time, and what it says is all that its PDF depends on."""
    stylesheet = settings.BASE_DIR / "templates" / "notices" / "notices.css"
    try:
        return render_pdf(html, stylesheet=stylesheet, identifier=identifier, pictures=dict(pictures))
    except DocumentRefused as error:
        raise Conflict(
            "statement.too_long", "This statement is too long to print; download its lines as XLSX instead."
        ) from error


def _identity(shown: StatementShown) -> str:
    """What the PDF says of whose it is, and of when."""
    known = f" known_at={shown.known_at.isoformat()}" if shown.known_at else ""
    return (
        f"statement commitment={shown.commitment.public_id} as_of={shown.statement.as_of.isoformat()}{known}"
    )
