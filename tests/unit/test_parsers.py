"""The work of everything that reads text from outside, on text that grows: linear, or bounded before it begins.

Calls are counted. What one call does inside C is bounded otherwise: a whole number of many digits is read as a Decimal
(whose digits are only stored) or not at all, Python itself reads none of more than 4,300 as an int, and text is put
into Unicode's normal form, whose marks are sorted one by one, where it has a greatest length (`attacks/test_work.py`).
"""

import json
import re
from contextlib import suppress

import pytest
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.http import QueryDict
from django.template import defaultfilters
from django.test import RequestFactory
from django.utils.text import slugify
from pydantic import TypeAdapter
from pydantic import ValidationError as Refused

from blackgem.http import limits
from blackgem.http.errors import BadRequest
from blackgem.http.idempotency import _read_key
from blackgem.http.reading import MAX_BYTES, read_json
from blackgem.http.schemas import Day, Email, Id, Moment, text
from blackgem.identity.passkeys import CredentialField
from blackgem.lib import fields
from blackgem.lib.business_days import is_calendar
from blackgem.lib.days import is_zone, read_moment
from blackgem.lib.entered_amounts import read_amounts
from blackgem.lib.entered_numbers import entered_amount
from blackgem.lib.errors import DomainError
from blackgem.lib.money import (
    MoneyError,
    check_currency,
    parse_amount,
    parse_multiple,
    parse_percent,
    parse_rate,
)
from blackgem.lib.text import forbidden_character, masked
from blackgem.lib.timeline import changes_in_words
from blackgem.middleware import _SAFE_ID
from blackgem.templatetags import blackgem as tags
from devtools.embedded import runtime
from funds.calc import bank_numbers
from funds.calc.codes import fund_code
from funds.calc.names import is_look_alike, skeleton
from tests.support.work import Work, excess, work_of

TIMES = (500, 1000, 2000)
TEMPLATES = runtime.CHECKOUT / "templates"
_SLOW = re.compile(
    r"\|(urlize|urlizetrunc|striptags|wordwrap|truncate\w+_html|truncatewords|removetags|title)\b"
)
REFUSALS = (BadRequest, DomainError, MoneyError, Refused, SuspiciousOperation, ValidationError, ValueError)


def _request(**headers):
    return RequestFactory().get("/", headers={name.replace("_", "-"): one for name, one in headers.items()})


def _address(chain: str) -> str:
    return limits.address_of(_request(X_Forwarded_For=chain))


def _of_schema(kind):
    return TypeAdapter(kind).validate_python


def _amounts(typed: str):
    return read_amounts(QueryDict(f"shown={typed}&amount_1={typed}&amount_{typed}=1"), "USD", "amount_")


def _json_of(typed: str):
    body = json.dumps({typed: [typed, *typed], "number": 1}).replace("1}", f"{typed}}}")
    return read_json(body.encode())


