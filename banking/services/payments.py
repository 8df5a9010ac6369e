"""Payment files: written from what is payable, approved by another person, and handed over to the bank.

None of that posts anything: money has left when the bank's statement, or a person, says so."""

from collections.abc import Collection
from datetime import date, timedelta
from hashlib import sha256
from uuid import uuid4

from django.conf import settings
from django.db.models import Max

from banking import access
from banking.models import BankAccount, PaymentFile, PaymentFileLine, PaymentFormat
from banking.queries.payments import needs_another, stale_reason, stale_words
from banking.services.payment_layouts import check_format
from banking.writers import Order, Payee, Payment, Unwritable, write
from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from blackgem.lib.money import unit_of
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from funds.access import DRAFT, MANAGE, check_may
from funds.models import Commitment, Fund, Investor, PayeeDetails
from funds.queries.cash_moves import Payable, held_of, payables_to_partners
from funds.queries.payees import accounts_in_force
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of

#: How long after its day of payment a file may still be handed over.
_LASTS = timedelta(days=10)
_MOST = 1000


# ---------------------------------------------------------------- writing


@service
def write_payment_file(
    *, account_id, format: str, pay_on: date, payables: Collection[tuple[str, int]], ctx: WriteContext
) -> PaymentFile:
    """Write a file that pays these payables (kind and id) whole, out of an account of the fund, to the verified
    accounts of their partners. It waits for approval.

    Raises InvalidInput for a day that has passed or what cannot be written, Conflict for what is not payable, held, in
    another file, or has no verified account.
    """
    account = BankAccount.objects.select_related("fund").filter(pk=account_id).first()
    if account is None:
        raise NotFound("not_found", "There is no such account.")
    check_may(ctx.by, account.fund_id, DRAFT)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=account.fund_id)
    check_format(format)
    if pay_on < ctx.today(fund):
        raise InvalidInput("pay_on.past", "The day of payment has passed.", field="pay_on")
    chosen = _chosen(fund, payables)
    accounts = _accounts(chosen)
    number = (fund.payment_files.aggregate(last=Max("number"))["last"] or 0) + 1
    lines = [_line(fund, number, n, one, accounts) for n, one in enumerate(chosen, start=1)]
    file = PaymentFile(
        fund=fund,
        account=account,
        number=number,
        format=format,
        pay_on=pay_on,
        count=len(lines),
        total=sum(line.amount for line in lines),
        message_id=f"BG{fund.pk}F{number}",
        new_since=ctx.at - timedelta(hours=settings.BANK_DETAILS_REST_HOURS),
        four_eyes=needs_another(fund.pk),
        created_at=ctx.at,
        created_by=ctx.by,
    )
    file.content = _written(file, lines, ctx)
    file.sha256 = sha256(file.content).hexdigest()
    raise_if(problems_of(file, ["message_id"]))
    file.save(force_insert=True)
    for line in lines:
        line.file = file
    PaymentFileLine.objects.bulk_create(lines)
    return PAYMENT_FILES.asked_for(file, ctx=ctx)


def _chosen(fund: Fund, payables: Collection[tuple[str, int]]) -> list[Payable]:
    """What is to be paid, as the books stand under the locks of its partners."""
    wanted = set(payables)
    if not 0 < len(wanted) <= _MOST:
        raise InvalidInput("payables.none", f"Choose 1 to {_MOST} payments.", field="payables")
    gone = Conflict("payable.gone", "Some of this is not to be paid out any more. Please look again.")
    partners = {one.commitment_id for one in payables_to_partners(fund) if (one.kind, one.row_id) in wanted}
    list(
        Commitment.objects.select_for_update(no_key=True).filter(pk__in=partners).order_by("pk").values("pk")
    )
    chosen = [one for one in payables_to_partners(fund) if (one.kind, one.row_id) in wanted]
    if len(chosen) != len(wanted):
        raise gone
    live = PaymentFileLine.objects.filter(fund=fund, ending="").select_related("file")
    taken = {(line.kind, line.row_id): line.file.number for line in live}
    held = held_of(chosen)
    problems = []
    for one in chosen:
        key = (one.kind, one.row_id)
        if key in taken:
            said = f"{one.what}, {one.who}: payment file {taken[key]} pays this."
            problems.append(Conflict("payment.in_a_file", said).problems[0])
        elif key in held:
            problems.append(Conflict("payout.held", f"{one.who}: {held[key]}").problems[0])
    raise_if(problems)
    return chosen


