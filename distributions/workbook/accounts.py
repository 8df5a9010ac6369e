"""The sheet on which the preferred return, and every further hurdle, grows from movement to movement."""

from dataclasses import dataclass

from distributions.workbook.cells import (
    DAY,
    EXACT,
    MONEY,
    NUMBER,
    SAME,
    Columns,
    Formula,
    head,
    in_units,
    note,
    put,
    title,
)
from distributions.workbook.facts import (
    GIVEN_BACK,
    PAID_IN,
    PAID_OUT,
    STARTS,
    AccountFacts,
    Line,
    WorkbookFacts,
)
from distributions.workbook.inputs import (
    COMPOUNDING,
    DATE,
    DAY_COUNT,
    NETTING,
    PERIODS,
    YEAR_DAYS,
    Inputs,
)

ACCOUNTS = "Accounts"
FIRST_ROW = 5
_FIXED = (
    ("account", "Account", NUMBER),
    ("label", "Whose", "General"),
    ("date", "Date", DAY),
    ("kind", "What", "General"),
    ("paid_in", "Paid in, given back", MONEY),
    ("starts", "Starts to earn", MONEY),
    ("earns_from", "Earns from", DAY),
    ("capital_paid", "Capital returned", MONEY),
    ("pref_paid", "Preferred return paid", MONEY),
    ("lp_total", "To the LPs in all", MONEY),
    ("days", "Days since the line above", NUMBER),
    ("years", "Years", EXACT),
    ("early_days", "Days earned before it was paid", NUMBER),
    ("early_years", "Years", EXACT),
    ("earned", "Earned since the line above", EXACT),
    ("early", "Earned before it was paid", EXACT),
    ("grown", "Accrued before this line", EXACT),
    ("accrued", "Accrued after it", EXACT),
    ("capital", "Capital not returned after it", MONEY),
    ("idle", "Of it not earning yet", MONEY),
)


@dataclass(frozen=True)
class Accounts:
    """The sheet's columns, and the first and last row of each account."""

    columns: Columns
    spans: tuple[tuple[int, int], ...]


def write_accounts(sheet, facts: WorkbookFacts, inputs: Inputs, rate_of) -> Accounts:
    """`rate_of(account, tier)`: where the sheet Waterfall has an account's hurdle of a tier; both count from 0."""
    count = len(facts.terms.tiers)
    hurdles = [(f"hurdle_{number}", f"Balance of hurdle {number}", EXACT) for number in range(2, count + 1)]
    shape = (*_FIXED, *hurdles)
    columns = Columns(ACCOUNTS, tuple(name for name, _, _ in shape))
    title(sheet, 1, "How the preferred return accrued")
    note(
        sheet,
        2,
        "Compounding: (capital + accrued) × ((1 + r/n)^(n × years) − 1). Simple: capital × r × years.",
    )
    head(sheet, FIRST_ROW - 1, [text for _, text, _ in shape])
    styles = {name: style for name, _, style in shape}
    row, spans = FIRST_ROW, []
    for number, account in enumerate(facts.accounts):
        first = row
        rates = [rate_of(number, tier) for tier in range(count)]
        for line in account.lines:
            writer = _Row(columns, row, row > first, rates, inputs)
            for name, value in writer.cells(number, account, line).items():
                put(sheet, row, columns.names.index(name) + 1, value, styles[name])
            row += 1
        spans.append((first, row - 1))
    return Accounts(columns, tuple(spans))


