"""K. What an investor takes away: letters in one ZIP, each by the rights of the moment. docs/attacks.md leads here."""

from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest

from blackgem.models import AuditEvent
from funds.models import Fund, Notice, NoticeReading
from tests.access.world import World
from tests.agreement.files import csv_rows
from tests.support.opened import written
from tests.support.pages import text_of
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
ADDRESS = "/portal/documents/documents.zip"


@staged
def world():
    world = World.make()
    assert world.ids
    return world


@pytest.fixture
def investor(client, world):
    client.force_login(world.people["lp_a"])
    return client


def own_letters(world):
    return list(Notice.objects.filter(commitment=world.story.partners[0]).order_by("pk"))


def opened(answer) -> tuple[dict[str, bytes], list[dict]]:
    """The letters of an archive by path, and its contents."""
    assert answer.status_code == 200, answer
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/zip",
        'attachment; filename="documents.zip"',
    )
    archive = ZipFile(BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    files = {name: archive.read(name) for name in archive.namelist()}
    return files, csv_rows(files.pop("Contents.csv"))


def test_all_of_a_filter_and_what_was_ticked_are_in_it_and_noted_as_opened(investor, world):
    letters = own_letters(world)
    files, contents = opened(investor.get(ADDRESS, {"of": "all"}))
    assert len(files) == len(contents) == len(letters) > 2
    assert all(content.startswith(b"%PDF") for content in files.values())
    assert {row["File"] for row in contents} == set(files)
    assert {row["Investor"] for row in contents} == {world.story.partners[0].investor.name}
    assert set(NoticeReading.objects.values_list("notice", "deed", "by")) == {
        (one.pk, "opened", world.people["lp_a"].pk) for one in letters
    }
    chosen = letters[:2]
    asked = {"of": "chosen", "document": [str(one.public_id) for one in chosen]}
    _, contents = opened(investor.get(ADDRESS, asked))
    assert {row["Number"] for row in contents} == {one.number for one in chosen}
    _, contents = opened(investor.get(ADDRESS, asked | {"of": "all"}))
    assert len(contents) == len(letters)
    early = min(one.dated_on for one in letters)
    _, contents = opened(investor.get(ADDRESS, {"of": "all", "until": early.isoformat()}))
    assert {row["Date"] for row in contents} == {early.isoformat()}
    assert investor.get(ADDRESS, {"of": "chosen"})["Location"] == "/portal/documents/"


def test_one_id_of_another_and_there_is_no_archive(investor, world):
    own = str(own_letters(world)[0].public_id)
    theirs = Notice.objects.filter(commitment=world.story.partners[1]).first()
    answers = [
        investor.get(
            ADDRESS, {"of": "chosen", "document": [own, other]}, headers={"X-Request-ID": "the-same-for-all"}
        )
        for other in (str(theirs.public_id), str(uuid4()), str(theirs.pk), "x", "1 OR 1=1")
    ]
    assert {one.status_code for one in answers} == {404}
    assert len({text_of(one) for one in answers}) == 1
    assert NoticeReading.objects.count() == 0


def test_a_right_that_ends_while_it_is_sent_leaves_out_what_is_left(investor, world):
    answer = investor.get(ADDRESS, {"of": "all"})
    sent = iter(answer.streaming_content)
    parts = [next(sent)]
    with written():
        world.story.partners[0].investor.contacts.filter(user=world.people["lp_a"]).update(user=None)
    archive = ZipFile(BytesIO(b"".join([*parts, *sent])))
    contents = csv_rows(archive.read("Contents.csv"))
    assert len(archive.namelist()) == 2
    assert [bool(row["File"]) for row in contents] == [True, *[False] * (len(contents) - 1)]
    assert {row["Left out"] for row in contents[1:]} == {"You may not read this letter any more."}
    assert NoticeReading.objects.count() == 1


def test_whose_account_is_closed_while_it_is_sent_gets_nothing_more(investor, world):
    answer = investor.get(ADDRESS, {"of": "all"})
    with written():
        type(world.people["lp_a"]).objects.filter(pk=world.people["lp_a"].pk).update(is_active=False)
    files, contents = opened(answer)
    assert files == {}
    assert all(row["Left out"] for row in contents)


def test_a_letter_whose_seal_is_broken_is_held_back_and_said_so(investor, world, monkeypatch):
    first = own_letters(world)[0]
    names = (
        "fund",
        "commitment",
        "kind",
        "subject_id",
        "item_id",
        "number",
        "facts",
        "dated_on",
        "created_by",
    )
    with written():
        given = {name: getattr(first, name) for name in names}
        forged = Notice.objects.create(**given, version=first.version + 1)
    monkeypatch.setattr("tests.access.world.seal_of_letter", lambda *_: "0" * 64)
    world.render_one(forged)
    files, contents = opened(investor.get(ADDRESS, {"of": "all"}))
    assert len(files) == len(contents) - 1
    [row] = [one for one in contents if one["Left out"]]
    assert (row["Number"], row["Version"], row["File"]) == (forged.number, str(forged.version), "")
    assert "held back" in row["Left out"]
    assert AuditEvent.objects.filter(verb="hold_back_letter").count() == 1


def test_names_lead_out_of_no_folder_and_into_no_formula(investor, world):
    with written():
        Fund.objects.filter(pk=world.story.fund.pk).update(name="=../..\\กองทุน/CON")
    files, contents = opened(investor.get(ADDRESS, {"of": "all"}))
    assert {name.partition("/")[0] for name in files} == {"=.. .. กองทุน CON"}
    assert {row["Fund"][0] for row in contents} == {"'"}


def test_a_manager_who_looks_takes_the_same_and_leaves_no_mark(client, world):
    client.force_login(world.story.manager)
    client.post(f"/portal/view-as/{world.story.partners[0].pk}/")
    files, _ = opened(client.get(ADDRESS, {"of": "all"}))
    assert len(files) == len(own_letters(world))
    assert NoticeReading.objects.count() == 0


def test_no_more_than_a_few_at_once_and_not_without_bound(investor, world, monkeypatch):
    monkeypatch.setattr("portal.views.documents.MOST_LETTERS", 1)
    assert investor.get(ADDRESS, {"of": "all"}).status_code == 400
    page = investor.get("/portal/documents/").content.decode()
    assert "Narrow the list to at most 1" in page
    assert 'value="all"' not in page
