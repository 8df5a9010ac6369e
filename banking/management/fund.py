"""What the commands of bank statements are given: a fund, and a context in place of what it has registered."""

import json
from pathlib import Path

from django.core.management.base import CommandError

from banking.readers import Account
from funds.models import Fund


def fund_of(text: str) -> Fund:
    """A fund by its number, its code or its name."""
    found = Fund.objects.filter(pk=int(text)) if text.isascii() and text.isdigit() else Fund.objects.none()
    for fields in ({"code": text}, {"name": text}):
        found = found or Fund.objects.filter(**fields)
    if len(found) != 1:
        raise CommandError(f"There is no fund {text!r}.")
    return found[0]


def context_of(path: str | None) -> dict:
    """`accounts`, `account`, `mapping`, `payer_accounts` and `today`, as far as the file names them."""
    return json.loads(Path(path).read_text(encoding="utf-8")) if path else {}


def accounts_in(context: dict) -> list[Account] | None:
    if "accounts" not in context:
        return None
    return [
        Account(id=one["id"], currency=one["currency"], bank=one.get("bank", ""))
        for one in context["accounts"]
    ]
