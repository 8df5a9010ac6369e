"""Answers about bank statements, made of rows and of what matching says."""

from banking.calc.matching import Item, Match
from banking.models import BankEntry, BankStatement, StatementFile
from banking.queries.pages import Line, flag_codes_of
from blackgem.lib.text import masked

from .answers import (
    BankEntryAnswer,
    BankStatementAnswer,
    ImportedStatementAnswer,
    LeftMatchAnswer,
    MatchedItemAnswer,
    PostedMatchAnswer,
    PostedMatchesAnswer,
    ProposedMatchAnswer,
    StatementFileAnswer,
    StatementRefusalAnswer,
)


def file_answer(file: StatementFile) -> StatementFileAnswer:
    status = "WAITING" if file.is_whole is None else "WHOLE" if file.is_whole else "REFUSED"
    refusals = [
        StatementRefusalAnswer(**{name: one[name] for name in StatementRefusalAnswer.model_fields})
        for one in file.refusals
    ]
    return StatementFileAnswer.of(
        file, status=status, statements=[_imported(one) for one in file.outcome], refusals=refusals
    )


def _imported(outcome: dict) -> ImportedStatementAnswer:
    counts = {name: outcome[name] for name in ("statement_id", "new", "known", "pending", "flags")}
    return ImportedStatementAnswer(
        id=outcome["statement"], first_day=outcome["from"], last_day=outcome["to"], **counts
    )


def head_of(statement: BankStatement) -> dict:
    """What every answer about a statement says beside its own fields."""
    return {
        "fund_name": statement.fund.name,
        "currency": statement.fund.currency,
        "account": statement.account.masked,
        "balance": statement.balance.upper(),
    }


def statement_answer(statement: BankStatement) -> BankStatementAnswer:
    return BankStatementAnswer.of(statement, **head_of(statement))


def detail_of(statement: BankStatement, lines: list[Line]) -> dict:
    """The same of a statement with its lines."""
    may = statement.may_be_posted
    return head_of(statement) | {
        "flags": flag_codes_of(statement),
        "certain": sum(line.may_be_posted for line in lines) if may else 0,
        "total": len(lines),
    }


def entry_answer(line: Line) -> BankEntryAnswer:
    entry, match = line.entry, line.match
    return BankEntryAnswer.of(
        entry,
        status=entry.status.upper(),
        party_account=masked(entry.party_account),
        repeated=entry.is_repeated,
        state=match.state.upper() if match else settled_state(entry),
        receipt_id=entry.settled.posting.receipt_id if entry.settled and entry.settled.posting else None,
        match=_match_answer(line, match) if match else None,
    )


def settled_state(entry: BankEntry) -> str:
    """By what an entry is settled: POSTED, LINKED, CLASSIFIED or IGNORED."""
    by = entry.settled
    return "POSTED" if by.posting else "LINKED" if by.wires else by.kind.upper()


def _match_answer(line: Line, match: Match) -> ProposedMatchAnswer:
    return ProposedMatchAnswer(
        item=_item_answer(match.item) if match.item else None,
        step=match.step,
        reasons=list(match.reasons),
        score=match.score,
        certain=line.may_be_posted,
        held=match.held,
        note=match.note,
        candidates=[_item_answer(item) for item in match.candidates],
    )


def _item_answer(item: Item) -> MatchedItemAnswer:
    return MatchedItemAnswer(
        item_id=int(item.key),
        reference=item.reference,
        investor_name=item.investor,
        outstanding=item.outstanding,
    )


def posted_answer(statement: BankStatement, posted, left: list[tuple[BankEntry, str]]) -> PostedMatchesAnswer:
    return PostedMatchesAnswer(
        statement_id=statement.pk,
        currency=statement.fund.currency,
        posted=[
            PostedMatchAnswer(
                entry_id=one.entry_id,
                receipt_id=getattr(one, "receipt_id", None),
                amount=one.entry.amount,
                step=getattr(one, "step", 0),
                score=getattr(one, "score", 0),
                reasons=getattr(one, "reasons", ["end-to-end id"]),
            )
            for one in posted
        ],
        left=[LeftMatchAnswer(entry_id=entry.pk, reason=reason) for entry, reason in left],
    )
