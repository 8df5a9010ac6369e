"""What every write of the API leaves in the audit trail: who did it, and in which request."""

from itertools import count

from blackgem.models import AuditEvent
from tests.support import contract
from tests.support.api import Api


def held_to_the_trail(monkeypatch) -> set[str]:
    """From now on every request to the API is held to it: one that is refused leaves at most that, and what is done
    names its person and its request. The operations that left something, by their ids."""
    plain, numbers, told = Api.send, count(1), set()

    def send(api, verb, path, body=None, **options):
        if verb in ("GET", "HEAD"):
            return plain(api, verb, path, body, **options)
        request_id = f"request-{next(numbers):04}"
        last = AuditEvent.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        answer = plain(api, verb, path, body, **{"X-Request-ID": request_id, **options})
        events = list(AuditEvent.objects.filter(pk__gt=last).select_related("actor"))
        if answer.status_code >= 400:
            assert {one.verb for one in events} <= {"be_refused"}, path
            return answer
        assert all((one.actor, one.request_id) == (api.user, request_id) for one in events), path
        assert all(one.subjects and one.object_label for one in events), path
        if events:
            told.add(contract.operation_of(verb, path)["operationId"])
        return answer

    monkeypatch.setattr(Api, "send", send)
    return told


def writes() -> set[str]:
    """Every operation of the document that changes something, or reads what it is given."""
    operations = (one for verbs in contract.document()["paths"].values() for one in verbs.items())
    return {one["operationId"] for verb, one in operations if verb in ("post", "put", "patch", "delete")}
