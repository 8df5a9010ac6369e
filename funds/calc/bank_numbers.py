"""The shapes of bank numbers: what a check digit can tell before money goes astray.

IBAN (ISO 13616), BIC (ISO 9362) and ABA routing numbers are checked by `python-stdnum`.
"""

import re

from stdnum import bic, iban
from stdnum.us import rtn

_ACCOUNT = re.compile(r"[A-Z0-9](?:[A-Z0-9 ./-]*[A-Z0-9])?", re.IGNORECASE)
_BRANCH = re.compile(r"[0-9](?:[0-9 -]{1,18}[0-9])?")


def compact(number: str) -> str:
    """As it is stored: capitals, without the spaces that people put in."""
    return "".join(number.split()).upper()


def is_iban(number: str) -> bool:
    """A compact IBAN of a country that has them, with that country's length and right check digits."""
    return number == compact(number) and iban.is_valid(number)


def is_bic(code: str) -> bool:
    """A compact BIC of eight or eleven signs."""
    return code == compact(code) and bic.is_valid(code)


def is_aba_routing(number: str) -> bool:
    """Nine digits with the right check digit; nine zeros are not a bank."""
    return number.strip("0") != "" and number == compact(number) and rtn.is_valid(number)


def is_branch_code(number: str) -> bool:
    """A sort, transit or branch code of another country: digits, spaces and hyphens."""
    return _BRANCH.fullmatch(number) is not None


def is_account_number(number: str) -> bool:
    return _ACCOUNT.fullmatch(number) is not None and any(sign.isdigit() for sign in number)
