"""The terms of a fund in dated versions, and what single partners agreed apart from them."""

from datetime import date
from itertools import zip_longest

from django.db.models import Max

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import NotFound, Problem
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from funds.access import MANAGE, check_may
from funds.calc.tiers import Tier, tier_problems, tiers_with_letter
from funds.models import Commitment, ControlChange, Fund, FundTerms, FundTermsTier, SideLetter
from funds.queries.controls import needs_another

from .controls import Control, Kind, propose, register_control
from .inputs import entered, problems_of, refuse_unknown

TERMS_FIELDS = (
    "effective_on",
    "style",
    "scope",
    "hurdle_rate",
    "catch_up_rate",
    "carry_rate",
    "compounding",
    "day_count",
    "order",
    "pref_start",
    "loss_carryforward",
    "fee_allocation",
    "fee_base",
    "recallable_treatment",
    "clawback_tax_rate",
    "management_fee_rate",
    "recall_capital",
    "recall_fees",
    "recall_gains",
    "recall_until",
    "max_unfunded",
    "max_cumulative",
)
TIER_FIELDS = ("hurdle_rate", "catch_up_rate", "carry_rate")
LETTER_FIELDS = ("effective_on", *TIER_FIELDS, "note")


@service
def set_terms(*, fund_id, fields, ctx: WriteContext) -> FundTerms | ControlChange:
    """A new version of a fund's terms; what `fields` leaves out stays as it is. Terms equal to those that stand make no
    new version. Rates are fractions. "tiers" are the further tiers, from the second on: dicts of TIER_FIELDS.

    Where the fund is in use and demands a second person, the change that waits for one is answered.
    Raises InvalidInput: "rate_out_of_range", "catch_up_below_carry", "tiers_out_of_order", …; the last three also where
    a side letter in force would contradict them, and "side_letter_in_aggregate".
    """
    check_may(ctx.by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    old = fund.terms.order_by("-version").first()
    before = _as_fields(old) if old else {"effective_on": fund.lpa_date, "tiers": []}
    new, tiers = _checked_terms(fund, {**before, **fields}, by=ctx.by)
    raise_if(_problems_with_letters(fund, new, tiers))
    after = {name: getattr(new, name) for name in TERMS_FIELDS} | {"tiers": [_rates(tier) for tier in tiers]}
    changes = {
        name: [_plain(before.get(name)), _plain(value)]
        for name, value in after.items()
        if before.get(name) != value
    }
    if old and not changes:
        return old
    if needs_another(fund.pk, Kind.TERMS):
        return propose(funds=[fund.pk], kind=Kind.TERMS, was=_terms_now(fund), becomes=after, ctx=ctx)
    return _write_terms(fund, new, tiers, changes, ctx)


def _write_terms(fund, new, tiers, changes: dict, ctx: WriteContext) -> FundTerms:
    _save(new, tiers)
    audit.record(verb="set_terms", ctx=ctx, subject=new, also=[fund], fund_id=fund.pk, changes=changes)
    return new


def _terms_now(fund) -> dict:
    newest = fund.terms.order_by("-version").first()
    return {"version": newest.version, **_as_fields(newest)} if newest else {"version": 0}


def _apply_terms(change: ControlChange, ctx: WriteContext) -> None:
    """Checked again: a side letter may have come meanwhile."""
    new, tiers = _checked_terms(change.fund, change.becomes, by=ctx.by)
    raise_if(_problems_with_letters(change.fund, new, tiers))
    changes = {name: [old, value] for name, old, value in change.steps}
    _write_terms(change.fund, new, tiers, changes, ctx)


register_control(Kind.TERMS, Control(now=lambda change: _terms_now(change.fund), apply=_apply_terms))


def add_terms(fund, fields, *, by) -> FundTerms:
    """The first version, for a new fund, in the caller's transaction."""
    terms, tiers = _checked_terms(fund, fields, by=by)
    _save(terms, tiers)
    return terms


@service
def set_side_letter(*, commitment_id, fields, ctx: WriteContext) -> SideLetter | ControlChange:
    """What one partner agreed apart from the terms, as a new version. Rates are fractions; None stays as there.

    Where the fund is in use and demands a second person, the change that waits for one is answered.
    """
    commitment = Commitment.objects.select_related("fund").filter(pk=commitment_id).first()
    if commitment is None:
        raise NotFound("not_found", "There is no such commitment.")
    check_may(ctx.by, commitment.fund_id, MANAGE)
    Fund.objects.select_for_update(no_key=True).get(pk=commitment.fund_id)
    letter = _checked_letter(commitment, fields, by=ctx.by)
    if needs_another(commitment.fund_id, Kind.SIDE_LETTER):
        return propose(
            funds=[commitment.fund_id],
            kind=Kind.SIDE_LETTER,
            subject_id=commitment.pk,
            about=str(commitment.reference),
            was=_letter_now(commitment.pk),
            becomes={name: getattr(letter, name) for name in LETTER_FIELDS},
            ctx=ctx,
        )
    return _write_letter(letter, ctx)


def _checked_letter(commitment, fields, *, by) -> SideLetter:
    refuse_unknown(fields, LETTER_FIELDS)
    latest = commitment.side_letters.aggregate(version=Max("version"))["version"] or 0
    letter = SideLetter(commitment=commitment, version=latest + 1, created_by=by, **fields)
    given = [name for name in LETTER_FIELDS if getattr(letter, name) not in (None, "")]
    problems = [_as_rate_problem(problem) for problem in problems_of(letter, given)]
    raise_if(problems or _problems_with_terms(commitment.fund, letter))
    return letter


def _write_letter(letter: SideLetter, ctx: WriteContext) -> SideLetter:
    letter.save()
    fund = letter.commitment.fund
    audit.record(
        verb="set_side_letter",
        ctx=ctx,
        subject=letter,
        also=[letter.commitment, fund],
        fund_id=fund.pk,
        changes=entered(letter, LETTER_FIELDS),
    )
    return letter


def _letter_now(commitment_id: int) -> dict:
    newest = SideLetter.objects.filter(commitment=commitment_id).order_by("-version").first()
    fields = {name: getattr(newest, name) for name in LETTER_FIELDS} if newest else {}
    return {"version": newest.version if newest else 0, **fields}


def _apply_letter(change: ControlChange, ctx: WriteContext) -> None:
    commitment = Commitment.objects.select_related("fund").get(pk=change.subject_id)
    _write_letter(_checked_letter(commitment, change.becomes, by=ctx.by), ctx)


register_control(
    Kind.SIDE_LETTER, Control(now=lambda change: _letter_now(change.subject_id), apply=_apply_letter)
)


def _as_fields(terms) -> dict:
    tiers = [_rates(tier) for tier in terms.further_tiers.order_by("position")]
    return {name: getattr(terms, name) for name in TERMS_FIELDS} | {"tiers": tiers}


def _rates(tier) -> dict:
    return {name: getattr(tier, name) for name in TIER_FIELDS}


def _plain(value):
    if isinstance(value, list):
        return [{name: f"{rate:f}" for name, rate in tier.items()} for tier in value]
    return value


def _save(terms, tiers) -> None:
    terms.save()
    for tier in tiers:
        tier.terms = terms
    FundTermsTier.objects.bulk_create(tiers)


def _checked_terms(fund, fields, *, by) -> tuple[FundTerms, list[FundTermsTier]]:
    """The next version, unsaved: rates from 0 to 1, carry below 1, a catch-up that can reach it, in every tier."""
    refuse_unknown(fields, (*TERMS_FIELDS, "tiers"))
    latest = fund.terms.aggregate(version=Max("version"))["version"] or 0
    terms = FundTerms(fund=fund, version=latest + 1, created_by=by)
    for name in fields.keys() - {"tiers"}:
        setattr(terms, name, fields[name])
    problems = [_as_rate_problem(problem) for problem in problems_of(terms, TERMS_FIELDS)]
    raise_if(problems)
    tiers = _checked_tiers(fields.get("tiers") or ())
    problems = tier_problems(_as_tiers(terms, tiers))
    raise_if([_of_row(problem) for problem in problems])
    return terms, tiers


def _checked_tiers(rates) -> list[FundTermsTier]:
    tiers = []
    for position, one in enumerate(rates, start=2):
        refuse_unknown(one, TIER_FIELDS)
        tier = FundTermsTier(position=position, **one)
        problems = [_as_rate_problem(problem) for problem in problems_of(tier, TIER_FIELDS)]
        raise_if([_of_tier(position - 2, problem) for problem in problems])
        tiers.append(tier)
    return tiers


def _of_tier(index, problem) -> Problem:
    return Problem(problem.code, problem.message, f"tiers.{index}.{problem.field}")


def _of_row(problem) -> Problem:
    """A problem with `tiers.0.hurdle` is one with the terms' own `hurdle_rate`; the tiers from the second on count from
    zero."""
    _, number, rate = problem.field.split(".")
    field = f"{rate}_rate" if number == "0" else f"tiers.{int(number) - 1}.{rate}_rate"
    return Problem(problem.code, problem.message, field)


def _as_rate_problem(problem) -> Problem:
    if problem.code == "rate.out_of_range":
        return Problem("rate_out_of_range", problem.message, problem.field)
    return problem


def _as_tiers(terms, further) -> tuple[Tier, ...]:
    return tuple(Tier(row.hurdle_rate, row.catch_up_rate, row.carry_rate) for row in (terms, *further))


# ---------------------------------------------------------------- terms and side letters together


def _problems_with_letters(fund, new, tiers) -> list[Problem]:
    """What contradicts the new terms in a side letter that is in force on one of their days."""
    letters: dict[int, list[SideLetter]] = {}
    for letter in SideLetter.objects.filter(commitment__fund=fund).select_related("commitment"):
        letters.setdefault(letter.commitment_id, []).append(letter)
    problems = []
    for versions in letters.values():
        for letter in in_force_from(versions, new.effective_on):
            for problem in _contradictions(new, tiers, letter):
                who = f"With the side letter of {letter.commitment.reference}: {problem.message}"
                problems.append(Problem(problem.code, who, _of_row(problem).field if problem.field else None))
    return problems


def _problems_with_terms(fund, letter) -> list[Problem]:
    """What contradicts the letter in terms that are in force on one of its days."""
    versions = list(fund.terms.prefetch_related("further_tiers"))
    for terms in in_force_from(versions, letter.effective_on) or [FundTerms(fund=fund)]:
        further = sorted(terms.further_tiers.all(), key=lambda tier: tier.position) if terms.pk else ()
        if problems := _contradictions(terms, further, letter):
            return [_of_letter(problem) for problem in problems]
    return []


def in_force_from(versions, day: date) -> list:
    """Of dated versions those that hold on `day` or begin to hold after it: the newest of what is in effect holds."""
    newest = {one.effective_on: one for one in sorted(versions, key=lambda one: one.version)}
    days = sorted(newest)
    return [newest[on] for on, until in zip_longest(days, days[1:]) if until is None or until > day]


def _contradictions(terms, further, letter) -> list[Problem]:
    rates = {"hurdle": letter.hurdle_rate, "catch_up": letter.catch_up_rate, "carry": letter.carry_rate}
    problems = tier_problems(tiers_with_letter(_as_tiers(terms, further), **rates))
    if (
        not problems
        and terms.scope == FundTerms.Scope.AGGREGATE
        and any(r is not None for r in rates.values())
    ):
        message = "A side letter with rates of its own needs terms that are worked out per investor."
        return [Problem("side_letter_in_aggregate", message)]
    return problems


def _of_letter(problem) -> Problem:
    rate = problem.field.rsplit(".", 1)[-1] if problem.field else None
    return Problem(problem.code, problem.message, f"{rate}_rate" if rate else None)
