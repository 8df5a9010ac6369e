"""From a statement to its answer."""

from collections.abc import Iterable

from funds.api.measures import MultiplesAnswer, gross_answer, irr_answer, nav_answer
from portal.calc.facts import CallLine, DistributionLine, Movement
from portal.queries.ids import StatementIds
from portal.queries.statement import AllStatements, StatementShown

from .answers import (
    AllStatementsAnswer,
    LaterAnswer,
    MovementAnswer,
    PeriodAnswer,
    StatedCallAnswer,
    StatedDistributionAnswer,
    StatedSumsAnswer,
    StatementAnswer,
    StepAnswer,
)


def statement_answer(shown: StatementShown, ids: StatementIds) -> StatementAnswer:
    commitment, statement = shown.commitment, shown.statement
    return StatementAnswer.of(
        statement,
        investor_id=ids.investor,
        investor_name=commitment.investor.name,
        fund_id=ids.fund,
        fund_name=commitment.fund.name,
        commitment_id=ids.commitment,
        reference=commitment.reference,
        currency=shown.currency,
        known_at=shown.known_at,
        drawn_up_on=shown.drawn_up_on,
        changed_at=list(shown.changed_at),
        called_not_yet_due=statement.not_yet_due,
        unapplied=shown.unapplied,
        multiples=MultiplesAnswer.of(statement.multiples),
        nav=nav_answer(statement.nav),
        irr=irr_answer(statement.irr),
        gross=gross_answer(statement.nav, statement.gross, statement.gross_irr),
        periods=[PeriodAnswer.of(one) for one in statement.periods],
        cash_flow=[StepAnswer.of(one) for one in statement.cash],
        unfunded_flow=[StepAnswer.of(one) for one in statement.commitment],
        capital_calls=[_stated_call_answer(line, ids) for line in statement.calls],
        distributions=[_stated_distribution_answer(line, ids) for line in statement.distributions],
        movements=[_movement_answer(one) for one in statement.movements],
    )


def all_statements_answer(found: AllStatements, ids: Iterable[StatementIds]) -> AllStatementsAnswer:
    return AllStatementsAnswer(
        sums=[StatedSumsAnswer.of(one.sums, currency=one.currency) for one in found.sections],
        statements=[statement_answer(*one) for one in zip(found.stated, ids, strict=True)],
        later=[LaterAnswer(commitment_id=one.public_id, fund_name=one.fund.name) for one in found.later],
        total=len(found.stated),
    )


def _stated_call_answer(line: CallLine, ids: StatementIds) -> StatedCallAnswer:
    call = line.call
    call_id, item_id = ids.calls[call.item_id]
    return StatedCallAnswer.of(
        call,
        capital_call_id=call_id,
        item_id=item_id,
        call_number=call.number,
        date=call.on,
        due_date=line.due_on,
        called_amount=line.called,
        paid_amount=line.paid,
        outstanding=line.outstanding,
    )


def _stated_distribution_answer(line: DistributionLine, ids: StatementIds) -> StatedDistributionAnswer:
    one = line.distribution
    distribution_id, item_id = ids.distributions[one.item_id]
    return StatedDistributionAnswer.of(
        one,
        distribution_id=distribution_id,
        item_id=item_id,
        distribution_num=one.number,
        date=one.on,
        gross_amount=one.gross,
        recallable_amount=one.recallable,
        withholding_tax=one.withheld,
        net_amount=one.net,
        paid_out=line.paid_out,
        payable=line.payable,
    )


def _movement_answer(one: Movement) -> MovementAnswer:
    return MovementAnswer.of(one, date=one.on, kind=one.flow)
