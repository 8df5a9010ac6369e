"""What the bank says of a payment file that it was given: by a person's word, or by its status report.

None of it records a payout: money has left when the bank's statement, or a person, says so."""

from collections.abc import Iterable
from hashlib import sha256

from banking import access
from banking.models import PaymentFile, PaymentFileLine
from banking.readers.form import Refused
from banking.readers.pain002 import PaymentStatus, StatusReport, read_status_report
from banking.services.payments import locked_file, noted
from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.sql import service
from funds.queries.cash_moves import payables_to_partners

_LONGEST_NOTE = 500


@service
def answer_payment_file(*, payment_file_id, accepted: bool, note: str = "", ctx: WriteContext) -> PaymentFile:
    """Say what the bank answered to a file that was handed over. One that it refused pays nothing."""
    file = locked_file(payment_file_id, ctx)
    access.check_answer(file, ctx.by)
    if not accepted and not note.strip():
        raise InvalidInput("note.required", "Say why the bank refused it.", field="note")
    return _answered(file, accepted, note, ctx)


def _answered(file: PaymentFile, accepted: bool, note: str, ctx: WriteContext) -> PaymentFile:
    live = file.lines.filter(ending="")
    if not accepted and any(not one for one in _are_payable(file, live)):
        raise Conflict("payment_file.paid", "Some of it was paid: the bank did not refuse the whole file.")
    file.answer = PaymentFile.Answer.ACCEPTED if accepted else PaymentFile.Answer.REFUSED
    file.answered_at, file.answered_by, file.note = ctx.at, ctx.by, note.strip()
    verb = "accept_payment_file" if accepted else "refuse_payment_file"
    return noted(file, verb, ["answer", "answered_at", "answered_by", "note"], ctx)


@service
def return_payment(*, payment_line_id, ctx: WriteContext) -> PaymentFileLine:
    """Say that the bank did not carry out one payment of a file, or gave it back: another file may pay it. What stands
    as paid in the books is reversed first."""
    line = PaymentFileLine.objects.select_related("file").filter(pk=payment_line_id).first()
    if line is None:
        raise NotFound("not_found", "There is no such payment.")
    file = locked_file(line.file_id, ctx)
    line.refresh_from_db(fields=["ending"])
    access.check_return(file, line, ctx.by)
    _return(file, [line], ctx)
    return line


def _return(file: PaymentFile, lines: list[PaymentFileLine], ctx: WriteContext, why: str = "") -> None:
    """End payments of a locked file. Raises Conflict where one stands as paid."""
    for line, is_payable in zip(lines, _are_payable(file, lines), strict=True):
        if not is_payable:
            raise Conflict("payment.paid", f"{line.end_to_end_id} stands as paid: reverse the payout first.")
        line.ending, line.ended_at = PaymentFileLine.Ending.RETURNED, ctx.at
        line.save(update_fields=["ending", "ended_at"])
        audit.record(
            verb="return_payment",
            ctx=ctx,
            subject=file,
            also=[line],
            fund_id=file.fund_id,
            changes={"amount": [line.amount, None]},
            reason=why,
        )


def _are_payable(file: PaymentFile, lines: Iterable[PaymentFileLine]) -> list[bool]:
    """Of each payment, whether the books still owe what it pays."""
    payable = {(one.kind, one.row_id) for one in payables_to_partners(file.fund)}
    return [(line.kind, line.row_id) in payable for line in lines]


# ---------------------------------------------------------------- status reports


@service
def note_status_report(*, payment_file_id, content: bytes, ctx: WriteContext) -> PaymentFile:
    """Note what the bank's status report (ISO 20022 pain.002) says of a file that was handed over: accepted or refused
    as a whole, and each payment that it rejects. One that says nothing yet is only in the audit trail; what is noted
    already is not noted twice.

    Raises InvalidInput for what is no report of this file, Conflict where a payment that it rejects stands as paid.
    """
    report = _read(content)
    file = locked_file(payment_file_id, ctx)
    access.check_report(file, ctx.by)
    lines = {line.end_to_end_id: line for line in file.lines.select_for_update(no_key=True).order_by("n")}
    rejected = _rejected(report, file, lines)
    audit.record(
        verb="read_status_report",
        ctx=ctx,
        subject=file,
        fund_id=file.fund_id,
        changes={
            "message_id": [None, report.message_id[:35]],
            "status": [None, report.status or "-"],
            "sha256": [None, sha256(content).hexdigest()],
        },
    )
    if report.waits:
        return file
    why = _in_short(report.reason or (next(iter(rejected.values())) if rejected else "") or "no reason given")
    if file.answer == "":
        accepted = len(rejected) < len(lines)
        file = _answered(file, accepted, "" if accepted else why, ctx)
        if not accepted:
            return file
    for identifier, reason in rejected.items():
        if not lines[identifier].ending:
            _return(file, [lines[identifier]], ctx, _in_short(reason or why))
    return file


def _read(content: bytes) -> StatusReport:
    try:
        return read_status_report(content)
    except Refused as refusal:
        said = f"Line {refusal.line}, {refusal.element}: {refusal.gist}."
        raise InvalidInput("status_report.unreadable", said, field="report") from refusal


def _rejected(report: StatusReport, file: PaymentFile, lines: dict[str, PaymentFileLine]) -> dict[str, str]:
    """By its end-to-end id, why a payment of the file was rejected. Raises InvalidInput for another file's report."""
    if report.of_message != file.message_id:
        said = f"This is a report of the message “{report.of_message}”, not of {file.message_id}."
        raise InvalidInput("status_report.of_another", said, field="report")
    for one in report.payments:
        if one.end_to_end_id not in lines:
            said = f"It speaks of a payment “{one.end_to_end_id}”, which is not in this file."
            raise InvalidInput("status_report.unknown_payment", said, field="report")
        if not _is_of(one, lines[one.end_to_end_id], file):
            said = f"It gives {one.end_to_end_id} another amount: {one.amount} {one.currency}."
            raise InvalidInput("status_report.other_amount", said, field="report")
    if report.refuses_all:
        return dict.fromkeys(lines, report.reason)
    return {one.end_to_end_id: one.reason for one in report.refused}


def _is_of(said: PaymentStatus, line: PaymentFileLine, file: PaymentFile) -> bool:
    return said.amount is None or (said.amount, said.currency) == (line.amount, file.fund.currency)


def _in_short(words: str) -> str:
    return words if len(words) <= _LONGEST_NOTE else words[: _LONGEST_NOTE - 1] + "…"
