"""Whoever decides about a draft decides about the revision that they saw: an old tab, an old answer of the API or an
old confirmation of the administrators' site does nothing once the draft was worked over."""

import re

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from capital.models import CapitalCall
from capital.services import calls
from distributions.services import distributions
from tests.factories import AdminFactory, set_by_two
from tests.integration.admin.acting import asked_of, url
from tests.integration.capital.story import NOW, Story, fresh
from tests.integration.distributions.story import AT_EXIT, ExitStory
from tests.support.api import Api, problem
from tests.support.pages import text_of
from tests.support.staging import staged

pytestmark = pytest.mark.django_db


class Waiting:
    """A draft of a fund with four eyes that waits for its second person, and what is done with it by services."""

    services, app, kind, at = calls, "capital", "call", NOW
    make = Story

    def __init__(self):
        self.story = self.make(four_eyes=False)
        self.story.fund.four_eyes = True
        self.story.fund.save(update_fields=["four_eyes"])
        self.draft = self.write()
        self.do("submit")

    def write(self):
        return self.story.draft()

    def plan(self, total):
        return self.story.plan(total)

    def do(self, verb, **more):
        who = {f"{self.kind}_id": self.draft.pk, "ctx": WriteContext(self.story.manager, self.at)}
        name = verb if verb == "change_draft" else f"{verb}_{self.kind}"
        return getattr(self.services, name)(**who, **more)

    def work_over(self):
        """Sent back, changed and submitted again."""
        self.do("send_back", reason="Less")
        self.do("change_draft", plan=self.plan("90000.00"))
        self.do("submit")

    def page(self, verb=""):
        return reverse(f"{self.app}:{self.kind}{verb and '_'}{verb}", args=[self.draft.pk])

    @property
    def path(self):
        """Where the API has it."""
        return f"/{'capital-' if self.kind == 'call' else ''}{self.kind}s/{self.draft.pk}"

    @property
    def status(self):
        return fresh(self.draft).status


class WaitingDistribution(Waiting):
    services, app, kind, at = distributions, "distributions", "distribution", AT_EXIT
    make = ExitStory

    def write(self):
        return self.story.draft_exit("100000.00")

    def plan(self, total):
        return self.story.exit(total)


CALL, DISTRIBUTION = "call", "distribution"


@staged
def waiting(param):
    return Waiting() if param == CALL else WaitingDistribution()


both = pytest.mark.parametrize("waiting", [CALL, DISTRIBUTION], indirect=True)


@pytest.fixture
def second(client, waiting):
    """The browser of who may approve."""
    client.force_login(waiting.story.second)
    return client


