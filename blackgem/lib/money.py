"""Money: one strict parser, one rounding, the only splitter of cents, one way to print an amount.

Decimal and integers throughout; nothing here accepts or makes a binary floating-point number. The results do
not depend on the caller's decimal context.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import lcm

from blackgem.lib.currencies import CURRENCIES, Currency
from blackgem.lib.errors import Fault, InvalidInput
from blackgem.lib.words import whole_number_in_words

CENT = Decimal("0.01")
TOO_LARGE = 10**13
CAP = Decimal(TOO_LARGE)  # amounts are below it, so that a client that parses to a double keeps every cent
MOST_DECIMALS = max(currency.exponent for currency in CURRENCIES.values())
RATE_PLACES = 8
MULTIPLE_PLACES = 4
NO_BREAK_SPACE = "\u00a0"

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_PLAIN_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_ACCEPTED_RATE = "Enter a rate as a fraction such as 0.08 for 8 %: digits, with a point before the decimals."
_ACCEPTED_PERCENT = "Enter percent from 0 to 100 such as 8 or 12.5: at most six decimals after a point."
_ACCEPTED_MULTIPLE = "Enter a multiple from 1 to 10 such as 1.2: at most four decimals after a point."

_IN_WORDS = {2: "two", 3: "three"}

Weight = Decimal | Fraction | int


class MoneyError(InvalidInput):
    """An amount, rate or currency that could never be right."""


class Unshowable(MoneyError):
    """An amount that was worked out or read, and is finer than its currency: a fault of ours, never of who asks."""

    status = 500


def is_fault(error: Exception, *, reads: bool) -> bool:
    """Whether a refusal is a fault of the server's: 500 and an alarm. Who only reads has given no amount."""
    return isinstance(error, Fault | Unshowable) or (reads and isinstance(error, MoneyError))


class ZeroWeights(MoneyError):
    """There is nobody to split an amount over."""

    def __init__(self) -> None:
        super().__init__("zero_weights", "The amount cannot be split: every share is zero.")


class ExponentNumber(Decimal):
    """A number that was written with an exponent. Its value is exact, its spelling is not one for money."""


# ---------------------------------------------------------------- reading


def json_decimal(literal: str) -> Decimal:
    """The `parse_float` for JSON: exact; it remembers an exponent (`1e1`), for `parse_amount` to refuse."""
    return ExponentNumber(literal) if "e" in literal.lower() else Decimal(literal)


def parse_amount(
    value: object,
    *,
    currency: str | None = "USD",
    allow_negative: bool = False,
    allow_zero: bool = False,
    field: str | None = None,
) -> Decimal:
    """Read an amount from JSON (int, Decimal, str), a form or a file.

    Digits with at most the currency's decimals after a point, below its cap; "8000.00" is 8,000 yen. `None` stands for
    a currency that is not known yet: at most `MOST_DECIMALS`, and whoever knows it parses the result again. The result
    has the currency's decimals, or as many as were written where it is not known. Nothing is rounded or guessed;
    `field` names the input in what is refused.

    Raises MoneyError: amount.invalid, .max_decimal_places, .too_large, .min_value; currency.unsupported.
    """
    try:
        return _parse_amount(value, currency, allow_negative=allow_negative, allow_zero=allow_zero)
    except MoneyError as error:
        if field:
            raise MoneyError(error.code, error.message, field=field) from error
        raise


def _parse_amount(value: object, currency: str | None, *, allow_negative: bool, allow_zero: bool) -> Decimal:
    accepted = _accepted_amount(currency)
    negative, whole, decimals = _read_number(value, "amount.invalid", accepted)
    places = MOST_DECIMALS if currency is None else _currency(currency).exponent
    if len(decimals) > max(places, 2) or len(decimals.rstrip("0")) > places:
        most = _at_most(places) if currency is None else f"In {currency}, {_at_most(places).lower()}"
        raise MoneyError("amount.max_decimal_places", f"{most}, please. {accepted}")
    cap = cap_of(currency)
    if len(whole) >= len(str(cap)):
        raise MoneyError("amount.too_large", f"The amount must be below {cap:,}. {accepted}")
    kept = max(2, len(decimals)) if currency is None else places
    amount = Decimal(f"{whole}.{decimals[:kept]:0<{kept}}")
    _check_sign(amount, accepted, negative=negative, allow_negative=allow_negative, allow_zero=allow_zero)
    return amount.copy_negate() if negative and amount else amount


def _accepted_amount(currency: str | None) -> str:
    """How an amount is written, for people."""
    places = MOST_DECIMALS if currency is None else _currency(currency).exponent
    decimals = f", then {_at_most(places).lower()} after a point" if places else " alone"
    return (
        f"Enter an amount such as {Decimal(1250000):.{2 if currency is None else places}f}: digits{decimals}."
    )


def _at_most(places: int) -> str:
    return f"At most {_IN_WORDS[places]} decimals" if places else "No decimals"


