"""Who signs in to the demonstration, and how its investors are called."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.contrib.auth.hashers import make_password

from blackgem.lib.context import WriteContext
from blackgem.lib.opened import open_import
from blackgem.models import User
from funds.models import Investor
from funds.services import members, partners, portal_access

DOMAIN = "demo.example"


@dataclass(frozen=True)
class Staff:
    """The people behind the funds, and the password hash that all of the demonstration share."""

    manager: User
    approver: User
    analyst: User
    auditor: User
    admin: User
    password_hash: str


def create_staff(password: str) -> Staff:
    """The five logins of the house. Hashing takes long on purpose, so one hash serves them all."""
    hashed = make_password(password)
    open_import()  # the manager's right to open funds is given by no request
    return Staff(
        manager=_user("manager", "Morgan Reyes", hashed, opens_funds=True),
        approver=_user("approver", "Priya Nair", hashed),
        analyst=_user("analyst", "Alex Chen", hashed),
        auditor=_user("auditor", "Sam Whitfield", hashed),
        admin=_user("admin", "Robin Castle", hashed, is_staff=True, is_superuser=True),
        password_hash=hashed,
    )


def _user(mailbox: str, full_name: str, hashed: str, **rights) -> User:
    values = {"full_name": full_name, "password": hashed, **rights}
    return User.objects.get_or_create(email=f"{mailbox}@{DOMAIN}", defaults=values)[0]


def join(fund, staff: Staff, at: datetime) -> None:
    """Give the rest of the house its roles in a fund that the manager created."""
    for user, role in ((staff.approver, "manager"), (staff.analyst, "analyst"), (staff.auditor, "auditor")):
        members.set_member(fund_id=fund.pk, email=user.email, role=role, ctx=WriteContext(staff.manager, at))


def create_investor(
    name: str, kind: str, *, attention: str = "", address: str, ctx: WriteContext
) -> Investor:
    """An investor, whose notices go to the address made from its name."""
    fields = {
        "name": name,
        "kind": kind,
        "attention": attention,
        "address": address,
        "email": f"{mailbox_of(name)}@{DOMAIN}",
        "country": "United States",
    }
    return partners.create_investor(fields=fields, ctx=ctx)


def open_portal(investor: Investor, staff: Staff, at: datetime) -> None:
    """Let the investor's contact sign in."""
    contact = investor.contacts.get()
    contact.user = _user(contact.email.partition("@")[0], contact.name, staff.password_hash)
    contact.save(update_fields=["user"])
    portal_access.grant(contact, ctx=WriteContext(staff.manager, at))


def mailbox_of(name: str) -> str:
    """ "Peter Novák" is peter.novak: letters and digits alone, words joined by points."""
    letters = (
        sign for sign in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(sign)
    )
    words = "".join(
        sign if sign.isascii() and sign.isalnum() else " " for sign in letters if sign not in "'’"
    )
    return ".".join(words.split())


def on(day: date, hour: int = 15) -> datetime:
    """That day in working hours."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
