"""Payment files as pages and answers show them, what may go into one, and what became of their payments."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from banking.models import PaymentFile, PaymentFileLine
from blackgem.lib import audit
from blackgem.lib.pages import found
from blackgem.lib.timeline import TimelineEntry, entries_of
from funds.models import Fund, PayeeDetails
from funds.queries.access import with_role
from funds.queries.cash_moves import Payable, held_of, payables_to_partners
from funds.queries.payees import accounts_in_force

#: How far a file is, in words.
STATES = {
    "waiting": "Waits for approval",
    "approved": "Approved",
    "handed_over": "Handed over",
    "accepted": "Accepted by the bank",
    "refused": "Refused by the bank",
    "rejected": "Turned down",
    "withdrawn": "Withdrawn",
}
_STALE = {
    "paid": "Some of it was paid, set off or called off since it was written",
    "account": "A partner’s account is another one than when it was written",
    "held": "A payment of it is held: new bank details of its partner wait, or came since",
}


def needs_another(fund_id: int) -> bool:
    """Whether payment files of a fund take two people."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT payment_file_needs_another(%s)", [fund_id])
        return cursor.fetchone()[0]


def stale_reason(file: PaymentFile) -> str | None:
    """Why a file may not be let go as things stand: paid, account or held."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT payment_file_is_stale(%s)", [file.pk])
        return cursor.fetchone()[0]


def stale_words(why: str) -> str:
    return f"{_STALE[why]}: take the file back and write another."


def files_of(fund: Fund) -> QuerySet[PaymentFile]:
    """Newest first, without their bytes."""
    rows = PaymentFile.objects.filter(fund=fund).select_related("account", "created_by")
    return rows.defer("content").order_by("-number")


def files_seen_by(user) -> QuerySet[PaymentFile]:
    """The same of every fund that this person may see, with their funds and its `role`."""
    people = ("created_by", "approved_by", "rejected_by", "withdrawn_by", "handed_over_by", "answered_by")
    rows = PaymentFile.objects.visible_to(user).select_related("fund", "account", *people)
    return with_role(rows.defer("content"), user).order_by("-pk")


def file_of(user, payment_file_id) -> PaymentFile:
    """One; 404 where it is not to be seen."""
    return found(files_seen_by(user), pk=payment_file_id)


def lines_of_file(file: PaymentFile) -> QuerySet[PaymentFileLine]:
    """Its payments with partner and account, and whether the same was in another file that left (`was_sent`)."""
    earlier = PaymentFileLine.objects.filter(
        kind=OuterRef("kind"), row_id=OuterRef("row_id"), file__handed_over_at__isnull=False
    ).exclude(file=file)
    rows = file.lines.select_related("commitment__investor", "payee_details").order_by("n")
    return rows.annotate(was_sent=Exists(earlier))


@dataclass(slots=True)
class LineShown:
    """A payment of a file, and whether it is still to be paid by the books."""

    line: PaymentFileLine
    is_payable: bool

    @property
    def state(self) -> str:
        if self.line.ending:
            return self.line.get_ending_display().capitalize()
        return "To be paid" if self.is_payable else "Paid"


def lines_shown(file: PaymentFile, lines: Collection[PaymentFileLine]) -> list[LineShown]:
    """Payments with what the books say of them."""
    payable = {(one.kind, one.row_id) for one in payables_to_partners(file.fund)}
    return [LineShown(line, (line.kind, line.row_id) in payable) for line in lines]


@dataclass(slots=True)
class Candidate:
    """Something payable, and why it cannot go into a payment file now; empty where it can."""

    payable: Payable
    account: PayeeDetails | None
    why_not: str

    @property
    def value(self) -> str:
        return f"{self.payable.kind}:{self.payable.row_id}"


def candidates_of(fund: Fund) -> list[Candidate]:
    """Everything payable of a fund, with where each would go."""
    payables = payables_to_partners(fund)
    in_force = accounts_in_force([one.commitment_id for one in payables])
    accounts = PayeeDetails.objects.in_bulk(in_force.values())
    held = held_of(payables)
    live = PaymentFileLine.objects.filter(fund=fund, ending="")
    taken = {(kind, row): number for kind, row, number in live.values_list("kind", "row_id", "file__number")}
    made = []
    for one in payables:
        key, account = (one.kind, one.row_id), accounts.get(in_force.get(one.commitment_id, 0))
        why_not = f"In payment file {taken[key]}" if key in taken else held.get(key, "")
        made.append(Candidate(one, account, why_not or ("" if account else "No verified account")))
    return made


def to_write(fund: Fund) -> dict[str, int]:
    """How many payments to partners of a fund wait, and how many of them no live file pays."""
    waiting = {(one.kind, one.row_id) for one in payables_to_partners(fund)}
    taken = PaymentFileLine.objects.filter(fund=fund, ending="").values_list("kind", "row_id")
    return {"waits": len(waiting), "fits": len(waiting - set(taken)) if waiting else 0}


def lines_of_entries(fund: Fund, entries) -> dict[int, PaymentFileLine]:
    """The payments of files that debits are, by entry: each says its end-to-end id, and has its amount."""
    asked = {one.end_to_end_id.strip().upper() for one in entries if one.amount < 0 and one.end_to_end_id}
    rows = PaymentFileLine.objects.filter(
        fund=fund, end_to_end_id__in=asked, ending="", file__handed_over_at__isnull=False
    )
    known = {(line.end_to_end_id, line.amount): line for line in rows} if asked else {}
    keys = {one.pk: (one.end_to_end_id.strip().upper(), -one.amount) for one in entries}
    return {pk: known[key] for pk, key in keys.items() if key in known}


def story_of(file: PaymentFile) -> list[TimelineEntry]:
    """What was done with it, newest first."""
    return entries_of(list(audit.timeline(file)), file.fund.currency)