def parse_rate(value: object) -> Decimal:
    """Read a rate as a fraction from 0 to 1 with at most eight decimals (0.08 is 8 %).

    Raises MoneyError: rate.invalid, rate.max_decimal_places, rate.out_of_range.
    """
    negative, whole, decimals = _read_number(value, "rate.invalid", _ACCEPTED_RATE)
    decimals = decimals.rstrip("0")
    if len(decimals) > RATE_PLACES:
        raise MoneyError(
            "rate.max_decimal_places", f"At most {RATE_PLACES} decimals, please. {_ACCEPTED_RATE}"
        )
    rate = Decimal(f"{whole}.{decimals:0<{RATE_PLACES}}")
    if rate > 1 or (negative and rate):
        raise MoneyError("rate.out_of_range", f"A rate lies between 0 and 1. {_ACCEPTED_RATE}")
    return rate


def parse_multiple(value: object) -> Decimal:
    """Read a multiple from 1 to 10 with at most four decimals (1.2 is a hundred and twenty percent of the whole).

    Raises MoneyError: multiple.invalid, multiple.max_decimal_places, multiple.out_of_range.
    """
    negative, whole, decimals = _read_number(value, "multiple.invalid", _ACCEPTED_MULTIPLE)
    decimals = decimals.rstrip("0")
    if len(decimals) > MULTIPLE_PLACES:
        message = f"At most {MULTIPLE_PLACES} decimals, please. {_ACCEPTED_MULTIPLE}"
        raise MoneyError("multiple.max_decimal_places", message)
    multiple = Decimal(f"{whole}.{decimals:0<{MULTIPLE_PLACES}}")
    if negative or not 1 <= multiple <= 10:
        raise MoneyError("multiple.out_of_range", f"A multiple lies between 1 and 10. {_ACCEPTED_MULTIPLE}")
    return multiple


def parse_percent(value: object) -> Decimal:
    """Read a rate typed in percent ("8" is 0.08), at most six decimals. Errors as `parse_rate`."""
    negative, whole, decimals = _read_number(value, "rate.invalid", _ACCEPTED_PERCENT)
    shifted = f"{'-' if negative else ''}{whole[:-2] or 0}.{whole[-2:]:0>2}{decimals}"
    try:
        return parse_rate(shifted)
    except MoneyError as error:
        raise MoneyError(error.code, _ACCEPTED_PERCENT) from error


def check_currency(code: object) -> str:
    """Return `code` if it is a supported ISO code; raise MoneyError("currency.unsupported") otherwise."""
    if isinstance(code, str) and code in CURRENCIES:
        return code
    raise MoneyError("currency.unsupported", f"Choose one of these currency codes: {', '.join(CURRENCIES)}.")


def check_precision(amount: Decimal, currency: str) -> Decimal:
    """Return `amount` if it has no more decimals than the currency; raise MoneyError otherwise."""
    exponent = _currency(currency).exponent
    if amount != amount.quantize(unit_of(currency), context=_EXACT):
        accepted = "whole amounts only" if exponent == 0 else f"at most {exponent} decimals"
        raise MoneyError("amount.max_decimal_places", f"In {currency}, {accepted} are accepted.")
    return amount


def cap_of(currency: str | None) -> Decimal:
    """Amounts are below it: fifteen digits, so that a client that parses to a double keeps every one of them."""
    return CAP / 10 if currency is not None and _currency(currency).exponent > 2 else CAP


