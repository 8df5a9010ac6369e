"""The sheets of fees and of notices: what every partner pays or receives."""

from decimal import Decimal
from functools import partial

from closings.calc.terms import Beside
from closings.proof_sheet.parts import FIRST_ROW, PART, Block, widths
from closings.proof_sheet.terms import FEE_INTEREST, FIRST_ON, YES, ProofFacts, interest_cells, of_partner
from distributions.workbook.cells import (
    DAY,
    MONEY,
    NUMBER,
    Columns,
    Formula,
    compared,
    dusted,
    head,
    in_units,
    note,
    put,
    title,
)

FEES, NOTICES = "Fees", "Notices"
_FEES = {
    "number": ("Partner no.", NUMBER),
    "partner": ("Partner", "General"),
    "due": ("Due", DAY),
    "amount": ("Fee", MONEY),
    "days": ("Days", NUMBER),
    "stop": ("Interest ends before", DAY),
    "years": ("Whole years", NUMBER),
    "factor": ("Interest on one", "0.000000000000"),
    "interest": ("Interest", MONEY),
}
_NOTICES = {
    "number": ("No.", NUMBER),
    "partner": ("Partner", "General"),
    "capital": ("Capital", MONEY),
    "reduces_open": ("Only lowers what is owed", MONEY),
    "interest": ("Interest", MONEY),
    "premium": ("Premium", MONEY),
    "fee": ("Fee", MONEY),
    "fee_tax": ("Tax on fees", MONEY),
    "fee_interest": ("Interest on fees", MONEY),
    "call": ("Call of the same day", MONEY),
    "net": ("Net", MONEY),
    "pays": ("Pays", MONEY),
    "receives": ("Receives", MONEY),
    "unfunded": ("Unfunded before", MONEY),
    "call_inside": ("Call inside the commitment", MONEY),
    "unfunded_after": ("Unfunded after", MONEY),
    "by_app_pays": ("Application: pays", MONEY),
    "by_app_receives": ("Application: receives", MONEY),
    "by_app_unfunded": ("Application: unfunded after", MONEY),
    "check": ("Check", "General"),
}
FEE, NOTICE = Columns(FEES, tuple(_FEES)), Columns(NOTICES, tuple(_NOTICES))
#: The fees from the first closing on, where interest runs on their sum: the first row of their sheet.
_SUM_ROW = FIRST_ROW


def fees_of(facts: ProofFacts) -> list[tuple[int, str, object]]:
    """Number and name of a partner with each of its instalments."""
    return [
        (number, facts.name_of(key), fee)
        for number, key in enumerate(facts.partners, start=1)
        for fee in facts.beside.get(key, Beside()).fees
    ]


def write_fees(sheet, facts: ProofFacts) -> None:
    title(sheet, 1, "Fees of the past, which go to the manager")
    note(sheet, 2, "The first row is the interest on one from the first closing.")
    head(sheet, FIRST_ROW - 1, [text for text, _ in _FEES.values()], widths(_FEES))
    _put(sheet, _SUM_ROW, FEE, _FEES, {"due": Formula(FIRST_ON), **_interest(facts, _SUM_ROW)})
    for row, (number, name, fee) in enumerate(fees_of(facts), start=_SUM_ROW + 1):
        owed = f"{FEE.at('amount', row)}*{FEE.at('factor', row)}"
        cells = {"number": number, "partner": name, "due": fee.due_on, "amount": fee.amount}
        _put(sheet, row, FEE, _FEES, {**cells, **_interest(facts, row), "interest": in_units(owed)})


def _interest(facts: ProofFacts, row: int) -> dict[str, object]:
    return dict(interest_cells(facts, FEE.at("due", row), partial(FEE.at, row=row)))


def write_notices(sheet, facts: ProofFacts, blocks: list[Block]) -> tuple[int, int]:
    """A row per partner; answers with the first and the last of them."""
    title(sheet, 1, "What every partner pays or receives")
    note(sheet, 2, "Interest, premium and fees are in no figure of capital, and not in what is unfunded.")
    head(sheet, FIRST_ROW - 1, [text for text, _ in _NOTICES.values()], widths(_NOTICES))
    for index in range(len(facts.partners)):
        _put(sheet, FIRST_ROW + index, NOTICE, _NOTICES, _notice_cells(facts, blocks, index))
    return FIRST_ROW, FIRST_ROW - 1 + len(facts.partners)


def _notice_cells(facts: ProofFacts, blocks: list[Block], index: int) -> dict[str, object]:
    number, key, row = index + 1, facts.partners[index], FIRST_ROW + index
    here = partial(NOTICE.at, row=row)
    beside, found = facts.beside.get(key, Beside()), facts.found.notices[key]
    fees = FEE.span("number", _SUM_ROW, _SUM_ROW + len(fees_of(facts)))

    def of_lines(name: str) -> Formula:
        if not blocks:
            return Formula("0")
        numbers, amounts = (PART.span(one, FIRST_ROW, blocks[-1].last) for one in ("number", name))
        return dusted(f"SUMIF({numbers},{number},{amounts})")

    def of_fees(name: str) -> str:
        return f"SUMIF({fees},{number},{FEE.span(name, _SUM_ROW, _SUM_ROW + len(fees_of(facts)))})"

    on_sum = in_units(f"{here('fee')}*{FEE.far('factor', _SUM_ROW)}")
    charged = f'IF({FEE_INTEREST}="per_instalment",{of_fees("interest")},IF({FEE_INTEREST}="first_closing",{on_sum},0))'
    parts = ("capital", "reduces_open", "interest", "premium", "fee", "fee_tax", "fee_interest", "call")
    pairs = (("pays", "pays"), ("receives", "receives"), ("unfunded_after", "unfunded"))
    same = "+".join(f"ABS({here(name)}-{here(f'by_app_{app}')})" for name, app in pairs)
    return {
        "number": number,
        "partner": facts.name_of(key),
        "capital": of_lines("delta"),
        **{name: of_lines(name) for name in ("reduces_open", "interest", "premium")},
        "fee": dusted(of_fees("amount")),
        "fee_tax": beside.tax,
        "fee_interest": dusted(f'IF({of_partner("no_interest", number)}="{YES}",0,{charged})'),
        "call": beside.call,
        "net": dusted("+".join(here(name) for name in parts)),
        "pays": dusted(f"MAX(0,{here('net')})"),
        "receives": dusted(f"MAX(0,-{here('net')})"),
        "unfunded": beside.unfunded,
        "call_inside": beside.call_inside,
        "unfunded_after": dusted(f"{here('unfunded')}-({of_lines('inside')})-{here('call_inside')}"),
        "by_app_pays": found.pays,
        "by_app_receives": found.receives,
        "by_app_unfunded": found.unfunded_after,
        "check": compared(same, "0"),
    }


def _put(sheet, row: int, columns: Columns, shape: dict, cells: dict) -> None:
    for name, value in cells.items():
        given = isinstance(value, Decimal) and not name.startswith("by_app")
        put(sheet, row, columns.names.index(name) + 1, value, shape[name][1], given=given)
