"""A fund as of a day: the page and the API say what the statement of the same day says, and what was learnt since."""

import csv
from datetime import date

import pytest
from django.urls import reverse

from tests.integration.capital.test_as_of import Life, at
from tests.integration.funds.reading import text_of
from tests.support.api import Api
from tests.support.staging import staged
from tests.support.statements import statement_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 14)


@staged
def life():
    return Life().live()


def shown(client, life, **asked):
    client.force_login(life.manager)
    return text_of(client.get(reverse("dashboard:fund_position", args=[life.fund.pk]), asked))


def test_known_then_and_known_now_are_one_choice_apart(client, life):
    now = shown(client, life, as_of=str(DAY))
    then = shown(client, life, as_of=str(DAY), known="then")
    assert "as known now" in now
    assert "$563,000.00" in now
    assert "as known when that day ended" in then
    assert "$563,400.00" in then
    for page in (now, then):
        assert "Released $0.00 $1,000.00 $1,000.00" in page.replace("Known then ", "").replace(
            "Known now ", ""
        )


def test_of_a_day_that_holds_nothing_new_nothing_was_learnt(client, life):
    assert "Nothing: what is known of this day now was known" in shown(client, life, as_of=str(life.day))


@pytest.mark.parametrize("asked", ["2999-01-01", "2026-02-30", "yesterday"])
def test_a_day_that_is_none_is_refused_beside_its_field(client, life, asked):
    client.force_login(life.manager)
    answer = client.get(reverse("dashboard:fund_position", args=[life.fund.pk]), {"as_of": asked})
    assert answer.status_code == 422


@pytest.mark.parametrize("known", [None, at(DAY)])
def test_statement_and_api_agree_for_the_day(life, known):
    query = f"?asOf={DAY}" + (f"&knownAt={known:%Y-%m-%dT%H:%M:%SZ}" if known else "")
    position = Api.of(life.manager).read(f"/funds/{life.fund.pk}/position{query}")
    for told, partner in zip(position["partners"], life.partners, strict=True):
        stated = statement_of(
            partner.investor, life.fund.pk, as_of=DAY, at=at(life.day), known_at=known
        ).statement
        names = ("committed", "released", "called", "paid", "outstanding", "distributed", "unfunded")
        assert {name: told[name] for name in names} == {name: getattr(stated, name) for name in names}
    sums = {name: sum(one[name] for one in position["partners"]) for name in position["totals"]}
    assert sums == position["totals"]
    assert [one["committed"] for one in position["deals"]] == [400000]


def test_the_file_says_what_the_page_says(client, life):
    client.force_login(life.manager)
    address = reverse("dashboard:fund_position_export", args=[life.fund.pk, "csv"])
    told = b"".join(client.get(address, {"as_of": str(DAY), "known": "then"}).streaming_content).decode()
    rows = list(csv.DictReader(told.removeprefix("\ufeff").splitlines()))
    assert [row["Unfunded"] for row in rows[:3]] == ["563400.00", "281700.00", "93900.00"]
    assert rows[3]["Whose"] == "All partners"
    assert {row["As of"] for row in rows} == {str(DAY)}
    assert client.get(address, {"as_of": "2999-01-01"}).status_code == 404
