"""The shapes of bank numbers: what a check digit can tell before money goes astray.

IBAN: ISO 13616, lengths by country from the SWIFT registry. BIC: ISO 9362. Routing number: ABA, with its checksum.
"""

import re

IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "FO", "GL", "NL"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "XK"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "CR", "DE", "GB", "GE", "IE", "ME", "RS", "VA"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "OM", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("BI", "DJ", "FR", "GR", "IT", "MC", "MR", "SM"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HU", "LB", "NI", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    **dict.fromkeys(("LC",), 32),
}
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_ACCOUNT = re.compile(r"[A-Z0-9](?:[A-Z0-9 ./-]*[A-Z0-9])?", re.IGNORECASE)
_BRANCH = re.compile(r"[0-9](?:[0-9 -]{1,18}[0-9])?")
_ABA_WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7, 1)


def compact(number: str) -> str:
    """As it is stored: capitals, without the spaces that people put in."""
    return "".join(number.split()).upper()


def is_iban(number: str) -> bool:
    """A compact IBAN of a country that has them, of that country's length, with right check digits."""
    if not _IBAN.fullmatch(number) or len(number) != IBAN_LENGTHS.get(number[:2]):
        return False
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1


def is_bic(code: str) -> bool:
    return _BIC.fullmatch(code) is not None


def is_aba_routing(number: str) -> bool:
    """Nine digits whose weighted sum is a multiple of ten; nine zeros are not a bank."""
    if not re.fullmatch(r"[0-9]{9}", number) or number == "0" * 9:
        return False
    return sum(int(digit) * weight for digit, weight in zip(number, _ABA_WEIGHTS, strict=True)) % 10 == 0


def is_branch_code(number: str) -> bool:
    """A sort, transit or branch code of another country: digits, spaces and hyphens."""
    return _BRANCH.fullmatch(number) is not None


def is_account_number(number: str) -> bool:
    return _ACCOUNT.fullmatch(number) is not None and any(sign.isdigit() for sign in number)


def masked(number: str) -> str:
    """Only the last four signs: "•••• 6789". Shorter numbers are hidden whole; nothing stays nothing."""
    if not number:
        return ""
    return f"•••• {number[-4:]}" if len(number) > 6 else "••••"
