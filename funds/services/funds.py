"""Set up a fund, change it, and give it new terms."""

from django.db.models import Max

from blackgem.lib import audit
from blackgem.lib.errors import Conflict, InvalidInput, Problem
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from funds.access import MANAGE, Role, check_may
from funds.models import Commitment, Fund, FundMembership, FundTerms, Investor
from funds.staff import check_may_open_funds

from .inputs import entered, fill, problems_of, refuse_unknown

FUND_FIELDS = (
    "name",
    "legal_name",
    "currency",
    "lpa_date",
    "first_closing_on",
    "address",
    "contact_name",
    "contact_email",
    "contact_phone",
    "signatory_name",
    "signatory_title",
    "paper_size",
    "attach_notices",
    "four_eyes",
)
TERMS_FIELDS = (
    "effective_on",
    "style",
    "scope",
    "hurdle_rate",
    "catch_up_rate",
    "carry_rate",
    "compounding",
    "day_count",
    "management_fee_rate",
)
RATES = ("hurdle_rate", "catch_up_rate", "carry_rate", "management_fee_rate")
GP_REFERENCE = "GP"


@service
def create_fund(*, fields, by, at) -> Fund:
    """A fund with its first terms, its GP as a partner with a commitment of zero, and `by` as its manager.

    `fields`: FUND_FIELDS, of which name and lpa_date are needed (legal_name defaults to the name), and "terms", a
    dict of TERMS_FIELDS whose rates are fractions; what is left out takes the model's default, effective_on the
    LPA's date.
    Raises InvalidInput, Conflict("fund.name_taken"), Forbidden.
    """
    check_may_open_funds(by)
    fields = {"legal_name": fields.get("name"), **fields}
    terms = fields.pop("terms", None) or {}
    fund = Fund(created_by=by)
    fill(fund, fields, allowed=FUND_FIELDS)
    _check_name_is_free(fund)
    fund.save()
    FundMembership.objects.create(fund=fund, user=by, role=Role.MANAGER)
    first_terms = _add_terms(fund, {"effective_on": fund.lpa_date, **terms}, by=by)
    gp = _add_general_partner(fund, by=by)
    audit.record(
        verb="create_fund",
        by=by,
        at=at,
        subject=fund,
        also=[first_terms, gp],
        fund_id=fund.pk,
        changes=entered(fund, FUND_FIELDS) | entered(first_terms, TERMS_FIELDS),
    )
    return fund


def _add_general_partner(fund, *, by) -> Commitment:
    investor = Investor.objects.create(
        name=f"{fund.name[:197]} GP", kind=Investor.Kind.PARTNERSHIP, created_by=by
    )
    return Commitment.objects.create(
        fund=fund,
        investor=investor,
        kind=Commitment.Kind.GP,
        amount=0,
        closing_date=fund.first_closing_on or fund.lpa_date,
        reference=GP_REFERENCE,
        created_by=by,
    )


@service
def change_fund(*, fund_id, fields, by, at) -> Fund:
    """Change what a fund is called and how it works. Its currency is fixed once money is promised or allocated.

    Raises InvalidInput, Conflict("fund.name_taken", "fund.currency_fixed"), NotFound, Forbidden.
    """
    check_may(by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    changes = fill(fund, fields, allowed=FUND_FIELDS)
    if not changes:
        return fund
    if "name" in changes:
        _check_name_is_free(fund)
    if "currency" in changes:
        _check_currency_is_free(fund)
    fund.save(update_fields=list(changes))
    audit.record(verb="change_fund", by=by, at=at, subject=fund, fund_id=fund.pk, changes=changes)
    return fund


def _check_name_is_free(fund) -> None:
    if Fund.objects.filter(name=fund.name).exclude(pk=fund.pk).exists():
        raise Conflict("fund.name_taken", "A fund of this name already exists.", field="name")


def _check_currency_is_free(fund) -> None:
    money = Fund.objects.select_related("partners", "capital", "cash").get(pk=fund.pk)
    if money.partners.committed or money.capital.total_committed or money.cash.received:
        raise Conflict(
            "fund.currency_fixed",
            "The currency of a fund with commitments, allocations or receipts cannot change.",
            field="currency",
        )


@service
def set_terms(*, fund_id, fields, by, at) -> FundTerms:
    """A new version of a fund's terms; what `fields` leaves out stays as it is. Terms equal to those that stand make no
    new version. Rates are fractions.

    Raises InvalidInput: "catch_up_below_carry", "rate_out_of_range", ….
    """
    check_may(by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    old = fund.terms.order_by("-version").first()
    before = {name: getattr(old, name) for name in TERMS_FIELDS} if old else {"effective_on": fund.lpa_date}
    new = _checked_terms(fund, {**before, **fields}, by=by)
    changes = {
        name: [before.get(name), getattr(new, name)]
        for name in TERMS_FIELDS
        if before.get(name) != getattr(new, name)
    }
    if old and not changes:
        return old
    new.save()
    audit.record(verb="set_terms", by=by, at=at, subject=new, also=[fund], fund_id=fund.pk, changes=changes)
    return new


def _add_terms(fund, fields, *, by) -> FundTerms:
    terms = _checked_terms(fund, fields, by=by)
    terms.save()
    return terms


def _checked_terms(fund, fields, *, by) -> FundTerms:
    """The next version, unsaved: rates from 0 to 1, carry below 1, a catch-up that can reach the carry."""
    refuse_unknown(fields, TERMS_FIELDS)
    latest = fund.terms.aggregate(version=Max("version"))["version"] or 0
    terms = FundTerms(fund=fund, version=latest + 1, created_by=by)
    for name, value in fields.items():
        setattr(terms, name, value)
    problems = [_as_rate_problem(problem) for problem in problems_of(terms, TERMS_FIELDS)]
    raise_if(problems or _problems_with_rates(terms), error=InvalidInput)
    return terms


def _as_rate_problem(problem) -> Problem:
    if problem.code == "rate.out_of_range":
        return Problem("rate_out_of_range", problem.message, problem.field)
    return problem


def _problems_with_rates(terms) -> list[Problem]:
    """0 < catch-up < carry can never catch up; a carry of 1 leaves the partners nothing."""
    if terms.carry_rate >= 1:
        return [Problem("rate_out_of_range", "Carried interest is below 100 %.", "carry_rate")]
    if 0 < terms.catch_up_rate < terms.carry_rate:
        return [
            Problem(
                "catch_up_below_carry",
                "A catch-up below the carried interest never catches up: enter 0 for none, or at least the carry.",
                "catch_up_rate",
            )
        ]
    return []
