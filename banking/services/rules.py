"""Rules that persons teach, and accepting what they propose."""

from django.db.models import Max

from banking.calc.rules import plain
from banking.models import BankStatement, EntryDecision, EntryRule
from banking.queries.matching import lines_of
from banking.queries.settled import proposal_of, rules_of
from banking.services.settling import classify_entry
from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import parse_amount
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from funds.access import MANAGE, check_may
from funds.models import Fund
from funds.services.inputs import problems_of

SAID = ("side", "name_holds", "text_holds", "least", "most", "entry_class")


@service
def teach_rule(*, fund_id, ctx: WriteContext, **said) -> EntryRule:
    """Teach a rule of a fund: `side`, `name_holds`, `text_holds`, `least` and `most` without a sign, and the
    `entry_class` that it proposes. Raises InvalidInput for one that asks for nothing."""
    fund = _locked(fund_id, ctx)
    newest = EntryRule.objects.filter(fund=fund).aggregate(number=Max("number"))["number"] or 0
    return _write(fund, newest + 1, 1, ctx, "teach_rule", **said)


@service
def change_rule(*, rule_id, ctx: WriteContext, **said) -> EntryRule:
    """Teach a rule anew, as its next version; what was classified by the version before stays as it is."""
    fund, newest = _newest(rule_id, ctx)
    return _write(fund, newest.number, newest.version + 1, ctx, "change_rule", **said)


@service
def retire_rule(*, rule_id, ctx: WriteContext) -> EntryRule:
    """Let a rule propose nothing any more."""
    fund, newest = _newest(rule_id, ctx)
    said = {name: getattr(newest, name) for name in SAID}
    return _write(fund, newest.number, newest.version + 1, ctx, "retire_rule", retired=True, **said)


@service
def accept_rules(*, statement_id, ctx: WriteContext) -> list[EntryDecision]:
    """Classify each line of a statement that nobody settled and of which the rules say one thing."""
    statement = BankStatement.objects.select_related("fund").filter(pk=statement_id).first()
    if statement is None:
        raise NotFound("not_found", "There is no such statement.")
    check_may(ctx.by, statement.fund_id, MANAGE)
    rules = rules_of(statement.fund)
    lines = [line for line in lines_of(statement) if line.status == "booked" and line.settled is None]
    found = []
    for entry in lines:
        said = proposal_of(entry, rules)
        if said and said.is_clear:
            accepted = classify_entry(
                entry_id=entry.pk, entry_class=said.rule.entry_class, rule_id=said.rule.key, ctx=ctx
            )
            found.append(accepted)
    return found


def _locked(fund_id, ctx: WriteContext) -> Fund:
    """The fund, so that two who teach at once get numbers of their own."""
    check_may(ctx.by, fund_id, MANAGE)
    return Fund.objects.select_for_update(no_key=True).get(pk=fund_id)


def _newest(rule_id, ctx: WriteContext) -> tuple[Fund, EntryRule]:
    rule = EntryRule.objects.filter(pk=rule_id).first()
    if rule is None:
        raise NotFound("not_found", "There is no such rule.")
    fund = _locked(rule.fund_id, ctx)
    newest = EntryRule.objects.filter(fund=fund, number=rule.number).order_by("-version")[0]
    if newest.retired:
        raise Conflict("rule.retired", "This rule is retired.")
    return fund, newest


def _write(
    fund, number: int, version: int, ctx: WriteContext, verb: str, *, retired=False, **said
) -> EntryRule:
    for bound in ("least", "most"):
        if said.get(bound) is not None:
            said[bound] = parse_amount(said[bound], currency=fund.currency, field=bound)
    row = EntryRule(
        fund=fund,
        number=number,
        version=version,
        retired=retired,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
        **said,
    )
    if not plain(row.name_holds) and not plain(row.text_holds):
        raise InvalidInput(
            "rule.asks_for_nothing", "Say which words the name or the text holds.", field="text_holds"
        )
    raise_if(problems_of(row, ["side", "name_holds", "text_holds", "entry_class"]))
    row.save(force_insert=True)
    audit.record(verb=verb, ctx=ctx, subject=row, fund_id=fund.pk)
    return row
