"""The 120 partners of the larger fund, made from lists: the same names and amounts every time."""

from datetime import date
from decimal import Decimal

from blackgem.lib.context import WriteContext
from funds.models import Fund, Investor
from funds.services import partners

from .people import Staff, create_investor, on

#: Partners of the demo fund who are in this fund too.
SHARED = ("John Anderson", "Smith Family Office", "Acme Ventures")
COUNT = 120

_FIRST, _LAST, _PLACES = (
    words.split()
    for words in (
        "Ada Aaron Beatrice Calvin Clara Darius Delia Edwin Elena Farid Fiona Gareth Hanna Hugo Imani Ivan Joanna "
        "Kenji Leila Lucas Mara Nadia Noah Olga Oscar Paula Quentin Rosa Rufus Selma Tariq Ursula Victor Zoe",
        "Abbott Alvarez Barlow Chaudhry Castellan Dempsey Eklund Farrow Ferreira Gallagher Haddad Iversen Jansen "
        "Kowalski Lindgren Marchetti Nakamura Oduya Olsen Pemberton Quist Rosenthal Sandoval Thackeray Umarov Vasquez "
        "Whitcombe Yamada Zielinski",
        "Ashford Bayview Clearwater Dunmore Eastgate Fairhaven Glenwood Highfield Ironbridge Kingsley Linden "
        "Millbrook Newbury",
    )
)
_HOUSES = {
    "Teachers’ Pension Fund": "pension",
    "Foundation": "foundation",
    "Family Trust": "trust",
    "Capital Partners": "partnership",
    "Insurance Company": "company",
}
#: Commitments that no call divides evenly.
_ODD = {17: Decimal("333333.33"), 44: Decimal("1234567.89"), 81: Decimal("666666.67")}


def _individual(index: int) -> tuple[str, str]:
    return f"{_FIRST[index % len(_FIRST)]} {_LAST[index * 5 % len(_LAST)]}", "individual"


def _institution(index: int) -> tuple[str, str]:
    house = list(_HOUSES)[index % len(_HOUSES)]
    return f"{_PLACES[index % len(_PLACES)]} {house}", _HOUSES[house]


def _amount(index: int, kind: str) -> Decimal:
    """Institutions promise one to four million, people a quarter of a million to one."""
    if kind == "individual":
        return Decimal(250_000 * (1 + index // 2 % 4))
    return Decimal(1_000_000 + 250_000 * (index * 7 % 13))


def _partners():
    shared = zip(
        SHARED, ("individual", "company", "partnership"), (500_000, 4_000_000, 5_000_000), strict=True
    )
    yield from ((name, kind, Decimal(amount)) for name, kind, amount in shared)
    for index in range(len(SHARED), COUNT):
        name, kind = _institution(index // 2) if index % 2 == 0 else _individual(index)
        yield name, kind, _ODD.get(index, _amount(index, kind))


PARTNERS = tuple(_partners())
assert len({name for name, _, _ in PARTNERS}) == COUNT, "every partner has a name of its own"


def admit(fund: Fund, name: str, kind: str, amount, *, day: date, staff: Staff) -> None:
    """Three partners of the demo fund are in this one too, where that fund is loaded."""
    known = Investor.objects.filter(name=name, created_by=staff.manager).first() if name in SHARED else None
    address = f"{len(name) * 13} Commonwealth Road\nBoston, MA 02116"
    ctx = WriteContext(staff.manager, on(day))
    investor = known or create_investor(name, kind, address=address, ctx=ctx)
    partners.commit(fund_id=fund.pk, investor_id=investor.pk, amount=amount, closing_date=day, ctx=ctx)
