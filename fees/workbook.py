"""The fee workbook: every run of a fund as a spreadsheet that works it out again by live formulas."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from io import BytesIO

from openpyxl import Workbook

from distributions.workbook.cells import (
    DAY,
    DIFFERS,
    MONEY,
    NUMBER,
    OK,
    RATE,
    TERMS,
    Columns,
    Formula,
    compared,
    dusted,
    head,
    in_units,
    note,
    put,
    show_units,
    title,
)
from fees.calc.terms import DiscountOrder, Frequency, TimeRule

RESULT, RUNS, PARTNERS, DAYS = "Result", "Runs", "Partners", "Days"
FIRST_ROW = 4
_UNIT_ROW = 13

_RUNS = {
    "number": ("Run", NUMBER),
    "starts_on": ("From", DAY),
    "ends_on": ("To, without", DAY),
    "falls_due": ("Falls due", DAY),
    "rule": ("Time rule", "General"),
    "part_of_year": ("Part of a year", "0.00"),
    "order": ("Discounts are taken", "General"),
    "tax_rate": ("Tax rate", RATE),
    "recognised": ("Fee income recognised", MONEY),
    "waived": ("Waived by the manager", MONEY),
    "net": ("Fee", MONEY),
    "tax": ("Tax", MONEY),
    "shared": ("Σ shares of fee income", MONEY),
    "by_app_net": ("Application: fee", MONEY),
    "by_app_tax": ("Application: tax", MONEY),
    "check": ("Check", "General"),
}
_DAYS = {
    "number": ("Run", NUMBER),
    "partner": ("Partner", "General"),
    "starts_on": ("From", DAY),
    "ends_on": ("To, without", DAY),
    "base": ("Base", MONEY),
    "rate": ("Rate a year", RATE),
    "own_rate": ("Own rate", RATE),
    "off": ("Share off", RATE),
    "of_days": ("Days of the period", NUMBER),
    "days": ("Days", NUMBER),
    "years": ("Years", "0.000000000000"),
    "gross": ("Gross", MONEY),
    "discount": ("Discount", MONEY),
    "by_app_gross": ("Application: gross", MONEY),
    "by_app_discount": ("Application: discount", MONEY),
    "check": ("Check", "General"),
}
_PARTNERS = {
    "number": ("Run", NUMBER),
    "partner": ("Partner", "General"),
    "reference": ("Reference", "General"),
    "true_up": ("Change for days billed before", MONEY),
    "waiver": ("Waiver", MONEY),
    "recognised": ("Share of fee income", MONEY),
    "gross": ("Gross", MONEY),
    "whole_discount": ("Discount of the whole fee", MONEY),
    "credit": ("Credit of before", MONEY),
    "payable": ("To pay before waiver and offset", MONEY),
    "credit_carried": ("Credit carried forward", MONEY),
    "opening": ("Offset of before", MONEY),
    "applied": ("Offset applied", MONEY),
    "discount": ("Discount", MONEY),
    "net": ("Net fee", MONEY),
    "tax": ("Tax", MONEY),
    "carried": ("Offset carried forward", MONEY),
    "by_app_net": ("Application: net", MONEY),
    "by_app_tax": ("Application: tax", MONEY),
    "by_app_applied": ("Application: offset applied", MONEY),
    "by_app_carried": ("Application: offset carried", MONEY),
    "check": ("Check", "General"),
}
RUN, DAY_ROW, PARTNER = (
    Columns(RUNS, tuple(_RUNS)),
    Columns(DAYS, tuple(_DAYS)),
    Columns(PARTNERS, tuple(_PARTNERS)),
)
_GIVEN = {
    "starts_on",
    "ends_on",
    "falls_due",
    "rule",
    "part_of_year",
    "order",
    "tax_rate",
    "base",
    "rate",
    "own_rate",
    "off",
    "of_days",
    "true_up",
    "waiver",
    "recognised",
    "waived",
}


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A partner of a run, as it was approved: `parts` and amounts as those of its row."""

    key: int
    name: str
    reference: str
    parts: Sequence[Mapping]
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run with the version of the schedule that stood, and its partners."""

    number: int
    starts_on: date
    ends_on: date
    falls_due: date
    version: Mapping
    waived: Decimal
    recognised: Decimal
    net: Decimal
    tax: Decimal
    lines: Sequence[LineFacts]


def build_fee_workbook(
    runs: Sequence[RunFacts], *, unit: Decimal, heading: Sequence[str], at: datetime
) -> bytes:
    """The XLSX, dated `at`: runs in their order, which follow one another. `heading`: a title and a line below."""
    book = Workbook()
    book.properties.created = book.properties.modified = at.replace(tzinfo=None)
    book.properties.creator = "BlackGem"
    book.calculation.fullCalcOnLoad = True
    result = book.active
    result.title = RESULT
    _write_terms(book.create_sheet(TERMS), unit)
    placed = _Placed(runs)
    sheets = {name: book.create_sheet(name) for name in (RUNS, PARTNERS, DAYS)}
    _start(sheets[RUNS], _RUNS, "Every run", "The fee of a run is the sum of its partners’ fees.")
    _start(
        sheets[PARTNERS],
        _PARTNERS,
        "What every partner owes",
        "Credits and offsets go on from the run before.",
    )
    _start(sheets[DAYS], _DAYS, "Days with one base and one rate", "Each row is rounded by itself.")
    for name, rows, shape in placed.sheets():
        for row, cells in rows:
            _put_row(sheets[name], row, shape, cells)
    _write_result(result, heading, placed)
    show_units(book.worksheets, unit)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


class _Placed:
    """Where the rows of each run stand."""

    def __init__(self, runs: Sequence[RunFacts]):
        self.runs = runs
        self.partner_rows = sum(len(run.lines) for run in runs)
        self.day_rows = sum(len(line.parts) for run in runs for line in run.lines)

    def sheets(self):
        yield RUNS, self._runs(), _RUNS
        yield PARTNERS, self._partners(), _PARTNERS
        yield DAYS, self._days(), _DAYS

    def _runs(self) -> Iterator[tuple[int, dict]]:
        first = FIRST_ROW
        for row, run in enumerate(self.runs, start=FIRST_ROW):
            yield row, _run_cells(run, row, first)
            first += len(run.lines)

    def _partners(self) -> Iterator[tuple[int, dict]]:
        row, first_day, before = FIRST_ROW, FIRST_ROW, {}
        for run_row, run in enumerate(self.runs, start=FIRST_ROW):
            for line in run.lines:
                days = (first_day, first_day + len(line.parts) - 1)
                yield row, _partner_cells(run, line, row, run_row, days, before.get(line.key))
                before[line.key] = row
                row, first_day = row + 1, days[1] + 1

    def _days(self) -> Iterator[tuple[int, dict]]:
        row = FIRST_ROW
        for run_row, run in enumerate(self.runs, start=FIRST_ROW):
            for line in run.lines:
                for part in line.parts:
                    yield row, _day_cells(run, line, part, row, run_row)
                    row += 1

    def checks(self) -> Iterator[str]:
        for columns, count in ((RUN, len(self.runs)), (PARTNER, self.partner_rows), (DAY_ROW, self.day_rows)):
            if count:
                yield columns.span("check", FIRST_ROW, FIRST_ROW + count - 1)

    def total(self, name: str) -> str:
        return f"SUM({RUN.span(name, FIRST_ROW, FIRST_ROW + len(self.runs) - 1)})"


def _run_cells(run: RunFacts, row: int, first: int) -> dict[str, object]:
    here, last = partial(RUN.at, row=row), first + len(run.lines) - 1
    version = run.version
    sums = {
        name: dusted(f"SUM({PARTNER.span(of, first, last)})") if run.lines else Formula("0")
        for name, of in {"net": "net", "tax": "tax", "shared": "recognised"}.items()
    }
    return {
        "number": run.number,
        "starts_on": run.starts_on,
        "ends_on": run.ends_on,
        "falls_due": run.falls_due,
        "rule": str(version["time_rule"]),
        "part_of_year": Decimal(Frequency(version["frequency"]).months) / 12,
        "order": str(version["discount_order"]),
        "tax_rate": Decimal(version["vat_rate"]),
        "recognised": run.recognised,
        "waived": run.waived,
        **sums,
        "by_app_net": run.net,
        "by_app_tax": run.tax,
        "check": compared(
            f"ABS({here('net')}-{here('by_app_net')})+ABS({here('tax')}-{here('by_app_tax')})", "0"
        ),
    }


def _day_cells(run: RunFacts, line: LineFacts, part: Mapping, row: int, run_row: int) -> dict[str, object]:
    here = partial(DAY_ROW.at, row=row)
    by_rule = f"{here('base')}*{here('years')}"
    by_rate = in_units(f"{by_rule}*{here('own_rate')}")
    same = "+".join(f"ABS({here(name)}-{here(f'by_app_{name}')})" for name in ("gross", "discount"))
    return {
        "number": run.number,
        "partner": line.name,
        "starts_on": date.fromisoformat(part["from"]),
        "ends_on": date.fromisoformat(part["to"]),
        **{name: Decimal(part[name]) for name in ("base", "rate", "own_rate", "off")},
        "of_days": part["of_days"],
        "days": Formula(f"{here('ends_on')}-{here('starts_on')}"),
        "years": Formula(_years(here, run_row)),
        "gross": in_units(f"{by_rule}*{here('rate')}"),
        "discount": Formula(
            f"IF({here('off')}>0,{in_units(here('gross') + '*' + here('off'))},{dusted(here('gross') + '-' + by_rate)})"
        ),
        "by_app_gross": Decimal(part["gross"]),
        "by_app_discount": Decimal(part["discount"]),
        "check": compared(same, "0"),
    }


def _years(here, run_row: int) -> str:
    """The part of a year that a row counts for, by the rule of its run."""
    rule, days = RUN.far("rule", run_row), here("days")
    start, end = here("starts_on"), here("ends_on")
    thirty = (
        f"(360*(YEAR({end})-YEAR({start}))+30*(MONTH({end})-MONTH({start}))"
        f"+MIN(DAY({end}),30)-MIN(DAY({start}),30))/360"
    )
    by_period = f"{RUN.far('part_of_year', run_row)}*{days}/{here('of_days')}"
    return (
        f'IF({rule}="{TimeRule.BY_PERIOD}",{by_period},IF({rule}="{TimeRule.ACT_365}",{days}/365,'
        f'IF({rule}="{TimeRule.ACT_360}",{days}/360,{thirty})))'
    )


def _partner_cells(
    run: RunFacts, line: LineFacts, row: int, run_row: int, days: tuple[int, int], before: int | None
) -> dict[str, object]:
    here, far = partial(PARTNER.at, row=row), partial(RUN.far, row=run_row)
    is_last = f'{far("order")}="{DiscountOrder.OFFSET_FIRST}"'
    left = f"({here('opening')}+{here('recognised')})"
    owed = f"{here('gross')}-{here('whole_discount')}+{here('true_up')}-{here('credit')}"
    most = f"IF({is_last},{here('gross')},{here('payable')})-{here('waiver')}"
    rest = f"({here('gross')}-{here('waiver')}-{here('applied')})"
    of_days = {
        name: f"SUM({DAY_ROW.span(name, *days)})" if line.parts else "0" for name in ("gross", "discount")
    }
    same = "+".join(
        f"ABS({here(name)}-{here(f'by_app_{name}')})" for name in ("net", "tax", "applied", "carried")
    )
    return {
        "number": run.number,
        "partner": line.name,
        "reference": line.reference,
        **{name: line.amounts[name] for name in ("true_up", "waiver", "recognised")},
        "gross": dusted(of_days["gross"]),
        "whole_discount": dusted(of_days["discount"]),
        "credit": Formula(PARTNER.at("credit_carried", before) if before else "0"),
        "payable": dusted(f"MAX(0,{owed})"),
        "credit_carried": dusted(f"MAX(0,-({owed}))"),
        "opening": Formula(PARTNER.at("carried", before) if before else "0"),
        "applied": dusted(f"MIN({left},{most})") if line.parts else Formula("0"),
        "discount": dusted(f"IF({is_last},{rest}-{here('net')},{here('whole_discount')})"),
        "net": Formula(
            f"IF({is_last},{_after_offset(rest, days) if line.parts else '0'},"
            f"{dusted(here('payable') + '-' + here('waiver') + '-' + here('applied'))})"
        ),
        "tax": in_units(f"{here('net')}*{far('tax_rate')}"),
        "carried": dusted(f"{left}-{here('applied')}"),
        "by_app_net": line.amounts["net"],
        "by_app_tax": line.amounts["tax"],
        "by_app_applied": line.amounts["offset_applied"],
        "by_app_carried": line.amounts["offset_carried"],
        "check": compared(same, "0"),
    }


def _after_offset(rest: str, days: tuple[int, int]) -> Formula:
    """What is paid of what the offset left, where the discount is taken last: then there is one row of days."""
    off, own, rate = (DAY_ROW.far(name, days[0]) for name in ("off", "own_rate", "rate"))
    return in_units(f"{rest}*IF({off}>0,1-{off},IF({rate}=0,0,{own}/{rate}))")


def _put_row(sheet, row: int, shape: Mapping, cells: Mapping) -> None:
    for column, (name, (_, style)) in enumerate(shape.items(), start=1):
        value = cells[name]
        put(sheet, row, column, value, style, given=name in _GIVEN and not isinstance(value, Formula))


def _start(sheet, shape: Mapping, text: str, remark: str) -> None:
    title(sheet, 1, text)
    note(sheet, 2, remark)
    widths = [30 if name == "partner" else 8 if name == "number" else 16 for name in shape]
    head(sheet, FIRST_ROW - 1, [words for words, _ in shape.values()], widths)


def _write_terms(sheet, unit: Decimal) -> None:
    title(sheet, 1, "How it is worked out")
    note(sheet, 2, "Blue cells are given; change one, and everything is worked out anew.")
    rows = (
        "Gross of a row of days: base × rate a year × years.",
        "Discount: what the own rate leaves of it, or the share off.",
        "To pay: gross − discount + change for days billed before − credit; below zero it is carried as credit.",
        "Offset applied: what is left of fee income, as far as there is something to pay.",
        "Net: what is to pay − waiver − offset applied; where discounts come last, its share of what is left.",
        "Given are also the change for days billed before, waivers and the shares of fee income.",
    )
    for row, text in enumerate(rows, start=4):
        put(sheet, row, 1, text)
    put(sheet, _UNIT_ROW, 1, "Smallest amount")
    put(sheet, _UNIT_ROW, 2, unit, "General", given=True)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 100, 16


def _write_result(sheet, heading: Sequence[str], placed: _Placed) -> None:
    title(sheet, 1, heading[0])
    for row, text in enumerate(heading[1:3], start=2):
        note(sheet, row, text)
    differing = "+".join(f'COUNTIF({span},"{DIFFERS}")' for span in placed.checks()) or "0"
    rows = (
        (
            "Recomputed here, and by the application",
            Formula(f'IF({differing}=0,"{OK}","{DIFFERS}")'),
            "General",
        ),
        ("Rows that differ", Formula(differing), "0"),
        ("Fees", dusted(placed.total("net")), MONEY),
        ("Tax", dusted(placed.total("tax")), MONEY),
    )
    for row, (text, value, style) in enumerate(rows, start=5):
        put(sheet, row, 1, text)
        put(sheet, row, 2, value, style)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 52, 20
