"""What a person says of bank entries, over the API; the rules that propose classes; and the bank against the books."""

from datetime import date, timedelta

from django.http import HttpRequest
from ninja import Query, Router

from banking.models import EntryRule
from banking.queries.entry import entry_seen_by
from banking.queries.reconciliation import Reconciliation, reconciliations_of, unexplained_up_to
from banking.queries.settled import rule_rows_of
from banking.services import rules, settling
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.lib.context import context_of
from funds.access import MANAGE
from funds.api.verbs import one
from funds.models import Fund

from .answers import (
    BankDayAnswer,
    BankReconciliationAnswer,
    BankRuleAnswer,
    BankRulesAnswer,
    ReconciledAccountAnswer,
    SettledEntryAnswer,
)
from .bodies import (
    ApplyEntryBody,
    BankRuleBody,
    ClassifyEntryBody,
    IgnoreEntryBody,
    LinkEntryBody,
    ReconciliationFilter,
)
from .serializers import settled_state

MONTH = timedelta(days=31)

router = Router(by_alias=True, tags=["Bank statements"])


def _settled(request: HttpRequest, entry_id: int) -> SettledEntryAnswer:
    entry = entry_seen_by(request.user, entry_id)
    by = entry.settled
    return SettledEntryAnswer(
        id=entry.pk,
        fund_id=entry.fund_id,
        currency=entry.fund.currency,
        amount=entry.amount,
        state=settled_state(entry) if by else "WAITING",
        receipt_id=by.posting.receipt_id if by and by.posting else None,
        entry_class=by.entry_class.upper() if by else "",
        note=by.note if by else "",
    )


@router.post("/bank-entries/{id:entry_id}/apply", response=SettledEntryAnswer)
@needs(MANAGE)
def post_apply_entry(request: HttpRequest, entry_id: int, body: ApplyEntryBody):
    """Record the receipt that a credit is, applied to these items; the rest stays unapplied, and is `holderId`'s."""
    splits = [(split.item_id, split.amount) for split in body.splits]
    settling.apply_entry(entry_id=entry_id, splits=splits, holder_id=body.holder_id, ctx=context_of(request))
    return _settled(request, entry_id)


@router.post("/bank-entries/{id:entry_id}/link", response=SettledEntryAnswer)
@needs(MANAGE)
def post_link_entry(request: HttpRequest, entry_id: int, body: LinkEntryBody):
    """Say which wires of the books an entry is; with `pays`, record what is payable as paid out by it."""
    kind = body.kind
    if body.pays:
        settling.pay_out_entry(entry_id=entry_id, kind=kind, row_ids=body.ids, ctx=context_of(request))
    else:
        settling.link_entry(
            entry_id=entry_id, wires=[(kind, row) for row in body.ids], ctx=context_of(request)
        )
    return _settled(request, entry_id)


@router.post("/bank-entries/{id:entry_id}/classify", response=SettledEntryAnswer)
@needs(MANAGE)
def post_classify_entry(request: HttpRequest, entry_id: int, body: ClassifyEntryBody):
    """Say of which class an entry is that is no partner's wire."""
    settling.classify_entry(
        entry_id=entry_id,
        entry_class=body.entry_class,
        rule_id=body.rule_id,
        note=body.note,
        ctx=context_of(request),
    )
    return _settled(request, entry_id)


@router.post("/bank-entries/{id:entry_id}/ignore", response=SettledEntryAnswer)
@needs(MANAGE)
def post_ignore_entry(request: HttpRequest, entry_id: int, body: IgnoreEntryBody):
    """Leave an entry aside, with the reason."""
    settling.ignore_entry(entry_id=entry_id, reason=body.reason, ctx=context_of(request))
    return _settled(request, entry_id)


@router.post("/bank-entries/{id:entry_id}/undo", response=SettledEntryAnswer)
@needs(MANAGE)
def post_undo_entry(request: HttpRequest, entry_id: int, body: Nothing = NOTHING):
    """Take back what was said of an entry. 409 for what was posted: that is reversed."""
    settling.undo_entry(entry_id=entry_id, ctx=context_of(request))
    return _settled(request, entry_id)


@router.get("/funds/{id:fund_id}/bank-rules", response=BankRulesAnswer)
def list_bank_rules(request: HttpRequest, fund_id: int):
    """The rules that propose classes, by their numbers."""
    fund = one(Fund.objects.visible_to(request.user), fund_id)
    return BankRulesAnswer(rules=[_rule(row, fund.currency) for row in rule_rows_of(fund)])


@router.post("/funds/{id:fund_id}/bank-rules", response=BankRuleAnswer)
@needs(MANAGE)
def post_bank_rule(request: HttpRequest, fund_id: int, body: BankRuleBody):
    """Teach a rule: plain words that the name and the text hold, on a side, between amounts."""
    row = rules.teach_rule(fund_id=fund_id, **body.model_dump(), ctx=context_of(request))
    return _rule(row, row.fund.currency)


@router.post("/bank-rules/{id:rule_id}/retire", response=BankRuleAnswer)
@needs(MANAGE)
def post_retire_bank_rule(request: HttpRequest, rule_id: int, body: Nothing = NOTHING):
    """Let a rule propose nothing any more."""
    row = rules.retire_rule(rule_id=rule_id, ctx=context_of(request))
    return _rule(row, row.fund.currency)


def _rule(row: EntryRule, currency: str) -> BankRuleAnswer:
    return BankRuleAnswer.of(
        row, currency=currency, side=row.side.upper(), entry_class=row.entry_class.upper()
    )


@router.get("/funds/{id:fund_id}/bank-reconciliation", response=BankReconciliationAnswer)
def get_bank_reconciliation(request: HttpRequest, fund_id: int, asked: Query[ReconciliationFilter]):
    """The bank against the books on each day from `first` to `last` on which something moved; `why` says what stands
    against closing a period on `last`: nothing where `reconciled`."""
    fund = one(Fund.objects.visible_to(request.user), fund_id)
    last = asked.last or context_of(request).today(fund)
    first = asked.first or last - MONTH
    why = unexplained_up_to(fund, last)
    accounts = [_account(row, first, last) for row in reconciliations_of(fund)]
    return BankReconciliationAnswer(
        fund_id=fund.pk, currency=fund.currency, reconciled=not why, why=why, accounts=accounts
    )


def _account(row: Reconciliation, first: date, last: date) -> ReconciledAccountAnswer:
    names = ("on", "bank", "ledger", "outstanding", "in_transit", "ahead", "ignored", "unexplained")
    days = [BankDayAnswer(**{name: getattr(day, name) for name in names}) for day in row.between(first, last)]
    return ReconciledAccountAnswer(
        account_id=row.account.pk, account=row.account.masked, until=row.until, days=days
    )
