"""The workbook of one distribution, out of its frozen facts and its stored figures."""

from datetime import datetime

from blackgem.lib.money import format_money
from distributions.models import Distribution
from distributions.queries.schedule import history_from_text, terms_from_text
from distributions.queries.working import tiers_shown
from distributions.states import DistributionType
from distributions.workbook.build import build_workbook
from distributions.workbook.facts import lay_out
from distributions.workbook.partners import ByApp
from distributions.workbook.result import TierByApp
from funds.models import Deal


def workbook_of(one: Distribution, *, at: datetime) -> bytes:
    """The XLSX that works a distribution out again with live formulas. `one` has its fund."""
    facts = lay_out(
        [_partner(text) for text in one.inputs["partners"]],
        terms_from_text(one.inputs["terms"]),
        on=one.date,
        amount=one.total_amount,
        deal=one.deal_id,
        is_excess=one.type == DistributionType.RETURN_OF_EXCESS_CAPITAL,
    )
    return build_workbook(
        facts,
        heading=_heading(one),
        tiers=_tiers(one),
        by_app=_by_app(one),
        deals=_deals(facts),
        at=at,
    )


def workbook_name(one: Distribution) -> str:
    """By the fund's code: "LSFI-distribution-1-check.xlsx"."""
    return f"{one.fund.code}-distribution-{one.number}-check.xlsx"


def _partner(text: dict) -> dict:
    terms = terms_from_text(text["terms"]) if text["terms"] else None
    history = history_from_text(text["history"])
    return {name: text[name] for name in ("reference", "investor", "role")} | {
        "terms": terms,
        "history": history,
    }


def _heading(one: Distribution) -> list[str]:
    amount = format_money(one.total_amount, one.fund.currency)
    kind = f"{one.get_type_display()}{f', {one.source}' if one.source else ''}"
    return [
        f"{one.fund.legal_name}: distribution {one.number} of {amount} on {one.date.isoformat()}",
        f"{kind}. {one.get_status_display()}. SHA-256 of its inputs: {one.inputs_sha256}",
    ]


def _tiers(one: Distribution) -> list[TierByApp]:
    rows = list(one.tiers.order_by("position"))
    shown = tiers_shown(rows, one.fund.currency)
    return [
        TierByApp(row.kind, tier.label, row.tier, row.lp_amount, row.gp_amount)
        for row, tier in zip(rows, shown, strict=True)
    ]


def _by_app(one: Distribution) -> list[ByApp]:
    """By the order of the frozen partners."""
    columns = ("return_of_capital", "preferred_return", "profit_share", "carried_interest", "gross_amount")
    items = one.items.select_related("commitment").defer("tiers", "working")
    stored = {item.commitment.reference: ByApp(*(getattr(item, name) for name in columns)) for item in items}
    return [stored[text["reference"]] for text in one.inputs["partners"]]


def _deals(facts) -> dict[int, str]:
    """The names of every deal that a movement names."""
    numbers = {flow.deal for partner in facts.partners for flow in partner.flows if flow.deal} | {facts.deal}
    return dict(Deal.objects.filter(pk__in=numbers - {None}).order_by("pk").values_list("pk", "name"))
