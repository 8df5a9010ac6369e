"""What a page weighs: one style sheet, one script, sent packed, but to nobody who could learn from lengths."""

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from blackgem.static_files import JOINED
from devtools.benchmark.weight import weight_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PACKED = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br"}


@pytest.mark.parametrize(
    "page", ["dashboard:overview", "dashboard:fund_list", "dashboard:shortcuts", "login"]
)
def test_a_page_is_few_requests_and_little_to_send(client, story, page):
    if page != "login":
        client.force_login(story.manager)
    weight = weight_of(client.get(reverse(page)))
    assert weight.requests <= 8
    assert weight.sent <= 150_000


def test_what_is_joined_is_all_that_it_was_written_in(client):
    for name, parts in JOINED.items():
        answer = client.get(f"/static/{name}")
        assert answer.status_code == 200
        joined = b"".join(answer.streaming_content).decode()
        assert all(Path(finders.find(part)).read_text() in joined for part in parts)


def test_every_sheet_stands_in_the_joined_one_or_is_loaded_by_a_page_of_its_own():
    written = {f"css/{one.name}" for one in Path(finders.find("css/base.css")).parent.glob("*.css")}
    assert written - set(JOINED["joined/site.css"]) == {
        "css/admin.css",
        "css/fonts-pdf.css",
        "css/manual.css",
    }


def test_a_page_is_packed_with_another_length_each_time(client):
    client.force_login(UserFactory())
    answers = [client.get("/account/", **PACKED) for _ in range(12)]
    assert {one["Content-Encoding"] for one in answers} == {"gzip"}
    assert b"</html>" in gzip.decompress(answers[0].content)
    assert len({len(one.content) for one in answers}) > 3


@pytest.mark.parametrize("where", ["cross-site", "same-site"])
def test_what_another_site_asked_for_is_not_packed(client, where):
    client.force_login(UserFactory())
    answer = client.get("/account/", HTTP_SEC_FETCH_SITE=where, **PACKED)
    assert "Content-Encoding" not in answer
    assert b"</html>" in answer.content


def test_a_document_is_sent_as_it_is(client, story):
    client.force_login(story.manager)
    answer = client.get(reverse("dashboard:investor_export", args=["xlsx"]), **PACKED)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer
