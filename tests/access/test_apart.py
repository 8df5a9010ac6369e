"""However investor A asks for investor B, the answer is that for somebody who is not: the same bytes, the same work.

By id, every address is tried in `test_walk.py`. Here are searches, orders, filters, days, exports and links.
"""

import re
from urllib.parse import quote

import pytest
from django.utils.html import escape

from tests.support.staging import staged

from .routes import Route, Visitor, asked, nowhere
from .world import World

pytestmark = pytest.mark.django_db

THEIRS, NOBODYS = "Zephyr Holdings of Basel", "Quorum Estates of Turin"
#: Address and query → what A is told. {} stands for an id, {q} for a name.
QUESTIONS = {
    # the portal: one's own rows, whatever is asked, and no commitment of anybody else
    ("portal/", "?investor={investor_id}&commitment={commitment_id}"): 200,
    ("portal/calls/", "?q={q}"): 200,
    ("portal/calls/", "?investor={investor_id}&sort=-investor__name&page=1"): 200,
    ("portal/calls/", "?commitment={commitment_id}&include=all"): 200,
    ("portal/calls/", "?fund={fund_id}"): 404,
    ("portal/calls/export.csv", "?commitment={commitment}&investor={investor}"): 200,
    ("portal/documents/documents.zip", "?of=chosen&document={notice}"): 404,
    ("portal/documents/documents.zip", "?of=all&fund={fund_id}"): 404,
    ("portal/documents/export.csv", "?notice={notice}&q={q}"): 200,
    ("portal/payments/", "?item={item_id}&q={q}"): 200,
    ("portal/distributions/", "?commitment={commitment_id}&sort=gross_amount"): 200,
    ("portal/documents/", "?notice={notice_id}&q={q}"): 200,
    ("portal/profile/", "?investor={investor_id}"): 200,
    ("portal/statement/", "?commitment={commitment}"): 404,
    ("portal/statement/", "?commitment={commitment}&as_of=2026-06-30"): 404,
    ("portal/statement/", "?commitment={commitment}&as_of=1900-01-01"): 404,
    ("portal/statement.pdf", "?commitment={commitment}&as_of=2026-06-30"): 404,
    ("portal/statement/export.csv", "?commitment={commitment}"): 404,
    ("portal/statement/export.xlsx", "?commitment={commitment}&as_of=2026-06-30"): 404,
    ("portal/statements/", "?as_of=2026-06-30&commitment={commitment}&investor={investor}"): 200,
    ("portal/statements/export.csv", "?as_of=2026-06-30&fund={fund}"): 200,
    # links in mails
    ("portal/documents/<notice>/", "?utm_source=mail"): 404,
    ("portal/documents/<notice_id>/", "?utm_source=mail"): 404,
    ("portal/documents/<notice>.pdf", "?version=1"): 404,
    ("portal/calls/<call_item>/", "?investor={investor}"): 404,
    # the managers' pages: not there
    ("investors/", "?q={q}"): 404,
    ("investors/", "?q={q}&sort=-committed"): 404,
    ("investors/export.csv", "?q={q}"): 404,
    ("investors/<investor_id>/statement/", "?as_of=2026-06-30"): 404,
    ("investors/<investor_id>/statement.pdf", "?as_of=2026-06-30"): 404,
    ("investors/<investor_id>/statement/export.csv", ""): 404,
    ("search/", "?q={q}"): 404,
    ("transactions/", "?investor={investor_id}"): 404,
    ("transactions/export.xlsx", "?investor={investor_id}"): 404,
    ("calls/", "?fund={fund_id}&q={q}"): 404,
    ("calls/<call_id>/", "?q={q}&show=unpaid"): 404,
    ("distributions/<distribution_id>/", "?q={q}"): 404,
    # the API
    ("api/investors", "?page=1&limit=200"): 200,
    ("api/investors", "?q={q}"): 422,
    ("api/funds", "?limit=1"): 200,
    ("api/capital-calls", "?fundId={fund_id}"): 200,
    ("api/distributions", "?fundId={fund_id}"): 200,
    ("api/capital-transactions", "?investorId={investor_id}"): 200,
    ("api/capital-transactions", "?fundId={fund_id}&startDate=2026-01-01&endDate=2026-12-31"): 200,
    ("api/investors/<investor_id>/capital-transactions", "?type=CONTRIBUTION"): 404,
    ("api/investors/<investor_id>/statement", "?asOf=2026-06-30"): 404,
    ("api/investors/<investor_id>/statement", "?fundId={fund_id}&asOf=1900-01-01"): 404,
    ("api/investors/<investor>/statement", "?fundId={fund}"): 404,
    ("api/portal/commitments", "?limit=1"): 200,
    ("api/portal/capital-calls", "?fundId={investor}"): 200,
    ("api/portal/letters", "?fundId={notice}&startDate=2026-01-01"): 200,
    ("api/portal/letters/<letter_id>/pdf", ""): 404,
    ("api/capital-calls/<call_id>/notice-pdf", "?itemId={item_id}"): 404,
    ("api/distributions/<distribution_id>/notice-pdf", "?itemId={distribution_item_id}"): 404,
}


@staged
def world():
    world = World.make()
    world.story.partners[1].investor.name = THEIRS
    world.story.partners[1].investor.save()
    assert world.ids
    return world


def ask(visitor, path, query, values):
    """Everything that tells one answer from another, but for the question, which comes back in it, and for the token
    against forgery: status, headers, body, the SQL that it took."""
    query = query.format(**values, q=quote(values["name"]))
    response = visitor.ask(Route(path, "GET"), values, query)
    body = response.body.decode(errors="replace").replace(escape(query), "")
    body = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", body)
    headers = {**response.headers, "Content-Length": "", "Set-Cookie": sorted(response.cookies)}
    return response.status_code, headers, body, asked(response)


def test_every_question_about_another_is_one_about_nobody(world):
    ids, visitor = world.ids, Visitor(world, "lp_a")
    theirs = ids | {"name": THEIRS}
    nobodys = nowhere(ids) | {"name": NOBODYS}
    reference = world.story.partners[1].reference
    visitor.ask(Route("portal/", "GET"), ids)  # a session's first request writes down that it was seen
    for (path, query), status in QUESTIONS.items():
        there, nobody = (ask(visitor, path, query, values) for values in (theirs, nobodys))
        assert there[0] == status, (path, query)
        for one, other in zip(there, nobody, strict=True):
            assert one == other, (path, query)
        assert THEIRS not in there[2], (path, query)
        assert f"CC3-{reference}" not in there[2], (path, query)


def test_the_control_a_manager_is_answered_differently(world):
    """The same questions of somebody who may know: B is found, and nobody is not."""
    ids, visitor = world.ids, Visitor(world, "manager")
    there, nobody = (ask(visitor, "investors/", "?q={q}", ids | {"name": name}) for name in (THEIRS, NOBODYS))
    assert THEIRS in re.sub(r"<input[^>]*>", "", there[2])
    assert there[2:] != nobody[2:]
