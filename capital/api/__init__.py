"""The routes of allocations, capital calls, payments and receipts. Each handler calls one service or one query."""

from ninja import Router

from . import (
    allocations,
    calls,
    excuses,
    items,
    links,
    notices,
    payments,
    receipts,
    returns,
    rights,
    settlements,
)

router = Router(by_alias=True)
for _part in (allocations, calls, items, notices, payments, settlements, excuses, receipts, returns):
    router.add_router("", _part.router)

__all__ = ["links", "rights", "router"]
