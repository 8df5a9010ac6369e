"""An investor takes along what is its own, in a real browser: on a desk and on a phone."""

import csv
from pathlib import Path
from zipfile import ZipFile

import pytest

from funds.models import Notice
from tests.access.world import World
from tests.functional.test_capital_in_browser import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def taken(page, button: str, role: str = "link") -> Path:
    with page.expect_download() as waiting:
        page.get_by_role(role, name=button, exact=True).first.click()
    return waiting.value.path()


def test_letters_lists_and_the_statement_are_taken_along(page, context, live_server):
    """Two letters are ticked; then all of them, the list, and the statement over all funds, at both widths."""
    world = World.make()
    assert world.ids
    sign_in(context, live_server, world.people["lp_a"])
    every = Notice.objects.filter(commitment=world.story.partners[0]).count()
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/portal/documents/")
        for box in page.get_by_role("checkbox").all()[:2]:
            box.check()
        chosen = ZipFile(taken(page, "Chosen as ZIP", "button"))
        assert len(chosen.namelist()) == 3
        assert len(ZipFile(taken(page, f"All {every} as ZIP", "button")).namelist()) == every + 1
        with taken(page, "CSV").open(encoding="utf-8-sig") as file:
            assert len(list(csv.DictReader(file))) == every
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.goto("/portal/statements/")
        assert taken(page, "CSV").stat().st_size > 100
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
