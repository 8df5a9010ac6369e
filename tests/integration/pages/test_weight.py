"""What a page weighs: one style sheet, one script, sent packed, but to nobody who could learn from lengths."""

import gzip
import re
from itertools import chain
from pathlib import Path

import pytest
from django.contrib import admin
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
        assert all(_as_joined(Path(finders.find(part)).read_text()) in _as_joined(joined) for part in parts)


def _as_joined(text: str) -> str:
    """Without the pictures of a sheet, which stand in the joined one, and without what it imports."""
    return re.sub(r"@import [^;]+;\n|url\([^)]*svg[^)]*\)", "", text)


def test_the_sheet_of_the_administration_has_its_pictures_in_it():
    joined = Path(finders.find("joined/admin.css")).read_text()
    assert not re.findall(r"url\((?!\"data:|\"\.\./fonts/)[^)]*\)|@import", joined)


def test_whatever_a_form_of_the_administration_brings_is_joined(rf):
    scripts = {part for name, parts in JOINED.items() if "admin" in name for part in parts}
    request = rf.get("/")
    request.user = UserFactory(is_staff=True, is_superuser=True)
    for model, page in admin.site._registry.items():
        if page.has_add_permission(request):
            media = page.get_form(request)().media
            assert {str(one) for one in chain(media._js, *media._css.values())} <= scripts, model


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
