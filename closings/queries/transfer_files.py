"""The transfers of a fund as a file."""

from collections.abc import Iterator

from blackgem.lib.export import Column, Kind
from blackgem.shapes import status_of
from closings.queries.transfer import transfers_of, with_commitments

TRANSFER_COLUMNS = (
    Column("Fund", width=32),
    Column("Transfer", Kind.INTEGER, 8),
    Column("Effective", Kind.DATE, 12),
    Column("From", width=36),
    Column("From reference", width=14),
    Column("To", width=36),
    Column("To reference", width=14),
    Column("Share", width=26),
    Column("Status", width=18),
    Column("Currency", Kind.CURRENCY, 10),
    Column("Commitment moved", Kind.MONEY),
    Column("Open calls", width=32),
    Column("Agreed price", Kind.MONEY),
    Column("Document", width=40),
    Column("Reason", width=40),
)


def transfer_rows(fund, user) -> Iterator[tuple]:
    """Every transfer of a fund, newest first, as rows of `TRANSFER_COLUMNS`."""
    for one in with_commitments(transfers_of(fund, user)):
        yield (
            fund.name,
            one.number,
            one.effective_on,
            one.transferor.investor.name,
            one.transferor.reference,
            one.transferee.investor.name,
            one.transferee.reference,
            one.share_in_words,
            status_of("transfer", one.status).word,
            fund.currency,
            one.commitment,
            one.get_open_items_display(),
            one.price,
            one.document,
            one.reason,
        )