class _Row:
    """The formulas of one line. Before the first line of an account everything is zero."""

    def __init__(self, columns: Columns, row: int, has_above: bool, rates, inputs: Inputs):
        self.columns, self.row, self.has_above, self.rates, self.inputs = (
            columns,
            row,
            has_above,
            rates,
            inputs,
        )

    def here(self, name: str) -> str:
        return self.columns.at(name, self.row)

    def above(self, name: str) -> str:
        return self.columns.at(name, self.row - 1) if self.has_above else "0"

    def cells(self, number: int, account: AccountFacts, line: Line) -> dict[str, object]:
        texts = {"account": number + 1, "label": account.label, "kind": line.kind}
        return {
            **texts,
            **self._given(line),
            **self._time(line),
            **self._balances(line),
            **self._hurdles(line),
        }

    # ------------------------------------------------------------ what happened

    def _given(self, line: Line) -> dict[str, object]:
        first = line.flows[0] if line.flows else None
        inputs, row = self.inputs.columns, self.inputs
        if first is None:
            return {"date": Formula(DATE)}
        if line.kind == STARTS:
            return {
                "date": Formula(inputs.far("earns_from", row.row(first))),
                "starts": self._sum("due", line),
            }
        given: dict[str, object] = {"date": Formula(inputs.far("date", row.row(first)))}
        if line.kind == PAID_OUT:
            given |= {
                "capital_paid": self._sum("capital", line),
                "pref_paid": self._sum("preferred", line),
                "lp_total": self._sum("lp_total", line),
            }
        else:
            given["paid_in"] = self._sum("due", line)
            given["earns_from"] = Formula(inputs.far("earns_from", row.row(first)))
        return given

    def _sum(self, name: str, line: Line) -> Formula:
        return Formula(f"SUM({self.inputs.span(name, line.flows)})")

    # ------------------------------------------------------------ time

    def _time(self, line: Line) -> dict[str, object]:
        here = self.here
        times: dict[str, object] = {
            "days": Formula(_days(self.above("date"), here("date"))) if self.has_above else 0,
            "years": Formula(f"{here('days')}/{YEAR_DAYS}"),
        }
        if line.kind == PAID_IN:
            early = _days(here("earns_from"), here("date"))
            times["early_days"] = Formula(f"IF({here('earns_from')}<{here('date')},{early},0)")
            times["early_years"] = Formula(f"{here('early_days')}/{YEAR_DAYS}")
        return times

    # ------------------------------------------------------------ balances

    def _balances(self, line: Line) -> dict[str, object]:
        here, above, rate = self.here, self.above, self.rates[0]
        working = f"({above('capital')}-{above('idle')})"
        earned = _earned(working, f"({working}+{above('accrued')})", rate, here("years"))
        balances: dict[str, object] = {
            "earned": Formula(earned),
            "grown": Formula(f"{above('accrued')}+{here('earned')}"),
            "accrued": Formula(self._accrued_after(line)),
            "capital": Formula(self._capital_after(line)),
            "idle": Formula(self._idle_after(line)),
        }
        if line.kind == PAID_IN:
            balances["early"] = Formula(_earned(here("paid_in"), here("paid_in"), rate, here("early_years")))
        return balances

    def _accrued_after(self, line: Line) -> str:
        here = self.here
        if line.kind == PAID_OUT:
            in_full = f"ABS({here('pref_paid')}-{in_units(here('grown'))})<{SAME}"
            return f"IF({in_full},0,{_floored(here('grown') + '-' + here('pref_paid'))})"
        return f"{here('grown')}+{here('early')}" if line.kind == PAID_IN else here("grown")

    def _capital_after(self, line: Line) -> str:
        before = self.above("capital")
        if line.kind == PAID_OUT:
            return _floored(f"{before}-{self.here('capital_paid')}")
        if line.kind in (PAID_IN, GIVEN_BACK):
            return _floored(f"{before}+{self.here('paid_in')}")
        return before

    def _idle_after(self, line: Line) -> str:
        here, before = self.here, self.above("idle")
        idle = before
        if line.kind == STARTS:
            idle = f"MAX({before}-{here('starts')},0)"
        elif line.kind == PAID_IN:
            idle = f"{before}+IF({here('earns_from')}>{here('date')},{here('paid_in')},0)"
        return f"MIN({idle},MAX({here('capital')},0))"

    # ------------------------------------------------------------ further hurdles, which always compound annually

    def _hurdles(self, line: Line) -> dict[str, object]:
        return {
            f"hurdle_{number}": Formula(self._hurdle(line, f"hurdle_{number}", self.rates[number - 1]))
            for number in range(2, len(self.rates) + 1)
        }

    def _hurdle(self, line: Line, name: str, rate: str) -> str:
        here, before, idle = self.here, self.above(name), self.above("idle")
        grown = f"{before}+({before}-MIN({idle},{before}))*((1+{rate})^{here('years')}-1)"
        if line.kind == PAID_OUT:
            return f"MAX({grown}-{here('lp_total')},0)"
        if line.kind == PAID_IN:
            return f"MAX({grown}+{here('paid_in')}*(1+{rate})^{here('early_years')},0)"
        return f"MAX({grown}+{here('paid_in')},0)" if line.kind == GIVEN_BACK else grown


def _floored(balance: str) -> str:
    """Past profit never prepays later capital: a balance stops at zero, but for deal by deal on the way."""
    return f"IF({NETTING}=1,{balance},MAX({balance},0))"


def _days(start: str, end: str) -> str:
    """30E/360: every month has 30 days, and a 31st is a 30th. Else the days of the calendar."""
    thirty = (
        f"360*(YEAR({end})-YEAR({start}))+30*(MONTH({end})-MONTH({start}))"
        f"+MIN(DAY({end}),30)-MIN(DAY({start}),30)"
    )
    return f'IF({DAY_COUNT}="30E/360",{thirty},{end}-{start})'


def _earned(simple: str, compounding: str, rate: str, years: str) -> str:
    growth = f"((1+{rate}/{PERIODS})^({PERIODS}*{years})-1)"
    return f'IF({COMPOUNDING}="simple",{simple}*{rate}*{years},{compounding}*{growth})'
