"""An investor's own token: it finds its ids, reads by them what its pages show, and nothing of anybody else."""

from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from pypdf import PdfReader

from funds.models import NoticeReading
from tests.access.world import World
from tests.agreement.files import csv_rows
from tests.support.api import Api, problem
from tests.support.opened import written
from tests.support.staging import staged

from .everything import OWN, OWN_STATEMENTS

pytestmark = pytest.mark.django_db


@staged
def world():
    world = World.make()
    assert world.ids
    return world


@pytest.fixture
def api(world):
    return Api(world.tokens["lp_a"])


def test_it_finds_its_ids_and_by_them_its_statement(world, api):
    [own] = api.read("/portal/commitments")["commitments"]
    partner = world.story.partners[0]
    assert (own["commitmentId"], own["investorName"]) == (str(partner.public_id), partner.investor.name)
    told = api.read(f"/investors/{own['investorId']}/statement?fundId={own['fundId']}")
    assert (told["commitmentId"], told["committed"]) == (own["commitmentId"], own["committed"])
    for path, rows in (
        ("/portal/capital-calls", "capitalCalls"),
        ("/portal/payments", "payments"),
        ("/portal/distributions", "distributions"),
        ("/portal/letters", "letters"),
    ):
        answer = api.read(f"{path}?fundId={own['fundId']}")
        assert answer["total"] == len(answer[rows]) > 0
        assert {one["commitmentId"] for one in answer[rows]} == {own["commitmentId"]}
        assert api.read(f"{path}?fundId={uuid4()}") == {rows: [], "total": 0}
        assert api.read(f"{path}?startDate=2199-01-01")["total"] == 0
        problem(api.get(f"{path}?fundId=7"), 422)
        assert len(api.read(f"{path}?limit=1&page=1")[rows]) == 1


@pytest.mark.parametrize(
    ("path", "rows", "amounts"),
    [
        (
            "capital-calls",
            "calls",
            {"calledAmount": "Called", "paidAmount": "Paid", "outstanding": "Still due"},
        ),
        ("payments", "payments", {"amount": "Amount"}),
        ("distributions", "distributions", {"grossAmount": "Gross", "netAmount": "Net"}),
        ("commitments", "commitments", {"unfunded": "Unfunded", "distributed": "Distributed"}),
    ],
)
def test_it_says_what_the_files_say(world, api, client, path, rows, amounts):
    answer = api.read(f"/portal/{path}")
    listed = next(value for value in answer.values() if isinstance(value, list))
    client.force_login(world.people["lp_a"])
    file = csv_rows(b"".join(client.get(f"/portal/{rows}/export.csv").streaming_content))
    assert len(file) == len(listed)
    for one, row in zip(listed, file, strict=True):
        assert {name: Decimal(str(one[name])) for name in amounts} == {
            name: Decimal(row[head]) for name, head in amounts.items()
        }


def test_a_letter_is_read_and_that_it_was_is_written_down(world, api):
    letter = api.read("/portal/letters")["letters"][0]
    answer = api.get(f"/portal/letters/{letter['id']}/pdf")
    assert PdfReader(BytesIO(answer.content)).pages
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{letter["number"]}-v1.pdf"')
    [reading] = NoticeReading.objects.all()
    assert (str(reading.notice.public_id), reading.by, reading.deed) == (
        letter["id"],
        world.people["lp_a"],
        "opened",
    )


def test_of_others_it_is_told_what_it_is_told_of_nobody(world, api):
    nobodys = api.get(f"/portal/letters/{uuid4()}/pdf")
    theirs = api.get(f"/portal/letters/{world.ids['notice']}/pdf")
    assert nobodys.status_code == theirs.status_code == 404
    assert problem(nobodys, 404, "not_found") == problem(theirs, 404, "not_found")
    assert set(nobodys.headers) == set(theirs.headers)
    assert NoticeReading.objects.count() == 0
    told = "".join(api.get(path).content.decode() for path in (*OWN, OWN_STATEMENTS))
    for other in (*world.story.partners[1:], world.story.gp):
        assert other.investor.name not in told
        assert str(other.public_id) not in told
    for name in ("manager", "analyst", "other", "admin"):
        for path in (*OWN, OWN_STATEMENTS):
            assert Api(world.tokens[name]).read(path)["total"] == 0


