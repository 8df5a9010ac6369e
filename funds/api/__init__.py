"""The routes of deals, investors, side letters, values, the ledger, changes of controls, questions and periods.

Each handler calls one service or one query.
"""

from ninja import Router

from . import (
    controls,
    deals,
    investors,
    ledger,
    links,
    nav,
    payees,
    periods,
    questions,
    rights,
    side_letters,
    wording,
)

router = Router(by_alias=True)
for _part in (nav, deals, investors, side_letters, payees, ledger, controls, questions, periods, wording):
    router.add_router("", _part.router)

__all__ = ["links", "rights", "router"]