READERS = {
    "amount": parse_amount,
    "amount in yen": lambda typed: parse_amount(typed, currency="JPY"),
    "amount of JSON": lambda typed: [parse_amount(one) for one in read_json(f"[{typed}]".encode())],
    "amount as people write it": lambda typed: entered_amount(typed, currency="INR"),
    "rate": parse_rate,
    "percent": parse_percent,
    "multiple": parse_multiple,
    "currency": check_currency,
    "money in a form": fields.MoneyFormField().clean,
    "percent in a form": fields.PercentFormField().clean,
    "multiple in a form": fields.MultipleFormField().clean,
    "line in a form": fields.PlainTextFormField(max_length=200).clean,
    "lines in a form": fields.PlainLinesFormField().clean,
    "line": _of_schema(text(200)),
    "lines": _of_schema(text(10**9, multi_line=True)),
    "mail": _of_schema(Email),
    "day": _of_schema(Day),
    "moment": _of_schema(Moment),
    "id": _of_schema(Id),
    "moment of a page": lambda typed: read_moment(typed, "Europe/London"),
    "zone": is_zone,
    "calendar": is_calendar,
    "characters": forbidden_character,
    "skeleton": skeleton,
    "code of a fund": fund_code,
    "look-alike": lambda typed: is_look_alike(
        typed, typed[: len(typed) // 2] + "-" + typed[len(typed) // 2 :]
    ),
    "IBAN": bank_numbers.is_iban,
    "BIC": bank_numbers.is_bic,
    "routing number": bank_numbers.is_aba_routing,
    "branch": bank_numbers.is_branch_code,
    "account": bank_numbers.is_account_number,
    "masked": masked,
    "JSON": _json_of,
    "amounts of a table": _amounts,
    "passkey": CredentialField().clean,
    "X-Forwarded-For": _address,
    "X-Request-ID": _SAFE_ID.fullmatch,
    "Idempotency-Key": lambda typed: _read_key(_request(Idempotency_Key=typed)),
    "cookies": lambda typed: _request(Cookie=f"a={typed}; " * 3).COOKIES,
    "query": lambda typed: QueryDict(f"{typed}={typed}"),
    "status word": lambda typed: tags.status("call", typed),
    "label": slugify,
    "line ends on a page": defaultfilters.linebreaksbr,
    "cut short on a page": lambda typed: defaultfilters.truncatechars(typed, 80),
    "escaped on a page": defaultfilters.force_escape,
    "capital on a page": defaultfilters.capfirst,
    "change": lambda typed: changes_in_words({typed: [typed, typed], "amount": [None, typed]}, "USD"),
}
#: What is repeated: digits, letters, what is escaped and what parts one from another, and signs: one that combines,
#: one that turns the line, one that is eighteen in another form.
REPEATED = ("9", "0", "a", "a.", "1,", "-", " ", "\n", '\\"', "[", '{"', "&a=", "%41", ";")
REPEATED += ("\u0301", "\u202e", "\ufdfa")


@pytest.mark.parametrize("name", READERS)
def test_work_grows_as_the_text_does(name):
    over = {}
    for sign in REPEATED:
        works = [_work(READERS[name], sign * times) for times in (TIMES[0], *TIMES)][1:]
        if found := excess(works):
            over[sign] = found
    assert over == {}


def _work(read, typed: str) -> Work:
    def act():
        with suppress(*REFUSALS):
            read(typed)

    return work_of(act)


@pytest.mark.parametrize(
    "unit", ['\\"', '"', "[", "{}", "[1],", "1,", '"a":1,', "1e9", "\\", "\u00e9", "9", "-"]
)
def test_a_body_of_the_greatest_length_is_read_or_refused_in_linear_work(unit):
    def read(size):
        count = size // len(unit.encode())
        return _work(read_json, ("[" + unit * count + "0]").encode())

    small, large = (read(MAX_BYTES // part).calls for part in (64, 8))
    assert large <= 8 * small * 1.1 + 400


@pytest.mark.parametrize("number", ["1e9999999999999999999", "1.5e-9999999999999999999"])
def test_an_exponent_beyond_every_number_is_no_json(number):
    with pytest.raises(BadRequest, match="not JSON"):
        read_json(f"[{number}]".encode())


@pytest.mark.parametrize("number", ["9" * 100_000, "-" + "9" * 5_000, "0." + "1" * 100_000])
def test_more_digits_than_any_amount_has_are_read_and_refused(number):
    [read] = read_json(f"[{number}]".encode())
    with pytest.raises(MoneyError):
        parse_amount(read)


def test_a_loop_in_one_line_of_our_own_is_counted():
    assert work_of(lambda: skeleton("a" * 200)).lines - work_of(lambda: skeleton("a" * 100)).lines >= 100


def test_more_than_linear_work_is_found():
    """The control: a list that is looked through for each of its items, and one statement's text for each of them."""
    quadratic = [work_of(lambda n=n: [len(REPEATED) for _ in range(n * n)]) for n in (20, 40, 80)]
    assert "calls" in excess(quadratic)
    assert excess([Work(1000 + n, 5, 10 * n, n * n) for n in (100, 200, 400)]).startswith("bytes")
    assert excess([Work(1000 + 7 * n, n, 10 * n, n) for n in (100, 200, 400)]) == ""


def test_templates_use_no_filter_that_looks_for_markup_or_addresses_in_a_text():
    """`urlize`, `striptags` and the like look again from each sign; what the others do is counted above."""
    found = [path.name for path in TEMPLATES.rglob("*.*") if _SLOW.search(path.read_text())]
    assert found == []