def test_a_right_that_ended_ends_here_too(world, api):
    letter = api.read("/portal/letters")["letters"][0]["id"]
    with written():
        world.story.partners[0].investor.contacts.filter(user=world.people["lp_a"]).update(user=None)
    assert [api.read(path)["total"] for path in (*OWN, OWN_STATEMENTS)] == [0] * (len(OWN) + 1)
    problem(api.get(f"/portal/letters/{letter}/pdf"), 404, "not_found")


@pytest.mark.parametrize("path", OWN)
def test_however_long_a_list_is_it_takes_as_few_queries(world, api, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        assert api.get(path).status_code == 200


def test_it_is_told_all_its_statements_with_their_sums(world, api):
    [own] = api.read("/portal/commitments")["commitments"]
    one = api.read(f"/investors/{own['investorId']}/statement")
    told = api.read(OWN_STATEMENTS)
    [stated], [sums] = told["statements"], told["sums"]
    of_worth = {"nav", "irr", "gross", "multiples"}
    assert {name: stated[name] for name in stated.keys() - of_worth} == {
        name: one[name] for name in one.keys() - of_worth
    }
    assert {name: stated[name] for name in sums} == sums
    assert told["later"] == []
    problem(api.get(f"{OWN_STATEMENTS}?asOf=2199-01-01"), 422, "as_of.future")
    problem(api.get(f"{OWN_STATEMENTS}?asOf=1990-01-01"), 422, "as_of.too_early")


def test_it_asks_and_reads_what_it_is_answered(world, api, mailoutbox):
    item = api.read("/portal/capital-calls")["capitalCalls"][0]["itemId"]
    asked = api.made(f"/portal/capital-calls/{item}/questions", {"text": " May we pay\nin two parts? "})
    assert (asked["itemId"], asked["fromFund"], asked["text"]) == (item, False, "May we pay\nin two parts?")
    manager = Api(world.tokens["manager"])
    waiting = manager.read("/questions?state=WAITS")["questions"]
    [question] = [one for one in waiting if one["messages"][-1]["text"] == asked["text"]]
    question = manager.read(f"/questions/{question['id']}")
    assert (question["state"], question["messages"][-1]["text"]) == ("WAITS", asked["text"])
    answered = manager.made(f"/questions/{question['id']}/answers", {"text": "Yes."})
    assert (answered["state"], answered["messages"][-1]["text"]) == ("ANSWERED", "Yes.")
    assert manager.read(f"/questions/{question['id']}") == answered
    assert answered["id"] not in {one["id"] for one in manager.read("/questions?state=WAITS")["questions"]}
    told = api.read("/portal/questions")["messages"]
    assert [(one["author"], one["text"]) for one in told[:2]] == [
        ("The fund", "Yes."),
        (asked["author"], asked["text"]),
    ]
    assert world.story.manager.full_name not in str(told)


def test_nobody_asks_about_what_is_not_its_own(world, api):
    theirs = world.ids["call_part_id"]
    nothing = problem(api.post(f"/portal/capital-calls/{uuid4()}/questions", {"text": "?"}), 404)
    assert problem(api.post(f"/portal/capital-calls/{theirs}/questions", {"text": "?"}), 404) == nothing
    problem(api.post(f"/questions/{world.ids['question_id']}/answers", {"text": "No."}), 404)
    auditor = Api(world.tokens["auditor"])
    problem(auditor.post(f"/questions/{world.ids['question_id']}/answers", {"text": "No."}), 403)
