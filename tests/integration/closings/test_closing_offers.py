"""What the page of a closing offers is what its services do, in every state and role."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

import pytest

from blackgem.lib.context import WriteContext
from closings.access import closing_offers
from closings.models import Closing
from closings.queries.closing import closing_of, collected_by
from closings.services import closings, letters, refunds, reversals
from tests.integration.closings.story import ClosingStory, at
from tests.integration.test_offers import OUTSIDE, assert_out_of_sight, assert_said, people_of

pytestmark = pytest.mark.django_db
HELD, PAID = date(2026, 7, 1), date(2026, 7, 20)


def closings_in_every_state(story, plan) -> Iterator[Closing]:
    who = {"ctx": story.ctx(HELD)}
    draft = closings.draft_closing(plan=plan, **who)
    yield draft
    closings.cancel_closing(closing_id=draft.pk, reason="Not now", **who)
    yield draft
    closing = closings.submit_closing(closing_id=closings.draft_closing(plan=plan, **who).pk, **who)
    if story.four_eyes:
        yield closing
        closing = closings.settle_closing(closing_id=closing.pk, ctx=story.ctx(HELD, story.second))
    yield closing
    story.reverse(closing, HELD)
    yield closing
    closing = story.close(plan, PAID)
    story.pay(closing.call, PAID)
    yield closing


def closing_services(closing, by, plan) -> dict[str, Callable]:
    """The service of every verb that the page of a closing offers."""
    who = {"closing_id": closing.pk, "ctx": WriteContext(by, at(PAID))}
    return {
        "edit": partial(closings.change_closing, plan=plan, **who),
        "submit": partial(closings.submit_closing, **who),
        "settle": partial(closings.settle_closing, **who),
        "send_back": partial(closings.send_back_closing, reason="Once more", **who),
        "cancel": partial(closings.cancel_closing, reason="Not now", **who),
        "reverse": partial(reversals.request_closing_reversal, reason="Not signed", **who),
        "send_notices": partial(letters.send_notices, **who),
        "pay_refunds": partial(refunds.pay_refunds, value_date=PAID, **who),
    }


@pytest.mark.parametrize("four_eyes", [False, True])
def test_a_closing_offers_what_its_services_do(four_eyes):
    story = ClosingStory(four_eyes=four_eyes)
    story.first_two_calls()
    people, seen = people_of(story), set()
    plan = story.plan(HELD, PAID, story.more(story.partners[0], "100000.00"))
    for closing in closings_in_every_state(story, plan):
        for name, by in people.items():
            services = closing_services(closing, by, plan)
            if name in OUTSIDE:
                assert_out_of_sight(partial(closing_of, by, closing.pk), services, name)
                continue
            shown = closing_of(by, closing.pk)
            seen.add(shown.status)
            offered = closing_offers(shown, by, has_come=bool((came := collected_by(shown)) and came.came))
            assert offered.keys() == services.keys()
            for verb, service in services.items():
                assert_said(offered[verb], service, shown.status, name, verb)
    waits = set() if four_eyes else {"pending_approval"}
    assert seen | waits == set(dict(Closing._meta.get_field("status").choices))
