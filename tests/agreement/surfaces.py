"""Every page, file and answer that shows a figure."""

from collections.abc import Iterator
from datetime import date

from tests.agreement.days import ledger, liquidation, returns, statements
from tests.agreement.facts import NOW, Said
from tests.agreement.files import api_answers, exports, portal_files
from tests.agreement.pages import call_pages, distribution_pages, investor_pages, manager_pages, portal_pages
from tests.agreement.reader import Reader


def everything(reader: Reader, days: list[date]) -> Iterator[Said]:
    """All that anybody is told about the life, now and as of the days."""
    for source in (
        manager_pages,
        call_pages,
        distribution_pages,
        investor_pages,
        portal_pages,
        api_answers,
        exports,
        portal_files,
    ):
        yield from source(reader)
    for day in [NOW, *days]:
        yield from statements(reader, day)
        yield from returns(reader, day)
        yield from ledger(reader, day)
    if not reader.life.deals:
        yield from liquidation(reader, max(days))
