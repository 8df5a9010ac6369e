"""The routes of funds, deals, investors, commitments, and the ledger. Each handler calls one service or one query."""

from ninja import Router

from . import commitments, deals, funds, investors, ledger, rights

router = Router(by_alias=True)
for _part in (funds, deals, investors, commitments, ledger):
    router.add_router("", _part.router)

__all__ = ["rights", "router"]
