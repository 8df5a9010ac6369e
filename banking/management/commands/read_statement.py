import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from banking.calc.matching import is_proved, match
from banking.management.fund import accounts_in, context_of, fund_of
from banking.queries.matching import book_of
from banking.readers import Read, Refused, read_statements
from banking.services.reading import accounts_of


class Command(BaseCommand):
    help = (
        "Reads a file of bank statements and prints what it says, and whom its credits are from where a fund is named."
        " Nothing is written; it fails where the file is refused."
    )

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--fund", help="its number, code or name")
        parser.add_argument("--context", help="a JSON file in place of what the fund has registered")
        parser.add_argument("--json", action="store_true", help="print JSON alone")

    def handle(self, *, file, fund, context, json: bool, **options):
        given = context_of(context)
        of = fund_of(fund) if fund else None
        accounts = accounts_in(given) if "accounts" in given or of is None else accounts_of(of)
        found: dict = {"file": Path(file).name}
        try:
            read = read_statements(
                Path(file).read_bytes(),
                accounts=accounts,
                account=given.get("account"),
                mapping=given.get("mapping") or _remembered(of, given.get("account")),
            )
        except Refused as refusal:
            self._refuse(found | {"outcome": "refused", "refusal": refusal.as_json()}, json)
        found |= {"format": read.format, "outcome": "read" if read.statements else "refused"}
        if read.refusals:
            found["refusal"] = read.refusals[0].as_json()
        if not read.statements:
            self._refuse(found, json)
        found["statements"] = [statement.as_json() for statement in read.statements]
        if of is not None:
            found["matches"] = _matches(read, of, given)
        self._print(found, json)

    def _refuse(self, found: dict, as_json: bool):
        self._print(found, as_json)
        refusal = found["refusal"]
        raise CommandError(
            f"{refusal['code']}, line {refusal['line']}, {refusal['element']}: {refusal['gist']}"
        )

    def _print(self, found: dict, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for statement in found.get("statements", ()):
            self.stdout.write(f"{statement['account']['id']}, {statement['from']} to {statement['to']}")
            for entry in statement["entries"]:
                name = entry.get("counterparty", {}).get("name", "")
                self.stdout.write(
                    f"  {entry['booking_date']} {entry['amount']:>15} {name} {entry.get('text', '')}"
                )


def _remembered(fund, number: str | None) -> dict | None:
    if fund is None or number is None:
        return None
    account = fund.bank_accounts.filter(number=number).first()
    newest = account.mappings.order_by("-version").first() if account else None
    return newest.mapping if newest else None


def _matches(read: Read, fund, given: dict) -> list[dict]:
    """Of the statements in the fund's currency, one after the other."""
    book = book_of(fund)
    names = {item.investor: item.partner for item in book.items}
    payers = {number: names.get(name, name) for number, name in (given.get("payer_accounts") or {}).items()}
    book = book.paid_from(payers)
    left: dict = {}
    found = []
    for statement in read.statements:
        if statement.currency == fund.currency:
            proved = is_proved(statement.balance, statement.reversal_reading)
            found += [one.as_json(proved=proved) for one in match(statement.entries, book, left)]
    return found
