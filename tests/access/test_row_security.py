"""Row-level security: with the portal's filters gone, an investor still sees its own rows and nobody else's."""

import sys
from contextlib import suppress

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import ProgrammingError, connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.models import QuerySet

from blackgem.lib.privileges import PORTAL_PRIVILEGES
from closings.models import Closing, Refund, RefundPayout
from distributions.models import TakenShare
from portal.reader import own_reader
from portal.row_security import outside, own_rows
from tests.factories import CommitmentFactory
from tests.integration.closings.story import ClosingStory
from tests.integration.closings.transfer_story import TransferStory
from tests.support import superuser_connection

from .routes import Route, Visitor, routes

pytestmark = pytest.mark.django_db

TABLES = {model._meta.db_table: model for model in apps.get_models()}
READ = [TABLES[name] for name in PORTAL_PRIVILEGES]
WHO = "SELECT current_user, current_setting('blackgem.investors', true), current_setting('blackgem.commitments', true)"
NOBODY = ("blackgem_app", "", "")
#: Tables of which not every column can be read, and what is read of them here.
IN_PART = {
    "commitment_events": ("pk", "commitment_id"),
    "residual_settlements": ("pk", "item_id"),
    "capital_calls": ("pk", "fund_id", "number"),
    "closings": ("pk", "fund_id", "number"),
    "distributions": ("pk", "fund_id", "number"),
    "notice_deliveries": ("pk", "notice_id"),
    "payee_details": ("pk", "commitment_id", "version"),
    "receipt_returns": ("pk", "commitment_id", "amount"),
    "letter_wordings": ("pk", "fund_id", "version"),
    "letter_images": ("pk", "fund_id", "sha256"),
    "anchors_told": ("pk", "hash"),  # of the whole site: the same for everybody
}
#: Of which this world has none, or of the other investor alone.
NONE_HERE = (
    "notice_readings",
    "taken_shares",
    "anchors_told",
    "payee_details",
    "receipt_returns",
    "cash_return_notice_states",
    "letter_wordings",
    "letter_images",
)
#: By what a row is known to be an investor's, on the way to the investor.
TIES = ("commitment__investor", "notice__commitment__investor", "investor", "item__commitment__investor")


@pytest.fixture
def world(two_investors):
    return two_investors


def who_asks():
    with connection.cursor() as cursor:
        cursor.execute(WHO)
        return tuple(one or "" for one in cursor.fetchone())


def rows_of(model):
    """Every row that can be read, nothing filtered."""
    whole = [field.attname for field in model._meta.concrete_fields]
    columns = IN_PART.get(model._meta.db_table, whole)
    return list(model._base_manager.values(*columns))


def owners_of(model, pks):
    """The investors to whom these rows belong, as the application knows it; none where a row is of the whole fund."""
    if model._meta.db_table == "investors":
        return set(pks)
    for tie in TIES:
        with suppress(FieldError):
            return set(model._base_manager.filter(pk__in=pks).values_list(tie, flat=True))
    return set()


def test_everything_that_can_be_read_is_ones_own(world):
    reader = own_reader(world.people["lp_a"])
    mine = {one.pk for one in reader.investors}
    for model in READ:
        with reader.own_rows():
            pks = [row.get("pk", row.get(model._meta.pk.attname)) for row in rows_of(model)]
        assert pks or model._meta.db_table in NONE_HERE, model
        assert owners_of(model, pks) <= mine, model


def test_with_nobody_named_there_is_nothing_and_no_error(world):
    with own_rows([], []):
        assert [model for model in READ if rows_of(model)] == []


