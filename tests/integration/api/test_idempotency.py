"""The same key with the same request is one request: in order, at once, and after a crash."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from blackgem.lib import idempotency
from blackgem.models import IdempotentAnswer
from capital.models import Payment, Receipt
from funds.models import Deal
from tests.support.api import Api, problem, read

DEAL = {"name": "ABC Manufacturing"}


def replayed(response) -> bool:
    return response.headers.get("Idempotent-Replayed") == "true"


def same(first, second) -> bool:
    """Byte for byte, with its status and its headers."""
    kept = ("Content-Type", "Location")
    return (first.status_code, first.content, [first.headers.get(name) for name in kept]) == (
        second.status_code,
        second.content,
        [second.headers.get(name) for name in kept],
    )


@pytest.mark.django_db
class TestInOrder:
    def test_the_first_answer_is_given_again(self, api):
        first = api.post("/deals", DEAL, key="k-1")
        api.patch(f"/deals/{read(first)['id']}", {"name": "Renamed"})
        again = api.post("/deals", DEAL, key="k-1")
        assert same(first, again)
        assert (replayed(first), replayed(again)) == (False, True)
        assert first["Location"].startswith("/api/deals/")
        assert Deal.objects.filter(name=DEAL["name"]).count() == 0

    def test_another_body_or_path_or_verb_under_the_same_key(self, world, api):
        api.post("/deals", DEAL, key="k-1")
        problem(api.post("/deals", {"name": "Another"}, key="k-1"), 422, "idempotency.key_reused")
        problem(api.post("/investors", DEAL, key="k-1"), 422, "idempotency.key_reused")
        problem(api.patch(f"/deals/{world.deal.pk}", DEAL, key="k-1"), 422, "idempotency.key_reused")

    def test_everybody_has_keys_of_their_own(self, world, api):
        api.post("/deals", DEAL, key="k-1")
        other = world.api("second").post("/deals", DEAL, key="k-1")
        assert (other.status_code, replayed(other)) == (201, False)
        assert Deal.objects.filter(name=DEAL["name"]).count() == 2

    def test_another_token_of_the_same_person_shares_them(self, world, api):
        first = api.post("/deals", DEAL, key="k-1")
        assert same(first, world.api("manager").post("/deals", DEAL, key="k-1"))

    @pytest.mark.parametrize("key", ["", "k", "x" * 256, "x" * 10_000, "schlüssel", "a b", "a\tb", "k\x7f"])
    def test_malformed_keys(self, api, key):
        problem(api.post("/deals", DEAL, key=key), 400, "idempotency.invalid")
        assert Deal.objects.filter(name=DEAL["name"]).count() == 0

    def test_without_a_key_twice_is_twice(self, api):
        api.post("/deals", DEAL)
        api.post("/deals", DEAL)
        assert Deal.objects.filter(name=DEAL["name"]).count() == 2

    def test_what_could_never_be_right_does_not_use_the_key_up(self, api):
        problem(api.post("/deals", {}, key="k-1"), 422)
        assert api.post("/deals", DEAL, key="k-1").status_code == 201

    def test_what_the_money_refused_stays_refused(self, world, trail):
        call = trail.call("60000")
        path, body = f"/capital-calls/{call['id']}/payments", {"amount": 70000}
        first = trail.api.post(path, body, key="k-1")
        problem(first, 409)
        assert same(first, trail.api.post(path, body, key="k-1"))

    def test_every_verb_that_writes(self, world, trail):
        draft = trail.draft()
        path = f"/capital-calls/{draft['id']}"
        put = trail.api.put(path, trail.draft_body(purpose="Changed"), key="put")
        assert same(put, trail.api.put(path, trail.draft_body(purpose="Changed"), key="put"))
        assert read(put)["revision"] == 2
        sent = trail.api.post(f"{path}/send-notices", {"confirmed": True}, key="send")
        assert read(sent)["sentCount"] == 3
        assert same(sent, trail.api.post(f"{path}/send-notices", {"confirmed": True}, key="send"))
        body = {"paidAmount": 5, "paidDate": "2026-02-20", "paymentMethod": "wire"}
        item = f"{path}/items/{read(put)['items'][0]['id']}/payment"
        paid = trail.api.patch(item, body, key="pay")
        assert same(paid, trail.api.patch(item, body, key="pay"))
        assert Payment.objects.count() == 1

    def test_a_failure_on_our_side_writes_nothing_and_may_be_tried_again(self, world, trail, monkeypatch):
        call = trail.call("60000")
        path, body = f"/capital-calls/{call['id']}/payments", {"amount": 60000}

        def broken(*args, **kwargs):
            raise RuntimeError("after the money was written")

        with monkeypatch.context() as broken_answers:
            broken_answers.setattr("capital.api.payments.payment_answers", broken)
            problem(trail.api.post(path, body, key="k-1"), 500)
        assert not Payment.objects.exists()
        assert trail.api.post(path, body, key="k-1").status_code == 201
        assert Payment.objects.count() == 3

    def test_answers_are_kept_for_two_days(self, api):
        api.post("/deals", DEAL, key="old")
        IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(hours=47))
        api.post("/deals", DEAL, key="new")
        assert IdempotentAnswer.objects.filter(key="old").exists()
        IdempotentAnswer.objects.filter(key="old").update(created_at=timezone.now() - timedelta(hours=49))
        api.post("/deals", DEAL, key="newer")
        assert set(IdempotentAnswer.objects.values_list("key", flat=True)) == {"new", "newer"}

    def test_reading_takes_no_key(self, api):
        assert api.get("/deals", **{"Idempotency-Key": "k"}).status_code == 200


def at_once(count, ask) -> list:
    """`ask(n)` in `count` threads, which begin together, each with a connection of its own."""
    gate = threading.Barrier(count)

    def one(number):
        try:
            gate.wait()
            return ask(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_fifty_racers_are_one_payment(self, trail):
        call = trail.call("60000")
        path, body = f"/capital-calls/{call['id']}/payments", {"amount": 60000, "valueDate": "2026-02-20"}
        answers = at_once(50, lambda n: Api(trail.api.token).post(path, body, key="race"))
        assert {answer.status_code for answer in answers} == {201}
        assert {answer.content for answer in answers} == {answers[0].content}
        assert sorted(map(replayed, answers)) == [False] + [True] * 49
        assert (Receipt.objects.count(), Payment.objects.count()) == (1, 3)

    def test_twenty_racers_with_one_bank_transaction_are_one_payment(self, trail):
        call = trail.call("60000")
        body = {"amount": 100, "itemId": call["items"][0]["id"], "txRef": "W-1"}
        answers = at_once(
            20, lambda n: Api(trail.api.token).post(f"/capital-calls/{call['id']}/payments", body)
        )
        assert {answer.status_code for answer in answers} == {201}
        assert len({read(answer)["payments"][0]["id"] for answer in answers}) == 1
        assert Payment.objects.count() == 1

    def test_racers_with_keys_of_their_own_pay_no_more_than_is_owed(self, trail):
        """60 % of an item, twenty times: one is right."""
        call = trail.call("60000")
        body = {"amount": 15000, "itemId": call["items"][0]["id"]}
        path = f"/capital-calls/{call['id']}/payments"
        answers = at_once(20, lambda n: Api(trail.api.token).post(path, body, key=f"key-{n}"))
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
        assert trail.api.read(f"/capital-calls/{call['id']}/items")[0]["paidAmount"] == 15000

    def test_two_managers_calling_at_once_over_call_nothing(self, trail):
        body = {"amount": 600000, "callDate": "2026-02-15", "dueDate": "2026-03-01"}
        path = f"/allocations/{trail.allocation['id']}/calls"
        answers = at_once(2, lambda n: Api(trail.api.token).post(path, body))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        bodies = [{**body, "amount": 1000}] * 6
        made = at_once(6, lambda n: read(Api(trail.api.token).post(path, bodies[n])))
        assert len({call["callNumber"] for call in made}) == 6

    def test_who_waits_too_long_is_told_to_come_again(self, world, trail, monkeypatch):
        monkeypatch.setattr(idempotency, "PATIENCE", "200ms")
        name = f"idempotency:{world.people['manager'].pk}:busy"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
            [answer] = at_once(1, lambda n: Api(trail.api.token).post("/deals", DEAL, key="busy"))
            cursor.execute("SELECT pg_advisory_unlock_all()")
        problem(answer, 409, "idempotency.in_progress")
        assert answer["Retry-After"] == "2"
        assert trail.api.post("/deals", DEAL, key="busy").status_code == 201

    def test_without_the_lock_the_race_is_lost(self, trail, monkeypatch):
        """The negative control: the same twenty, none of whom waits for another."""
        monkeypatch.setattr(idempotency, "lock_key", lambda user_id, key: None)
        call = trail.call("60000")
        body = {"amount": 100, "itemId": call["items"][0]["id"]}
        path = f"/capital-calls/{call['id']}/payments"
        answers = at_once(20, lambda n: Api(trail.api.token).post(path, body, key="race"))
        assert {answer.status_code for answer in answers} != {201}
        assert (
            Payment.objects.count() == 1
        )  # the unique key still holds: losers fail instead of being answered


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_commit_and_answer_loses_nothing(trail, monkeypatch):
    """The answer is in the transaction of the payment: what died after the commit is answered on asking again."""
    call = trail.call("60000")
    path, body = f"/capital-calls/{call['id']}/payments", {"amount": 60000}

    class Killed(BaseException):
        pass

    def die(response):
        raise Killed

    monkeypatch.setattr("blackgem.http.guard.patch_vary_headers", lambda response, names: die(response))
    with pytest.raises(Killed):
        trail.api.post(path, body, key="k-1")
    monkeypatch.undo()
    answer = trail.api.post(path, body, key="k-1")
    assert (answer.status_code, replayed(answer)) == (201, True)
    assert Payment.objects.count() == 3
