import json
from decimal import Decimal
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum
from django.utils import timezone

from banking.management.fund import accounts_in, context_of, fund_of
from banking.models import BankEntry, EntryMove, EntryPosting, StatementFile
from banking.services.accounts import add_bank_account, name_columns
from banking.services.files import upload_statement
from banking.services.posting import post_matches
from banking.services.reading import read_next
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError
from funds.models import FundMembership


class Command(BaseCommand):
    help = (
        "Imports a file of bank statements into a fund and says how many entries are new and how many were known; with"
        " --post, certain matches are posted. What is known already is not imported again."
    )

    def add_arguments(self, parser):
        parser.add_argument("fund", help="its number, code or name")
        parser.add_argument("file")
        parser.add_argument("--post", action="store_true", help="post what matches exactly")
        parser.add_argument("--by", help="the e-mail address of who imports; else a manager of the fund")
        parser.add_argument("--account", help="the account that a table is of")
        parser.add_argument(
            "--context", help="a JSON file with accounts and a mapping, which are registered first"
        )
        parser.add_argument("--json", action="store_true", help="print JSON alone")

    def handle(self, *, fund, file, post, by, account, context, json: bool, **options):
        of, given = fund_of(fund), context_of(context)
        who = self._person(of, by)
        account = account or given.get("account")
        _register(of, given, account, WriteContext(who, timezone.now()))
        row = of.bank_accounts.filter(number=account).first() if account else None
        try:
            uploaded = upload_statement(
                fund_id=of.pk,
                name=Path(file).name,
                content=Path(file).read_bytes(),
                account_id=row.pk if row else None,
                ctx=WriteContext(who, timezone.now()),
            )
        except DomainError as error:
            found = {"new": 0, "known": 0, "pending": 0, "flag": error.code}
            self._print(found | _booked(of), json)
            if error.code != "file.known":
                raise CommandError(error.message) from error
            return
        while StatementFile.objects.filter(pk=uploaded.pk, read_at=None).exists() and read_next(
            at=timezone.now()
        ):
            pass
        uploaded.refresh_from_db()
        found = _said(uploaded)
        if post:
            found |= _posted(uploaded, who)
        self._print(found | _booked(of), json)
        if not uploaded.outcome:
            raise CommandError(uploaded.refusals[0]["gist"])

    @staticmethod
    def _person(fund, email):
        people = get_user_model().objects.filter(is_active=True)
        if email:
            found = people.filter(email=email).first()
        else:
            managers = FundMembership.objects.filter(fund=fund, role=FundMembership.Role.MANAGER)
            found = people.filter(pk__in=managers.values("user")).order_by("pk").first()
        if found is None:
            raise CommandError("There is nobody who could import this.")
        return found

    def _print(self, found: dict, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(", ".join(f"{name} {value}" for name, value in found.items()))


def _register(fund, given: dict, account: str | None, ctx: WriteContext) -> None:
    """The accounts of the context in the fund's currency, and the mapping of the one that the table is of."""
    known = set(fund.bank_accounts.values_list("number", flat=True))
    for one in accounts_in(given) or ():
        if one.currency == fund.currency and one.id not in known:
            add_bank_account(fund_id=fund.pk, number=one.id, bank=one.bank, ctx=ctx)
    row = fund.bank_accounts.filter(number=account).first() if account else None
    if row and given.get("mapping"):
        newest = row.mappings.order_by("-version").first()
        if newest is None or newest.mapping != given["mapping"]:
            name_columns(account_id=row.pk, mapping=given["mapping"], ctx=ctx)


def _said(file: StatementFile) -> dict:
    found: dict = {name: sum(one[name] for one in file.outcome) for name in ("new", "known", "pending")}
    flags = [flag for one in file.outcome for flag in one["flags"]]
    found |= {"flag": flags[0], "flags": flags} if flags else {}
    found |= {"refusal": file.refusals[0]} if file.refusals else {}
    return found | {"statements": file.outcome}


def _posted(file: StatementFile, who) -> dict:
    posted, left = [], []
    for statement in file.statements.order_by("pk"):
        if statement.may_be_posted:
            done, waiting = post_matches(statement_id=statement.pk, ctx=WriteContext(who, timezone.now()))
            posted += map(_posting, done)
            left += [{"entry": entry.n, "reason": reason} for entry, reason in waiting]
    return {"posted": posted, "left": left}


def _posting(one: EntryPosting | EntryMove) -> dict:
    """A receipt, or a payout that was confirmed."""
    if isinstance(one, EntryMove):
        return {"entry": one.entry.n, one.kind: one.row_id}
    return {"entry": one.entry.n, "receipt": one.receipt_id, "score": one.score}


def _booked(fund) -> dict:
    booked = BankEntry.objects.filter(fund=fund, status=BankEntry.Status.BOOKED)
    total = booked.aggregate(total=Sum("amount"))["total"] or Decimal("0.00")
    return {"booked_sum": f"{total:.2f}"}