def unit_of(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for USD, 1 for JPY. Pass it to `split`."""
    return Decimal(1).scaleb(-_currency(currency).exponent)


def _currency(code: str) -> Currency:
    return CURRENCIES[check_currency(code)]


def _read_number(value: object, code: str, accepted: str) -> tuple[bool, str, str]:
    """Sign, whole digits without leading zeros, and decimal digits of a plainly written number."""
    match = _PLAIN_NUMBER.fullmatch(_as_text(value))
    if match is None:
        raise MoneyError(code, accepted)
    return match[1] == "-", match[2].lstrip("0") or "0", match[3] or ""


def _as_text(value: object) -> str:
    """The value as written without an exponent; empty for anything that is not plainly a number."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(max(-TOO_LARGE, min(value, TOO_LARGE)))  # Python refuses to print thousands of digits
    if isinstance(value, Decimal) and not isinstance(value, ExponentNumber):
        exponent = value.as_tuple().exponent  # a letter for NaN and infinity
        return f"{value:f}" if isinstance(exponent, int) and -1000 < exponent <= 0 else ""
    return ""


def _check_sign(
    amount: Decimal, accepted: str, *, negative: bool, allow_negative: bool, allow_zero: bool
) -> None:
    if (negative and not allow_negative) or (amount == 0 and not allow_zero):
        least = "not be zero" if allow_negative else "be zero or more" if allow_zero else "be more than zero"
        raise MoneyError("amount.min_value", f"The amount must {least}. {accepted}")


# ---------------------------------------------------------------- rounding and splitting


def round_to_unit(amount: Decimal | Fraction | int, unit: Decimal) -> Decimal:
    """Round to a whole number of units, half away from zero. Exact for fractions too."""
    if isinstance(amount, Decimal):
        return _EXACT.plus(amount.quantize(unit, context=_EXACT))  # plus turns -0.00 into 0.00
    exact = Fraction(_exact(amount)) / Fraction(unit)
    units = int(abs(exact) + Fraction(1, 2))
    return from_units(units if exact >= 0 else -units, unit)


def to_units(amount: Decimal | int, unit: Decimal = CENT) -> int:
    """How many units (cents) an amount holds; raises MoneyError if it is not a whole number of them."""
    count = Fraction(_exact(amount)) / Fraction(unit)
    if count.denominator != 1:
        raise MoneyError("amount.max_decimal_places", f"{amount} is not a whole number of {unit}.")
    return count.numerator


def from_units(count: int, unit: Decimal = CENT) -> Decimal:
    """The amount that `count` units make."""
    return _EXACT.multiply(Decimal(count), unit)


def split(total: Decimal | int, weights: Sequence[Weight], unit: Decimal = CENT) -> list[Decimal]:
    """Split `total` over `weights` by largest remainder (Hamilton), exactly, in whole units.

    Ties go to the larger weight, then to list order; a zero weight never gets a unit; a negative total is
    the mirror of its positive. Remainders are integers, so that no tie is decided by rounding. Raises
    ZeroWeights, and MoneyError if `total` is not a whole number of units or a weight is negative.
    """
    whole = whole_weights(weights)
    all_weights = sum(whole)
    if not all_weights:
        raise ZeroWeights
    count = to_units(total, unit)
    shares, remainders = zip(*(divmod(abs(count) * weight, all_weights) for weight in whole), strict=True)
    parts = list(shares)
    order = sorted(range(len(whole)), key=lambda i: (-remainders[i], -whole[i], i))
    for i in order[: abs(count) - sum(shares)]:
        parts[i] += 1
    signed = [part if count >= 0 else -part for part in parts]
    assert sum(signed) == count, "the parts of a split equal the whole"
    return [from_units(part, unit) for part in signed]


def whole_weights(weights: Sequence[Weight]) -> list[int]:
    """The same proportions as integers, to compare shares exactly. Raises MoneyError if one is negative."""
    whole, _ = as_integers(weights)
    if min(whole, default=0) < 0:
        raise MoneyError("weight.negative", "A share cannot be negative.")
    return whole


def as_integers(numbers: Sequence[Weight]) -> tuple[list[int], int]:
    """Numbers over one common denominator: the numerators, and that denominator."""
    ratios = [_exact(number).as_integer_ratio() for number in numbers]
    denominator = lcm(*(below for _, below in ratios))
    return [above * (denominator // below) for above, below in ratios], denominator


def _exact(number: Weight) -> Weight:
    if isinstance(number, Decimal | Fraction | int) and not isinstance(number, bool):
        return number
    raise TypeError(f"money is Decimal, Fraction or int, not {type(number).__name__}")


# ---------------------------------------------------------------- printing


def _check_shown(amount: Decimal, currency: str) -> None:
    try:
        check_precision(amount, currency)
    except MoneyError as error:
        raise Unshowable(error.code, error.message) from error


def format_money(amount: Decimal, currency: str = "USD") -> str:
    """An amount for people: "$1,250,000.00", negative in parentheses, "CHF 1,250.00" without a symbol.

    Raises Unshowable if the amount has more decimals than its currency: nothing is rounded by showing it.
    """
    known = _currency(currency)
    _check_shown(amount, currency)
    shown = f"{known.symbol or known.code + NO_BREAK_SPACE}{amount.copy_abs():,.{known.exponent}f}"
    return f"({shown})" if amount < 0 else shown


def format_rate(rate: Decimal) -> str:
    """A rate with as many decimals as it has, at least none: 0.08 is "8%", 0.0825 is "8.25%"."""
    return f"{(rate * 100).normalize():f}%"


def format_money_short(amount: Decimal, currency: str = "USD") -> str:
    """The same without cents where there are none: "$8,000"."""
    zeros = f".{'0' * _currency(currency).exponent}"
    return (
        format_money(amount, currency).replace(zeros, "")
        if len(zeros) > 1
        else format_money(amount, currency)
    )


def plain_amount(amount: Decimal, currency: str) -> str:
    """An amount as `parse_amount` takes it back: the currency's decimals, no grouping. Errors as `format_money`."""
    _check_shown(amount, currency)
    return f"{amount:.{_currency(currency).exponent}f}"


def amount_hint(currency: str, example: int) -> str:
    """How an amount may be typed: "Such as 6,000.00"."""
    return f"Such as {example:,.{_currency(currency).exponent}f}"


def amount_in_words(amount: Decimal, currency: str = "USD") -> str:
    """An amount as banks write it: "Eight thousand US dollars and 00/100". Exact below `CAP`."""
    known = _currency(currency)
    _check_shown(amount, currency)
    whole, units = divmod(to_units(amount.copy_abs(), unit_of(currency)), 10**known.exponent)
    name = known.singular if whole == 1 else known.plural
    sign = "minus " if amount < 0 else ""
    text = f"{sign}{whole_number_in_words(whole)} {name}"
    fraction = f" and {units:0{known.exponent}d}/{10**known.exponent}" if known.exponent else ""
    return text[0].upper() + text[1:] + fraction
