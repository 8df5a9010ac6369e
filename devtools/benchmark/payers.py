"""Payments through the service, by one payer and by fifty at once, all on one call.

The payers are spread over processes and threads as the web server spreads its requests.
"""

import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

from django.db import connections

from blackgem.lib.context import WriteContext
from blackgem.models import User
from capital.models import CallCapital, CapitalCallItem
from capital.services.payments import record_payment

from .figures import Figure
from .population import Shape
from .scratch import Scratch, use

HEADINGS = ("payments through the service", "per second", "beside one", "ratio", "", "")
SHAPE = Shape(1, 1, 4000)
DAY = date(2016, 1, 12)


def measure(scratch: Scratch, *, quick: bool) -> Iterator[Figure]:
    database = scratch.populated("payers", SHAPE, paid=False)
    use(database)
    items = list(CapitalCallItem.objects.order_by("pk").values_list("pk", "amount"))
    alone, at_once = (100, 500) if quick else (500, 3000)
    single = _per_second([items[:alone]])
    fifty = _per_second([items[alone + payer : alone + at_once : 50] for payer in range(50)])
    _check(sum(amount for _, amount in items[: alone + at_once]))
    yield Figure("1 payer, one call", f"{single:,.0f}")
    yield Figure("50 payers at once, one call", f"{fifty:,.0f}", f"{single:,.0f}", fifty / single)
    use(scratch.template)
    scratch.drop(database)


def _per_second(shares: list[list]) -> float:
    """Every share is one payer's; the clock runs from when all stand ready until the last has paid."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(len(shares) + 1)
    processes = min(len(shares), os.cpu_count() or 1)
    children = [
        context.Process(target=_pay_in_threads, args=(shares[number::processes], ready))
        for number in range(processes)
    ]
    for child in children:
        child.start()
    ready.wait(timeout=120)
    began = time.perf_counter()
    for child in children:
        child.join()
    if any(child.exitcode for child in children):
        raise RuntimeError("A payer failed.")
    return sum(map(len, shares)) / (time.perf_counter() - began)


def _pay_in_threads(shares: list[list], ready) -> None:
    failures: list[BaseException] = []
    threads = [threading.Thread(target=_pay, args=(share, ready, failures)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os._exit(len(failures))


def _pay(items: list, ready, failures: list) -> None:
    try:
        by = User.objects.get()
        ready.wait(timeout=120)
        for item_id, amount in items:
            record_payment(
                item_id=item_id,
                amount=amount,
                value_date=DAY,
                method="wire",
                tx_ref=f"FT{item_id}",
                ctx=WriteContext(by, datetime(2016, 1, 12, 12, tzinfo=UTC)),
            )
    except BaseException as error:
        failures.append(error)
        raise
    finally:
        connections.close_all()


def _check(expected) -> None:
    """No payment lost, none twice."""
    paid = CallCapital.objects.get().paid
    if paid != expected:
        raise RuntimeError(f"Paid {paid}, expected {expected}.")
