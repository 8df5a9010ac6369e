"""A statement as a letter. It is made when it is asked for: it says what the ledger says, and is not stored."""

from django.conf import settings
from django.template.loader import render_to_string

from blackgem.lib.errors import Conflict
from blackgem.lib.pdf import DocumentRefused, Pdf, render_pdf
from funds.services.notice_facts import fund_facts, partner_facts
from portal.queries.statement import StatementShown


def statement_letter(shown: StatementShown) -> Pdf:
    """The statement on the fund's paper. Raises Conflict("statement.too_long") where it would be a book."""
    stylesheet = settings.BASE_DIR / "templates" / "notices" / "notices.css"
    try:
        return render_pdf(letter_html(shown), stylesheet=stylesheet, identifier=_identity(shown))
    except DocumentRefused as error:
        raise Conflict(
            "statement.too_long", "This statement is too long to print; download its lines as XLSX instead."
        ) from error


def letter_html(shown: StatementShown) -> str:
    """The statement as HTML, everything in it escaped."""
    commitment, statement = shown.commitment, shown.statement
    context = {
        "fund": fund_facts(commitment.fund),
        "partner": partner_facts(commitment),
        "commitment": commitment,
        "statement": statement,
        "currency": shown.currency,
        "number": f"{commitment.fund.code}-CS-{commitment.reference}-{statement.as_of:%Y%m%d}",
        "made_on": shown.drawn_up_on,
        "known_at": shown.known_at,
        "is_large": max(statement.committed, statement.called, statement.distributed) >= 100_000_000,
    }
    return render_to_string("notices/statement.html", context)


def _identity(shown: StatementShown) -> str:
    """What the PDF says of whose it is, and of when."""
    known = f" known_at={shown.known_at.isoformat()}" if shown.known_at else ""
    return (
        f"statement commitment={shown.commitment.public_id} as_of={shown.statement.as_of.isoformat()}{known}"
    )