def test_of_a_closing_a_partner_reads_its_own_refund_and_nothing_else():
    story = ClosingStory()
    story.first_two_calls()
    closing = story.second_closing()
    story.pay(closing.call, closing.pay_on)
    story.refund(closing, closing.pay_on)
    partner = story.partners[0]
    with own_rows([partner.investor_id], [partner.pk]):
        for model in (Refund, RefundPayout):
            assert [one.commitment_id for one in model.objects.all()] == [partner.pk]
        assert Closing.objects.values_list("number", flat=True).get() == closing.number
    other = CommitmentFactory(created_by=story.manager)
    with own_rows([other.investor_id], [other.pk]):
        assert not Closing.objects.values("pk").exists()
    kept = {
        model._meta.db_table
        for app in ("closings", "fees")
        for model in apps.get_app_config(app).get_models()
    }
    for table in kept - {"refunds", "refund_payouts", "refund_notice_states", "fee_statements"}:
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            own_rows([partner.investor_id], [partner.pk]),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT * FROM {table}")


def test_of_a_transfer_a_partner_reads_its_own_side_and_nothing_else():
    story = TransferStory()
    story.history()
    story.transfer()
    for partner in (story.first, story.newcomer):
        with own_rows([partner.investor_id], [partner.pk]):
            assert {one.commitment_id for one in TakenShare.objects.all()} == {partner.pk}
    for table in ("transfers", "transfer_rows", "taken_parts"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            own_rows([story.first.investor_id], [story.first.pk]),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT * FROM {table}")


def test_nothing_can_be_written_and_nothing_else_read(world):
    for statement in (
        "UPDATE investors SET name = 'x'",
        "DELETE FROM commitments",
        "INSERT INTO notice_readings (deed) VALUES ('opened')",
        "SELECT inputs FROM distributions",
        "SELECT total_amount FROM distributions",
        "SELECT total_amount FROM capital_calls",
        "SELECT reason FROM commitment_events",
        "SELECT recipients FROM notice_deliveries",
        "SELECT * FROM users",
        "SELECT * FROM audit_events",
        "SELECT * FROM bank_details",
        "SELECT * FROM fund_commitment_capital",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            own_rows([], []),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert who_asks() == NOBODY


def test_outside_is_the_application_again_and_then_inside(world):
    with own_rows([1], [2]):
        with outside():
            assert who_asks()[0] == "blackgem_app"
        assert who_asks() == ("blackgem_portal", "1", "2")
    assert who_asks() == NOBODY


# ---------------------------------------------------------------- without the portal's filters


@pytest.fixture
def no_filters(monkeypatch):
    """Every filter that the portal's queries name falls away; those of other modules stay."""
    kept = {name: getattr(QuerySet, name) for name in ("filter", "get")}

    def forgetful(name):
        def run(self, *args, **kwargs):
            asks = _asking_module()
            if asks.startswith("portal.queries"):
                known = {key: value for key, value in kwargs.items() if not _is_of_partner(key)}
                return kept[name](self, *args, **known) if known or name == "get" else self.all()
            return kept[name](self, *args, **kwargs)

        return run

    monkeypatch.setattr(QuerySet, "filter", forgetful("filter"))


def _asking_module() -> str:
    """Who calls Django, seen from here."""
    frame = sys._getframe(2)
    while frame.f_globals["__name__"].startswith("django."):
        frame = frame.f_back
    return frame.f_globals["__name__"]


def _is_of_partner(key) -> bool:
    return key.split("__")[0] in ("commitment", "investor", "investors", "commitments")


NO_PAGES = (
    "portal/view-as/",
    "portal/documents/<notice>/acknowledge/",
    "portal/documents/<notice_id>/",
    "portal/advisers/<adviser>/",
    "portal/advisers/ask/",
    "portal/mails/",
    "portal/documents/documents.zip",
)
PAGES = [
    route
    for route in routes()
    if route.verb == "GET" and route.path.startswith("portal/") and not route.path.startswith(NO_PAGES)
]


def asked(world, who="lp_a", pages=None) -> str:
    visitor = Visitor(world, who)
    ids = world.ids_of("lp_a" if who == "lp_a" else "lp_b")
    answers = [visitor.ask(route, ids) for route in pages or PAGES if not route.path.endswith((".pdf", ">"))]
    assert {response.status_code for response in answers} == {200}
    return "".join(response.content.decode() for response in answers)


def test_pages_without_filters_show_ones_own(world, no_filters):
    mine, other = (world.story.partners[number].investor.name for number in (0, 1))
    html = asked(world)
    assert mine in html
    assert other not in html
    assert str(world.story.partners[1].public_id) not in html


def test_the_filters_were_gone(world, no_filters, monkeypatch):
    """The control: without it those pages show the other investor."""
    monkeypatch.setattr("portal.row_security.PORTAL_ROLE", "none")
    assert world.story.partners[1].investor.name in asked(world, pages=[Route("portal/", "GET")])


# ---------------------------------------------------------------- connections that are used again


@pytest.fixture
def pooled(settings):
    """One connection of a pool of one, so that every request gets the same again."""
    original = connections["default"]
    options = {**original.settings_dict["OPTIONS"], "pool": {"min_size": 1, "max_size": 1, "timeout": 5}}
    wrapper = DatabaseWrapper({**original.settings_dict, "OPTIONS": options, "CONN_MAX_AGE": 0}, "default")
    connections["default"] = wrapper
    yield wrapper
    wrapper.close()
    wrapper.close_pool()
    connections["default"] = original


@pytest.mark.django_db(transaction=True)
def test_a_pooled_connection_keeps_neither_role_nor_rows(pooled):
    pids = set()
    for number in range(3):
        with own_rows([number], [number]):
            assert who_asks() == ("blackgem_portal", str(number), str(number))
        assert who_asks() == NOBODY
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids |= set(cursor.fetchone())
        connection.close()
    assert len(pids) == 1


@pytest.mark.django_db(transaction=True)
def test_a_connection_keeps_neither_after_errors(pooled):
    with pytest.raises(ProgrammingError), own_rows([1], [1]), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM users")
    assert who_asks() == NOBODY
    with pytest.raises(RuntimeError), own_rows([1], [1]):
        raise RuntimeError
    assert who_asks() == NOBODY
    with transaction.atomic():
        with pytest.raises(RuntimeError), own_rows([1], [1]):
            raise RuntimeError
        assert who_asks() == NOBODY
        with own_rows([1], [1]):
            assert who_asks()[0] == "blackgem_portal"
        assert who_asks() == NOBODY
    with own_rows([1], [1]):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM users")
        assert who_asks() == ("blackgem_portal", "1", "1")
    connection.close()
    assert who_asks() == NOBODY


# ---------------------------------------------------------------- what the catalogue says


def test_every_table_has_its_policy_and_every_view_asks_as_its_reader():
    query = """
        SELECT relname, relkind, relrowsecurity, relforcerowsecurity, coalesce(reloptions::text, ''),
               (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid AND NOT polpermissive
                  AND polroles = ARRAY['blackgem_portal'::regrole::oid])
          FROM pg_class c
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p')
           AND has_any_column_privilege('blackgem_portal', c.oid, 'SELECT')"""
    with superuser_connection() as raw:
        found = {row[0]: row[1:] for row in raw.execute(query)}
    assert set(found) == set(PORTAL_PRIVILEGES)
    for name, (kind, secured, forced, options, policies) in found.items():
        is_safe_view = kind == "v" and "security_invoker=true" in options
        is_safe_table = kind == "r" and secured and not forced and policies == 1
        assert is_safe_view or is_safe_table, name


def test_no_function_runs_for_it_with_anothers_rights():
    query = """
        SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
           AND has_function_privilege('blackgem_portal', oid, 'EXECUTE') AND prorettype <> 'trigger'::regtype"""
    with superuser_connection() as raw:
        # One opens nothing without the site's signature; two ask of states, and only of what one wrote oneself.
        functions = {name for (name,) in raw.execute(query)}
        states = {"settle_states()", "states_to_move(bigint[],bigint[],boolean)"}
        assert functions == {"open_write(text,text,text,text)", "write_is_opened()"} | states
