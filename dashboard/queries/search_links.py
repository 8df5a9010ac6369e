"""Where what was found is, and how it is called."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from blackgem.lib.navigation import Page, address


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry: where it leads, its name, and what tells it from others. `amount` is in `currency`; `status` is kind
    and value of one. `fills` is what it puts into the box instead of leading anywhere at once."""

    href: str
    name: str
    about: str = ""
    amount: Decimal | None = None
    currency: str = ""
    status: tuple[str, str] | None = None
    keys: str = ""
    fills: str = ""


def page_hit(page: Page) -> Hit:
    return Hit(address(page.key), page.label, keys=page.keys)


def hit_of(row) -> Hit:
    """The entry of a row (`search.Row`)."""
    return _HITS[row.kind](row)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _to(name: str, *ids: str) -> Callable:
    """The address of a page with these of the row's ids."""
    return lambda row: reverse(name, args=[getattr(row, one) for one in ids])


_CALL_ITEM = _to("capital:item", "parent", "id")
_SHARE = _to("distributions:item", "parent", "id")
_CLOSING = _to("closings:closing", "parent")
_RETURN = _to("capital:cash_return", "id")
_INVESTOR = _to("dashboard:investor", "parent")


def _fund(row) -> Hit:
    return Hit(_to("dashboard:fund", "id")(row), row.name, row.currency)


def _investor(row) -> Hit:
    return Hit(_INVESTOR(row), row.name)


def _contact(row) -> Hit:
    return Hit(_INVESTOR(row), row.name, _joined(row.other, row.state))


def _commitment(row) -> Hit:
    return Hit(_INVESTOR(row), row.name, _joined(row.other, row.fund), row.amount, row.currency)


def _call(row) -> Hit:
    about, status = _joined(row.fund, row.name), ("call", row.state)
    return Hit(
        _to("capital:call", "id")(row), f"Capital call {row.number}", about, row.amount, row.currency, status
    )


def _item(row) -> Hit:
    return _of_call(row, _CALL_ITEM(row))


def _of_call(row, href: str) -> Hit:
    return Hit(
        href, row.name, _joined(f"Capital call {row.number}", row.fund, row.other), row.amount, row.currency
    )


def _owed(row) -> Hit:
    return _of_call(row, _to("capital:payment_new", "parent", "id")(row))


def _distribution(row) -> Hit:
    about, status = _joined(row.fund, row.name), ("distribution", row.state)
    href = _to("distributions:distribution", "id")(row)
    return Hit(href, f"Distribution {row.number}", about, row.amount, row.currency, status)


def _share(row) -> Hit:
    about = _joined(f"Distribution {row.number}", row.fund, row.other)
    return Hit(_SHARE(row), row.name, about, row.amount, row.currency)


def _receipt(row) -> Hit:
    href = f"{reverse('capital:receipt_list')}?{urlencode({'fund': row.parent, 'show': 'all'})}"
    return Hit(href, row.name or "Money that arrived", _joined(row.fund, row.other), row.amount, row.currency)


def _letter(row) -> Hit:
    leads = {"capital_call": _CALL_ITEM, "distribution": _SHARE, "refund": _CLOSING, "cash_return": _RETURN}
    return Hit(leads[row.state](row), row.other, _joined(row.name, row.fund))


def _deal(row) -> Hit:
    if row.parent:
        return Hit(_to("capital:allocation", "parent")(row), row.name, row.fund)
    return Hit(f"{reverse('dashboard:deal_list')}?{urlencode({'q': row.name})}", row.name)


_HITS: dict[str, Callable] = {
    "fund": _fund,
    "investor": _investor,
    "contact": _contact,
    "commitment": _commitment,
    "call": _call,
    "item": _item,
    "owed": _owed,
    "distribution": _distribution,
    "share": _share,
    "payment": _item,
    "payout": _share,
    "receipt": _receipt,
    "letter": _letter,
    "deal": _deal,
}
