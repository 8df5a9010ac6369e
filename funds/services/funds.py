"""Set up a fund and change it."""

import re

from blackgem.lib import audit
from blackgem.lib.business_days import is_calendar
from blackgem.lib.context import WriteContext
from blackgem.lib.days import is_zone
from blackgem.lib.errors import Conflict, InvalidInput
from blackgem.lib.money import parse_amount
from blackgem.lib.sql import service
from funds.access import MANAGE, Role, check_may, check_open_fund
from funds.calc.codes import LONGEST
from funds.calc.reminders import as_text, steps_of
from funds.models import Commitment, ControlChange, Fund, FundMembership, Investor
from funds.models.fund import MOST_NOTICE_DAYS
from funds.queries.controls import needs_another

from .controls import Control, Kind, propose, register_control
from .inputs import entered, fill
from .register import admit
from .senders import NAMES, admit_anew, check_contact_email
from .terms import TERMS_FIELDS, add_terms

FUND_FIELDS = (
    "name",
    "code",
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
    "partner_totals",
    "four_eyes",
    "time_zone",
    "calendar",
    "notice_days",
    "investments_split_by",
    "residual_limit",
    "warnings_acknowledged",
    "looked_at_above",
    "reminder_days",
)
GP_REFERENCE = "GP"
CODE = re.compile(f"[A-Z0-9]{{2,{LONGEST}}}")
CALENDAR_UNKNOWN = "There is no such calendar. Name a country, such as GB, or a part of one, such as US-NY."
ZONE_UNKNOWN = "There is no such time zone. Name an area and a place, such as Europe/London, or UTC."
NAME_TAKEN = "This name cannot be used for a fund. Choose another one."
CODE_FIXED = "The code of a fund that has written letters cannot change."


@service
def create_fund(*, fields, ctx: WriteContext) -> Fund:
    """A fund with its first terms, its GP as a partner with a commitment of zero, and `ctx.by` as its manager.

    `fields`: FUND_FIELDS, of which name and lpa_date are needed (legal_name defaults to the name), and "terms", a
    dict of TERMS_FIELDS whose rates are fractions; what is left out takes the model's default, effective_on the
    LPA's date.
    Raises InvalidInput, Conflict("fund.name_taken"), Forbidden.
    """
    check_open_fund(ctx.by)
    fields = _with_code({"legal_name": fields.get("name"), **fields})
    terms = fields.pop("terms", None) or {}
    fund = Fund(created_by=ctx.by)
    fill(fund, fields, allowed=FUND_FIELDS)
    _check_days(fund)
    _check_limit(fund)
    check_contact_email(fund.contact_email)
    _check_name_is_free(fund)
    _check_code_is_free(fund)
    admit_anew(fund, ctx)
    fund.save()
    FundMembership.objects.create(fund=fund, user=ctx.by, role=Role.MANAGER)
    first_terms = add_terms(fund, {"effective_on": fund.lpa_date, **terms}, by=ctx.by)
    gp = _add_general_partner(fund, ctx)
    audit.record(
        verb="create_fund",
        ctx=ctx,
        subject=fund,
        also=[first_terms, gp],
        fund_id=fund.pk,
        changes=entered(fund, FUND_FIELDS) | entered(first_terms, TERMS_FIELDS),
    )
    return fund


def _add_general_partner(fund, ctx: WriteContext) -> Commitment:
    investor = Investor.objects.create(
        name=f"{fund.name[:197]} GP", kind=Investor.Kind.PARTNERSHIP, created_by=ctx.by
    )
    commitment = Commitment.objects.create(
        fund=fund,
        investor=investor,
        kind=Commitment.Kind.GP,
        closing_date=fund.first_closing_on or fund.lpa_date,
        reference=GP_REFERENCE,
        created_by=ctx.by,
    )
    admit(commitment, 0, ctx)
    return commitment