def _accounts(chosen: list[Payable]) -> dict[int, PayeeDetails]:
    """By partner, its verified account; Conflict for those that have none."""
    in_force = accounts_in_force([one.commitment_id for one in chosen])
    rows = PayeeDetails.objects.select_related("commitment__investor").in_bulk(in_force.values())
    accounts = {partner: rows[pk] for partner, pk in in_force.items()}
    without = sorted({one.who for one in chosen if one.commitment_id not in accounts})
    raise_if(
        Conflict("payment.no_account", f"No account of {who} is verified: have one verified first.").problems[
            0
        ]
        for who in without
    )
    return accounts


def _line(fund: Fund, number: int, n: int, one: Payable, accounts) -> PaymentFileLine:
    return PaymentFileLine(
        fund=fund,
        n=n,
        kind=one.kind,
        row_id=one.row_id,
        commitment_id=one.commitment_id,
        payee_details=accounts[one.commitment_id],
        amount=one.amount,
        what=one.what[:100],
        end_to_end_id=f"BG{fund.pk}F{number}L{n}",
        uetr=uuid4(),
    )


def _written(file: PaymentFile, lines: list[PaymentFileLine], ctx: WriteContext) -> bytes:
    fund, account = file.fund, file.account
    newest = account.payment_layouts.filter(format=file.format).order_by("-version").first()
    if newest is None and file.format != PaymentFormat.PAIN:
        raise Conflict(
            "layout.missing", "Say first what the bank of this account asks of such files.", field="format"
        )
    order = Order(
        message_id=file.message_id,
        made_at=ctx.at,
        pay_on=file.pay_on,
        currency=fund.currency,
        decimals=max(0, -int(unit_of(fund.currency).as_tuple().exponent)),
        payer=fund.legal_name,
        account=account.number,
        bank=account.bank,
        payments=tuple(_payment(line, fund) for line in lines),
        layout=newest.layout if newest else {},
    )
    try:
        return write(file.format, order)
    except Unwritable as error:
        raise InvalidInput.from_problems(
            [Problem(fault.code, fault.message) for fault in error.faults]
        ) from error


def _payment(line: PaymentFileLine, fund: Fund) -> Payment:
    details, investor = line.payee_details, line.payee_details.commitment.investor
    return Payment(
        n=line.n,
        end_to_end_id=line.end_to_end_id,
        uetr=str(line.uetr),
        amount=line.amount,
        payee=Payee(
            name=details.account_name,
            account_number=details.account_number,
            iban=details.iban,
            bic=details.swift,
            routing_number=details.routing_number,
            bank_name=details.bank_name,
            town=details.holder_town,
            country=details.holder_country,
            is_person=investor.kind == Investor.Kind.INDIVIDUAL,
        ),
        text=f"{fund.code} {line.what} {details.commitment.reference}",
    )


# ---------------------------------------------------------------- deciding


@service
def approve_payment_file(*, payment_file_id, ctx: WriteContext) -> PaymentFile:
    """Approve a file, as another person than who wrote it, or who entered a new account in it.

    Raises Forbidden, Conflict where something of it changed since it was written."""
    return PAYMENT_FILES.approve(payment_file_id, ctx=ctx)


@service
def reject_payment_file(*, payment_file_id, ctx: WriteContext) -> PaymentFile:
    """Turn a file down, or take it back as who wrote it: what it would have paid may be paid by another."""
    return PAYMENT_FILES.reject(payment_file_id, ctx=ctx)


def _lock_partners(payment_file_id) -> None:
    """A new account of a partner, or a payout, waits for whoever lets a file go, and the other way round."""
    partners = PaymentFileLine.objects.filter(file=payment_file_id).values("commitment")
    list(
        Commitment.objects.select_for_update(no_key=True).filter(pk__in=partners).order_by("pk").values("pk")
    )


def _take_effect(file: PaymentFile, ctx: WriteContext) -> None:
    check_entered_no_account(file, ctx.by)
    _check_stands(file, ctx)
    PAYMENT_FILES.approved(file, ctx)


