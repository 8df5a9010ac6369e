"""The routes of funds, deals, investors, commitments and the ledger. Each handler calls one service or one query."""

from ninja import Router

from . import commitments, deals, funds, investors, ledger, nav, rights, side_letters

router = Router(by_alias=True)
for _part in (funds, nav, deals, investors, commitments, side_letters, ledger):
    router.add_router("", _part.router)

__all__ = ["rights", "router"]
