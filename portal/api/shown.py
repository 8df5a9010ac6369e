"""From a statement to its answer."""

from funds.api.measures import MultiplesAnswer, show_gross, show_irr, show_nav
from portal.calc.facts import CallLine, DistributionLine, Movement
from portal.queries.statement import StatementShown

from .answers import (
    MovementAnswer,
    PeriodAnswer,
    StatedCallAnswer,
    StatedDistributionAnswer,
    StatementAnswer,
    StepAnswer,
)


def show_statement(shown: StatementShown) -> StatementAnswer:
    commitment, statement = shown.commitment, shown.statement
    return StatementAnswer.of(
        statement,
        investor_id=commitment.investor_id,
        investor_name=commitment.investor.name,
        fund_id=commitment.fund_id,
        fund_name=commitment.fund.name,
        commitment_id=commitment.pk,
        reference=commitment.reference,
        currency=shown.currency,
        known_at=shown.known_at,
        drawn_up_on=shown.drawn_up_on,
        changed_at=list(shown.changed_at),
        called_not_yet_due=statement.not_yet_due,
        multiples=MultiplesAnswer.of(statement.multiples),
        nav=show_nav(statement.nav),
        irr=show_irr(statement.irr),
        gross=show_gross(statement.nav, statement.gross, statement.gross_irr),
        periods=[PeriodAnswer.of(one) for one in statement.periods],
        cash_flow=[StepAnswer.of(one) for one in statement.cash],
        unfunded_flow=[StepAnswer.of(one) for one in statement.commitment],
        capital_calls=[_show_call(line) for line in statement.calls],
        distributions=[_show_distribution(line) for line in statement.distributions],
        movements=[_show_movement(one) for one in statement.movements],
    )


def _show_call(line: CallLine) -> StatedCallAnswer:
    call = line.call
    return StatedCallAnswer.of(
        call,
        capital_call_id=call.call_id,
        call_number=call.number,
        date=call.on,
        due_date=call.due_on,
        called_amount=line.called,
        paid_amount=line.paid,
        outstanding=line.outstanding,
    )


def _show_distribution(line: DistributionLine) -> StatedDistributionAnswer:
    one = line.distribution
    return StatedDistributionAnswer.of(
        one,
        distribution_num=one.number,
        date=one.on,
        gross_amount=one.gross,
        recallable_amount=one.recallable,
        withholding_tax=one.withheld,
        net_amount=one.net,
        paid_out=line.paid_out,
        payable=line.payable,
    )


def _show_movement(one: Movement) -> MovementAnswer:
    return MovementAnswer.of(one, date=one.on, kind=one.flow)