def _check_stands(file: PaymentFile, ctx: WriteContext) -> None:
    """Under the locks of its partners: whether the file may still be let go by this person."""
    if ctx.today(file.fund) > file.pay_on + _LASTS:
        raise Conflict("payment_file.late", "Its day of payment has passed: withdraw it and write another.")
    payable = {(one.kind, one.row_id): one.amount for one in payables_to_partners(file.fund)}
    lines = list(file.lines.all())
    if any(payable.get((line.kind, line.row_id)) != line.amount for line in lines):
        raise Conflict("payment_file.changed", stale_words("paid"))
    why = stale_reason(file)
    if why:
        raise Conflict("payment_file.changed", stale_words(why))


# ---------------------------------------------------------------- afterwards


@service
def withdraw_payment_file(*, payment_file_id, reason: str, ctx: WriteContext) -> PaymentFile:
    """Withdraw an approved file that has not left: what it would have paid may be paid by another."""
    file = locked_file(payment_file_id, ctx)
    access.check_withdraw(file, ctx.by)
    if not reason.strip():
        raise InvalidInput("reason.required", "Say why it is withdrawn.", field="reason")
    file.withdrawn_at, file.withdrawn_by, file.note = ctx.at, ctx.by, reason.strip()
    return noted(file, "withdraw_payment_file", ["withdrawn_at", "withdrawn_by", "note"], ctx)


@service
def download_payment_file(*, payment_file_id, ctx: WriteContext) -> PaymentFile:
    """The bytes of an approved file, to be taken to the bank: from the first time on it counts as handed over. Each
    time is in the audit trail. Once the bank has answered, nobody needs the bytes any more."""
    _lock_partners(payment_file_id)
    file = locked_file(payment_file_id, ctx)
    access.check_download(file, ctx.by)
    if file.handed_over_at is None:
        _check_stands(file, ctx)
        file.handed_over_at, file.handed_over_by = ctx.at, ctx.by
        return noted(file, "hand_over_payment_file", ["handed_over_at", "handed_over_by"], ctx)
    if ctx.today(file.fund) > file.pay_on + _LASTS:
        raise Conflict("payment_file.late", "Its day of payment has passed: the file is not given out again.")
    return noted(file, "download_payment_file", [], ctx)


def locked_file(payment_file_id, ctx: WriteContext) -> PaymentFile:
    """The file, locked, with its fund and the `role` of who acts."""
    found = PaymentFile.objects.filter(pk=payment_file_id).values_list("fund", flat=True).first()
    if found is None:
        raise NotFound("not_found", "There is no such payment file.")
    role = check_may(ctx.by, found, MANAGE)
    rows = PaymentFile.objects.select_for_update(no_key=True, of=("self",)).select_related("fund", "account")
    file = rows.get(pk=payment_file_id)
    file.role = role
    return file


def noted(file: PaymentFile, verb: str, fields: list[str], ctx: WriteContext) -> PaymentFile:
    """Write what was said of a locked file, with its event."""
    if "note" in fields:
        raise_if(problems_of(file, ["note"]))
    if fields:
        file.save(update_fields=fields)
    audit.record(
        verb=verb, ctx=ctx, subject=file, fund_id=file.fund_id, reason=file.note, changes=_told(file)
    )
    return file


def _told(file: PaymentFile) -> dict:
    return {"number": [None, file.number], "total": [None, file.total], "sha256": [None, file.sha256]}


PAYMENT_FILES = Decidable(
    pending=PaymentFile.objects.pending,
    fetch=("fund", "created_by", "account"),
    code="payment_file",
    noun="payment file",
    asked="write_payment_file",
    granted="approve_payment_file",
    refused="reject_payment_file",
    asked_by="created_by",
    at_once=False,
    needs_second=lambda file: file.four_eyes or needs_another(file.fund_id),
    also=lambda file: [file.fund],
    told=_told,
    lock=lambda file: _lock_partners(file.pk),
    effect=_take_effect,
)


def check_approve(file: PaymentFile, by) -> None:
    """Whether this person may approve it: another than who wrote it, who entered no new account in it."""
    PAYMENT_FILES.check_approve(file, by)
    check_entered_no_account(file, by)


def check_entered_no_account(file: PaymentFile, by) -> None:
    if PAYMENT_FILES.needs_second(file) and access.entered_new_account(file, by):
        raise Forbidden(
            "four_eyes", "You entered a new account that this file pays to: another person approves it."
        )
