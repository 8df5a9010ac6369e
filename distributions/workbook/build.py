"""A workbook whole: the sheets written in an order in which each knows where the others stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO

from openpyxl import Workbook

from distributions.workbook.accounts import ACCOUNTS, write_accounts
from distributions.workbook.cells import TERMS, Formula, dusted, show_units
from distributions.workbook.facts import WorkbookFacts
from distributions.workbook.inputs import INPUTS, write_inputs, write_terms
from distributions.workbook.partners import PARTNERS, ByApp, partners_of, write_partners
from distributions.workbook.result import RESULT, TierByApp, write_result
from distributions.workbook.waterfall import WATERFALL, passages_of, write_waterfall


def build_workbook(
    facts: WorkbookFacts,
    *,
    heading: Sequence[str],
    tiers: Sequence[TierByApp],
    by_app: Sequence[ByApp],
    deals: Mapping[int, str],
    at: datetime,
) -> bytes:
    """The file. `tiers` and `by_app` (per partner, in their order) are the application's figures; `at` dates it."""
    book = Workbook()
    book.properties.created = book.properties.modified = at.replace(tzinfo=None)
    book.properties.creator = "BlackGem"
    book.calculation.fullCalcOnLoad = True
    result = book.active
    result.title = RESULT
    write_terms(book.create_sheet(TERMS), facts, deals)
    inputs = write_inputs(book.create_sheet(INPUTS), facts)
    passages, partners = passages_of(facts), partners_of(facts)
    if facts.accounts:
        sheet = book.create_sheet(ACCOUNTS)
        accounts = write_accounts(sheet, facts, inputs, lambda number, tier: _rate(passages, number, tier))
        amounts = _amounts(facts, partners)
        write_waterfall(book.create_sheet(WATERFALL), facts, passages, accounts, inputs, amounts.__getitem__)
    write_partners(book.create_sheet(PARTNERS), facts, partners, inputs, passages, by_app)
    write_result(result, heading, facts, passages, partners, tiers)
    show_units(book.worksheets, facts.terms.unit)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _rate(passages, number: int, tier: int) -> str:
    return passages.columns.far(f"rate_{tier + 1}", passages.first + number)


def _amounts(facts: WorkbookFacts, partners) -> list[Formula]:
    """Each account's part of the amount: the partner's own, or all that the limited partners get."""
    if facts.is_aggregate:
        roles, portions = (
            partners.columns.span(name, partners.first, partners.last) for name in ("role", "portion")
        )
        return [dusted(f'SUMIF({roles},"LP",{portions})')]
    places = {partner.reference: index for index, partner in enumerate(facts.partners)}
    return [
        Formula(partners.columns.far("portion", partners.row(places[account.reference])))
        for account in facts.accounts
    ]