def form_of(page, action) -> dict:
    """The hidden fields of the form that posts there."""
    [form] = re.findall(
        rf'<form method="post" action="{action}"[^>]*>(.*?)</form>', page.content.decode(), re.S
    )
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    return {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"}


@pytest.mark.parametrize("where", ["page", "queue"])
@both
def test_an_old_tab_approves_nothing_and_says_what_changed(second, waiting, where):
    shown = waiting.page() if where == "page" else reverse("dashboard:approvals")
    old = form_of(second.get(shown), waiting.page("approve"))
    assert old["revision"] == "1"
    waiting.work_over()
    refused = second.post(waiting.page("approve"), old)
    assert (refused.status_code, waiting.status) == (409, "pending_approval")
    said = text_of(refused)
    for words in ("Somebody changed this since you opened it", "Changed since revision 1", "$90,000.00"):
        assert words in said
    again = form_of(refused, waiting.page("approve"))
    assert again == {"revision": "2"}
    assert second.post(waiting.page("approve"), again).status_code == 302
    assert waiting.status in ("sent", "approved")


@both
def test_an_old_tab_sends_nothing_back_and_keeps_the_reason(second, waiting):
    link = f"{waiting.page('send_back')}?revision=1"
    assert link in second.get(waiting.page()).content.decode()
    assert b'name="revision" value="1"' in second.get(link).content
    waiting.work_over()
    assert "Changed since revision 1" in text_of(second.get(link))
    refused = second.post(link, {"reason": "Far too much", "revision": "1"})
    assert (refused.status_code, waiting.status) == (409, "pending_approval")
    for words in (b"Changed since revision 1", b"Far too much", b'name="revision" value="2"'):
        assert words in refused.content
    assert second.post(link, {"reason": "Far too much", "revision": "2"}).status_code == 302
    assert waiting.status == "draft"


@pytest.mark.parametrize("unread", ["0", "3", "x", "9" * 40, "-1"])
@both
def test_what_no_page_showed_is_refused(second, waiting, unread):
    assert second.post(waiting.page("approve"), {"revision": unread}).status_code == 409
    assert waiting.status == "pending_approval"


@both
def test_an_old_answer_of_the_api_approves_nothing(waiting):
    api = Api.of(waiting.story.second)
    old = {"revision": api.read(waiting.path)["revision"]}
    waiting.work_over()
    problem(api.post(f"{waiting.path}/approve", old), 409, "stale_version")
    problem(api.post(f"{waiting.path}/send-back", old | {"reason": "Too much"}), 409, "stale_version")
    problem(api.post(f"{waiting.path}/approve", {"revision": 0}), 422)
    assert waiting.status == "pending_approval"
    assert api.post(f"{waiting.path}/approve", {"revision": 2}).status_code == 200


@both
def test_who_may_not_decide_is_told_that_first(waiting):
    api = Api.of(waiting.story.manager)
    problem(api.post(f"{waiting.path}/approve", {"revision": 1}), 403, "four_eyes")
    waiting.story.fund.memberships.filter(user=waiting.story.second).update(role="analyst")
    problem(
        Api.of(waiting.story.second).post(f"{waiting.path}/approve", {"revision": 7}),
        403,
        "role.insufficient",
    )


@both
def test_an_old_tab_submits_and_issues_nothing(client, waiting):
    """A draft is issued by one person, as that person saw it; so is what another approved."""
    waiting.do("send_back", reason="Less")
    client.force_login(waiting.story.manager)
    old = form_of(client.get(waiting.page()), waiting.page("submit"))
    waiting.do("change_draft", plan=waiting.plan("90000.00"))
    for verb in ("submit", "issue"):
        assert client.post(waiting.page(verb), old).status_code == 409
    assert waiting.status == "draft"
    assert "Changed since revision 1" in text_of(client.post(waiting.page("submit"), old))


@both
def test_an_old_answer_sends_no_letters_of_another_draft(waiting):
    """Sending the notices of a draft issues it, where one person may."""
    waiting.do("send_back", reason="Less")
    set_by_two(waiting.story.fund, four_eyes=False)
    api, path = Api.of(waiting.story.manager), f"{waiting.path}/send-notices"
    problem(api.post(path, {"revision": 2, "confirmed": True}), 409, "stale_version")
    assert waiting.status == "draft"
    assert api.post(path, {"revision": 1, "confirmed": True}).status_code == 200


@pytest.mark.parametrize("waiting", [DISTRIBUTION], indirect=True)
def test_an_approved_distribution_is_issued_as_it_was_seen(waiting):
    who = {"ctx": WriteContext(waiting.story.second, AT_EXIT)}
    distributions.approve_distribution(distribution_id=waiting.draft.pk, **who)
    api = Api.of(waiting.story.second)
    problem(api.post(f"{waiting.path}/send", {"revision": 2}), 409, "stale_version")
    problem(api.post(f"{waiting.path}/return-to-draft", {"revision": 2}), 409, "stale_version")
    assert api.post(f"{waiting.path}/send", {"revision": 1}).status_code == 200


@pytest.mark.parametrize("across", ["0", "1"])
@both
def test_an_old_confirmation_of_an_administrator_approves_nothing(client, waiting, across):
    """What is confirmed is what the page named, in the revision that it named."""
    client.force_login(AdminFactory())
    page = url(type(waiting.draft), "changelist")
    asked = client.post(page, asked_of([waiting.draft], "approve", select_across=across))
    confirmed: dict = {}
    for name, value in asked.context["carried"]:
        confirmed.setdefault(name, []).append(value)
    assert confirmed["revision"] == [f"{waiting.draft.pk}:1"]
    waiting.work_over()
    answer = client.post(page, confirmed, follow=True)
    assert "Somebody changed this since you opened it" in text_of(answer)
    assert waiting.status == "pending_approval"


@pytest.mark.parametrize("waiting", [CALL], indirect=True)
def test_what_is_confirmed_of_all_is_what_was_there(client, waiting):
    """All that a filter finds is asked about; what came to it meanwhile is not."""
    client.force_login(AdminFactory())
    page = url(CapitalCall, "changelist")
    asked = client.post(page, asked_of([waiting.draft], "approve", select_across="1"))
    confirmed = {name: value for name, value in asked.context["carried"]}
    later = waiting.story.draft("10.00")
    calls.submit_call(call_id=later.pk, ctx=WriteContext(waiting.story.manager, NOW))
    client.post(page, confirmed)
    assert (waiting.status, fresh(later).status) == ("sent", "pending_approval")
