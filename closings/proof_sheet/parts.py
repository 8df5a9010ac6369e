"""The sheets of the lines: a row per line, and a row per line and partner: held before and after, change, interest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from capital.calc.prorata import Key
from closings.calc.equalise import LineChange
from closings.calc.terms import HeldLine, Resplit
from closings.proof_sheet.terms import YES, ProofFacts, interest_cells, of_partner
from distributions.workbook.cells import (
    DAY,
    MONEY,
    NUMBER,
    UNIT,
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

LINES, PARTS = "Lines", "Shares"
FIRST_ROW = 4
_DIGITS = 7  # of a unit: below it lies what binary numbers leave behind
_MOST_PARTNERS = 10_000

_LINES = {
    "number": ("No.", NUMBER),
    "line": ("Line", "General"),
    "kind": ("Kind", "General"),
    "resplit": ("Shared anew by", "General"),
    "due": ("Due", DAY),
    "amount": ("Amount", MONEY),
    "value": ("Fair value", MONEY),
    "days": ("Days", NUMBER),
    "stop": ("Interest ends before", DAY),
    "years": ("Whole years", NUMBER),
    "factor": ("Interest on one", "0.000000000000"),
    "gain": ("Premium on one", "0.000000000000"),
    "pool": ("Shared anew", MONEY),
    "taken": ("Taken by newcomers", MONEY),
    "refund": ("Paid back", MONEY),
    "pot": ("Interest or premium paid", MONEY),
    "held_check": ("Held before − amount", MONEY),
    "delta_sum": ("Σ change", MONEY),
    "interest_sum": ("Σ interest", MONEY),
    "premium_sum": ("Σ premium", MONEY),
    "check": ("Check", "General"),
}
_SPLITS = {"share": "share", "given": "given to newcomers", "passed": "interest or premium"}
_PARTS = {
    "line_number": ("Line no.", NUMBER),
    "line": ("Line", "General"),
    "number": ("Partner no.", NUMBER),
    "partner": ("Partner", "General"),
    "held": ("Held before", MONEY),
    "paid": ("Paid of it", MONEY),
    "excused": ("Excused", "General"),
    "joins": ("Comes in", "General"),
    "weight": ("Weight", MONEY),
    "holding": ("Gives by", MONEY),
    **{
        f"{name}_{part}": (f"{text.capitalize()}: {words}", style)
        for name, text in _SPLITS.items()
        for part, words, style in (
            ("exact", "in units", "0.0000000"),
            ("whole", "whole units", NUMBER),
            ("key", "order of remainders", NUMBER),
            ("part", "amount", MONEY),
        )
    },
    "after": ("Held after", MONEY),
    "delta": ("Change: pays (+), gets back (−)", MONEY),
    "reduces_open": ("Only lowers what is owed", MONEY),
    "refund": ("Paid back", MONEY),
    "charged": ("Interest or premium to pay", MONEY),
    "interest": ("Interest", MONEY),
    "premium": ("Premium", MONEY),
    "inside": ("Change inside the commitment", MONEY),
    "by_app_after": ("Application: held after", MONEY),
    "by_app_interest": ("Application: interest", MONEY),
    "by_app_premium": ("Application: premium", MONEY),
    "by_app_open": ("Application: only lowers what is owed", MONEY),
    "check": ("Check", "General"),
}
LINE, PART = Columns(LINES, tuple(_LINES)), Columns(PARTS, tuple(_PARTS))


@dataclass(frozen=True)
class Block:
    """The rows of one line on the sheet of shares. A line that is partly outside the commitments has a second block,
    for what of it is inside: that is split by itself and bears nothing."""

    line: HeldLine
    number: int
    name: str
    first: int
    last: int
    held: Mapping[Key, Decimal]
    after: Mapping[Key, Decimal]
    change: LineChange | None
    counts_inside: bool

    def span(self, name: str) -> str:
        return PART.span(name, self.first, self.last)

    def of_line(self, name: str) -> str:
        return LINE.far(name, FIRST_ROW - 1 + self.number)


def blocks_of(facts: ProofFacts) -> list[Block]:
    """Where the rows of every line that takes part stand."""
    lines, size = {line.key: line for line in facts.lines}, len(facts.partners)
    found: list[Block] = []

    def add(line, name, held, after, change, *, counts_inside) -> None:
        first = FIRST_ROW + size * len(found)
        place = (line, len(found) + 1, name, first, first + size - 1)
        found.append(Block(*place, held, after, change, counts_inside))

    for change in facts.found.lines:
        line = lines[change.key]
        inside = line.held if line.inside is None else line.inside
        whole = {key: part for key, part in line.held.items() if part}
        part = {key: amount for key, amount in inside.items() if amount}
        name = facts.line_names.get(line.key, str(line.key))
        add(line, name, line.held, change.held, change, counts_inside=part == whole)
        if part and part != whole:
            after = {
                key: inside.get(key, Decimal(0)) + line.sign * moved for key, moved in change.inside.items()
            }
            add(line, f"{name}: inside the commitment", inside, after, None, counts_inside=True)
    return found


# ---------------------------------------------------------------- a row per line


def write_lines(sheet, facts: ProofFacts, blocks: list[Block]) -> None:
    title(sheet, 1, "Every line that is shared anew")
    note(sheet, 2, "On every line the changes add up to nothing, and so do interest and premium.")
    head(sheet, FIRST_ROW - 1, [text for text, _ in _LINES.values()], widths(_LINES))
    for row, block in enumerate(blocks, start=FIRST_ROW):
        _put_row(sheet, row, LINE, _LINES, _line_cells(facts, block, row), given=("due", "amount", "value"))


def _line_cells(facts: ProofFacts, block: Block, row: int) -> dict[str, object]:
    line, here = block.line, partial(LINE.at, row=row)
    is_whole = block.change is not None
    bears = is_whole and line.value is None
    changed = {"delta": "delta" if is_whole else "inside", "interest": "interest", "premium": "premium"}
    sums = {f"{name}_sum": dusted(f"SUM({block.span(of)})") for name, of in changed.items()}
    checks = "+".join(
        f"ABS({here(name)})" for name in ("held_check", "delta_sum", "interest_sum", "premium_sum")
    )
    return {
        "number": block.number,
        "line": block.name,
        "kind": "distribution" if line.is_distribution else "call",
        "resplit": str(line.resplit),
        "due": line.due_on,
        "amount": line.amount if is_whole else sum(block.held.values(), Decimal(0)),
        "value": line.value,
        **interest_cells(facts, here("due"), here, bears),
        "gain": Formula(f"{here('value')}/{here('amount')}-1")
        if is_whole and line.value is not None
        else Formula("0"),
        "pool": dusted(
            f'SUM({block.span("held")})-SUMIF({block.span("excused")},"{YES}",{block.span("held")})'
        ),
        "taken": dusted(f'SUMIF({block.span("joins")},"{YES}",{block.span("share_part")})'),
        "refund": dusted(f"SUM({block.span('refund')})"),
        "pot": dusted(f"SUM({block.span('charged')})"),
        "held_check": dusted(f"SUM({block.span('held')})-{here('amount')}"),
        **sums,
        "check": compared(checks, "0"),
    }


# ---------------------------------------------------------------- a row per line and partner


def write_parts(sheet, facts: ProofFacts, blocks: list[Block]) -> None:
    title(sheet, 1, "What every partner holds of every line")
    note(
        sheet,
        2,
        "An amount is split by largest remainder: whole units first, the units left over to the largest remainders; "
        "ties go to the larger weight, then to who stands first.",
    )
    head(sheet, FIRST_ROW - 1, [text for text, _ in _PARTS.values()], widths(_PARTS))
    sheet.freeze_panes = sheet.cell(row=FIRST_ROW, column=PART.names.index("held") + 1)
    for block in blocks:
        for index, key in enumerate(facts.partners):
            cells = _part_cells(facts, block, index, key)
            _put_row(sheet, block.first + index, PART, _PARTS, cells, given=("held", "paid", "excused"))


def _part_cells(facts: ProofFacts, block: Block, index: int, key: Key) -> dict[str, object]:
    line, row = block.line, block.first + index
    here = partial(PART.at, row=row)
    is_fixed, is_new = line.resplit == Resplit.FIXED, _joins(facts, block, key)
    commitment = of_partner("after", index + 1)
    shares = f'{here("excused")}="{YES}"'
    if is_fixed and not is_new:
        shares = f"OR({shares},{_whole_held(facts, block, row)}=0)"
    after = here("share_part")
    if is_fixed and not is_new:
        after = f"{here('held')}-{here('given_part')}"
    held = block.held.get(key, Decimal("0.00"))
    cells: dict[str, object] = {
        "line_number": block.number,
        "line": block.name,
        "number": index + 1,
        "partner": facts.name_of(key),
        "held": held,
        "paid": Formula(here("held")) if line.paid is None else line.paid.get(key, Decimal("0.00")),
        "excused": YES if key in line.excused else "no",
        "weight": Formula(f"IF({shares},0,{commitment})"),
        **_split("share", block, index, block.of_line("pool"), "weight"),
        "after": dusted(f'IF({here("excused")}="{YES}",{here("held")},{after})'),
        "by_app_after": block.after.get(key, Decimal("0.00")),
    }
    if is_fixed:
        cells["joins"] = YES if is_new else "no"
        cells["holding"] = (
            Formula(f'IF({here("excused")}="{YES}",0,{here("held")})') if not is_new else Formula("0")
        )
        cells |= _split("given", block, index, block.of_line("taken"), "holding")
    moved = dusted(f"{line.sign}*({here('after')}-{here('held')})")
    if block.counts_inside:
        cells["inside"] = moved
    same = f"ABS({here('after')}-{here('by_app_after')})"
    if block.change is not None:
        cells |= {"delta": moved} | _passed_on(facts, block, index, key)
        pairs = (("interest", "interest"), ("premium", "premium"), ("reduces_open", "open"))
        same += "".join(f"+ABS({here(name)}-{here(f'by_app_{app}')})" for name, app in pairs)
    return cells | {"check": compared(same, "0")}


def _joins(facts: ProofFacts, block: Block, key: Key) -> bool:
    """Whether a partner comes to a line as a newcomer."""
    return key not in facts.before and not block.line.held.get(key)


def _whole_held(facts: ProofFacts, block: Block, row: int) -> str:
    """What decides who is among the holders: what is held of the whole line, which stands in the block before."""
    return PART.at("held", row if block.change is not None else row - len(facts.partners))


def _passed_on(facts: ProofFacts, block: Block, index: int, key: Key) -> dict[str, object]:
    """What goes back, and the interest or premium that is paid for it."""
    line, change, row = block.line, block.change, block.first + index
    here = partial(PART.at, row=row)
    owed = "0" if line.is_distribution else f"MAX(0,{here('held')}-{here('paid')})"
    pays = f"{here('delta')}>0,{block.of_line('refund')}>0"
    name, factor = ("interest", "factor") if line.value is None else ("premium", "gain")
    if name == "interest" and not line.is_distribution:
        pays += f',{of_partner("no_interest", index + 1)}<>"{YES}"'
    assert change is not None
    return {
        "reduces_open": dusted(f"IF({here('delta')}<0,MIN(-{here('delta')},{owed}),0)"),
        "refund": dusted(_bearing(line, index, f"MAX(0,-{here('delta')})-{here('reduces_open')}")),
        "charged": Formula(f"IF(AND({pays}),{in_units(here('delta') + '*' + block.of_line(factor))},0)"),
        **_split("passed", block, index, block.of_line("pot"), "refund"),
        name: dusted(f"{here('charged')}-{here('passed_part')}"),
        "by_app_interest": change.interest[key],
        "by_app_premium": change.premium[key],
        "by_app_open": change.reduces_open[key],
    }


def _bearing(line: HeldLine, index: int, back: str) -> str:
    """What goes back to a partner and bears interest: no part of a distribution to who pays none on what it owes."""
    return f'IF({of_partner("no_interest", index + 1)}="{YES}",0,{back})' if line.is_distribution else back


def _split(name: str, block: Block, index: int, total: str, weight: str) -> dict[str, object]:
    """One partner's part of `total` by a column of weights, by largest remainder; below zero, its mirror."""
    row = block.first + index
    weights, wholes, keys = block.span(weight), block.span(f"{name}_whole"), block.span(f"{name}_key")
    own, exact, whole, key = (
        PART.at(one, row) for one in (weight, *(f"{name}_{it}" for it in ("exact", "whole", "key")))
    )
    units = f"ROUND(ABS({total})/{UNIT},0)"
    ranked = f"ROUND(({exact}-{whole})*1E{_DIGITS},0)*{_MOST_PARTNERS**2}"
    ranked += f"+RANK({own},{weights},1)*{_MOST_PARTNERS}+{_MOST_PARTNERS - 1 - index}"
    extra = f"IF(RANK({key},{keys},0)<={units}-SUM({wholes}),1,0)"
    return {
        f"{name}_exact": Formula(f"IF(SUM({weights})=0,0,ROUND({units}*{own}/SUM({weights}),{_DIGITS}))"),
        f"{name}_whole": Formula(f"INT({exact})"),
        f"{name}_key": Formula(ranked),
        f"{name}_part": dusted(f"IF(SUM({weights})=0,0,SIGN({total})*({whole}+{extra})*{UNIT})"),
    }


def _put_row(
    sheet, row: int, columns: Columns, shape: Mapping, cells: Mapping, given: tuple[str, ...]
) -> None:
    for name, value in cells.items():
        column = columns.names.index(name) + 1
        is_given = name in given and not isinstance(value, Formula)
        put(sheet, row, column, value, shape[name][1], given=is_given)


def widths(shape: Mapping[str, tuple[str, str]]) -> list[int]:
    """Names are wider than amounts, and numbers narrower."""
    return [30 if name in ("line", "partner") else 8 if name.endswith("number") else 16 for name in shape]


def checks_of(facts: ProofFacts, blocks: list[Block]) -> Iterator[str]:
    """The columns of checks, as spans."""
    if blocks:
        yield PART.span("check", FIRST_ROW, blocks[-1].last)
        yield LINE.span("check", FIRST_ROW, FIRST_ROW - 1 + len(blocks))