@service
def change_fund(*, fund_id, fields, ctx: WriteContext) -> Fund:
    """Change what a fund is called and how it works. Its currency is fixed once money is promised or allocated.

    What weakens a control of a fund in use is proposed instead, and stands in `waiting` of the answer.
    Raises InvalidInput, Conflict("fund.name_taken", "fund.currency_fixed", "control.pending"), NotFound, Forbidden.
    """
    check_may(ctx.by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    changes = fill(fund, _with_code(fields), allowed=FUND_FIELDS)
    fund.waiting = []
    if not changes:
        return fund
    _check_days(fund)
    _check_limit(fund)
    if "contact_email" in changes:
        check_contact_email(fund.contact_email)
    if set(changes) & set(NAMES):
        _check_name_is_free(fund)
    if "code" in changes:
        _check_code_is_free(fund)
    fund.waiting = _propose_weakening(fund, changes, ctx)
    _write(fund, changes, ctx)
    return fund


def _write(fund, changes: dict, ctx: WriteContext) -> None:
    if changes:
        admits = admit_anew(fund, ctx) if set(changes) & set(NAMES) else []
        fund.save(update_fields=[*changes, *admits])
        audit.record(verb="change_fund", ctx=ctx, subject=fund, fund_id=fund.pk, changes=changes)


# ---------------------------------------------------------------- settings that are controls

#: From the most closed to the most open.
_TOTALS = (Fund.PartnerTotals.NONE, Fund.PartnerTotals.PERCENTAGES, Fund.PartnerTotals.ALL)
#: Whom a letter is from, and how it says that he is reached.
SENDER_FIELDS = ("contact_email", "contact_name", "contact_phone", "signatory_name", "signatory_title")
#: Each with the kind of change that it is, and whether it weakens the fund's controls.
_CONTROLS = {
    "four_eyes": (Kind.FOUR_EYES, lambda old, new: old and not new),
    **dict.fromkeys(SENDER_FIELDS, (Kind.SENDER, lambda old, new: True)),
    **dict.fromkeys(("legal_name", "address"), (Kind.NAME, lambda old, new: True)),
    "residual_limit": (Kind.LIMIT, lambda old, new: new > old),
    "notice_days": (Kind.LIMIT, lambda old, new: new < old),
    "warnings_acknowledged": (Kind.LIMIT, lambda old, new: old and not new),
    "looked_at_above": (Kind.LIMIT, lambda old, new: bool(old) and not 0 < new <= old),
    "lpa_date": (Kind.LIMIT, lambda old, new: True),
    "partner_totals": (Kind.TOTALS, lambda old, new: _TOTALS.index(new) > _TOTALS.index(old)),
}


def weakening(fund_id: int, changes: dict[str, list]) -> dict[str, str]:
    """Of changes (field → [old, new]) those that another person has to decide: field → the kind of change."""
    return {
        field: kind
        for field, (kind, weakens) in _CONTROLS.items()
        if field in changes and weakens(*changes[field]) and needs_another(fund_id, kind)
    }


def _propose_weakening(fund, changes: dict[str, list], ctx: WriteContext) -> list[ControlChange]:
    """Take what another person has to decide out of `changes`, and ask for it, once for all of a kind."""
    asked: dict[str, tuple[dict, dict]] = {}
    for field, kind in weakening(fund.pk, changes).items():
        was, becomes = asked.setdefault(kind, ({}, {}))
        was[field], becomes[field] = changes.pop(field)
        setattr(fund, field, was[field])
    return [
        propose(funds=[fund.pk], kind=kind, was=was, becomes=becomes, ctx=ctx)
        for kind, (was, becomes) in asked.items()
    ]


def _now(change: ControlChange) -> dict:
    return {field: getattr(change.fund, field) for field in change.becomes}


def _apply(change: ControlChange, ctx: WriteContext) -> None:
    _write(change.fund, fill(change.fund, change.becomes, allowed=tuple(change.becomes)), ctx)


for _kind, _ in _CONTROLS.values():
    register_control(_kind, Control(now=_now, apply=_apply))


# ---------------------------------------------------------------- checks


def _check_name_is_free(fund) -> None:
    """Neither of its names is that of another fund to the eye; the refusal does not say of which."""
    others = Fund.objects.exclude(pk=fund.pk)
    for field in NAMES:
        if others.seen_as(getattr(fund, field)).exists():
            raise Conflict("fund.name_taken", NAME_TAKEN, field=field)


def _check_days(fund) -> None:
    if not is_zone(fund.time_zone):
        raise InvalidInput("fund.time_zone", ZONE_UNKNOWN, field="time_zone")
    if fund.calendar and not is_calendar(fund.calendar):
        raise InvalidInput("fund.calendar", CALENDAR_UNKNOWN, field="calendar")
    if not 0 <= fund.notice_days <= MOST_NOTICE_DAYS:
        raise InvalidInput("fund.notice_days", "Notice is 0 to 365 days.", field="notice_days")


def _check_limit(fund) -> None:
    """Days as they are kept; each limit zero or more, in the fund's currency: MoneyError for a finer amount."""
    fund.reminder_days = as_text(steps_of(fund.reminder_days))
    for name in ("residual_limit", "looked_at_above"):
        amount = parse_amount(getattr(fund, name), currency=fund.currency, allow_zero=True, field=name)
        setattr(fund, name, amount)


def _with_code(fields: dict) -> dict:
    """A code in capitals; left empty it stays as it is, and a new fund's comes out of its name."""
    code = (fields.get("code") or "").strip().upper()
    return {name: value for name, value in fields.items() if name != "code"} | (
        {"code": code} if code else {}
    )


def _check_code_is_free(fund) -> None:
    if fund.code and not CODE.fullmatch(fund.code):
        message = f"A code has 2 to {LONGEST} Latin letters and digits."
        raise InvalidInput("fund.code", message, field="code")
    if Fund.objects.filter(code=fund.code).exclude(pk=fund.pk).exists():
        raise Conflict("fund.code_taken", "Another fund has this code.", field="code")
    if fund.pk and fund.notices.exists():
        raise Conflict("fund.code_fixed", CODE_FIXED, field="code")
